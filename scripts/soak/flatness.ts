/** Whether memory is flat: not what it is at one moment, which jumps with every garbage collection, but its trend. */

export interface Sample {
  readonly ms: number;
  readonly bytes: number;
}

/** The first part fills the table, compiles the code, and finds the size of the heaps. */
const WARM_UP = 1 / 3;
/** What the trend may add from the end of the warm-up to the end: of the memory, and beside that. */
const GROWTH_MAX = 0.05;
const GROWTH_BYTES = 8 * 2 ** 20;
const MB = 2 ** 20;

export function flatness(samples: readonly Sample[]): { flat: boolean; said: string } {
  const steady = samples.slice(Math.floor(samples.length * WARM_UP));
  if (steady.length < 6) return { flat: true, said: "too short to tell a trend of the memory" };
  const third = Math.floor(steady.length / 3);
  const before = median(steady.slice(0, third));
  const after = median(steady.slice(-third));
  const said = `memory ${(before / MB).toFixed(0)} MB after the warm-up, ${(after / MB).toFixed(0)} MB at the end`;
  return { flat: after <= before * (1 + GROWTH_MAX) + GROWTH_BYTES, said };
}

function median(samples: readonly Sample[]): number {
  const sorted = samples.map(({ bytes }) => bytes).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
