/**
 * Jump consistent hashing: even shares without any memory, for servers that are numbered and come and go at the end.
 *
 *   a key's server   number jump(murmur3(key), n) of the n servers in the order of their urls (../order.ts)
 *
 * Whether a key moves to the newest of n servers is drawn with probability 1 / n; jump goes from one such move to the
 * next. A server added behind the last one hence takes its share and moves nothing else. One that goes from the middle
 * renumbers all behind it, and moves many: take ring or rendezvous where any server may go.
 *
 * Lamping & Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm" (2014), https://arxiv.org/abs/1406.2294.
 */
import { murmur3 } from "../hash.js";
import { inOrder } from "../order.js";
import type { Router, RouterNode } from "../types.js";
import { checkEven } from "./even.js";

/** In the order of their numbers. */
type Row = readonly RouterNode[];

/** The paper's multiplier, 2862933555777941757, in two halves and its lower half in quarters. */
const multiplierHigh = 0x27bb2ee6;
const multiplierLow = 0x87b0b0fd;
const lowHigh = multiplierLow >>> 16;
const lowLow = multiplierLow & 0xffff;

/**
 * Jump consistent hashing. Takes no weights.
 *
 * @example new Client({ urls: ["http://cache-0:4000", "http://cache-1:4000"], router: jump() })
 */
export function jump(): Router<Row> {
  return {
    name: "jump",
    init(nodes) {
      checkEven("jump", nodes);
      return inOrder(nodes);
    },
    nodes: (state) => state,
    route: (state, key) => state[jumpHash(0, murmur3(key), state.length)],
  };
}

/** The paper's function, of a 64-bit key in two 32-bit halves. From 0 up to `buckets - 1`. */
export function jumpHash(keyHigh: number, keyLow: number, buckets: number): number {
  let high = keyHigh;
  let low = keyLow;
  let bucket = -1;
  let next = 0;
  while (next < buckets) {
    bucket = next;
    // key = key * multiplier + 1 in 64 bits. What the lower halves carry into the upper one is summed up from quarters.
    const carry = highHalfOfProduct(low) + Math.imul(low, multiplierHigh) + Math.imul(high, multiplierLow);
    const product = Math.imul(low, multiplierLow) >>> 0;
    low = (product + 1) >>> 0;
    high = (carry + (low === 0 ? 1 : 0)) >>> 0;
    next = Math.floor((bucket + 1) * (2 ** 31 / ((high >>> 1) + 1)));
  }
  return bucket;
}

/** Bits 32 to 63 of `low` times the lower half of the multiplier, both unsigned. */
function highHalfOfProduct(low: number): number {
  const top = low >>> 16;
  const bottom = low & 0xffff;
  const middle = top * lowLow + ((bottom * lowLow) >>> 16);
  const other = bottom * lowHigh + (middle % 0x10000);
  return top * lowHigh + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000);
}
