/** Storing a value: the one way in, for every verb, load, warmer and transaction. */
import { ClosedError, InvalidArgumentError, InvalidValueError } from "../../base/errors.js";
import type { State } from "../state.js";
import { SlotDoubles } from "../store/columns.js";
import type { RemovalCause } from "../types.js";
import type { Storing } from "./lifetime.js";
import { isMortal } from "./lookup.js";
import { drop } from "./remove.js";
import { makeRoom, shrinkWeight, takeOver } from "./room.js";

const RESERVE_STEP_MAX = 16_384;

/** False: the value is heavier than the cache may be as a whole; an older value of the key is gone all the same. */
export function put<K, V>(s: State<K, V>, key: K, value: V, how: Storing, where: string): boolean {
  checkOpen(s, where);
  const slot = s.index.findForWrite(key);
  const hash = s.index.lastHash;
  noteWrite(s, key);
  if (how.weight > s.maxWeight) {
    if (slot >= 0) drop(s, slot, "replaced");
    return false;
  }
  if (slot >= 0) replace(s, slot, value, how);
  else add(s, key, hash, value, how);
  s.stats.writes++;
  return true;
}

/**
 * The same for an entry that has a ttl or nothing, in a cache that knows no more of any: nearly every set. In one piece,
 * since V8 compiles only so much into one.
 */
export function putTimed<K, V>(s: State<K, V>, key: K, value: V, ttlMs: number): void {
  const slot = s.index.findForWrite(key);
  const hash = s.index.lastHash;
  if (s.watches.size !== 0 || s.outcomes.any) noteWrite(s, key);
  const timed = ttlMs !== 0 || s.expiry.timed;
  if (slot >= 0) {
    const expired = timed && s.expiry.startTtl(slot, ttlMs);
    if (s.removals.wanted) s.removals.note(key, s.entries.value(slot), expired ? "expired" : "replaced");
    s.entries.setValue(slot, value);
    s.policy.written(slot);
    if (expired) s.stats.expired++;
    else s.stats.replaced++;
  } else {
    const added = addPlain(s, key, hash, value);
    if (timed) s.expiry.startTtl(added, ttlMs);
  }
  if (timed) noteMortal(s);
  s.stats.writes++;
}

/** Whether no entry of the cache has weight, tags, or a lifetime other than a ttl. */
export function knowsTtlAlone<K, V>(s: State<K, V>): boolean {
  return s.weights === null && !s.tags.used && s.expiry.onlyTtl;
}

/** Changes the value and nothing else about the entry. False: the new value is too heavy, and the entry gone. */
export function putInPlace<K, V>(
  s: State<K, V>,
  slot: number,
  key: K,
  value: V,
  weight: number,
  where: string,
): boolean {
  checkOpen(s, where);
  noteWrite(s, key);
  if (weight > s.maxWeight) {
    drop(s, slot, "replaced");
    return false;
  }
  swapValue(s, slot, value, "replaced");
  s.expiry.use(slot);
  reweigh(s, slot, weight);
  s.stats.writes++;
  return true;
}

/** Whoever loads or transacts on the key is told that it was written. */
export function noteWrite<K, V>(s: State<K, V>, key: K): void {
  if (s.watches.size !== 0) s.watches.mark(key);
  if (s.outcomes.any) s.outcomes.delete(key);
}

/** A function of the user's that was asked on the way (ttl, weigher, an update) may have closed the cache. */
function checkOpen<K, V>(s: State<K, V>, where: string): void {
  if (s.closed) throw new ClosedError(where);
}

export function checkValue(value: unknown, key: unknown, where: string): void {
  if (value === undefined) throw new InvalidValueError(where, key);
}

/** Keys come as a list or another iterable; a text would be taken for its characters. */
export function checkKeys<K>(keys: Iterable<K>, where: string): Iterable<K> {
  if (typeof keys === "object" && keys !== null && Symbol.iterator in keys) return keys;
  throw new InvalidArgumentError(where, "keys", keys, "a list of keys");
}

