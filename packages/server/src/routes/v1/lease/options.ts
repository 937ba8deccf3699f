/** What a request for a lease may say. */
import type { Exchange } from "../../../http/exchange.js";
import { bodyOf } from "../body.js";
import { DURATION, durationOf } from "../durations.js";
import { badField } from "../fault.js";

export interface LeaseWanted {
  /** For how long the key is left to the one who fills it. */
  readonly ttlMs: number;
  /** For how long the request may wait while somebody else fills it. */
  readonly waitMs: number;
  /** Whether an old value is an answer while somebody else fills the key; else only at the end of the wait. */
  readonly takesStale: boolean;
  /** The version of a fresh value that is no answer, as its ETag has it; `*`: of what is there now. */
  readonly seen: string | undefined;
}

/** Long enough for a slow query; short enough to bear that the one who had it is gone. */
const TTL_MS = 10_000;
/** A loader that takes longer than an hour is no loader of a cache. */
const TTL_MS_MAX = 3_600_000;
/** Below what proxies wait for an answer. */
const WAIT_MS_MAX = 30_000;
/** Versions are below 2^53. */
const SEEN = /^(?:\*|[0-9]{1,16})$/;

export function leaseWantedBy(exchange: Exchange): LeaseWanted {
  const { ttl, wait, stale = true, seen } = bodyOf(exchange, ["ttl", "wait", "stale", "seen"]);
  const ttlMs = ttl === undefined ? TTL_MS : durationOf(ttl);
  if (ttlMs === undefined || ttlMs > TTL_MS_MAX) throw badField("ttl", `${DURATION}, at most 1h`, ttl);
  const waitMs = wait === undefined || wait === 0 ? 0 : durationOf(wait);
  if (waitMs === undefined || waitMs > WAIT_MS_MAX)
    throw badField("wait", `${DURATION}, at most 30s; 0: not at all`, wait);
  if (typeof stale !== "boolean") throw badField("stale", "true or false", stale);
  if (seen !== undefined && (typeof seen !== "string" || !SEEN.test(seen)))
    throw badField("seen", 'a version, as in an ETag without its quotes, or "*"', seen);
  return { ttlMs, waitMs, takesStale: stale, seen };
}
