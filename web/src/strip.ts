/** The pictures of the sampler: the way of every particle, and where all of them are now. */

import { histogram } from "./histogram";
import { scale, type Scale } from "./scale";
import type { Pen } from "./surface";
import { ENDS, particlesAt, steps, type End, type Walk } from "./walk";
import { EDGE } from "./world";

export const SPAN = 4.2; // noise is wider than the landings
const BARS = 42;
const LEFT = 28; // for the numbers of the axis
const BOTTOM = 34;
const TOP = 6;
const LINES = 200; // particles that get a line

const THICK: Record<End, number> = { left: 0.7, right: 0.7, obstacle: 1.4 };

/** The strip's width and the axes of a picture. */
export function axes(width: number, height: number, count: number): { place: Scale; x: Scale; wall: number } {
  const wall = LEFT + (width - LEFT) * 0.72;
  return { place: scale([0, count], [LEFT, wall - 8]), x: scale([-SPAN, SPAN], [height - BOTTOM, TOP]), wall };
}

/** Everything, with the particles at a place on their way. */
export function drawWalk(pen: Pen, walk: Walk, ends: readonly End[], place: number): void {
  const { ink, width, height, colours } = pen;
  const { place: across, x, wall } = axes(width, height, steps(walk));
  ink.fillStyle = colours.obstacle;
  ink.globalAlpha = 0.12;
  ink.fillRect(LEFT, x(EDGE), width - LEFT, x(-EDGE) - x(EDGE));
  ink.globalAlpha = 1;
  drawAxis(pen, walk, across, x);
  ink.save();
  ink.beginPath();
  ink.rect(LEFT - 6, TOP, wall - LEFT + 6, x(-SPAN) - TOP);
  ink.clip();
  drawLines(pen, walk, ends, place, across, x);
  drawDots(pen, walk, ends, place, across(place), x);
  ink.restore();
  drawBars(pen, particlesAt(walk, place), ends, wall, x);
}

function drawAxis({ ink, width, colours }: Pen, walk: Walk, across: Scale, x: Scale): void {
  ink.fillStyle = colours.muted;
  ink.textAlign = "right";
  ink.textBaseline = "middle";
  for (let tick = -4; tick <= 4; tick += 2) ink.fillText(String(tick).replace("-", "−"), LEFT - 5, x(tick));
  ink.textBaseline = "alphabetic";
  ink.textAlign = "left";
  ink.fillText("x", LEFT + 4, TOP + 12);
  ink.strokeStyle = colours.rule;
  ink.lineWidth = 1;
  const floor = x(-SPAN);
  const count = steps(walk);
  const every = Math.max(1, Math.ceil((count * 34) / (across(count) - across(0))));
  ink.textAlign = "center";
  for (let stop = 0; stop <= count; stop += every) {
    if (stop !== count && count - stop < every) continue; // the last stop has its own
    ink.fillText(walk.times[stop]!.toPrecision(2), across(stop), floor + 14);
  }
  if (count % every !== 0) ink.fillText("0", across(count), floor + 14);
  for (let stop = 0; stop <= count; stop += 1) ink.strokeRect(across(stop), floor, 0, 3);
  ink.fillText("noise  ←  t at each stop  →  actions", (across(0) + across(count)) / 2, floor + 30);
  ink.fillText("now", (across(count) + 8 + width) / 2, floor + 14);
}

/** The way so far, each particle's in the colour of its end. */
function drawLines(
  { ink, colours }: Pen,
  walk: Walk,
  ends: readonly End[],
  place: number,
  across: Scale,
  x: Scale,
): void {
  const { particles } = walk;
  const whole = Math.floor(place);
  const now = particlesAt(walk, place);
  ink.globalAlpha = 0.35;
  for (const end of ENDS) {
    ink.strokeStyle = colourOf(end, colours);
    ink.lineWidth = THICK[end];
    ink.beginPath();
    for (let i = 0; i < Math.min(particles, LINES); i += 1) {
      if (ends[i] !== end) continue;
      ink.moveTo(across(0), x(walk.x[i]!));
      for (let stop = 1; stop <= whole; stop += 1) ink.lineTo(across(stop), x(walk.x[stop * particles + i]!));
      if (place > whole) ink.lineTo(across(place), x(now[i]!));
    }
    ink.stroke();
  }
  ink.globalAlpha = 1;
}

function drawDots({ ink, colours }: Pen, walk: Walk, ends: readonly End[], place: number, at: number, x: Scale): void {
  const now = particlesAt(walk, place);
  ink.globalAlpha = 0.8;
  for (const end of ENDS) {
    const size = end === "obstacle" ? 4 : 3;
    ink.fillStyle = colourOf(end, colours);
    now.forEach((value, i) => {
      if (ends[i] === end) ink.fillRect(at + aside(i) - size / 2, x(value) - size / 2, size, size);
    });
  }
  ink.globalAlpha = 1;
}

/** Where the particles are now: bars that lie, stacked by where the particles will end. */
function drawBars({ ink, width, colours }: Pen, now: Float32Array, ends: readonly End[], wall: number, x: Scale): void {
  const most = Math.max(0.2 * now.length, ...histogram(now, -SPAN, SPAN, BARS));
  const long = scale([0, most], [0, width - wall - 2]);
  const high = (x(-SPAN) - x(SPAN)) / BARS;
  const base = new Float64Array(BARS);
  for (const end of ENDS) {
    ink.fillStyle = colourOf(end, colours);
    const counts = histogram(now.filter((_, i) => ends[i] === end), -SPAN, SPAN, BARS);
    counts.forEach((count, i) => {
      ink.fillRect(wall + long(base[i]!), x(SPAN) + (BARS - 1 - i) * high + 0.5, long(count), high - 1);
      base[i]! += count;
    });
  }
  ink.fillStyle = colours.ground;
  ink.fillRect(wall - 1, x(SPAN), 1, x(-SPAN) - x(SPAN));
}

/** A little to one side, each particle by another amount, so that they do not hide each other. */
function aside(i: number): number {
  return (((i * 0.618) % 1) - 0.5) * 12; // the golden ratio spreads any number of them evenly
}

export function colourOf(end: End, colours: Pen["colours"]): string {
  return end === "obstacle" ? colours.ink : colours[end];
}
