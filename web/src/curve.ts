/** The mean cost of predicting p, over data: its curve, its slope, its minima. */

import type { Penalty } from "./penalties";

export const SPAN = 3.2; // predictions run from -SPAN to SPAN
const CELLS = 640; // 0.01 each
const SHALLOW = 0.002; // a dent less deep than this share of the curve's height is no minimum to speak of
const TIE = 1e-9; // costs nearer than this are one

/** The predictions at which curves are computed: the same as in Python. */
export const GRID = Float64Array.from({ length: CELLS + 1 }, (_, i) => (i - CELLS / 2) / 100);

/** Mean of ρ((p - x) / scale) over the data. */
export function meanCost(penalty: Penalty, data: Float32Array, p: number, scale: number): number {
  let sum = 0;
  for (const x of data) sum += penalty.cost((p - x) / scale);
  return sum / data.length;
}

/** Its derivative by p: what pulls a prediction the other way. */
export function meanSlope(penalty: Penalty, data: Float32Array, p: number, scale: number): number {
  let sum = 0;
  for (const x of data) sum += penalty.slope((p - x) / scale);
  return sum / data.length / scale;
}

/** The mean cost at every prediction of the grid. */
export function costCurve(penalty: Penalty, data: Float32Array, scale: number): Float64Array {
  return GRID.map((p) => meanCost(penalty, data, p, scale));
}

/** The index of the least cost; where neighbours do equally well, the middle of the leftmost such stretch. */
export function lowest(curve: Float64Array): number {
  const bound = curve.reduce((a, b) => Math.min(a, b), Infinity) + TIE;
  const first = curve.findIndex((c) => c <= bound);
  let last = first;
  while (last + 1 < curve.length && curve[last + 1]! <= bound) last += 1;
  return Math.floor((first + last) / 2);
}

/** The indices of the other minima: dents in which a prediction that rolls downhill stays, deep enough to see. */
export function dents(curve: Float64Array): number[] {
  const best = lowest(curve);
  const height = curve.reduce((a, b) => Math.max(a, b), -Infinity) - curve[best]!;
  const found: number[] = [];
  for (let i = 1; i < curve.length - 1; i += 1) {
    const dent = curve[i]! < curve[i - 1]! && curve[i]! <= curve[i + 1]!;
    const tie = curve[i]! <= curve[best]! + TIE && Math.abs(i - best) < 2;
    if (dent && i !== best && !tie && depth(curve, i) > SHALLOW * height) found.push(i);
  }
  return found;
}

/** How far one must climb from a minimum before it goes down below it, on the easier side. */
function depth(curve: Float64Array, from: number): number {
  const climb = (step: number): number => {
    let top = curve[from]!;
    for (let i = from; i >= 0 && i < curve.length; i += step) {
      top = Math.max(top, curve[i]!);
      if (curve[i]! < curve[from]! - TIE) return top - curve[from]!;
    }
    return Infinity;
  };
  return Math.min(climb(-1), climb(1));
}
