/** A canvas as wide as its place, sharp on any screen, painted only when something changed. */

import { element } from "./element";
import { coloursAround, type Palette } from "./palette";

const GLANCE = 250; // milliseconds

export interface Pen {
  ink: CanvasRenderingContext2D;
  width: number;
  height: number;
  colours: Palette;
}

export interface Options {
  label: string;
  testid: string;
  role?: "application" | "img"; // an image takes no keys
  height: (width: number) => number;
  draw: (pen: Pen) => void;
  until: AbortSignal;
}

export class Surface {
  readonly canvas: HTMLCanvasElement;
  width = 0; // as last painted, in pixels of the page
  private waiting = 0;
  private painted?: Palette;

  constructor(private readonly options: Options) {
    const { label, testid, role = "application", until } = options;
    const tabindex = role === "application" && 0;
    this.canvas = element("canvas", { role, "aria-label": label, tabindex, "data-testid": testid });
    const watcher = new ResizeObserver(() => this.paint());
    watcher.observe(this.canvas);
    // Nothing tells on every page that its theme has changed, so now and then the picture is held against the text.
    const glance = setInterval(() => coloursAround(this.canvas) !== this.painted && this.paint(), GLANCE);
    until.addEventListener("abort", () => {
      watcher.disconnect();
      clearInterval(glance);
      cancelAnimationFrame(this.waiting);
    });
  }

  /** Asks for a new picture at the next frame. */
  paint(): void {
    if (!this.waiting && !this.options.until.aborted) this.waiting = requestAnimationFrame(() => this.now());
  }

  /** Where on the canvas a pointer is, in pixels of the page. */
  at(event: PointerEvent): [number, number] {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private now(): void {
    this.waiting = 0;
    const { canvas } = this;
    const ink = canvas.getContext("2d");
    const width = (this.width = canvas.clientWidth);
    if (!ink || width === 0) return;
    const height = this.options.height(width);
    canvas.style.height = `${height}px`;
    const dots = window.devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * dots), Math.round(height * dots)];
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    ink.setTransform(dots, 0, 0, dots, 0, 0);
    ink.clearRect(0, 0, width, height);
    ink.font = `12px ${getComputedStyle(canvas).fontFamily}`;
    this.painted = coloursAround(canvas);
    this.options.draw({ ink, width, height, colours: this.painted });
  }
}
