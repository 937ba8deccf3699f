/** touch, expire, expireAt, persist, refresh, ttl: when an entry goes, and changing that. */
import { type Duration, parseDuration } from "../../../base/duration.js";
import { InvalidArgumentError } from "../../../base/errors.js";
import { type Verb, verbIndex } from "../../../cache/services/stats.js";
import { glance, LIVE, look } from "../entry.js";
import type { SharedState } from "../state.js";

/** Counts as a use, for eviction. The ttl runs on. */
export function touch<V>(s: SharedState<V>, key: string): boolean {
  s.stats.calls[verbIndex.touch]++;
  return look(s, key, "touch", true) === LIVE;
}

export function expire<V>(s: SharedState<V>, key: string, ttl: Duration | null): boolean {
  const ttlMs = ttl === null ? null : parseDuration(ttl, "expire", "ttl");
  return withLive(s, key, "expire", () =>
    s.table.expire(key, ttlMs === null ? null : ttlMs + s.reading.keepMs),
  );
}

export function expireAt<V>(s: SharedState<V>, key: string, at: Date | number): boolean {
  const epochMs = at instanceof Date ? at.getTime() : at;
  if (typeof epochMs !== "number" || !Number.isFinite(epochMs)) {
    throw new InvalidArgumentError("expireAt", "at", at, "a valid Date or milliseconds since 1970");
  }
  return withLive(s, key, "expireAt", () => s.table.expireAt(key, epochMs + s.reading.keepMs));
}

export function persist<V>(s: SharedState<V>, key: string): boolean {
  return withLive(s, key, "persist", () => s.table.persist(key));
}

/** What the table calls to touch. */
export function refresh<V>(s: SharedState<V>, key: string): boolean {
  return withLive(s, key, "refresh", () => s.table.touch(key));
}

/** Milliseconds left; null: it does not expire; undefined: there is no such entry. */
export function ttl<V>(s: SharedState<V>, key: string): number | null | undefined {
  s.stats.calls[verbIndex.ttl]++;
  if (glance(s, key, "ttl") !== LIVE) return undefined;
  const { ttl: left, keepMs } = s.reading;
  return left === Number.POSITIVE_INFINITY ? null : left - keepMs;
}

function withLive<V>(s: SharedState<V>, key: string, verb: Verb, change: () => boolean): boolean {
  s.stats.calls[verbIndex[verb]]++;
  return glance(s, key, verb) === LIVE && change();
}
