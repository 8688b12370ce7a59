/** Numbers on an axis: to pixels, back, and onto a grid of steps. */

export interface Scale {
  (value: number): number;
  invert(pixel: number): number;
}

/** The straight line that takes `from` to `to`. */
export function scale(from: readonly [number, number], to: readonly [number, number]): Scale {
  const slope = (to[1] - to[0]) / (from[1] - from[0]);
  return Object.assign((value: number) => to[0] + (value - from[0]) * slope, {
    invert: (pixel: number) => from[0] + (pixel - to[0]) / slope,
  });
}

/** The value within the limits that is nearest. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** The nearest multiple of a step, free of binary dust: 1.05, not 1.0499999999999998. */
export function snap(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toFixed(6)) + 0;
}
