/** Where the loss explorer's pictures are: the data above, below it a panel for each loss that is shown. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const STRIP = 104; // height of the data's picture, its ticks included
const PANEL = 132;
const GAP = 12;

/** How many panels stand side by side. */
function columns(width: number): number {
  return width >= 600 ? 3 : width >= 300 ? 2 : 1;
}

/** The height of the whole. */
export function totalHeight(width: number, count: number): number {
  return STRIP + Math.ceil(count / columns(width)) * (PANEL + GAP);
}

/** The data's box. */
export function stripBox(width: number): Box {
  return { left: 0, top: 0, width, height: STRIP };
}

/** The boxes of the panels. */
export function panelBoxes(width: number, count: number): Box[] {
  const across = columns(width);
  const wide = (width - GAP * (across - 1)) / across;
  return Array.from({ length: count }, (_, i) => ({
    left: (i % across) * (wide + GAP),
    top: STRIP + GAP + Math.floor(i / across) * (PANEL + GAP),
    width: wide,
    height: PANEL,
  }));
}

/** The box at a pixel. */
export function boxAt(boxes: readonly Box[], x: number, y: number): Box | undefined {
  return boxes.find((b) => x >= b.left && x <= b.left + b.width && y >= b.top && y <= b.top + b.height);
}
