/**
 * update, getAndUpdate, incr, decr, invoke: a new value made from the old one, in place: expiry and tags stay.
 *
 * All of them are atomic among threads: the value is stored only if the entry is still the one that it was made from;
 * else it is made anew. So the function of getAndUpdate may be called several times, and so may a write command.
 */
import { InvalidArgumentError, NonNumericValueError } from "../../../base/errors.js";
import { commandOf, writtenBy } from "../../../cache/actions/commands.js";
import { checkCounterOptions, nextNumber, withoutDefault } from "../../../cache/core/counting.js";
import { checkValue } from "../../../cache/core/put.js";
import { type Verb, verbIndex } from "../../../cache/services/stats.js";
import { Commit, type CounterOptions, Ignore, type SetOptions } from "../../../cache/types.js";
import { LIVE, look, type Seen, seen, takeKey, valueIn, write, writeInPlace, written } from "../entry.js";
import type { SharedState } from "../state.js";
import { storingOf } from "../storing.js";
import { isNeeded } from "../trailer.js";
import { readOne } from "./read.js";

export function update<V>(s: SharedState<V>, key: string, value: V): boolean {
  checkValue(value, key, "update");
  s.stats.calls[verbIndex.update]++;
  for (;;) {
    if (look(s, key, "update", false) !== LIVE) return false;
    if (!writeInPlace(s, key, value, seen(s), "update")) continue;
    s.removals.flush();
    return true;
  }
}

export function getAndUpdate<V, R>(
  s: SharedState<V>,
  key: string,
  fn: (value: V | undefined) => V | Commit<V> | Ignore<R>,
): V | R {
  if (typeof fn !== "function")
    throw new InvalidArgumentError("getAndUpdate", "fn", fn, "a function of the present value");
  s.stats.calls[verbIndex.getAndUpdate]++;
  const result = change<V, { readonly kept: V | R }>(s, key, "getAndUpdate", (before) => {
    const made = fn(before);
    if (made instanceof Ignore) return { returned: { kept: made.value } };
    const value = made instanceof Commit ? made.value : made;
    checkValue(value, key, "getAndUpdate");
    return { returned: { kept: value }, value, options: made instanceof Commit ? made.options : undefined };
  });
  return result.kept;
}

export function invoke<V>(s: SharedState<V>, name: string, key: string, ...args: unknown[]): unknown {
  const command = commandOf(s.options.commands, name);
  s.stats.calls[verbIndex.invoke]++;
  if (command.type === "read") return command.execute?.(readOne(s, key, "invoke"), ...args);
  return change(s, key, "invoke", (before) => {
    const [returned, value] = writtenBy(name, command.execute?.(before, ...args));
    return { returned, value: value as V | undefined };
  });
}

export function incr<V>(
  s: SharedState<V>,
  key: string,
  amount = 1,
  options?: CounterOptions,
  where: Verb = "incr",
): number {
  if (options !== undefined) checkCounterOptions(options, where);
  s.stats.calls[verbIndex[where]]++;
  nextNumber(key, 0, amount, signOf(where), where); // refuses an amount that is none
  const start = options?.default ?? 0;
  const how = storingOf(s, key, start as V, withoutDefault(options), where);
  const inTable = s.options.codec.countsAsText && !isNeeded(how) && !s.removals.wanted;
  return (
    (inTable ? countInTable(s, key, amount, start, how.ttlMs, where) : undefined) ??
    count(s, key, amount, options, where)
  );
}

export function decr<V>(s: SharedState<V>, key: string, amount = 1, options?: CounterOptions): number {
  return incr(s, key, amount, options, "decr");
}

/** As the table counts, in place; undefined: what is there is no bare number, so the codec has to look at it. */
function countInTable<V>(
  s: SharedState<V>,
  key: string,
  amount: number,
  start: number,
  ttlMs: number,
  where: "incr" | "decr" | Verb,
): number | undefined {
  takeKey(s, key, where);
  try {
    const options = { default: start, ttl: ttlMs === 0 ? null : ttlMs };
    const next = where === "decr" ? s.table.decr(key, amount, options) : s.table.incr(key, amount, options);
    written(s, key, true, null);
    return next;
  } catch (error) {
    if (error instanceof NonNumericValueError) return undefined;
    throw error;
  }
}

function count<V>(
  s: SharedState<V>,
  key: string,
  amount: number,
  options: CounterOptions | undefined,
  where: Verb,
): number {
  for (;;) {
    const live = look(s, key, where, false) === LIVE;
    const before = seen(s);
    const next = nextNumber(
      key,
      live ? valueIn(s, key) : (options?.default ?? 0),
      amount,
      signOf(where),
      where,
    );
    const how = live ? null : storingOf(s, key, next as V, withoutDefault(options), where);
    const stored =
      how === null
        ? writeInPlace(s, key, next as V, before, where)
        : write(s, key, next as V, how, where, { version: before.version }) !== 0;
    if (!stored) continue;
    s.removals.flush();
    return next;
  }
}

/** What a function made of a value: what to return, and what to store, if anything. */
interface Made<V, R> {
  readonly returned: R;
  readonly value?: V | undefined;
  /** Given: stored anew, so. Else in place. */
  readonly options?: SetOptions | undefined;
}

/** Stores what `make` makes of the value, in place if the entry is there and nothing else is asked for. */
function change<V, R>(
  s: SharedState<V>,
  key: string,
  where: Verb,
  make: (before: V | undefined) => Made<V, R>,
): R {
  for (let first = true; ; first = false) {
    const live = look(s, key, where, first) === LIVE;
    if (first && live) s.stats.hits++;
    else if (first) s.stats.misses++;
    const before = seen(s);
    const { ownWrites } = s;
    const { returned, value, options } = make(live ? valueIn(s, key) : undefined);
    if (value === undefined) return returned;
    // A function that itself wrote means what is there then: only others' writes make it run again.
    const base =
      ownWrites === s.ownWrites
        ? { live, before }
        : { live: look(s, key, where, false) === LIVE, before: seen(s) };
    if (!storeNext(s, key, value, options, base, where)) continue;
    s.removals.flush();
    return returned;
  }
}

function storeNext<V>(
  s: SharedState<V>,
  key: string,
  value: V,
  options: SetOptions | undefined,
  { live, before }: { readonly live: boolean; readonly before: Seen },
  where: string,
): boolean {
  if (live && options === undefined) return writeInPlace(s, key, value, before, where);
  const how = storingOf(s, key, value, options, where);
  return write(s, key, value, how, where, { version: before.version }) !== 0;
}

function signOf(where: string): 1 | -1 {
  return where === "decr" ? -1 : 1;
}
