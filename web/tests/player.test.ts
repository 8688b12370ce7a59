import { beforeEach, describe, expect, it, vi } from "vitest";
import { Player, SECONDS } from "../src/player";

let frames: ((now: number) => void)[];
let end: AbortController;

/** Lets the browser show one picture, so many seconds after the start. */
function show(seconds: number): void {
  frames.splice(0).forEach((call) => call(seconds * 1000));
}

beforeEach(() => {
  frames = [];
  end = new AbortController();
  vi.stubGlobal("requestAnimationFrame", (call: (now: number) => void) => frames.push(call));
  vi.stubGlobal("cancelAnimationFrame", () => frames.splice(0));
  vi.spyOn(performance, "now").mockReturnValue(0);
});

describe("a player", () => {
  it("does nothing until it is asked to", () => {
    const player = new Player(() => {}, end.signal);
    expect([player.playing, player.done, frames.length]).toEqual([false, 0, 0]);
  });

  it("goes the whole way in its time, then rests", () => {
    const player = new Player(() => {}, end.signal);
    player.play();
    show(SECONDS / 2);
    expect(player.done).toBeCloseTo(0.5, 9);
    show(SECONDS);
    expect([player.playing, player.done, frames.length]).toEqual([false, 1, 0]);
  });

  it("begins anew when it is played from the end", () => {
    const player = new Player(() => {}, end.signal);
    player.seek(1);
    player.play();
    expect([player.playing, player.done]).toEqual([true, 0]);
  });

  it("rests where it is put", () => {
    const player = new Player(() => {}, end.signal);
    player.play();
    player.seek(0.3);
    expect([player.playing, player.done, frames.length]).toEqual([false, 0.3, 0]);
  });

  it("rests while the page is hidden, and for good when the widget is gone", () => {
    const player = new Player(() => {}, end.signal);
    player.play();
    vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(player.playing).toBe(false);
    player.play();
    end.abort();
    expect([player.playing, frames.length]).toEqual([false, 0]);
  });
});
