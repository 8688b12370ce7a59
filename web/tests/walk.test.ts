import { describe, expect, it } from "vitest";
import { floats } from "../src/floats";
import { histogram } from "../src/histogram";
import { ends, particlesAt, steps, timeAt, walkOf } from "../src/walk";

const WALK = walkOf([1, 0.4, 0], Float32Array.from([-2, 0, 2, 0.5, -1, 0, 1.5, 0.5, -1, 0.5, 1, NaN]));

it("bytes from Python are numbers, wherever in memory they begin", () => {
  const bytes = new Uint8Array(11);
  bytes.set(new Uint8Array(Float32Array.from([1.5, -2]).buffer), 3);
  expect([...floats(new DataView(bytes.buffer, 3, 8))]).toEqual([1.5, -2]);
});

describe("a walk", () => {
  it("has stops and particles", () => expect([steps(WALK), WALK.particles]).toEqual([2, 4]));

  it("is at its stops at whole places", () => {
    expect([...particlesAt(WALK, 0)]).toEqual([-2, 0, 2, 0.5]);
    expect([...particlesAt(WALK, 1)]).toEqual([-1, 0, 1.5, 0.5]);
    expect([...particlesAt(WALK, 2).slice(0, 3)]).toEqual([-1, 0.5, 1]);
  });

  it("goes straight between them, in place and in time", () => {
    expect([...particlesAt(WALK, 0.5)]).toEqual([-1.5, 0, 1.75, 0.5]);
    expect([timeAt(WALK, 0.5), timeAt(WALK, 1.5), timeAt(WALK, 2)]).toEqual([0.7, 0.2, 0]);
  });

  it("ends left, right or in the obstacle; touching is no collision, and what is no number is lost", () => {
    expect(ends(WALK)).toEqual(["left", "obstacle", "right", "obstacle"]);
  });
});

it("a histogram leaves out what lies beyond and what is no number", () => {
  expect([...histogram(Float32Array.from([-2, -0.9, 0.1, 0.2, 1, NaN]), -1, 1, 2)]).toEqual([1, 2]);
});
