/** Plays a way from its first stop to its last, smoothly; rests while the page is hidden. */

export const SECONDS = 3; // for the whole way, however many stops it has, where nothing else is said

export class Player {
  playing = false;
  private share = 0; // of the way
  private frame = 0;
  private last = 0;

  constructor(
    private readonly changed: () => void,
    until: AbortSignal,
    private readonly seconds = (): number => SECONDS,
  ) {
    document.addEventListener("visibilitychange", () => document.hidden && this.pause(), { signal: until });
    until.addEventListener("abort", () => this.pause());
  }

  /** How much of the way is done, from 0 to 1. */
  get done(): number {
    return this.share;
  }

  /** Starts, from the beginning where the end is reached. */
  play(): void {
    if (this.playing) return;
    if (this.share >= 1) this.share = 0;
    this.playing = true;
    this.last = performance.now();
    this.frame = requestAnimationFrame((now) => this.step(now));
    this.changed();
  }

  pause(): void {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.changed();
  }

  /** Goes to a place, and rests there. */
  seek(share: number): void {
    this.pause();
    this.share = Math.min(1, Math.max(0, share));
    this.changed();
  }

  private step(now: number): void {
    this.share = Math.min(1, this.share + Math.max(0, now - this.last) / 1000 / this.seconds());
    this.last = now;
    if (this.share >= 1) this.playing = false;
    else this.frame = requestAnimationFrame((next) => this.step(next));
    this.changed();
  }
}

/** Whether the reader has asked his system for less motion. */
export function prefersStill(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
