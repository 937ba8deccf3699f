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
  /** `old`: what there is, stale or to be renewed. */
  | { readonly kind: "granted"; readonly token: string; readonly old: Entry | undefined }
  /** `stale`: an old value that may be used meanwhile. */
  | { readonly kind: "held"; readonly stale: Entry | undefined }
  /** Somebody found nothing to fill it with, not long ago. */
  | { readonly kind: "nothing" };

export interface Asking {
  readonly ttlMs: number;
  /** The version of a fresh value that is no answer; 0: there is none such. */
  readonly seen: number;
  /** Whether that there is nothing to fill it with is no answer either. */
  readonly overNothing: boolean;
}

export function ask({ table, feed: { leases } }: WorkerContext, key: string, asking: Asking): Asked {
  const { ttlMs, seen, overNothing } = asking;
  const before = readEntry(table, key);
  if (before !== undefined && isAnswer(before)) return { kind: "hit", entry: before };
  const { sequence } = leases;
  const answer = table.lease(key, { ttl: ttlMs, overNothing });
  const entry = answer.version === (before?.version ?? 0) ? before : readEntry(table, key);
  if (entry !== undefined && isAnswer(entry)) {
    giveBack(answer);
    return { kind: "hit", entry };
  }
  if (answer.granted) {
    const lease: Lease = { token: answer.token, sequence };
    return { kind: "granted", token: tokenText(leases, key, lease), old: entry };
  }
  if (answer.reason === "nothing") return { kind: "nothing" };
  return { kind: "held", stale: entry !== undefined && isFresh(entry) ? undefined : entry };

  function isAnswer(found: Entry): boolean {
    return isFresh(found) && found.version !== seen;
  }

  /** Somebody filled it between the two looks. */
  function giveBack(given: LeaseAnswer): void {
    if (given.granted && table.release(given.token)) leases.ring();
  }
}
