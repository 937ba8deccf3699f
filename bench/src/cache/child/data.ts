/**
 * Keys and values.
 *
 * A long-lived key is one string object, used again and again: V8 has its hash at hand. A fresh key is made anew,
 * as a request brings it: never hashed, not the object that the cache holds. Both are flat strings (short ones
 * are, and the long ones are copied out of a buffer), so that no cache is charged for flattening one.
 */
import type { Value } from "../contenders/contender.js";
import { chunkOps } from "./timed.js";

export type KeyForm = "user" | "uuid";

/** Keys have six or seven digits, whatever the number of entries. */
const firstId = 100_000;

export function makeKey(form: KeyForm, item: number): string {
  return form === "user" ? `user:${firstId + item}` : uuidLike(item);
}

export function makeKeys(form: KeyForm, count: number, from = 0): string[] {
  const keys = new Array<string>(count);
  for (let i = 0; i < count; i++) keys[i] = makeKey(form, from + i);
  return keys;
}

export function makeValues(count: number): Value[] {
  const values = new Array<Value>(count);
  for (let i = 0; i < count; i++) values[i] = { id: i, name: "Ada" };
  return values;
}

const uuidBytes = Buffer.from("00000000-0000-4000-a000-000000000000", "latin1");
const hexDigits = Buffer.from("0123456789abcdef", "latin1");
/** Where the random digits of a version 4 UUID stand: all but the dashes, the version and the variant. */
const digitPlaces = [...uuidBytes.keys()].filter((place) => uuidBytes[place] === hexDigits[0]);

/** 36 characters as randomUUID() gives them, but the same in each run and different for each item. */
function uuidLike(item: number): string {
  let bits = 0;
  for (let i = 0; i < digitPlaces.length; i++) {
    // Eight digits a word; multiplying by an odd number loses no bit of the item, so no two keys are equal.
    if (i % 8 === 0) bits = Math.imul(item + 1, 0x9e3779b1 + 2 * i);
    uuidBytes[digitPlaces[i]] = hexDigits[(bits >>> (4 * (i % 8))) & 15];
  }
  return uuidBytes.toString("latin1");
}

/** As many fresh keys as a chunk needs stand ready; the chunk uses each once. `prepare` makes them, off the clock. */
export function freshKeyChunks(sequence: Uint32Array, form: KeyForm, first = 0) {
  const ready = new Array<string>(chunkOps).fill("");
  const wrap = sequence.length - 1;
  return {
    keyOf: (i: number) => ready[i % chunkOps],
    prepare(from: number) {
      for (let i = from; i === from || i % chunkOps !== 0; i++) {
        ready[i % chunkOps] = makeKey(form, first + sequence[i & wrap]);
      }
    },
  };
}
