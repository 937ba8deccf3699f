/**
 * How a load gets the right to load, or finds that it need not: another process has it, and what that one loads will do.
 *
 *     ask ──> hit: take it        granted: load        nothing: there is none        held ──> wait for it on the server
 *                                                                                      └── held for too long: load alone
 *
 * Who loads alone stores nothing, since nobody could tell whether it is still right by then.
 */
import type { Node } from "../nodes/types.js";
import { Claim } from "./claim.js";
import { ask, type Expired, isLeasable, type LeaseAnswer, type LeaseAsked, release, wait } from "./lease.js";
import type { Load } from "./load.js";
import type { LoadingHost } from "./types.js";
import type { Waits } from "./waits.js";

/** Beyond the loader's timeout, for the way to the server and back. */
const LEASE_MARGIN_MS = 2_000;
/** For loaders without a timeout: long enough for a slow query, short enough to bear that its process is gone. */
const LEASE_MS = 10_000;
/** The server's. */
const LEASE_MS_MAX = 3_600_000;
/** One who has the lease may be gone; the next one, who gets it after that, is waited for as long. */
const PATIENCE_LEASES = 2;
/** What one request waits: well below what proxies bear. */
const WAIT_MS = 5_000;

export interface Wanted {
  readonly key: string;
  /** See LeaseAsked. */
  readonly seen: string | undefined;
  /** Of the loader; 0: none. */
  readonly timeoutMs: number;
  /** Whether to wait for what another one loads; else that he does is enough. */
  readonly waits: boolean;
}

export type Entered =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "nothing" }
  /** Another one renews it. */
  | { readonly kind: "renewed" }
  | { readonly kind: "load"; readonly claim: Claim | null; readonly old: unknown };

export const ALONE: Entered = Object.freeze({ kind: "load", claim: null, old: undefined });

/** @throws whatever is wrong with the cache; the signal's reason */
export async function enter(
  host: LoadingHost,
  waits: Waits,
  load: Load,
  { key, seen, timeoutMs, waits: isWaiting }: Wanted,
): Promise<Entered> {
  if (!isLeasable(key)) return ALONE;
  const { clock, cluster } = host;
  const { signal } = load.controller;
  const node = cluster.nodeOf(key);
  const ttlMs = Math.min(timeoutMs > 0 ? timeoutMs + LEASE_MARGIN_MS : LEASE_MS, LEASE_MS_MAX);
  const asked: LeaseAsked = { key, ttlMs, seen };
  const until = clock.now() + PATIENCE_LEASES * ttlMs;
  const askAndWait = (leftMs: number): Promise<LeaseAnswer> =>
    waits.run(signal, (held) =>
      held ? wait(node, asked, Math.ceil(Math.min(leftMs, WAIT_MS)), clock, signal) : ask(node, asked),
    );
  // What `*` means is settled by the request that waits: one that asked before would take the value it waited for as seen.
  let answer = await (seen === "*" && isWaiting ? askAndWait(WAIT_MS) : ask(node, asked));
  for (;;) {
    const entered = take(host, node, load, key, answer);
    if (entered !== undefined) return entered;
    if (!isWaiting) return { kind: "renewed" };
    const leftMs = until - clock.now();
    if (leftMs <= 0) return ALONE;
    signal.throwIfAborted();
    answer = await askAndWait(leftMs);
  }
}

/** What the answer comes to; undefined: to wait. */
function take(
  host: LoadingHost,
  node: Node,
  load: Load,
  key: string,
  answer: LeaseAnswer,
): Entered | undefined {
  const { signal } = load.controller;
  if (signal.aborted) {
    if (answer.kind === "granted") release(node, key, answer.token).catch(host.onFault);
    throw signal.reason;
  }
  if (answer.kind === "hit") return { kind: "value", value: answer.value };
  if (answer.kind === "nothing") return answer;
  if (answer.kind === "granted") {
    const claim = new Claim(host, node, key, answer.token);
    load.claim = claim; // first: whoever takes the stale value leaves a load behind that goes on
    load.know(staleOf(host, answer.stale));
    return { kind: "load", claim, old: answer.old };
  }
  load.know(staleOf(host, answer.stale));
  return undefined;
}

function staleOf({ clock }: LoadingHost, expired: Expired | undefined): Load["stale"] {
  return expired && { value: expired.value, expiredAt: clock.now() - expired.expiredMs };
}
