/** The picture of the jumper's world, as `picture()` in tasks/jumper/env.py draws it. */

import { arrow } from "./arrow";
import type { Pen } from "./surface";
import { layout, ROWS, type Situation } from "./world";

/** Draws robot, obstacle and action, those that are shown. */
export function drawScene({ ink, width, colours }: Pen, now: Situation): void {
  const { unit, x, ground, square } = layout(width);
  const line = Math.max(1.5, 0.05 * unit);
  ink.fillStyle = colours.ground;
  ink.fillRect(0, ground - line / 2, width, line);
  if (now.show_obstacle) {
    ink.fillStyle = colours.wall;
    ink.fillRect(...square(0, ROWS.obstacle), unit, unit);
  }
  if (now.show_robot) {
    ink.fillStyle = colours.robot;
    ink.fillRect(...square(now.s, ROWS.robot), unit, unit);
  }
  if (now.show_action) {
    const [left, top] = square(now.x, ROWS.obstacle);
    ink.strokeStyle = colours.robot;
    ink.lineWidth = line;
    ink.strokeRect(left + line / 2, top + line / 2, unit - line, unit - line);
  }
  const aim = now.show_action ? now.x : now.s;
  if (now.show_robot) arrow(ink, [x(now.s), 3.5 * unit], [x(aim), 2.5 * unit], line, colours.arrow);
}
