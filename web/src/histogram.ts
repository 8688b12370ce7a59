/** How many numbers fall into each of many equal cells. */

/** Counts in `cells` cells from low to high; what lies beyond, or is no number, is left out. */
export function histogram(x: Float32Array, low: number, high: number, cells: number): Float64Array {
  const counts = new Float64Array(cells);
  for (const value of x) {
    const cell = Math.floor(((value - low) / (high - low)) * cells);
    if (cell >= 0 && cell < cells) counts[cell]! += 1;
  }
  return counts;
}
