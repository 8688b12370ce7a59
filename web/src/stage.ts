/** One method's picture of the replay: the scene, the fan of the latest decision, the trail, body and agent. */

import type { Palette } from "./palette";
import { carriedOut, latest, moved, stateAt, type Episode, type Mark, type Point, type Scene } from "./rollout";
import type { Pen } from "./surface";

const NORMAL = 300; // widths of lines are right for a picture this wide

/** The height of a picture of some width. */
export function heightOf({ window: [left, top, right, bottom] }: Scene, width: number): number {
  return (width * (bottom - top)) / (right - left);
}

/** Where a place is in a picture of some width, in pixels. */
export function toPixel({ window: [left, top, right], across }: Scene, width: number): (place: Point) => Point {
  const unit = width / (right - left);
  return (place) => [(place[across[0]]! - left) * unit, (place[across[1]]! - top) * unit];
}

/** Everything at a time in steps, what lies below first. */
export function drawMoment(pen: Pen, scene: Scene, episode: Episode, time: number): void {
  for (const mark of scene.ground) draw(pen, scene, mark);
  const step = Math.floor(time);
  const q = latest(episode, step);
  const from = place(episode.state[episode.decisionSteps[q]!]!);
  for (const chunk of episode.sampleFan[q]!) draw(pen, scene, line([from, ...chunk], "prediction", 0.9, 0.45));
  draw(pen, scene, line([from, ...carriedOut(episode, q)], "prediction", 2.4, 1));
  const now = stateAt(episode, time);
  const trail = episode.state.slice(0, Math.min(step, episode.steps) + 1).map(place);
  draw(pen, scene, line([...trail, place(now)], "muted", 1.2, 0.9));
  if (scene.body) {
    const outline = moved(scene.body, [now[2]!, now[3]!, now[4]!]);
    draw(pen, scene, { points: outline, colour: "muted", width: 0, alpha: 0.45, closed: true });
    draw(pen, scene, { points: outline, colour: "ink", width: 1.4, alpha: 1, closed: true });
  }
  drawAgent(pen, scene, place(now));
}

function place(state: readonly number[]): Point {
  return [state[0]!, state[1]!];
}

function line(points: Point[], colour: keyof Palette, width: number, alpha: number): Mark {
  return { points, colour, width, alpha, closed: false };
}

function draw({ ink, width, colours }: Pen, scene: Scene, mark: Mark): void {
  const pixel = toPixel(scene, width);
  ink.beginPath();
  for (const point of mark.points) ink.lineTo(...pixel(point));
  if (mark.closed) ink.closePath();
  ink.globalAlpha = mark.alpha;
  ink.lineJoin = "round";
  ink.fillStyle = ink.strokeStyle = colours[mark.colour as keyof Palette];
  ink.lineWidth = (mark.width * width) / NORMAL;
  if (mark.width) ink.stroke();
  else ink.fill();
  ink.globalAlpha = 1;
}

function drawAgent({ ink, width, colours }: Pen, scene: Scene, at: Point): void {
  const [left, , right] = scene.window;
  ink.beginPath();
  ink.arc(...toPixel(scene, width)(at), (scene.radius * width) / (right - left), 0, 2 * Math.PI);
  ink.fillStyle = colours.ink;
  ink.fill();
}