/** The entries as an array of pairs, or an error that says which one is none. */
export function checkEntries<K, V>(entries: Iterable<readonly [K, V]>, where: string): (readonly [K, V])[] {
  if (typeof entries !== "object" || entries === null || typeof entries[Symbol.iterator] !== "function") {
    throw new InvalidArgumentError(where, "entries", entries, "an iterable of [key, value] pairs");
  }
  const pairs = [...entries];
  for (const [index, pair] of pairs.entries()) {
    if (Array.isArray(pair) && pair.length === 2) continue;
    throw new InvalidArgumentError(where, `entries[${index}]`, pair, "a [key, value] pair");
  }
  return pairs;
}

function addPlain<K, V>(s: State<K, V>, key: K, hash: number, value: V): number {
  let slot: number;
  if (s.entries.size < s.slotsMax) slot = s.entries.add(key, value, hash);
  else {
    slot = takeOver(s);
    s.entries.reuse(slot, key, value, hash);
  }
  s.index.insert(key, slot, hash);
  if (slot >= s.reserved) reserve(s);
  s.policy.added(slot, hash);
  return slot;
}

function add<K, V>(s: State<K, V>, key: K, hash: number, value: V, how: Storing): void {
  prepareWeights(s, how.weight);
  makeRoom(s, how.weight);
  const slot = addPlain(s, key, hash, value);
  if (s.weights !== null) {
    s.weights.set(slot, how.weight);
    s.weight += how.weight;
  }
  setLifetime(s, slot, how);
}

function replace<K, V>(s: State<K, V>, slot: number, value: V, how: Storing): void {
  prepareWeights(s, how.weight);
  const invalid = s.tags.used && s.tags.isInvalid(slot);
  const expired = setLifetime(s, slot, how);
  swapValue(s, slot, value, invalid ? "deleted" : expired ? "expired" : "replaced");
  reweigh(s, slot, how.weight);
}

/** True if the lifetime that the entry had is over. */
function setLifetime<K, V>(s: State<K, V>, slot: number, how: Storing): boolean {
  const expired = s.expiry.start(slot, how);
  s.tags.attach(slot, how.tags);
  noteMortal(s);
  return expired;
}

/** After anything that may have given an entry a lifetime or a tag. */
export function noteMortal<K, V>(s: State<K, V>): void {
  if (!isMortal(s)) return;
  s.care = s.tags.used || !s.expiry.onlyTtl ? 2 : 1;
  if (s.expiry.timed) s.janitor.wake();
}

function swapValue<K, V>(s: State<K, V>, slot: number, value: V, cause: RemovalCause): void {
  if (s.removals.wanted) s.removals.note(s.entries.key(slot), s.entries.value(slot), cause);
  s.entries.setValue(slot, value);
  s.policy.written(slot);
  s.stats.countRemoval(cause);
}

function reweigh<K, V>(s: State<K, V>, slot: number, weight: number): void {
  if (s.weights === null) return;
  s.weight += weight - s.weights.get(slot);
  s.weights.set(slot, weight);
  if (s.weight > s.maxWeight && s.strict) evictOthers(s, slot);
}

/** The entry just written is not the one to go: while others are chosen, the policy does not know it. */
function evictOthers<K, V>(s: State<K, V>, slot: number): void {
  const hash = s.entries.hashes.get(slot);
  s.policy.removed(slot, hash);
  shrinkWeight(s, s.maxWeight, 1);
  // Alone, it weighs what it weighs: sums of fractions are off in the last bits.
  if (s.entries.size === 1) s.weight = s.weights?.get(slot) ?? 0;
  s.policy.added(slot, hash);
}

/** Weights are kept once the cache is bounded by weight, or an entry says its own. */
function prepareWeights<K, V>(s: State<K, V>, weight: number): void {
  if (s.weights !== null || (s.maxWeight === Number.POSITIVE_INFINITY && weight === 1)) return;
  s.weights = new SlotDoubles();
  s.weights.reserve(s.reserved);
  for (let slot = 0; slot < s.entries.top; slot++) if (!s.entries.isFree(slot)) s.weights.set(slot, 1);
  s.weight = s.entries.size;
}

/** Columns and policy grow ahead of the entries, in steps that double until they are large. */
function reserve<K, V>(s: State<K, V>): void {
  s.reserved += Math.min(Math.max(16, s.reserved), RESERVE_STEP_MAX);
  s.policy.reserve(s.reserved);
  s.expiry.reserve(s.reserved);
  s.weights?.reserve(s.reserved);
}
