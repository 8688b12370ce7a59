import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import jumper from "../src/jumper";
import losses from "../src/losses";
import sampler from "../src/sampler";
import { byId, fake, type } from "./fake";

const bytes = (...x: number[]): DataView => new DataView(Float32Array.from(x).buffer);
let host: HTMLElement;

beforeEach(() => {
  host = document.createElement("div");
  document.body.append(host);
});
afterEach(() => host.remove());

describe("the jumper", () => {
  const start = () => fake({ s: 0, x: 1.05, show_robot: true, show_obstacle: false, show_action: false });

  it("shows the state, and what Python changes", () => {
    const model = start();
    jumper.render({ model, el: host });
    expect(byId<HTMLInputElement>(host, "x").value).toBe("1.05");
    expect(byId(host, "verdict").textContent).toBe("");
    model.set("show_action", true);
    expect(byId<HTMLInputElement>(host, "show_action").checked).toBe(true);
    expect(byId(host, "verdict").textContent).toBe("Success!");
    model.set("x", -0.5);
    expect(byId(host, "verdict").textContent).toBe("Fail!");
  });

  it("sends what the reader sets", () => {
    const model = start();
    jumper.render({ model, el: host });
    type(byId<HTMLInputElement>(host, "s"), "-0.3");
    byId<HTMLInputElement>(host, "show_obstacle").click();
    expect([model.state.s, model.state.show_obstacle, model.saved]).toEqual([-0.3, true, 2]);
  });

  it("obeys the arrow keys, but moves nothing that is hidden or beyond reach", () => {
    const model = start();
    jumper.render({ model, el: host });
    const press = (key: string, shiftKey = false) =>
      byId(host, "canvas").dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey }));
    press("ArrowRight");
    expect(model.state.x).toBe(1.05);
    model.set("show_action", true);
    press("ArrowRight");
    press("ArrowLeft", true);
    expect([model.state.x, model.state.s]).toEqual([1.1, -0.1]);
    for (let i = 0; i < 20; i += 1) press("ArrowRight");
    expect(model.state.x).toBe(1.5);
  });

  it("is gone without a trace when it is closed", () => {
    const model = start();
    jumper.render({ model, el: host })();
    model.set("show_action", true);
    expect(host.children).toHaveLength(0);
  });

  it("has a label on every control, and keeps the notebook's keys out", () => {
    jumper.render({ model: start(), el: host });
    for (const input of host.querySelectorAll("input")) expect(input.closest("label")?.textContent).toBeTruthy();
    for (const one of host.querySelectorAll("input, canvas")) {
      expect(one.matches("[data-lm-suppress-shortcuts]")).toBe(true);
    }
  });
});

describe("the loss explorer", () => {
  const start = (starts: DataView = bytes()) =>
    fake({
      landings: bytes(-1.2, 1.1, 1.3),
      starts,
      half: 0.05,
      start: 0.65,
      prediction: 0,
      scale: 1,
      shown: ["mse", "welsch"],
    });

  it("takes a slice only where starts are known", () => {
    losses.render({ model: start(), el: host });
    expect(byId(host, "status").textContent).toBe("3 landings");
    expect(host.querySelector('[data-testid="start"]')).toBeNull();
    const sliced = document.createElement("div");
    const model = start(bytes(-0.5, 0.65, 0.5));
    losses.render({ model, el: sliced });
    expect(byId(sliced, "status").textContent).toBe("1 landing from this slice of starts");
    type(byId<HTMLInputElement>(sliced, "start"), "0");
    expect(byId(sliced, "status").textContent).toBe("0 landings from this slice of starts");
  });

  it("sends which losses are shown", () => {
    const model = start();
    losses.render({ model, el: host });
    byId<HTMLInputElement>(host, "show-cauchy").click();
    expect(model.state.shown).toEqual(["mse", "welsch", "cauchy"]);
  });

  it("moves the prediction by the keys, within reach", () => {
    const model = start();
    losses.render({ model, el: host });
    const press = (key: string) => byId(host, "canvas").dispatchEvent(new KeyboardEvent("keydown", { key }));
    press("ArrowLeft");
    expect(model.state.prediction).toBe(-0.05);
    model.set("prediction", 2.98);
    press("ArrowRight");
    expect(model.state.prediction).toBe(3);
  });
});

describe("the sampler", () => {
  const picture = (says: string) => ({ times: [1, 0], x: bytes(0, 0.5, -1.5, 1), says });
  const start = () =>
    fake({
      names: ["flow", "diffusion"],
      samplers: [
        ["ddim", "Euler / DDIM"],
        ["heun", "Heun"],
      ] as [string, string][],
      policy: "flow",
      sampler: "ddim",
      steps: 1,
      start: 0,
      seed: 0,
      picture: picture("Lands safe"),
    });
  const still = (yes: boolean) => vi.stubGlobal("matchMedia", () => ({ matches: yes }));

  it("stands at the end for a reader who wants less motion", () => {
    still(true);
    sampler.render({ model: start(), el: host });
    expect(byId(host, "play").textContent).toBe("Play");
    expect(byId(host, "time").textContent).toBe("t = 0.00");
  });

  it("plays at once for the others, and stops at the scrubber", () => {
    still(false);
    sampler.render({ model: start(), el: host });
    expect(byId(host, "play").textContent).toBe("Pause");
    type(byId<HTMLInputElement>(host, "scrubber"), "250");
    expect([byId(host, "play").textContent, byId(host, "time").textContent]).toEqual(["Play", "t = 0.75"]);
    byId(host, "reset").click();
    expect(byId(host, "time").textContent).toBe("t = 1.00");
  });

  it("sends the settings and shows what Python draws for them", () => {
    still(true);
    const model = start();
    sampler.render({ model, el: host });
    type(byId<HTMLSelectElement>(host, "sampler"), "heun");
    type(byId<HTMLSelectElement>(host, "policy"), "diffusion");
    type(byId<HTMLInputElement>(host, "seed"), "12");
    expect([model.state.sampler, model.state.policy, model.state.seed]).toEqual(["heun", "diffusion", 12]);
    model.set("picture", picture("Lands elsewhere"));
    expect(byId(host, "status").textContent).toBe("Lands elsewhere");
    expect(byId(host, "key").textContent).toContain("left 50.0 %");
  });

  it("refuses a seed that is none, and draws one by a button", () => {
    still(true);
    const model = start();
    sampler.render({ model, el: host });
    type(byId<HTMLInputElement>(host, "seed"), "-3");
    expect([model.state.seed, byId<HTMLInputElement>(host, "seed").value]).toEqual([0, "0"]);
    byId(host, "renew").click();
    expect(model.state.seed).toBeGreaterThan(0);
  });
});
