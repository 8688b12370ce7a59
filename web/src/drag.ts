/** Dragging with mouse, pen or finger: what is taken hold of stays so until the pointer is let go. */

import type { Surface } from "./surface";

/** What moves with the pointer, from the place where it was taken hold of. */
export type Move = (x: number, y: number) => void;

/** Lets things be dragged; `grab` says what there is at a place, null where there is nothing. */
export function draggable(surface: Surface, grab: (x: number, y: number) => Move | null, until: AbortSignal): void {
  const { canvas } = surface;
  let held: Move | null = null;
  const on = (name: "pointerdown" | "pointermove" | "pointerup" | "pointercancel", act: (e: PointerEvent) => void) =>
    canvas.addEventListener(name, act, { signal: until });
  const drop = (): void => {
    held = null;
    canvas.style.cursor = "";
  };
  on("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = surface.at(event);
    held = grab(x, y);
    if (!held) return;
    canvas.setPointerCapture(event.pointerId);
    canvas.style.cursor = "grabbing";
    held(x, y);
  });
  on("pointermove", (event) => {
    const [x, y] = surface.at(event);
    if (held) held(x, y);
    else canvas.style.cursor = grab(x, y) ? "grab" : "";
  });
  on("pointerup", drop);
  on("pointercancel", drop);
}
