/**
 * incr, decr, incrBig, incrExact. A counter's eight bytes are changed where they stand, under the bucket's lock.
 *
 * Two kinds: a double, which also holds every integer that doubles hold exactly; and a 64-bit integer, for those beyond.
 * Sums of integers pass from one to the other and are exact; sums with a fraction in them are doubles'. Bytes that are the
 * text of a JSON number become a counter when they are first added to.
 */
import {
  CounterOverflowError,
  InvalidArgumentError,
  InvalidOptionError,
  NonNumericValueError,
} from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import { countUse, find } from "../directory/find.js";
import { isGoneAt } from "../log/gone.js";
import { segmentOf, wordAt, wordsOf } from "../log/items.js";
import { logOf } from "../log/segments.js";
import {
  BANK_UNIT_BITS,
  BANK_UNIT_MASK,
  I_INFO,
  I_VERSION,
  KIND_DOUBLE,
  KIND_INTEGER,
  KIND_MASK,
} from "../memory/layout.js";
import { CHANGE_SET, type TableState } from "../state.js";
import { lockKey, nextVersion, unlock, unlockUnchanged } from "../threads/locks.js";
import { note } from "../threads/notes.js";
import { OVERWRITES, WRITES } from "../threads/stats.js";
import type { Key, TableBigCounterOptions, TableCounterOptions } from "../types.js";
import { draftFor, live, ttlOf } from "./drafting.js";
import { ADD, CONTINUE, put } from "./put.js";
import { readForRewrite } from "./rewrite.js";
import { counterUnit } from "./values.js";

