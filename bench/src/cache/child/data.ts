/**
 * Keys and values.
 *
 * A long-lived key is one string object, used again and again: V8 has its hash at hand. A fresh key is made anew,
 * as a request brings it: never hashed, not the object that the cache holds. Both are flat strings (short ones
 * are, and the long ones are copied out of a buffer), so that no cache is charged for flattening one.
 */
import { chunkOps } from "../../harness/timed.js";
import type { Value } from "../contenders/contender.js";

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

/**
 * What the operations of a chunk need stands ready, made off the clock: a request has its key at hand, so what it costs to
 * find the next key among a million is no cost of the cache. Each position is used once, in order.
 */
export function readyFor<T>(make: (i: number) => T) {
  const ready: T[] = [];
  let made = 0;
  return {
    of: (i: number) => ready[i % chunkOps],
    prepare(from: number) {
      if (from < made) return;
      made = from - (from % chunkOps) + chunkOps;
      for (let i = from; i < made; i++) ready[i % chunkOps] = make(i);
    },
  };
}
