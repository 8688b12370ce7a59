import { expect, it } from "vitest";
import { arrowKey } from "../src/keys";

it.each([
  [{ key: "ArrowLeft" }, -1],
  [{ key: "ArrowRight", shiftKey: true }, 1],
  [{ key: "ArrowLeft", altKey: true }, 0],
  [{ key: "a" }, 0],
])("%o moves by %i", (pressed, way) => expect(arrowKey(new KeyboardEvent("keydown", pressed))).toBe(way));
