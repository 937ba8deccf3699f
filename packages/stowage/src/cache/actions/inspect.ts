/** stats, inspect, verify: looking into the cache. */

import { assert } from "../../base/assert.js";
import { StatsDisabledError } from "../../base/errors.js";
import { isMortal, liveSlots } from "../core/lookup.js";
import { viewOf } from "../core/view.js";
import { verbIndex } from "../services/stats.js";
import type { State } from "../state.js";
import type { CacheReport, CacheStats, EntryView } from "../types.js";

export function stats<K, V>(s: State<K, V>): CacheStats {
  if (!s.counting) throw new StatsDisabledError();
  return s.stats.report();
}

export function inspectKey<K, V>(s: State<K, V>, key: K): EntryView<K, V> | undefined {
  const slot = s.index.find(key);
  return slot < 0 ? undefined : viewOf(s, slot);
}

export function inspect<K, V>(s: State<K, V>): CacheReport {
  s.stats.calls[verbIndex.inspect]++;
  const { everyMs, runs, removed, lastRunAt } = s.janitor;
  let live = 0;
  for (const _ of liveSlots(s)) live++;
  return Object.freeze({
    name: s.name,
    size: s.entries.size,
    expired: s.entries.size - live,
    max: finite(s.max),
    weight: s.weights === null ? s.entries.size : s.weight,
    maxWeight: finite(s.maxWeight),
    policy: s.policy.name,
    janitor: Object.freeze({ everyMs, runs, removed, lastRunAt }),
    overheadBytes: overheadBytes(s),
    loading: s.loads.size,
    transactions: s.locks.size,
    tags: s.tags.size,
    warmers: Object.freeze(s.warmers.names),
    hooks: Object.freeze(s.hooks.names),
    commands: Object.freeze([...s.options.commands.keys()]),
  });
}

export function verify<K, V>(s: State<K, V>): void {
  s.entries.verify();
  s.index.verify();
  const slots: number[] = [];
  let weight = 0;
  for (let slot = 0; slot < s.entries.top; slot++) {
    if (s.entries.isFree(slot)) continue;
    slots.push(slot);
    if (s.weights !== null) weight += s.weights.get(slot);
  }
  s.policy.verify?.(slots);
  s.expiry.verify(slots);
  s.tags.verify(slots);
  s.loads.verify();
  assert(s.watches.size >= 0, "cache: a watch was removed twice");
  assert(s.care === careOf(s), "cache: reads do not look at what they should");
  if (s.weights !== null) assert(nearly(weight, s.weight), "cache: the sum of weights is wrong");
  if (!s.strict) return;
  assert(s.entries.size <= s.max, "cache: there are more entries than max");
  const total = s.weights === null ? s.entries.size : s.weight;
  const within = total <= s.maxWeight || nearly(total, s.maxWeight);
  assert(within, "cache: the weight is above maxWeight");
}

/** Per slot: 16 of key and value, 4 of hash, about 12 of policy, 24 with lifetimes; and the index. An estimate. */
function overheadBytes<K, V>(s: State<K, V>): number {
  return s.index.bytes + s.entries.top * (32 + (s.expiry.timed ? 24 : 0) + (s.weights === null ? 0 : 8));
}

/** Sums of fractions differ in the last bits by their order. */
function nearly(left: number, right: number): boolean {
  return Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right));
}

function careOf<K, V>(s: State<K, V>): number {
  if (!isMortal(s)) return 0;
  return s.tags.used || !s.expiry.onlyTtl ? 2 : 1;
}

function finite(bound: number): number | null {
  return bound === Number.POSITIVE_INFINITY ? null : bound;
}
