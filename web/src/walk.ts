/** The way of many particles from noise to actions: K + 1 stops, and between them straight lines. */

import { EDGE } from "./world";

export type End = "left" | "right" | "obstacle";

export const ENDS: readonly End[] = ["left", "right", "obstacle"];

export interface Walk {
  times: readonly number[]; // of the stops: from about 1 at the noise down to 0
  x: Float32Array; // stop after stop, all particles of one stop together
  particles: number;
}

/** The walk that Python sends. */
export function walkOf(times: readonly number[], x: Float32Array): Walk {
  return { times, x, particles: x.length / times.length };
}

/** Steps from the first stop to the last. */
export function steps(walk: Walk): number {
  return walk.times.length - 1;
}

/** All particles at a place on the way: 0 is the noise, `steps` the actions, 1.5 halfway between two stops. */
export function particlesAt(walk: Walk, place: number): Float32Array {
  const stop = Math.min(Math.floor(place), steps(walk));
  const share = place - stop;
  const here = stopAt(walk, stop);
  if (share === 0) return here;
  const next = stopAt(walk, stop + 1);
  return here.map((x, i) => x + share * (next[i]! - x));
}

/** The time at a place on the way. */
export function timeAt(walk: Walk, place: number): number {
  const stop = Math.min(Math.floor(place), steps(walk));
  const here = walk.times[stop]!;
  return here + (place - stop) * ((walk.times[stop + 1] ?? here) - here);
}

/** Where each particle ends; one that is no number at the end counts as lost in the obstacle. */
export function ends(walk: Walk): End[] {
  return Array.from(stopAt(walk, steps(walk)), (x) => (x <= -EDGE ? "left" : x >= EDGE ? "right" : "obstacle"));
}

function stopAt({ x, particles }: Walk, stop: number): Float32Array {
  return x.subarray(stop * particles, (stop + 1) * particles);
}
