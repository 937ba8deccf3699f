/** /v1/keys/{key} of a fleet. Conditions of writes are judged by what L2 has, never by the table. */
import type { WorkerContext } from "../../context.js";
import type { Exchange } from "../../http/exchange.js";
import { type Draft, type Fresh, fill, itemOf, type Looked, type Tier } from "../../l2/index.js";
import { type Entry, fieldsOf, isFresh, sendEntry } from "../v1/keys/entry.js";
import { type Conditions, conditionsOf, judge } from "../v1/keys/etag.js";
import { keyOf } from "../v1/keys/key.js";
import { preconditionFailed, stored } from "../v1/keys/outcome.js";
import { putWantedBy } from "../v1/keys/put.js";
import { leaseLost } from "../v1/lease/fill.js";
import { checkKeySize, draftOf, entryIn, tierOf, toldAway } from "./entry.js";

export function getKey(exchange: Exchange, context: WorkerContext): void | Promise<void> {
  const key = keyOf(exchange);
  const conditions = conditionsOf(exchange.head);
  checkKeySize(key);
  const looked = tierOf(context).read(key);
  if (looked instanceof Promise) return looked.then((found) => answer(exchange, found, conditions));
  return answer(exchange, looked, conditions);
}

function answer(exchange: Exchange, looked: Looked, conditions: Conditions | undefined): void {
  const entry = looked ? entryIn(looked) : undefined;
  if (looked === null) toldAway(exchange);
  else if (entry === undefined || !isFresh(entry)) exchange.notFound();
  else {
    const verdict = conditions === undefined ? "pass" : judge(conditions, entry.version);
    if (verdict === "failed") throw preconditionFailed(entry.version);
    if (verdict === "not-modified") exchange.empty(304, fieldsOf(entry));
    else sendEntry(exchange, 200, entry);
  }
}

export async function putKey(exchange: Exchange, context: WorkerContext): Promise<void> {
  const tier = tierOf(context);
  const { key, bytes, options, graceMs, conditions, token } = putWantedBy(exchange, context);
  const draft = draftOf(context.config, key, Buffer.from(bytes), options, graceMs);
  if (conditions !== undefined) return putIf(exchange, tier, key, draft, conditions);
  const written = token === undefined ? await tier.put(key, draft) : await fill(tier, key, token, draft);
  if (written === undefined) throw leaseLost();
  stored(exchange, written.version, written.isNew);
}

/** Conditions are about what others see, so a stale entry is none; what takes its place is new. */
async function putIf(
  exchange: Exchange,
  tier: Tier,
  key: string,
  draft: Draft,
  conditions: Conditions,
): Promise<void> {
  for (;;) {
    const fresh = await tier.fresh(key);
    const seen = visibleIn(fresh)?.version ?? 0;
    if (judge(conditions, seen) !== "pass") throw preconditionFailed(seen);
    const written = await tier.put(key, draft, fresh.found?.version ?? 0);
    if (written === undefined) continue;
    stored(exchange, written.version, seen === 0);
    return;
  }
}

export async function deleteKey(exchange: Exchange, context: WorkerContext): Promise<void> {
  const key = keyOf(exchange);
  const conditions = conditionsOf(exchange.head);
  checkKeySize(key);
  const tier = tierOf(context);
  const isGone = conditions === undefined ? await tier.remove(key) : await removeIf(tier, key, conditions);
  if (isGone) exchange.empty(204);
  else exchange.notFound();
}

async function removeIf(tier: Tier, key: string, conditions: Conditions): Promise<boolean> {
  for (;;) {
    const entry = visibleIn(await tier.fresh(key));
    // Conditions don't count where the answer would be 404 without them (RFC 9110 13.2.1).
    if (entry === undefined) return false;
    if (judge(conditions, entry.version) !== "pass") throw preconditionFailed(entry.version);
    if (await tier.remove(key, entry.version)) return true;
  }
}

/** What everybody sees; undefined: there is none, or a stale or invalid one. */
export function visibleIn({ found, isValid }: Fresh): Entry | undefined {
  const entry = found !== undefined && isValid ? entryIn(itemOf(found)) : undefined;
  return entry !== undefined && isFresh(entry) ? entry : undefined;
}
