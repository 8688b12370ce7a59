import { describe, expect, it } from "vitest";
import { carriedOut, latest, moved, stateAt, unpacked, type Scene } from "../src/rollout";
import { heightOf, toPixel } from "../src/stage";
import library from "./fixtures/replay.json";

const scene = library.scene as unknown as Scene;
const episode = unpacked(library.episode, scene, library.draws);

describe("an episode from the library", () => {
  it("has its states, and nothing where there is no info", () => {
    library.state.forEach((row, step) =>
      row.forEach((value, i) => {
        const seen = episode.state[step]![i]!;
        if (value === null) expect(seen).toBeNaN();
        else expect(seen).toBeCloseTo(value, 9);
      }),
    );
    expect(episode.state).toHaveLength(library.episode.steps + 1);
  });

  it("has its actions and every draw of its fans", () => {
    library.action.flat().forEach((value, i) => expect(episode.action.flat()[i]).toBeCloseTo(value, 9));
    expect(episode.sampleFan).toHaveLength(library.sample_fan.length);
    library.sample_fan.flat(3).forEach((value, i) => expect(episode.sampleFan.flat(3)[i]).toBeCloseTo(value, 4));
  });

  it("shows the T where the library has it", () => {
    library.outlines.forEach((outline, step) => {
      const [, , x, y, angle] = library.state[step] as [number, number, number, number, number];
      moved(scene.body!, [x, y, angle]).forEach((corner, i) => {
        expect(corner[0]).toBeCloseTo(outline[i]![0]!, 8);
        expect(corner[1]).toBeCloseTo(outline[i]![1]!, 8);
      });
    });
  });
});

describe("between two steps", () => {
  it("places lie on the straight way", () => {
    expect(stateAt(episode, 0.5).slice(0, 4)).toEqual([105, 125.25, 205, 300]);
  });

  it("the T takes the shorter turn, through a whole one", () => {
    const turned = (0.1 - 6.2 + 2 * Math.PI) / 2;
    expect(stateAt(episode, 0.5)[4]).toBeCloseTo(6.2 + turned, 9);
  });

  it("nothing moves after the end", () => {
    expect(stateAt(episode, 4)).toEqual(stateAt(episode, 9.5));
  });
});

describe("decisions", () => {
  it("hold until the next one, and the last of them for good", () => {
    expect([0, 1, 2, 3, 4, 50].map((step) => latest(episode, step))).toEqual([0, 0, 1, 1, 1, 1]);
  });

  it("carry out what lies before the next", () => {
    expect([0, 1].map((q) => carriedOut(episode, q).length)).toEqual([2, 2]);
    expect(carriedOut(episode, 1)[0]).toEqual(episode.action[2]);
  });
});

describe("a scene that lies on its side", () => {
  const aside: Scene = { ...scene, window: [-1, -2, 3, 2], across: [1, 0] };

  it("has its second coordinate to the right, its first downwards", () => {
    expect(toPixel(aside, 400)([0.5, 2])).toEqual([300, 250]);
  });

  it("is as high as its window", () => {
    expect([heightOf(aside, 400), heightOf({ ...aside, window: [0, 0, 2, 1] }, 400)]).toEqual([400, 200]);
  });
});
