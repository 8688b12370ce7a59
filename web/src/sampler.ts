/** The sampler's way from noise to actions, played. Python draws the particles; the page moves them. */

import { button, choice, slider } from "./controls";
import { draggable } from "./drag";
import { element, tell } from "./element";
import { floats } from "./floats";
import { frame } from "./frame";
import { arrowKey } from "./keys";
import { put, watch, type View } from "./model";
import { Player, prefersStill } from "./player";
import { clamp } from "./scale";
import { axes, colourOf, drawWalk } from "./strip";
import { Surface } from "./surface";
import { ENDS, ends, steps, timeAt, walkOf, type End } from "./walk";

/** What Python draws under the settings of now. */
interface Picture {
  times: number[];
  x: DataView;
  says: string;
}

interface State {
  names: string[];
  samplers: [string, string][];
  policy: string;
  sampler: string;
  steps: number;
  start: number;
  seed: number;
  picture: Picture;
}

const LABEL = "Particles on their way from noise on the left to actions on the right.";
const FINE = 1000; // places of the scrubber
const SEEDS = 2 ** 31;

function render({ model, el }: View<State>): () => void {
  const current = () => {
    const { times, x } = model.get("picture");
    const walk = walkOf(times, floats(x));
    return { walk, ends: ends(walk) };
  };
  return frame(el, "sampler", (box, until) => {
    let now = current();
    const place = (): number => player.done * steps(now.walk);
    const said = element("p", { class: "ew-status", "aria-live": "polite", "data-testid": "status" });
    const scrubber = element("input", { type: "range", min: 0, max: FINE, step: 1, "data-testid": "scrubber" });
    const key = element("div", { class: "ew-row", "data-testid": "key" });
    const time = element("output", { "data-testid": "time" });
    const surface = new Surface({
      label: LABEL,
      testid: "canvas",
      height: (width) => clamp(width * 0.5, 240, 340),
      until,
      draw: (pen) => {
        drawWalk(pen, now.walk, now.ends, place());
        ENDS.forEach((end, i) => ((key.children[i] as HTMLElement).style.borderColor = colourOf(end, pen.colours)));
      },
    });
    const show = (): void => {
      play.textContent = player.playing ? "Pause" : "Play";
      scrubber.value = String(Math.round(player.done * FINE));
      time.textContent = `t = ${timeAt(now.walk, place()).toFixed(2)}`;
      surface.paint();
    };
    const player = new Player(show, until);
    const play = button("Play", "play", () => (player.playing ? player.pause() : player.play()), until);
    const reset = button("Reset", "reset", () => player.seek(0), until);
    scrubber.addEventListener("input", () => player.seek(scrubber.valueAsNumber / FINE), { signal: until });
    const update = (): void => {
      now = current();
      tell(said, model.get("picture").says);
      key.replaceChildren(...ENDS.map((end) => element("span", { class: "ew-key" }, told(end, now.ends))));
      show();
    };
    const scrub = (x: number): void => {
      const { place: across } = axes(surface.width, 0, 1);
      player.seek(across.invert(x));
    };
    draggable(surface, (x) => (x <= axes(surface.width, 0, 1).wall ? scrub : null), until);
    const press = (event: KeyboardEvent): void => {
      const way = arrowKey(event);
      if (event.key === " ") play.click();
      else if (way) player.seek((Math.round(place()) + way) / steps(now.walk));
      else return;
      event.preventDefault();
    };
    surface.canvas.addEventListener("keydown", press, { signal: until });

    const bound = { model, until };
    const renew = button("New noise", "renew", () => put(model, "seed", Math.floor(Math.random() * SEEDS)), until);
    const policies = model.get("names").map((name) => [name, name] as const);
    box.append(
      element(
        "div",
        { class: "ew-row" },
        choice(bound, "policy", "policy", policies),
        choice(bound, "sampler", "sampler", model.get("samplers")),
        seedField(model, until),
        renew,
      ),
      element(
        "div",
        { class: "ew-row" },
        slider(bound, "steps", { label: "steps", min: 1, max: 50, step: 1 }),
        slider(bound, "start", { label: "start s", min: -1.2, max: 1.2, step: 0.05 }),
      ),
      surface.canvas,
      element(
        "div",
        { class: "ew-row" },
        play,
        reset,
        element("label", { class: "ew-slider ew-way" }, element("span", {}, "way"), scrubber, time),
      ),
      key,
      said,
    );
    watch(model, ["picture"], update, until);
    update();
    if (prefersStill()) player.seek(1);
    else player.play();
  });
}

/** How many particles come to an end, in words. */
function told(end: End, ends: readonly End[]): string {
  const share = ends.filter((one) => one === end).length / ends.length;
  return `${end === "obstacle" ? "in the obstacle" : end} ${(100 * share).toFixed(1)} %`;
}

/** The seed of the noise, to type. */
function seedField(model: View<State>["model"], until: AbortSignal): HTMLElement {
  const input = element("input", { type: "number", min: 0, max: SEEDS - 1, step: 1, "data-testid": "seed" });
  const show = (): void => {
    input.value = String(model.get("seed"));
  };
  const take = (): void => {
    const seed = input.valueAsNumber;
    if (Number.isInteger(seed) && seed >= 0 && seed < SEEDS) put(model, "seed", seed);
    else show();
  };
  input.addEventListener("change", take, { signal: until });
  input.addEventListener("keydown", ({ key }) => key === "Enter" && take(), { signal: until });
  watch(model, ["seed"], show, until);
  show();
  return element("label", { class: "ew-choice" }, element("span", {}, "noise seed"), input);
}

export default { render };
