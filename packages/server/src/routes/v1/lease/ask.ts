/**
 * Asking for a lease, once: the value, if there is one; else the right to fill the key, if nobody has it.
 *
 * Invariant: the sequence of prefix invalidations is read before the lease is granted, and the entry again after: what
 * is written or invalidated from the grant on, the fill learns of; what was before, the one who asks.
 */
import type { LeaseAnswer } from "stowage/table";
import type { WorkerContext } from "../../../context.js";
import { type Entry, isFresh, readEntry } from "../keys/entry.js";
import { type Lease, tokenText } from "./token.js";

export type Asked =
  | { readonly kind: "hit"; readonly entry: Entry }
  /** `stale`: an old value that may be used meanwhile. */
  | { readonly kind: "granted"; readonly token: string; readonly stale: Entry | undefined }
  | { readonly kind: "held"; readonly stale: Entry | undefined };

export function ask({ table, feed: { leases } }: WorkerContext, key: string, ttlMs: number): Asked {
  const before = readEntry(table, key);
  if (before !== undefined && isFresh(before)) return { kind: "hit", entry: before };
  const { sequence } = leases;
  const answer = table.lease(key, { ttl: ttlMs });
  const entry = answer.version === (before?.version ?? 0) ? before : readEntry(table, key);
  if (entry !== undefined && isFresh(entry)) {
    giveBack(answer);
    return { kind: "hit", entry };
  }
  if (!answer.granted) return { kind: "held", stale: entry };
  const lease: Lease = { token: answer.token, sequence };
  return { kind: "granted", token: tokenText(leases, key, lease), stale: entry };

  /** Somebody filled it between the two looks. */
  function giveBack(given: LeaseAnswer): void {
    if (given.granted && table.release(given.token)) leases.ring();
  }
}
