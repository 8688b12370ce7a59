/** The replay in a report: all methods' episodes side by side on one timeline, drawn from the page's own data. */

import { button } from "./controls";
import { element, tell } from "./element";
import { Player } from "./player";
import { stateAt, unpacked, type Episode, type Scene, type Sent } from "./rollout";
import { drawMoment, heightOf } from "./stage";
import { Surface } from "./surface";

const SPEEDS = [5, 10, 20, 40]; // steps a second
const USUAL = 20;
const DUST = 1e-6; // of a step: what division and multiplication leave behind

/** Fills a place with the replay; it does not play until it is asked to. */
export function mount(host: HTMLElement, sent: Sent, until: AbortSignal): void {
  const speed = select("speed", SPEEDS.map((rate) => [String(rate), `${rate} steps/s`]), String(USUAL));
  const count = sent.methods[0]?.episodes.length ?? 0;
  const episode = select("episode", Array.from({ length: count }, (_, i) => [String(i), String(i + 1)]), "0");
  const scrubber = element("input", { type: "range", min: 0, step: 1, "data-testid": "scrubber" });
  const time = element("output", { "data-testid": "time" });
  let limit = 1;
  const player = new Player(show, until, () => limit / Number(speed.value));
  const play = button("Play", "play", () => (player.playing ? player.pause() : player.play()), until);
  const films = sent.methods.map(({ name, label, episodes }) => {
    const choose = (): Episode => unpacked(episodes[Number(episode.value)]!, sent.scene, sent.draws);
    return new Film(name, label, sent.scene, choose, now, until);
  });

  function now(): number {
    const at = player.done * limit;
    return Math.abs(at - Math.round(at)) < DUST ? Math.round(at) : at;
  }
  function show(): void {
    tell(play, player.playing ? "Pause" : "Play");
    scrubber.value = String(Math.floor(now()));
    time.textContent = `step ${Math.floor(now())} of ${limit}`;
    for (const film of films) film.show();
  }
  function load(): void {
    for (const film of films) film.load();
    limit = Math.max(1, ...films.map((film) => film.steps));
    scrubber.max = String(limit);
    player.seek(0);
  }
  scrubber.addEventListener("input", () => player.seek(scrubber.valueAsNumber / limit), { signal: until });
  episode.addEventListener("change", load, { signal: until });
  scrubber.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    play.click();
  }, { signal: until });
  host.replaceChildren(
    element(
      "div",
      { class: "bar", role: "group", "aria-label": "Replay" },
      play,
      element("label", { class: "time" }, "step", scrubber, time),
      element("label", {}, "speed", speed),
      element("label", {}, "episode", episode),
    ),
    element("div", { class: "films" }, ...films.map((film) => film.figure)),
  );
  load();
}

/** One method's episode. */
class Film {
  readonly figure: HTMLElement;
  private readonly said = element("span", {});
  private readonly surface: Surface;
  private episode: Episode;

  constructor(
    name: string,
    label: string,
    private readonly scene: Scene,
    private readonly choose: () => Episode,
    private readonly now: () => number,
    until: AbortSignal,
  ) {
    this.episode = choose();
    this.surface = new Surface({
      label: `${label}: the episode at the step shown, with the chunks drawn at the latest decision`,
      testid: "film",
      role: "img",
      height: (width) => heightOf(scene, width),
      draw: (pen) => drawMoment(pen, scene, this.episode, this.now()),
      until,
    });
    const caption = element("figcaption", {}, element("b", {}, label), this.said);
    this.figure = element("figure", { "data-recipe": name }, caption, this.surface.canvas);
  }

  get steps(): number {
    return this.episode.steps;
  }

  load(): void {
    this.episode = this.choose();
  }

  /** Says what the picture shows, and asks for the picture. */
  show(): void {
    const step = Math.min(Math.floor(this.now()), this.steps);
    const state = stateAt(this.episode, step);
    this.figure.dataset["step"] = String(step);
    this.figure.dataset["state"] = JSON.stringify(state.map((value) => Number(value.toFixed(4))));
    this.said.textContent = [this.gauge(state), this.end(step)].filter(Boolean).join(", ");
    this.surface.paint();
  }

  private gauge(state: readonly number[]): string {
    const value = state.at(-1)!;
    return this.scene.gauge && !Number.isNaN(value) ? `${this.scene.gauge} ${value.toFixed(2)}` : "";
  }

  private end(step: number): string {
    if (step < this.steps) return "";
    return `${this.episode.success ? "success" : "ended"} at step ${this.steps}`;
  }
}

function select(testid: string, options: readonly (readonly [string, string])[], value: string): HTMLSelectElement {
  const made = element("select", { "data-testid": testid });
  for (const [name, text] of options) made.append(element("option", { value: name }, text));
  made.value = value;
  return made;
}
