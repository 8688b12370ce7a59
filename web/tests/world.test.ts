import { describe, expect, it } from "vitest";
import { heightOf, hit, layout, ROWS, verdict, type Situation } from "../src/world";

const WIDTH = 480;
const ALL: Situation = { s: 0.5, x: -1.2, show_robot: true, show_obstacle: true, show_action: true };

describe("the verdict", () => {
  it.each([
    [1, "Success!"],
    [-1, "Success!"],
    [1.5, "Success!"],
    [0.999, "Fail!"],
    [0, "Fail!"],
    [-0.95, "Fail!"],
  ])("of a landing at %d is %s", (x, said) => expect(verdict({ x, show_action: true })).toBe(said));

  it("is nothing while the action is hidden", () => expect(verdict({ x: 0, show_action: false })).toBe(""));
});

describe("the picture", () => {
  it("is that of env.py: 480 by 300, units of 60, the robot on the ground", () => {
    const { unit, x, ground, square } = layout(WIDTH);
    expect([heightOf(WIDTH), unit, x(0), x(-4), ground]).toEqual([300, 60, 240, 0, 270]);
    expect(square(0, ROWS.robot)).toEqual([210, 210]);
    expect(square(0, ROWS.obstacle)).toEqual([210, 90]);
  });

  it("knows its places back", () => expect(layout(WIDTH).x.invert(layout(WIDTH).x(1.05))).toBeCloseTo(1.05, 12));
});

describe("what the pointer meets", () => {
  const at = (centre: number, level: number): [number, number] => {
    const [left, top] = layout(WIDTH).square(centre, level);
    return [left + 30, top + 30];
  };

  it("is the robot below", () => expect(hit(ALL, WIDTH, ...at(0.5, ROWS.robot))).toBe("s"));
  it("is the landing above", () => expect(hit(ALL, WIDTH, ...at(-1.2, ROWS.obstacle))).toBe("x"));
  it("may be missed by a little", () => {
    const [left, top] = layout(WIDTH).square(0.5, ROWS.robot);
    expect(hit(ALL, WIDTH, left - 11, top + 30)).toBe("s");
    expect(hit(ALL, WIDTH, left - 13, top + 30)).toBeNull();
  });
  it("is nothing beside them", () => expect(hit(ALL, WIDTH, ...at(2.5, ROWS.obstacle))).toBeNull());
  it("is nothing that is hidden", () => {
    const hidden = { ...ALL, show_action: false, show_robot: false };
    expect(hit(hidden, WIDTH, ...at(-1.2, ROWS.obstacle))).toBeNull();
    expect(hit(hidden, WIDTH, ...at(0.5, ROWS.robot))).toBeNull();
  });
});
