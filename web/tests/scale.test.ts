import { expect, it } from "vitest";
import { signed } from "../src/controls";
import { clamp, scale, snap } from "../src/scale";

it("a scale and its inverse undo each other", () => {
  const x = scale([-3.2, 3.2], [1, 759]);
  expect([x(-3.2), x(3.2), x.invert(x(0.7))]).toEqual([1, 759, expect.closeTo(0.7, 12)]);
});

it("a snapped number is the decimal one would write, and 0 has no sign", () => {
  expect([snap(0.149, 0.05), snap(1.0499, 0.05), snap(-0.31, 0.1), snap(0.999, 0.05)]).toEqual([0.15, 1.05, -0.3, 1]);
  expect(Object.is(snap(-0.001, 0.05), 0)).toBe(true);
});

it("a clamped number stays within the limits", () => {
  expect([clamp(2, -1.5, 1.5), clamp(-2, -1.5, 1.5), clamp(0.3, -1.5, 1.5)]).toEqual([1.5, -1.5, 0.3]);
});

it("numbers are shown to their step, with a true minus sign and without a negative zero", () => {
  expect([signed(-1.05, 0.05), signed(0.3, 0.1), signed(10, 1), signed(-0.001, 0.05)]).toEqual([
    "−1.05",
    "0.3",
    "10",
    "0.00",
  ]);
});
