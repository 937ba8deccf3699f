/** update, getAndUpdate, incr, decr: a new value made from the old one, in place: expiry and tags stay. */
import { InvalidArgumentError } from "../../base/errors.js";
import { checkCounterOptions, nextNumber, withoutDefault } from "../core/counting.js";
import { storingOf, weigh } from "../core/lifetime.js";
import { findLive } from "../core/lookup.js";
import { checkValue, put, putInPlace } from "../core/put.js";
import { verbIndex } from "../services/stats.js";
import type { State } from "../state.js";
import { Commit, type CounterOptions, Ignore, type SetOptions } from "../types.js";

export function update<K, V>(s: State<K, V>, key: K, value: V): boolean {
  checkValue(value, key, "update");
  s.stats.calls[verbIndex.update]++;
  const weight = weigh(s, key, value, undefined, "update");
  const slot = findLive(s, key);
  if (slot < 0) return false;
  const stored = putInPlace(s, slot, key, value, keptWeight(s, slot, weight), "update");
  s.removals.flush();
  return stored;
}

export function getAndUpdate<K, V, R>(
  s: State<K, V>,
  key: K,
  fn: (value: V | undefined) => V | Commit<V> | Ignore<R>,
): V | R {
  if (typeof fn !== "function")
    throw new InvalidArgumentError("getAndUpdate", "fn", fn, "a function of the present value");
  s.stats.calls[verbIndex.getAndUpdate]++;
  const before = findLive(s, key);
  count(s, before);
  const result = fn(before < 0 ? undefined : s.entries.value(before));
  if (result instanceof Ignore) return result.value;
  const value = result instanceof Commit ? result.value : result;
  checkValue(value, key, "getAndUpdate");
  storeNext(s, key, value, result instanceof Commit ? result.options : undefined, "getAndUpdate");
  return value;
}

export function incr<K, V>(s: State<K, V>, key: K, amount = 1, options?: CounterOptions): number {
  if (options !== undefined) checkCounterOptions(options, "incr");
  s.stats.calls[verbIndex.incr]++;
  return add(s, key, amount, 1, options, "incr");
}

export function decr<K, V>(s: State<K, V>, key: K, amount = 1, options?: CounterOptions): number {
  if (options !== undefined) checkCounterOptions(options, "decr");
  s.stats.calls[verbIndex.decr]++;
  return add(s, key, amount, -1, options, "decr");
}

/** In place if the entry is there and nothing else is asked for, else as a new entry. */
export function storeNext<K, V>(
  s: State<K, V>,
  key: K,
  value: V,
  options: SetOptions | undefined,
  where: string,
): boolean {
  const slot = findLive(s, key);
  let stored: boolean;
  if (slot >= 0 && options === undefined) {
    const weight = weigh(s, key, value, undefined, where);
    // The weigher is the user's and may have changed the cache: look again.
    const again = s.options.weigher === null ? slot : findLive(s, key);
    stored =
      again >= 0
        ? putInPlace(s, again, key, value, keptWeight(s, again, weight), where)
        : put(s, key, value, storingOf(s, key, value, options, where), where);
  } else stored = put(s, key, value, storingOf(s, key, value, options, where), where);
  s.removals.flush();
  return stored;
}

function add<K, V>(
  s: State<K, V>,
  key: K,
  amount: number,
  sign: 1 | -1,
  options: CounterOptions | undefined,
  where: string,
): number {
  const slot = findLive(s, key);
  const value = slot < 0 ? (options?.default ?? 0) : s.entries.value(slot);
  const next = nextNumber(key, value, amount, sign, where);
  if (slot < 0) put(s, key, next as V, storingOf(s, key, next as V, withoutDefault(options), where), where);
  else if (s.options.weigher === null) putInPlace(s, slot, key, next as V, keptWeight(s, slot, 1), where);
  else storeNext(s, key, next as V, undefined, where);
  s.removals.flush();
  return next;
}

/** A read that decides over a write counts as one. */
function count<K, V>(s: State<K, V>, slot: number): void {
  if (slot < 0) s.stats.misses++;
  else s.stats.hits++;
}

/** Without a weigher an entry keeps the weight that it was given. */
function keptWeight<K, V>(s: State<K, V>, slot: number, weighed: number): number {
  return s.weights === null || s.options.weigher !== null ? weighed : s.weights.get(slot);
}
