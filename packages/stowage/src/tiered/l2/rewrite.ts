/**
 * The same value with another lifetime. The lifetime stands in the record, so the record is written anew: under a lease over the very
 * bytes that were read, so that a value that somebody else writes meanwhile is not replaced by the old one. Where somebody loads the
 * key, his lease is waited for.
 */
import { StoreUnavailableError } from "../../base/errors.js";
import type { TieredState } from "../state.js";
import type { Found, Records } from "./records.js";

/** Milliseconds from now on; null: for ever; 0 or less: it is over. */
export type NewLife = (found: Found) => number | null;

const LEASE_MS = 2_000;
/** Between two looks at a lease that somebody else has. */
const PAUSE_MS = 50;
/** Ten seconds of somebody else's lease, or so many others who write the key at the same time. */
const TRIES = 200;

/** False: there is no such entry. */
export async function rewrite(
  s: TieredState,
  records: Records,
  key: string,
  life: NewLife,
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { found, bytes } = await records.read(key);
    if (found === undefined || bytes === undefined || !isFresh(found)) return false;
    const ttlMs = life(found);
    if (ttlMs !== null && ttlMs <= 0) return (await records.deleteMany([key])) > 0;
    if (!records.canLease) return writeAnew(s, records, key, found, ttlMs);
    const lease = await records.lease(key, { ttlMs: LEASE_MS, seen: bytes });
    if (lease.kind === "held") await pause(s, Math.min(lease.leftMs, PAUSE_MS));
    if (lease.kind !== "granted") continue;
    if (lease.read.bytes === undefined) return records.release(key, lease.token).then(() => false);
    if (await records.renew(key, bytes, { ttlMs, keepMs: s.keepMs }, lease.token)) return true;
  }
  const store = s.hub.l2?.guard.abilities.name ?? "";
  throw new StoreUnavailableError(store, "expire", "crowded", "others keep loading or writing the key");
}

function isFresh({ isNegative, leftMs }: Found): boolean {
  return !isNegative && (leftMs === null || leftMs > 0);
}

/** Without leases: what somebody else writes between the read and this is lost. */
async function writeAnew(
  s: TieredState,
  records: Records,
  key: string,
  { value, epoch, tags, loadMs }: Found,
  ttlMs: number | null,
): Promise<boolean> {
  await records.write(key, value, { epoch, ttlMs, keepMs: s.keepMs, tags, loadMs });
  return true;
}

function pause(s: TieredState, ms: number): Promise<void> {
  return new Promise((resolve) => s.hub.clock.setTimer(resolve, Math.max(1, ms)));
}
