/** A recorded episode as the page is sent it: unpacked, and looked up at any time. */

export type Point = readonly [x: number, y: number];

export interface Mark {
  points: Point[];
  colour: string;
  width: number; // of the line, in a picture of normal width; 0 for what is filled instead
  alpha: number;
  closed: boolean;
}

/** How to look at an episodic task; a state is the agent's x and y, then the body's x, y and angle if there is one. */
export interface Scene {
  window: [left: number, top: number, right: number, bottom: number];
  across: [right: number, down: number];
  ground: Mark[];
  body: Point[] | null;
  radius: number;
  units: number[];
  gauge: string;
}

/** An episode on its way here: numbers in base64. */
export interface Packed {
  success: boolean;
  steps: number;
  decision_steps: number[];
  state: string; // 16-bit integers, in the scene's units
  action: string; // the same
  horizon: number;
  sample_fan: string; // bytes in the square of their decision
  square: string; // 32-bit floats: low corner and side
}

export interface Sent {
  scene: Scene;
  draws: number;
  drawn: number;
  methods: { name: string; label: string; episodes: Packed[] }[];
}

export interface Episode {
  success: boolean;
  steps: number;
  decisionSteps: readonly number[];
  state: readonly number[][]; // at the start, and after each step; NaN where there is no info
  action: readonly Point[]; // what was carried out at each step
  sampleFan: readonly Point[][][]; // at each decision, each draw a chunk
}

const MISSING = -(2 ** 15);
const LEVELS = 255;
const ANGLE = 4; // which number of a state is one

/** The episode, unpacked. */
export function unpacked(packed: Packed, { units }: Scene, draws: number): Episode {
  const action = numbers(packed.action, units.slice(0, 2));
  return {
    success: packed.success,
    steps: packed.steps,
    decisionSteps: packed.decision_steps,
    state: numbers(packed.state, units),
    action: action.map(([x, y]) => [x!, y!]),
    sampleFan: fanOf(packed, draws),
  };
}

/** Which decision was the last at a step; an episode that has ended rests at its last one. */
export function latest({ decisionSteps, steps }: Episode, step: number): number {
  const due = Math.min(step, steps - 1);
  let found = 0;
  decisionSteps.forEach((at, q) => at <= due && (found = q));
  return found;
}

/** The state at a time in steps: between two of them on the straight way, angles by the shorter turn. */
export function stateAt({ state, steps }: Episode, time: number): number[] {
  const step = Math.min(Math.floor(time), steps);
  const [here, next] = [state[step]!, state[step + 1]];
  const share = time - step;
  if (!next || share <= 0) return here;
  return here.map((value, i) => {
    const change = next[i]! - value;
    return value + share * (i === ANGLE ? shorter(change) : change);
  });
}

/** The actions carried out since the latest decision, or to be carried out until the next. */
export function carriedOut(episode: Episode, q: number): readonly Point[] {
  return episode.action.slice(episode.decisionSteps[q], episode.decisionSteps[q + 1] ?? episode.steps);
}

/** An outline turned by the pose's angle, then carried to its place. */
export function moved(outline: readonly Point[], [x, y, angle]: readonly [number, number, number]): Point[] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return outline.map(([px, py]) => [x + cos * px - sin * py, y + sin * px + cos * py]);
}

/** A turn by the same amount, no more than half way round. */
function shorter(turn: number): number {
  return turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI));
}

/** Rows of numbers in their units. */
function numbers(packed: string, units: readonly number[]): number[][] {
  const view = bytes(packed);
  const columns = units.length;
  return Array.from({ length: view.byteLength / 2 / columns }, (_, row) =>
    units.map((unit, column) => {
      const level = view.getInt16(2 * (row * columns + column), true);
      return level === MISSING ? NaN : level * unit;
    }),
  );
}

function fanOf({ decision_steps, horizon, sample_fan, square }: Packed, draws: number): Point[][][] {
  const [levels, squares] = [bytes(sample_fan), bytes(square)];
  const chunk = (q: number, s: number): Point[] => {
    const [left, top, side] = [0, 4, 8].map((at) => squares.getFloat32(12 * q + at, true)) as [number, number, number];
    return Array.from({ length: horizon }, (_, h) => {
      const at = 2 * ((q * draws + s) * horizon + h);
      const [x, y] = [levels.getUint8(at), levels.getUint8(at + 1)];
      return [left + (side * x) / LEVELS, top + (side * y) / LEVELS];
    });
  };
  return decision_steps.map((_, q) => Array.from({ length: draws }, (_, s) => chunk(q, s)));
}

function bytes(packed: string): DataView {
  return new DataView(Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0)).buffer);
}
