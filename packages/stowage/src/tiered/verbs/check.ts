/** What all verbs check of what they are given. */
import { InvalidArgumentError, InvalidValueError } from "../../base/errors.js";

export function checkKey(where: string, key: unknown): void {
  if (typeof key !== "string") throw new InvalidArgumentError(where, "key", key, "a text");
}

/** Each once, in their order. */
export function checkKeys(where: string, keys: Iterable<string>): string[] {
  if (typeof keys !== "object" || keys === null || !(Symbol.iterator in keys))
    throw new InvalidArgumentError(where, "keys", keys, "a list of keys");
  const asked = [...new Set(keys)];
  for (const key of asked) checkKey(where, key);
  return asked;
}

export function checkValue(where: string, key: string, value: unknown): void {
  if (value === undefined) throw new InvalidValueError(where, key);
}

/** Of a key that stands there twice, the later one. */
export function checkEntries(
  where: string,
  entries: Iterable<readonly [string, unknown]>,
): Map<string, unknown> {
  if (typeof entries !== "object" || entries === null || !(Symbol.iterator in entries))
    throw new InvalidArgumentError(where, "entries", entries, "an iterable of [key, value] pairs");
  const all = new Map<string, unknown>();
  let index = 0;
  for (const pair of entries) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new InvalidArgumentError(where, `entries[${index}]`, pair, "a [key, value] pair");
    const [key, value] = pair as [string, unknown];
    checkKey(where, key);
    checkValue(where, key, value);
    all.set(key, value);
    index++;
  }
  return all;
}
