/** The jumper's world as the picture shows it: x from -4 to 4, five units of height, squares of one unit. */

import { scale } from "./scale";

export const EDGE = 1; // b: half the robot and half the obstacle
export const REACH = 1.5; // as far as robot and landing may be put by hand
export const STEP = { s: 0.1, x: 0.05 } as const;
export const ROWS = { robot: 1, obstacle: 3 } as const; // levels, from the ground's 0.5 up

const SPAN = 4;
const HEIGHT = 5;
const SLACK = 0.2; // a finger may miss a square by so much

export interface Situation {
  s: number;
  x: number;
  show_robot: boolean;
  show_obstacle: boolean;
  show_action: boolean;
}

/** What the screen calls a landing: |x| ≥ b is safe, touching allowed; nothing while the landing is hidden. */
export function verdict({ x, show_action }: Pick<Situation, "x" | "show_action">): "Success!" | "Fail!" | "" {
  if (!show_action) return "";
  return Math.abs(x) >= EDGE ? "Success!" : "Fail!";
}

/** The height of a picture of some width. */
export function heightOf(width: number): number {
  return (width * HEIGHT) / (2 * SPAN);
}

/** Where things are in a picture of some width, in pixels. */
export function layout(width: number) {
  const unit = width / (2 * SPAN);
  return {
    unit,
    x: scale([-SPAN, SPAN], [0, width]),
    ground: 4.5 * unit,
    /** Left and upper end of the unit square around a place on a level. */
    square: (centre: number, level: number): [number, number] => [(centre + SPAN - 0.5) * unit, (4.5 - level) * unit],
  };
}

/** Which of the things that can be moved, and are shown, is at a pixel. */
export function hit(now: Situation, width: number, px: number, py: number): "s" | "x" | null {
  const { unit, square } = layout(width);
  const inside = (centre: number, level: number): boolean => {
    const [left, top] = square(centre, level);
    const slack = SLACK * unit;
    return px >= left - slack && px <= left + unit + slack && py >= top - slack && py <= top + unit + slack;
  };
  if (now.show_action && inside(now.x, ROWS.obstacle)) return "x";
  if (now.show_robot && inside(now.s, ROWS.robot)) return "s";
  return null;
}
