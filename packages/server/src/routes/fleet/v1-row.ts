/** An operation of POST /v1/batch, of a fleet. */
import type { TableSetOptions } from "stowage/table";
import type { Config } from "../../config/settings.js";
import type { Fault } from "../../http/fault.js";
import { addTo, type Draft, type LiveVerb, type Looked, type Tier } from "../../l2/index.js";
import { jsonOf, prepareJson } from "../../stored/index.js";
import { MARKED } from "../batch/plan.js";
import { NOT_FOUND, ttlText } from "../v1/batch/apply.js";
import {
  DECR,
  DELETE,
  EXPIRE,
  GET,
  HAS,
  INCR,
  NO_WISH,
  SET,
  TOUCH,
  TTL,
  type Wish,
} from "../v1/batch/plan.js";
import { faultText, NOT_JSON } from "../v1/batch/run.js";
import type { CounterWish, SetWish } from "../v1/batch/wishes.js";
import { type Entry, isFresh } from "../v1/keys/entry.js";
import type { Operation } from "./batch.js";
import { draftOf, entryIn } from "./entry.js";
import { visibleIn } from "./keys.js";

const NOTHING: TableSetOptions = {};

export function v1Row(
  tier: Tier,
  config: Config,
  operation: Operation,
  wishes: readonly Wish[],
): string | Promise<string> {
  const { op, key, what, own } = operation;
  if (op === GET || op === HAS || op === TTL) {
    const looked = tier.read(key);
    const text = (found: Looked): string => readText(op, found, (what & MARKED) !== 0);
    return looked instanceof Promise ? looked.then(text) : text(looked);
  }
  const wish = own[0] === NO_WISH ? undefined : wishes[own[0]];
  if (op === SET) return set(tier, config, operation, wish as SetWish | undefined);
  if (op === DELETE) return remove(tier, key, wish as number | undefined);
  if (op === INCR || op === DECR) return add(tier, config, key, wish as CounterWish | undefined, op === DECR);
  return live(tier, key, op, wish as number | null);
}

v1Row.faulty = (fault: Fault): string => faultText(fault);

function readText(op: number, looked: Looked, withMeta: boolean): string {
  const entry = looked ? entryIn(looked) : undefined;
  if (!looked || entry === undefined || !isFresh(entry)) return NOT_FOUND;
  if (op === HAS) return '{"found":true}';
  if (op === TTL) return `{"found":true,"ttl":${ttlText(entry.freshMs)}}`;
  const json = jsonOf(looked.flags, looked.bytes, 0, looked.length, looked.leftMs);
  if (json === undefined || json === null) return NOT_JSON;
  if (!withMeta) return `{"value":${json}}`;
  const tagged = looked.tagged ? ',"tagged":true' : "";
  return `{"value":${json},"ttl":${ttlText(entry.freshMs)},"version":"${entry.version}"${tagged}}`;
}

async function set(
  tier: Tier,
  config: Config,
  { key, value }: Operation,
  wish: SetWish | undefined,
): Promise<string> {
  const graceMs = wish?.graceMs ?? 0;
  const { bytes, flags } = prepareJson(value, graceMs);
  const draft = draftOf(config, key, bytes, { ...(wish?.options ?? NOTHING), flags }, graceMs);
  if (wish !== undefined && (wish.ifAbsent || wish.ifVersion !== 0)) return setIf(tier, key, draft, wish);
  const written = await tier.put(key, draft);
  return `{"stored":true,"version":"${written!.version}"}`;
}

async function setIf(tier: Tier, key: string, draft: Draft, { ifVersion }: SetWish): Promise<string> {
  for (;;) {
    const fresh = await tier.fresh(key);
    // What is only kept for leases is no entry to anybody else, so what takes its place is new.
    const current = visibleIn(fresh)?.version ?? 0;
    if (current !== ifVersion)
      return current === 0 ? '{"stored":false}' : `{"stored":false,"version":"${current}"}`;
    const written = await tier.put(key, draft, fresh.found?.version ?? 0);
    if (written !== undefined) return `{"stored":true,"version":"${written.version}"}`;
  }
}

async function remove(tier: Tier, key: string, ifVersion: number | undefined): Promise<string> {
  if (ifVersion === undefined || ifVersion === 0) return `{"deleted":${await tier.remove(key)}}`;
  const entry: Entry | undefined = visibleIn(await tier.fresh(key));
  const isDone = entry?.version === ifVersion && (await tier.remove(key, ifVersion));
  return `{"deleted":${isDone}}`;
}

async function add(
  tier: Tier,
  config: Config,
  key: string,
  wish: CounterWish | undefined,
  isDown: boolean,
): Promise<string> {
  const { amount = 1, options } = wish ?? {};
  const ttl = options?.ttl === undefined ? config.ttl : (options.ttl as number | null);
  return `{"value":${await addTo(tier, key, isDown ? -amount : amount, options?.default, ttl)}}`;
}

async function live(tier: Tier, key: string, op: number, ttlMs: number | null): Promise<string> {
  const verb: LiveVerb = op === EXPIRE ? "expire" : op === TOUCH ? "touch" : "persist";
  const isThere = await tier.live(key, verb, ttlMs);
  return `{"found":${isThere}}`;
}
