/**
 * A write of both tiers. The order, and why nothing else will do:
 *
 *     1  L1 has the new value (or none) at once: readers in this process never see the old one again, unless they ask L2 past L1
 *     2  in the key's lane: claim the key in L1, write to L2
 *     3  L2 has it: put the value into L1 again, under the claim; if that is void (another write, a message, a flush came
 *        meanwhile), L1 drops the key instead, since nobody knows whose value L2 has
 *     4  tell the bus
 *
 * Step 3 is there even where step 1 left the right value: reads of L2 that began before L2 had the new value are made void by it, and
 * a value that L1 has evicted meanwhile must not be taken from one of them. Whoever reads after step 3 reads L2 after the write.
 *
 * When L2 does not take the write, L1 has the change all the same, for `whenL2Down.ttl` at most; L2 owes: the key is deleted there
 * before L2 is believed again (l2/parts.ts), so that what it has of old does not come back; others are told to drop the key. The
 * caller's promise rejects, unless `writes` is "best-effort".
 */
import type { Claim } from "../../cache/services/loading.js";
import { isAway } from "../l2/trouble.js";
import type { TieredState } from "../state.js";
import { l1TtlMs } from "./lives.js";

const FOREVER = Number.POSITIVE_INFINITY;

/** What L1 is to have of a key. */
export interface NearValue {
  readonly key: string;
  readonly value: unknown;
  /** Null: for ever. */
  readonly ttlMs: number | null;
  readonly l1Ttl: number | null | undefined;
  readonly tags: readonly string[];
}

/** @returns what L2 answered; `otherwise`, if it did not and that is to be no matter */
export async function writeBoth<T>(
  s: TieredState,
  keys: readonly string[],
  values: readonly NearValue[],
  write: () => Promise<T>,
  otherwise: T,
): Promise<T> {
  renew(s, keys, values);
  const names = keys.map((key) => s.keys.record(key));
  return s.hub.lanes.run(names, async () => {
    const claims = values.map(({ key }) => s.l1.claim(key));
    try {
      const answer = await written(s, names, write);
      confirm(s, keys, values, claims, FOREVER);
      return answer;
    } catch (error) {
      return failed(s, keys, values, claims, error, otherwise);
    } finally {
      for (const claim of claims) claim?.end();
      s.hub.bus?.publishKeys(keys.map((key) => s.keys.scoped(key)));
    }
  });
}

/** What is owed for these keys is made good first: a deletion that came after the write would take its value. */
async function written<T>(s: TieredState, names: readonly string[], write: () => Promise<T>): Promise<T> {
  const debts = s.hub.l2?.debts;
  if (debts !== undefined && debts.size > 0) await debts.settle(names);
  return write();
}

function renew(s: TieredState, keys: readonly string[], values: readonly NearValue[]): void {
  if (values.length < keys.length) for (const key of keys) s.near.delete(key);
  for (const value of values) putNear(s, value);
  s.flights.written(keys);
}

/** Past every claim: the newest value there is. */
export function putNear(s: TieredState, { key, value, ttlMs, l1Ttl, tags }: NearValue): boolean {
  const nearMs = s.l1.keeps ? l1TtlMs(s, ttlMs, l1Ttl) : undefined;
  if (nearMs !== undefined) return s.near.set(key, value, { ttl: nearMs, tags });
  s.near.delete(key);
  return false;
}

/** @param msMax L1 holds it for so long at most */
function confirm(
  s: TieredState,
  keys: readonly string[],
  values: readonly NearValue[],
  claims: readonly (Claim<unknown> | undefined)[],
  msMax: number,
): void {
  if (s.hub.isClosed) return;
  const kept = new Set<string>();
  for (const [index, { key, value, ttlMs, l1Ttl, tags }] of values.entries()) {
    const nearMs = l1TtlMs(s, Math.min(ttlMs ?? FOREVER, msMax), l1Ttl);
    if (nearMs !== undefined && claims[index]?.store(value, { ttl: nearMs, tags }, s.how, 0)) kept.add(key);
  }
  for (const key of keys) if (!kept.has(key)) s.near.delete(key);
  s.flights.written(keys);
}

function failed<T>(
  s: TieredState,
  keys: readonly string[],
  values: readonly NearValue[],
  claims: readonly (Claim<unknown> | undefined)[],
  error: unknown,
  otherwise: T,
): T {
  if (!isAway(error)) {
    // L2 has refused it, or the cache is closed: nothing was changed there.
    confirm(s, keys, [], [], FOREVER);
    throw error;
  }
  s.hub.l2?.debts.oweKeys(
    keys.map((key) => s.keys.record(key)),
    s.keys.mark,
  );
  confirm(s, keys, values, claims, s.hub.whenL2DownMs);
  if (s.hub.isStrict) throw error;
  return otherwise;
}
