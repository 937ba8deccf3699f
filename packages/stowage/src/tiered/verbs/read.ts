/**
 * get, getMany, has, ttl, touch, peek: L1, then L2. That L2 is away is a miss, and counted.
 *
 *     get ──> L1 ── there ──> the value
 *              │ no
 *              v
 *             a read of L2 for this key under way, and the key not written since? ──> wait for it
 *              │ no
 *              v
 *             claim the key in L1 ──> L2 ── a fresh value ──> into L1, unless the claim is void by now ──> the value
 */
import type { Claim } from "../../cache/services/loading.js";
import { l1TtlMs } from "../l1/lives.js";
import type { Found, Read, Records } from "../l2/records.js";
import { isAway } from "../l2/trouble.js";
import { readOptions } from "../options.js";
import type { TieredState } from "../state.js";
import type { Tier, TieredReadOptions } from "../types.js";
import { checkKey, checkKeys } from "./check.js";

export function get(s: TieredState, key: string, options?: TieredReadOptions): Promise<unknown> {
  try {
    checkKey("get", key);
    const only = onlyOf(options, "get");
    const near = only === "l2" ? undefined : s.near.get(key);
    if (near !== undefined || s.records === null || only === "l1") return Promise.resolve(near);
    return only === "l2" ? readAlone(s.records, key) : readThrough(s, s.records, key);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Where L1 has been asked already, and has nothing. */
export function getFar(s: TieredState, key: string): Promise<unknown> {
  if (typeof key !== "string" || s.records === null) return get(s, key);
  return readThrough(s, s.records, key);
}

export async function getMany(
  s: TieredState,
  keys: Iterable<string>,
  options?: TieredReadOptions,
): Promise<Map<string, unknown>> {
  const asked = checkKeys("getMany", keys);
  const only = onlyOf(options, "getMany");
  const { records } = s;
  if (records !== null && only === "l2") return onlyFound(asked, await readAll(records, asked));
  const near = s.near.getMany(asked);
  if (records === null || only === "l1" || near.size === asked.length) return near;
  const missing = asked.filter((key) => !near.has(key));
  const found = onlyFound(missing, await readManyThrough(s, records, missing));
  return new Map(asked.flatMap((key) => pairIn(key, near) ?? pairIn(key, found) ?? []));
}

export async function has(s: TieredState, key: string, options?: TieredReadOptions): Promise<boolean> {
  checkKey("has", key);
  const only = onlyOf(options, "has");
  if (only !== "l2" && s.near.has(key)) return true;
  if (s.records === null || only === "l1") return false;
  return (await readAlone(s.records, key)) !== undefined;
}

/** L1's, which may be shorter, counts only where L2 does not have the entry. */
export async function ttl(
  s: TieredState,
  key: string,
  options?: TieredReadOptions,
): Promise<number | null | undefined> {
  checkKey("ttl", key);
  const only = onlyOf(options, "ttl");
  const found = s.records === null || only === "l1" ? undefined : await foundIn(s.records, key);
  if (found !== undefined && isFresh(found)) return found.leftMs;
  return only === "l2" ? undefined : s.near.ttl(key);
}

/** L2 evicts what nobody reads; a value that L1 always has would look so. */
export async function touch(s: TieredState, key: string): Promise<boolean> {
  checkKey("touch", key);
  const isNear = s.near.touch(key);
  if (s.records === null) return isNear;
  return (await readAlone(s.records, key)) !== undefined || isNear;
}

export function isFresh({ isNegative, leftMs }: Found): boolean {
  return !isNegative && (leftMs === null || leftMs > 0);
}

/** What L2 has, past L1. */
export function readAlone(records: Records, key: string): Promise<unknown> {
  return foundIn(records, key).then((found) =>
    found !== undefined && isFresh(found) ? found.value : undefined,
  );
}

function foundIn(records: Records, key: string): Promise<Found | undefined> {
  return records.read(key).then(foundOf, nothingIfAway);
}

function foundOf({ found }: Read): Found | undefined {
  return found;
}

function nothingIfAway(error: unknown): undefined {
  if (!isAway(error)) throw error;
}

async function readAll(records: Records, keys: readonly string[]): Promise<readonly unknown[]> {
  const all = await findAll(records, keys);
  return all.map((found) => (found !== undefined && isFresh(found) ? found.value : undefined));
}

/** Undefined for all of them if L2 is away. */
async function findAll(records: Records, keys: readonly string[]): Promise<readonly (Found | undefined)[]> {
  try {
    return (await records.readMany(keys)).map(({ found }) => found);
  } catch (error) {
    if (!isAway(error)) throw error;
    return keys.map(() => undefined);
  }
}

const NONE: Promise<readonly Read[]> = Promise.resolve([]);

/** The value from L2, by way of L1. */
function readThrough(s: TieredState, records: Records, key: string): Promise<unknown> {
  return joinable(s, key) ?? begin(s, key, s.l1.claim(key), records.read(key));
}

/** One round trip for all that nobody reads already. */
async function readManyThrough(
  s: TieredState,
  records: Records,
  keys: readonly string[],
): Promise<readonly unknown[]> {
  const joined = keys.map((key) => joinable(s, key));
  const missing = keys.filter((_, index) => joined[index] === undefined);
  const claims = missing.map((key) => s.l1.claim(key));
  const all = missing.length === 0 ? NONE : records.readMany(missing);
  const begun = missing.map((key, at) =>
    begin(
      s,
      key,
      claims[at],
      all.then((reads) => reads[at]),
    ),
  );
  let at = 0;
  return Promise.all(joined.map((value) => value ?? begun[at++]));
}

/** A read under way that began after the last write of the key, and after the last invalidation: of what, it does not know yet. */
function joinable(s: TieredState, key: string): Promise<unknown> | undefined {
  const pending = s.reads.get(key);
  return pending === undefined || pending.isVoid() ? undefined : pending.value;
}

function begin(
  s: TieredState,
  key: string,
  claim: Claim<unknown> | undefined,
  reading: Promise<Read>,
): Promise<unknown> {
  const { invalidations } = s;
  const isVoid = (): boolean => claim === undefined || claim.overtaken || s.invalidations !== invalidations;
  const finish = (): void => {
    claim?.end();
    if (s.reads.get(key) === pending) s.reads.delete(key);
  };
  const succeed = ({ found }: Read): unknown => {
    const isFound = found !== undefined && isFresh(found);
    if (isFound && claim !== undefined) promote(s, claim, found);
    finish();
    return isFound ? found.value : undefined;
  };
  const fail = (error: unknown): undefined => {
    finish();
    return nothingIfAway(error);
  };
  const pending = { isVoid, value: reading.then(succeed, fail) };
  s.reads.set(key, pending);
  return pending.value;
}

function promote(s: TieredState, claim: Claim<unknown>, { value, leftMs, tags, loadMs }: Found): void {
  const ttlMs = l1TtlMs(s, leftMs);
  if (ttlMs === undefined) return;
  // Where L1 holds it for less than it lives, its end there is no reason to load it.
  const isWhole = ttlMs !== null && leftMs !== null && ttlMs === Math.floor(leftMs);
  claim.store(value, { ttl: ttlMs, tags }, s.how, isWhole ? loadMs : 0);
}

function onlyFound(keys: readonly string[], values: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [index, key] of keys.entries()) if (values[index] !== undefined) found.set(key, values[index]);
  return found;
}

function pairIn(key: string, values: ReadonlyMap<string, unknown>): [readonly [string, unknown]] | undefined {
  const value = values.get(key);
  return value === undefined ? undefined : [[key, value]];
}

export function onlyOf(options: TieredReadOptions | undefined, where: string): Tier | undefined {
  return options === undefined ? undefined : readOptions.bind(options, where).only;
}
