import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mount } from "../src/replay";
import type { Sent } from "../src/rollout";
import { byId, type } from "./fake";
import library from "./fixtures/replay.json";

const { scene, draws } = library;
const short = { ...library.episode, steps: 2, success: false, decision_steps: [0] };
const sent = {
  scene,
  draws,
  drawn: 16,
  methods: [
    { name: "flow", label: "flow", episodes: [library.episode, short] },
    { name: "mse", label: "<b>mse", episodes: [short, short] },
  ],
} as unknown as Sent;
let host: HTMLElement;
let end: AbortController;
let frames: ((now: number) => void)[];

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (call: (now: number) => void) => frames.push(call));
  vi.spyOn(performance, "now").mockReturnValue(0);
  host = document.createElement("div");
  document.body.append(host);
  end = new AbortController();
  mount(host, sent, end.signal);
});
afterEach(() => {
  end.abort();
  host.remove();
});

const figure = (name: string): HTMLElement => host.querySelector(`[data-recipe="${name}"]`)!;
const steps = (): (string | undefined)[] => ["flow", "mse"].map((name) => figure(name).dataset["step"]);
const state = (): number[] => JSON.parse(figure("flow").dataset["state"]!) as number[];

describe("the replay", () => {
  it("rests at the start until it is asked to play", () => {
    expect([byId(host, "play").textContent, ...steps()]).toEqual(["Play", "0", "0"]);
  });

  it("shows every method at the step that is scrubbed to; who has ended rests at his end", () => {
    type(byId<HTMLInputElement>(host, "scrubber"), "3");
    expect(steps()).toEqual(["3", "2"]);
    expect(state()).toEqual(library.state[3]);
    expect(figure("flow").textContent).toContain("coverage 0.63");
    expect(figure("mse").textContent).toContain("ended at step 2");
    expect(byId(host, "time").textContent).toBe("step 3 of 4");
  });

  it("plays all of them at the speed that is chosen", () => {
    type(byId<HTMLSelectElement>(host, "speed"), "5");
    byId(host, "play").click();
    frames.splice(0).forEach((call) => call(410));
    expect([byId(host, "play").textContent, ...steps()]).toEqual(["Pause", "2", "2"]);
    frames.splice(0).forEach((call) => call(900));
    expect([byId(host, "play").textContent, ...steps()]).toEqual(["Play", "4", "2"]);
  });

  it("plays and pauses with the space bar on the scrubber", () => {
    const press = () => byId(host, "scrubber").dispatchEvent(new KeyboardEvent("keydown", { key: " " }));
    press();
    expect(byId(host, "play").textContent).toBe("Pause");
    press();
    expect(byId(host, "play").textContent).toBe("Play");
  });

  it("begins anew with another episode, which may be shorter", () => {
    type(byId<HTMLInputElement>(host, "scrubber"), "4");
    type(byId<HTMLSelectElement>(host, "episode"), "1");
    expect([byId(host, "time").textContent, ...steps()]).toEqual(["step 0 of 2", "0", "0"]);
  });

  it("takes a method's name for text", () => {
    expect(figure("mse").querySelector("b")!.textContent).toBe("<b>mse");
  });
});
