/**
 * No cache: the latest keys and values in blocks, and no way to find one but the last. The floor of the stall rows:
 * what the loop itself and V8's collector take when so many strings and objects are merely kept.
 */
import type { Contender } from "./contender.js";

const blockEntries = 4096;

export const contender: Contender = {
  create({ max = Number.POSITIVE_INFINITY, ttlMs, load }) {
    if (ttlMs !== undefined || load !== undefined) return undefined;
    const blocks: unknown[][] = [];
    let sets = 0;
    return {
      async: false,
      get(key) {
        const last = (sets - 1) % max;
        const block = blocks[Math.floor(last / blockEntries)];
        const offset = (last % blockEntries) * 2;
        return block[offset] === key ? block[offset + 1] : undefined;
      },
      set(key, value) {
        const at = sets++ % max;
        const number = Math.floor(at / blockEntries);
        if (number === blocks.length) blocks.push(new Array(2 * blockEntries).fill(undefined));
        const block = blocks[number];
        const offset = (at % blockEntries) * 2;
        block[offset] = key;
        block[offset + 1] = value;
      },
    };
  },
};
