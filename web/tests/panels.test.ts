import { expect, it } from "vitest";
import { boxAt, panelBoxes, stripBox, totalHeight } from "../src/panels";

it.each([
  [760, 3],
  [340, 2],
  [280, 1],
])("at a width of %d, %d panels stand side by side, all within the picture", (width, across) => {
  const boxes = panelBoxes(width, 6);
  expect(new Set(boxes.map((b) => b.left)).size).toBe(across);
  for (const b of boxes) {
    expect(b.left + b.width).toBeLessThanOrEqual(width + 1e-9);
    expect(b.top + b.height).toBeLessThanOrEqual(totalHeight(width, 6));
  }
});

it("the box under a pixel is found, and none between boxes", () => {
  const boxes = [stripBox(760), ...panelBoxes(760, 6)];
  expect(boxAt(boxes, 5, 5)).toBe(boxes[0]);
  expect(boxAt(boxes, boxes[2]!.left + 1, boxes[2]!.top + 1)).toBe(boxes[2]);
  expect(boxAt(boxes, boxes[2]!.left - 2, boxes[2]!.top + 1)).toBeUndefined();
});
