/** The pictures of the loss explorer. */

import { arrow } from "./arrow";
import { GRID, SPAN } from "./curve";
import { histogram } from "./histogram";
import type { Box } from "./panels";
import type { Name } from "./penalties";
import { scale, type Scale } from "./scale";
import type { Pen } from "./surface";
import { EDGE } from "./world";

export const FLAT = 0.02; // a slope nearer to 0 than this pulls nothing that one could see
const HEADING = 18;
const TICKS = 16;
const BARS = 64;

export interface Loss {
  name: Name;
  formula: string;
  curve: Float64Array;
  best: number; // index on the grid
  others: readonly number[];
  cost: number; // at the prediction
  slope: number;
}

/** The axis of predictions in a box. */
export function across(box: Box): Scale {
  return scale([-SPAN, SPAN], [box.left + 1, box.left + box.width - 1]);
}

/** The landings: a histogram above, each one a stroke below. */
export function drawData(pen: Pen, box: Box, data: Float32Array, p: number): void {
  const { ink, colours } = pen;
  const x = across(box);
  const floor = box.top + box.height - TICKS - 8;
  tint(pen, box, box.top, floor + 8);
  const counts = histogram(data, -SPAN, SPAN, BARS);
  const most = Math.max(1, ...counts);
  ink.fillStyle = colours.data;
  ink.globalAlpha = 0.75;
  const bar = (x(SPAN) - x(-SPAN)) / BARS;
  counts.forEach((count, i) => {
    const high = (count / most) * (floor - box.top - HEADING);
    ink.fillRect(x(-SPAN) + i * bar, floor - high, bar - 0.5, high);
  });
  ink.globalAlpha = Math.max(0.1, Math.min(0.6, 60 / data.length));
  for (const value of data) ink.fillRect(x(value) - 0.5, floor + 1, 1, 7);
  ink.globalAlpha = 1;
  drawPrediction(pen, x(p), box.top + HEADING - 6, floor + 8);
  ink.fillStyle = colours.muted;
  ink.textAlign = "center";
  for (let tick = -3; tick <= 3; tick += 1) {
    ink.fillText(String(tick).replace("-", "−"), x(tick), box.top + box.height - 2);
  }
  ink.fillStyle = colours.prediction;
  ink.textAlign = x(p) > box.left + box.width - 70 ? "right" : x(p) < box.left + 70 ? "left" : "center";
  ink.fillText("prediction p", x(p), box.top + 10);
}

/** One loss: its curve, its minima, and how it pulls the prediction. */
export function drawLoss(pen: Pen, box: Box, loss: Loss, p: number): void {
  const { ink, colours } = pen;
  const x = across(box);
  const [low, high] = [Math.min(...loss.curve), Math.max(...loss.curve)];
  const y = scale([low, high === low ? low + 1 : high], [box.top + box.height - 10, box.top + HEADING + 6]);
  tint(pen, box, box.top + HEADING, box.top + box.height);
  ink.strokeStyle = colours.rule;
  ink.lineWidth = 1;
  ink.strokeRect(box.left + 0.5, box.top + HEADING + 0.5, box.width - 1, box.height - HEADING - 1);
  ink.textAlign = "left";
  ink.fillStyle = colours.ink;
  ink.fillText(`${loss.name}  ${loss.formula}`, box.left + 1, box.top + 12);
  drawPrediction(pen, x(p), box.top + HEADING, box.top + box.height);
  ink.strokeStyle = colours[loss.name];
  ink.lineWidth = 2;
  ink.beginPath();
  GRID.forEach((at, i) => ink.lineTo(x(at), y(loss.curve[i]!)));
  ink.stroke();
  const place = (i: number): [number, number] => [x(GRID[i]!), y(loss.curve[i]!)];
  for (const i of loss.others) drawMinimum(pen, place(i), loss.name, false);
  drawMinimum(pen, place(loss.best), loss.name, true);
  drawPull(pen, [x(p), y(loss.cost)], loss.slope);
}

function tint({ ink, colours }: Pen, box: Box, top: number, bottom: number): void {
  const x = across(box);
  ink.fillStyle = colours.obstacle;
  ink.globalAlpha = 0.12;
  ink.fillRect(x(-EDGE), top, x(EDGE) - x(-EDGE), bottom - top);
  ink.globalAlpha = 1;
}

function drawPrediction({ ink, colours }: Pen, x: number, top: number, bottom: number): void {
  ink.strokeStyle = colours.prediction;
  ink.lineWidth = 1;
  ink.beginPath();
  ink.moveTo(x, top);
  ink.lineTo(x, bottom);
  ink.stroke();
}

/** A triangle under the curve that points at it: filled for the least of all, empty for a dent. */
function drawMinimum({ ink, colours }: Pen, [x, y]: [number, number], name: Name, filled: boolean): void {
  ink.beginPath();
  ink.moveTo(x, y + 1);
  ink.lineTo(x - 4.5, y + 9);
  ink.lineTo(x + 4.5, y + 9);
  ink.closePath();
  ink.strokeStyle = ink.fillStyle = colours[name];
  ink.lineWidth = 1.5;
  if (filled) ink.fill();
  ink.stroke();
}

/** The prediction on the curve, with an arrow downhill as long as the curve is steep; a bare ring where it is flat. */
function drawPull({ ink, colours }: Pen, [x, y]: [number, number], slope: number): void {
  ink.beginPath();
  ink.arc(x, y, 4.5, 0, 2 * Math.PI);
  ink.fillStyle = ink.strokeStyle = colours.prediction;
  ink.lineWidth = 1.5;
  if (Math.abs(slope) < FLAT) {
    ink.stroke();
    return;
  }
  ink.fill();
  const length = 12 + 40 * Math.min(1, Math.abs(slope));
  arrow(ink, [x, y], [x - Math.sign(slope) * length, y], 2, colours.prediction);
}
