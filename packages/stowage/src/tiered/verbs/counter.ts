/**
 * incr, decr: counters that all processes add to, each addition in one step. They stand in L2 under names of their own, apart from
 * values: `get` of a counter's key gives the value of that key, if there is one, and `delete` and `clear` leave counters alone.
 * `incr(key, 0)` reads one; `resetCounter` removes it.
 *
 * L1 has no part in it: a number that others add to is old as soon as it is there. Without L2 they stand in this process.
 */
import { InvalidArgumentError, UnsupportedError } from "../../base/errors.js";
import { Cache } from "../../cache/cache.js";
import type { StoreGuard } from "../guard/index.js";
import { counterOptions } from "../options.js";
import type { TieredState } from "../state.js";
import type { TieredCounterOptions } from "../types.js";
import { checkKey } from "./check.js";

/** Of a cache without L2: as many as it has entries by default. */
const LOCAL_MAX = 10_000;

export async function incr(
  s: TieredState,
  key: string,
  amount = 1,
  options?: TieredCounterOptions,
  where = "incr",
): Promise<number> {
  checkKey(where, key);
  if (!Number.isSafeInteger(amount))
    throw new InvalidArgumentError(where, "amount", amount, "a whole number");
  const how = counterOptions.bind(options, where);
  const ttlMs = how.ttl === undefined ? s.options.ttl : how.ttl;
  if (s.hub.l2 === null) return localOf(s).incr(key, amount, { default: how.default, ttl: ttlMs });
  const guard = counting(s.hub.l2.guard, where);
  return guard.incr(s.keys.counter(key), amount, { initial: how.default, ttlMs });
}

export function decr(
  s: TieredState,
  key: string,
  amount = 1,
  options?: TieredCounterOptions,
): Promise<number> {
  return incr(s, key, -amount, options, "decr");
}

/** Whether there was one. */
export async function resetCounter(s: TieredState, key: string): Promise<boolean> {
  checkKey("resetCounter", key);
  if (s.hub.l2 === null) return localOf(s).delete(key);
  return (await counting(s.hub.l2.guard, "resetCounter").deleteMany([s.keys.counter(key)])) > 0;
}

function localOf(s: TieredState): Cache<string, number> {
  s.counters ??= new Cache<string, number>({ name: s.hub.name, max: LOCAL_MAX, clock: s.hub.clock });
  return s.counters;
}

function counting(guard: StoreGuard, where: string): StoreGuard {
  const { counters, name } = guard.abilities;
  if (counters) return guard;
  throw new UnsupportedError(where, "counters", "another store has to hold them", `the store ${name}`);
}
