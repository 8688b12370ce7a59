import { describe, expect, it } from "vitest";
import { costCurve, dents, GRID, lowest, meanCost, meanSlope } from "../src/curve";
import { NAMES, PENALTIES, type Name } from "../src/penalties";
import library from "./fixtures/penalties.json";

const TWO_SIDES = Float32Array.from([-1.3, -1.2, -1.1, 1.1, 1.2, 1.3, 1.4]);

it("there are the library's penalties, and no others", () => {
  expect(NAMES).toEqual(Object.keys(library.penalties));
});

describe.each(NAMES)("%s", (name) => {
  const { cost, slope } = PENALTIES[name];

  it("costs what the library says", () => {
    library.errors.forEach((r, i) => expect(cost(r)).toBeCloseTo(library.penalties[name].cost[i]!, 12));
  });

  it("slopes as the library says", () => {
    library.errors.forEach((r, i) => expect(slope(r)).toBeCloseTo(library.penalties[name].slope[i]!, 12));
  });

  it("has a mean whose slope is its difference quotient", () => {
    const [p, scale, h] = [0.37, 0.8, 1e-6];
    const [above, below] = [p + h, p - h].map((q) => meanCost(PENALTIES[name], TWO_SIDES, q, scale));
    expect(meanSlope(PENALTIES[name], TWO_SIDES, p, scale)).toBeCloseTo((above! - below!) / (2 * h), 5);
  });
});

describe("minima", () => {
  const cases = library.minima.map((one, i) => [i, one] as const);
  it.each(cases)("are the library's, case %d", (_, { landings, scale, minima }) => {
    for (const name of NAMES) {
      const curve = costCurve(PENALTIES[name], Float32Array.from(landings), scale);
      expect([name, GRID[lowest(curve)]]).toEqual([name, minima[name]]);
    }
  });

  const others = (name: Name, scale: number, data = TWO_SIDES): number[] =>
    dents(costCurve(PENALTIES[name], data, scale)).map((i) => GRID[i]!);

  it("of the squared and the absolute error are alone", () => {
    expect([others("mse", 1), others("mae", 1)]).toEqual([[], []]);
  });

  it("of a penalty that forgives have a dent at the other side", () => {
    expect(others("welsch", 0.5)).toEqual([expect.closeTo(-1.2, 1)]);
  });

  it("of the Laplace kernel in a small unit are at single demonstrations", () => {
    const apart = Float32Array.from([-2, -1.5, -1, 1, 1.5]);
    expect([...others("laplace-kernel", 0.25, apart), 1.5].sort()).toEqual(expect.arrayContaining([-1, -2, 1, 1.5]));
  });

  it("far from all data, a penalty that forgives pulls no more", () => {
    expect(Math.abs(meanSlope(PENALTIES.welsch, TWO_SIDES, 0, 0.25))).toBeLessThan(1e-6);
    expect(meanSlope(PENALTIES.truncated, TWO_SIDES, 0, 0.5)).toBe(0);
  });
});
