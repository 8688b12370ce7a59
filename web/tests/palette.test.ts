import { expect, it } from "vitest";
import { isBright } from "../src/palette";

it.each([
  ["rgb(0, 0, 0)", false],
  ["rgba(0, 0, 0, 0.87)", false],
  ["rgb(97, 97, 97)", false],
  ["rgb(255, 255, 255)", true],
  ["rgba(255, 255, 255, 0.87)", true],
  ["rgb(224 224 224 / 90%)", true],
  ["", false],
])("text of the colour %s is bright: %s", (colour, bright) => expect(isBright(colour)).toBe(bright));
