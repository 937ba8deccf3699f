/**
 * Request sequences under Zipf's law: the item of rank r is asked for with a probability in proportion to
 * 1 / r^skew. Drawn by inverting the cumulative distribution, exactly, with a seeded generator, so that every
 * contender on every machine is asked for the same items in the same order.
 *
 * Ranks are scattered over the item numbers: otherwise the popular items would be those set first, side by side
 * in memory, and every cache would look better than it is.
 */
export interface ZipfOptions {
  items: number;
  draws: number;
  skew: number;
  seed: number;
}

export function zipfSequence({ items, draws, skew, seed }: ZipfOptions): Uint32Array {
  const cumulative = cumulativeShares(items, skew);
  const total = cumulative[items - 1];
  const stride = strideFor(items);
  const random = mulberry32(seed);
  const sequence = new Uint32Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    const rank = firstAtLeast(cumulative, random() * total);
    sequence[draw] = (rank * stride) % items;
  }
  return sequence;
}

function cumulativeShares(items: number, skew: number): Float64Array {
  const cumulative = new Float64Array(items);
  let total = 0;
  for (let rank = 0; rank < items; rank++) {
    total += (rank + 1) ** -skew;
    cumulative[rank] = total;
  }
  return cumulative;
}

function firstAtLeast(ascending: Float64Array, wanted: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A step that shares no factor with `items`, so that rank * step mod items visits each item once. */
function strideFor(items: number): number {
  let stride = Math.max(1, Math.floor(items * 0.618));
  while (greatestCommonDivisor(stride, items) !== 1) stride++;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Tommy Ettinger's mulberry32: 32 bits of state are plenty for a few million draws. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
