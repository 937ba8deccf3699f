/** set, setMany, delete, deleteMany, take: changing values. The order in which tiers are changed stands in l1/writing.ts. */
import { UnsupportedError } from "../../base/errors.js";
import { type NearValue, putNear, writeBoth } from "../l1/writing.js";
import type { RecordHead, Records } from "../l2/records.js";
import { type BoundSet, setOptions } from "../options.js";
import type { TieredState } from "../state.js";
import type { TieredSetOptions } from "../types.js";
import { checkEntries, checkKey, checkKeys, checkValue } from "./check.js";
import { readAlone } from "./read.js";

const NOTHING_SAID = setOptions.bind(undefined, "set");

export async function set(
  s: TieredState,
  key: string,
  value: unknown,
  options?: TieredSetOptions,
): Promise<boolean> {
  checkKey("set", key);
  checkValue("set", key, value);
  return (await setAll(s, new Map([[key, value]]), bindSet(s, options, "set"))) > 0;
}

export async function setMany(
  s: TieredState,
  entries: Iterable<readonly [string, unknown]>,
  options?: TieredSetOptions,
): Promise<number> {
  const all = checkEntries("setMany", entries);
  const how = bindSet(s, options, "setMany");
  return all.size === 0 ? 0 : setAll(s, all, how);
}

/** Whether there was an entry: in L2, or, where that is not asked, in L1. */
export async function remove(s: TieredState, key: string): Promise<boolean> {
  checkKey("delete", key);
  return (await removeAll(s, [key])) > 0;
}

export async function removeMany(s: TieredState, keys: Iterable<string>): Promise<number> {
  const asked = checkKeys("deleteMany", keys);
  return asked.length === 0 ? 0 : removeAll(s, asked);
}

/** Of several who take a value at once, one gets it: the one whose deletion found it. */
export async function take(s: TieredState, key: string): Promise<unknown> {
  checkKey("take", key);
  const { records } = s;
  const near = s.near.take(key);
  if (records === null) {
    tell(s, [key]);
    return near;
  }
  const takeFar = async (): Promise<unknown> => {
    const value = await readAlone(records, key);
    return (await records.deleteMany([key])) > 0 ? value : undefined;
  };
  return writeBoth(s, [key], [], takeFar, near);
}

/** How many were stored. */
async function setAll(s: TieredState, entries: ReadonlyMap<string, unknown>, how: BoundSet): Promise<number> {
  const { records } = s;
  const { l1Ttl, tags, only } = how;
  const ttlMs = how.ttl === undefined ? s.options.ttl : how.ttl;
  const near: NearValue[] = [];
  if (only !== "l2") for (const [key, value] of entries) near.push({ key, value, ttlMs, l1Ttl, tags });
  if (records === null || only === "l1") return setNear(s, [...entries.keys()], near, only === undefined);
  const isOwing = (s.hub.l2?.debts.size ?? 0) > 0;
  const { epoch } = records;
  const write = async (): Promise<number> => {
    // An invalidation of ours that L2 has only now been told of came before this.
    const known = isOwing ? records.epoch : epoch;
    const head: RecordHead = { epoch: known, ttlMs, keepMs: s.keepMs, tags, loadMs: 0 };
    await records.writeMany(Array.from(entries, ([key, value]) => ({ key, value, head })));
    return entries.size;
  };
  return writeBoth(s, [...entries.keys()], near, write, 0);
}

/** `isAll`: L1 is all there is, so that other processes are to hear of it. */
function setNear(
  s: TieredState,
  keys: readonly string[],
  values: readonly NearValue[],
  isAll: boolean,
): number {
  const count = values.filter((value) => putNear(s, value)).length;
  s.flights.written(keys);
  if (isAll) tell(s, keys);
  return count;
}

async function removeAll(s: TieredState, keys: readonly string[]): Promise<number> {
  const { records } = s;
  if (records === null) return removeNear(s, keys);
  const inNear = keys.filter((key) => s.near.has(key)).length;
  return writeBoth(s, keys, [], () => deleteFar(records, keys), inNear);
}

function removeNear(s: TieredState, keys: readonly string[]): number {
  const count = keys.filter((key) => s.near.delete(key)).length;
  s.flights.written(keys);
  tell(s, keys);
  return count;
}

function deleteFar(records: Records, keys: readonly string[]): Promise<number> {
  return records.deleteMany(keys);
}

function tell(s: TieredState, keys: readonly string[]): void {
  s.hub.bus?.publishKeys(keys.map((key) => s.keys.scoped(key)));
}

function bindSet(s: TieredState, options: TieredSetOptions | undefined, where: string): BoundSet {
  if (options === undefined) return NOTHING_SAID;
  const how = setOptions.bind(options, where);
  if (how.tags.length > 0) checkTags(s, where);
  return how;
}

/** Tags need counters in L2. */
export function checkTags(s: TieredState, where: string): void {
  const abilities = s.hub.l2?.guard.abilities;
  if (abilities === undefined || abilities.counters) return;
  const who = `the store ${abilities.name}`;
  throw new UnsupportedError(where, "tags", "they need counters, which it does not have", who);
}
