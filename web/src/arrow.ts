/** An arrow: a line with a head at its end. */

/** Draws it from one point to another; the head is five line widths long. */
export function arrow(
  ink: CanvasRenderingContext2D,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  width: number,
  colour: string,
): void {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length === 0) return;
  const head = 5 * width;
  const [dx, dy] = [((x1 - x0) / length) * head, ((y1 - y0) / length) * head];
  const [neckX, neckY] = [x1 - dx, y1 - dy];
  ink.strokeStyle = ink.fillStyle = colour;
  ink.lineWidth = width;
  ink.beginPath();
  ink.moveTo(x0, y0);
  ink.lineTo(neckX, neckY);
  ink.stroke();
  ink.beginPath();
  ink.moveTo(x1, y1);
  ink.lineTo(neckX - dy / 2, neckY + dx / 2);
  ink.lineTo(neckX + dy / 2, neckY - dx / 2);
  ink.fill();
}
