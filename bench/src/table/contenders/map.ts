/**
 * A bare Map<string, Buffer>: what a process keeps for itself without a library. The key's bytes are made into a
 * string for each request, a value that is set is copied into a Buffer of its own, and one that is read is copied to
 * where the request wants it. Counters are plain numbers in a Map of their own.
 */
import type { Contender } from "./contender.js";
import { keyText, textOf } from "./texts.js";

export const contender: Contender = {
  open({ evicts }) {
    if (evicts) return undefined;
    const map = new Map<string, Buffer>();
    const counters = new Map<string, number>();
    return {
      pipelined: false,
      read(key, target) {
        const value = map.get(keyText(key));
        if (value === undefined) return -1;
        target.set(value);
        return value.length;
      },
      write(key, value) {
        map.set(keyText(key), Buffer.from(value));
      },
      count(key) {
        const name = keyText(key);
        const count = (counters.get(name) ?? 0) + 1;
        counters.set(name, count);
        return count;
      },
      get: (key) => map.get(keyText(key)),
      getText: (key) => textOf(map.get(key)),
      close() {},
    };
  },
};