const names: ReadonlySet<string> = new Set(["default", "ttl"]);
const NUMBER = /^-?(?:0|[1-9]\d*)(\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?\d+$/;
/** No number that a program writes is longer; it bounds the text that is looked at. */
const TEXT_MAX = 400;

export function incr(
  t: TableState,
  key: Key,
  amount: number,
  options: TableCounterOptions | undefined,
  where: "incr" | "decr",
): number {
  if (typeof amount !== "number" || !Number.isFinite(amount))
    throw new InvalidArgumentError(where, "the amount", amount, "a finite number");
  const first = firstOf(options, where);
  return Number(change(t, key, where === "decr" ? -amount : amount, first, options?.ttl, where));
}

export function incrExact(
  t: TableState,
  key: Key,
  amount: number | bigint,
  options: TableCounterOptions | undefined,
): number | bigint {
  const where = "incrExact";
  if (typeof amount !== "bigint" && (typeof amount !== "number" || !Number.isFinite(amount)))
    throw new InvalidArgumentError(where, "the amount", amount, "a finite number or a bigint");
  return change(t, key, amount, firstOf(options, where), options?.ttl, where);
}

function firstOf(options: TableCounterOptions | undefined, where: string): number {
  if (options !== undefined) checkNames(options, names, where);
  const first = options?.default ?? 0;
  if (typeof first !== "number" || !Number.isFinite(first))
    throw new InvalidOptionError({ where, option: "default", received: first, expected: "a finite number" });
  return first;
}

export function incrBig(
  t: TableState,
  key: Key,
  amount: bigint,
  options: TableBigCounterOptions | undefined,
): bigint {
  const where = "incrBig";
  if (typeof amount !== "bigint") throw new InvalidArgumentError(where, "the amount", amount, "a bigint");
  if (options !== undefined) checkNames(options, names, where);
  const first = options?.default ?? 0n;
  if (typeof first !== "bigint")
    throw new InvalidOptionError({ where, option: "default", received: first, expected: "a bigint" });
  return BigInt(change(t, key, amount, first, options?.ttl, where));
}

/** The sum, in the form in which it is stored. Integers are exact; beyond 64 bits they are an overflow. */
export function sumOf(
  key: Key,
  value: number | bigint,
  amount: number | bigint,
  where: string,
): number | bigint {
  if (typeof value === "number" && typeof amount === "number") {
    const sum = value + amount;
    if (Number.isSafeInteger(sum) || !(Number.isSafeInteger(value) && Number.isSafeInteger(amount))) {
      if (Number.isFinite(sum)) return sum === 0 ? 0 : sum;
      throw new CounterOverflowError(where, key, value, amount);
    }
  }
  if (!isWhole(value) || !isWhole(amount)) return sumWithFraction(key, value, amount, where);
  const sum = BigInt(value) + BigInt(amount);
  if (BigInt.asIntN(64, sum) !== sum) throw new CounterOverflowError(where, key, value, amount);
  return compact(sum);
}

type Ttl = TableCounterOptions["ttl"];

function change(
  t: TableState,
  key: Key,
  amount: number | bigint,
  first: number | bigint,
  ttl: Ttl,
  where: string,
): number | bigint {
  const ttlMs = ttlOf(t, ttl, where);
  t.key.take(key, where);
  for (;;) {
    const changed = changeInPlace(t, key, amount, where);
    if (changed !== undefined) return changed;
    const written = rewrite(t, key, amount, first, ttlMs, where);
    if (written !== undefined) return written;
  }
}

/** Changes a counter that is there; undefined if there is none, or the sum is of the other kind. */
function changeInPlace(
  t: TableState,
  key: Key,
  amount: number | bigint,
  where: string,
): number | bigint | undefined {
  const bucket = lockKey(t, t.key.h1);
  const location = find(t, bucket, t.key);
  const kind = location === 0 ? 0 : wordsOf(t, location)[wordAt(location) + I_INFO] & KIND_MASK;
  if (kind === 0 || isGoneAt(t, location)) {
    unlockUnchanged(t, bucket);
    return undefined;
  }
  const unit = counterUnit(t, location);
  const sum = sumLocked(t, bucket, key, unit, kind, amount, where);
  if (kind !== kindOf(sum)) {
    unlockUnchanged(t, bucket);
    return undefined;
  }
  // The version first: should this thread die between the two, no value may stand under the version of another.
  wordsOf(t, location)[wordAt(location) + I_VERSION] = nextVersion(t.lockedVersion);
  storeCounter(t, unit, sum);
  countUse(t);
  t.own[OVERWRITES + (logOf(t, segmentOf(t, location)) & 1)]++;
  t.own[WRITES]++;
  note(t, t.key, CHANGE_SET);
  unlock(t, bucket);
  return sum;
}

/** An overflow leaves nothing locked. */
function sumLocked(
  t: TableState,
  bucket: number,
  key: Key,
  unit: number,
  kind: number,
  amount: number | bigint,
  where: string,
): number | bigint {
  const bank = unit >>> BANK_UNIT_BITS;
  const at = unit & BANK_UNIT_MASK;
  try {
    return kind === KIND_DOUBLE
      ? sumOf(key, t.bankDoubles[bank][at], amount, where)
      : sumOf(key, t.bankIntegers[bank][at], amount, where);
  } catch (error) {
    unlockUnchanged(t, bucket);
    throw error;
  }
}

/** Writes a counter anew: where there was none, or bytes, or one of the other kind. Undefined: somebody was faster. */
function rewrite(
  t: TableState,
  key: Key,
  amount: number | bigint,
  first: number | bigint,
  ttlMs: number,
  where: string,
): number | bigint | undefined {
  const old = readForRewrite(t);
  if (old === undefined) {
    const sum = sumOf(key, compact(first), amount, where);
    draftFor(t, undefined, where);
    t.draft.plain(0);
    if (ttlMs !== 0) live(t, ttlMs);
    return put(t, sum, ADD, 0) === 0 ? undefined : sum;
  }
  const value = typeof old.value === "object" ? numberOf(old.value, key, where) : old.value;
  const sum = sumOf(key, value, amount, where);
  return put(t, sum, CONTINUE, old.version) === 0 ? undefined : sum;
}

function numberOf(bytes: Uint8Array, key: Key, where: string): number | bigint {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, TEXT_MAX + 1)).toString(
    "latin1",
  );
  if (bytes.length > TEXT_MAX || !NUMBER.test(text)) throw new NonNumericValueError(where, key, text);
  if (INTEGER.test(text)) {
    const integer = BigInt(text);
    if (BigInt.asIntN(64, integer) === integer) return compact(integer);
  }
  const number = Number(text);
  if (!Number.isFinite(number)) throw new NonNumericValueError(where, key, text);
  return number;
}

/** incr with a fraction on either side; incrBig has no business with one. */
function sumWithFraction(key: Key, value: number | bigint, amount: number | bigint, where: string): number {
  if (where === "incrBig") throw new NonNumericValueError(where, key, value, "a whole number");
  const sum = Number(value) + Number(amount);
  if (!Number.isFinite(sum)) throw new CounterOverflowError(where, key, value, amount);
  return sum;
}

function isWhole(value: number | bigint): boolean {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}

/** An integer that doubles hold exactly is kept as one. */
function compact(value: number | bigint): number | bigint {
  const number = Number(value);
  return typeof value === "bigint" && Number.isSafeInteger(number) ? number : value;
}

function kindOf(value: number | bigint): number {
  return typeof value === "bigint" ? KIND_INTEGER : KIND_DOUBLE;
}

function storeCounter(t: TableState, unit: number, value: number | bigint): void {
  const bank = unit >>> BANK_UNIT_BITS;
  const at = unit & BANK_UNIT_MASK;
  if (typeof value === "bigint") t.bankIntegers[bank][at] = value;
  else t.bankDoubles[bank][at] = value;
}
