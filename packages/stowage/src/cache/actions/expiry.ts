/** touch, expire, expireAt, persist, refresh, ttl: when an entry goes, and changing that. */
import { type Duration, parseDuration } from "../../base/duration.js";
import { InvalidArgumentError } from "../../base/errors.js";
import { findLive } from "../core/lookup.js";
import { noteMortal } from "../core/put.js";
import { type Verb, verbIndex } from "../services/stats.js";
import type { State } from "../state.js";

export function touch<K, V>(s: State<K, V>, key: K): boolean {
  return withLive(s, key, "touch", (slot) => {
    s.policy.written(slot);
    s.expiry.use(slot);
  });
}

export function expire<K, V>(s: State<K, V>, key: K, ttl: Duration | null): boolean {
  const ttlMs = ttl === null ? 0 : parseDuration(ttl, "expire", "ttl");
  return withLive(s, key, "expire", (slot) => setTtl(s, slot, ttlMs));
}

export function expireAt<K, V>(s: State<K, V>, key: K, at: Date | number): boolean {
  const epochMs = at instanceof Date ? at.getTime() : at;
  if (typeof epochMs !== "number" || !Number.isFinite(epochMs)) {
    throw new InvalidArgumentError("expireAt", "at", at, "a valid Date or milliseconds since 1970");
  }
  const leftMs = epochMs - s.time.clock.wall();
  // A moment that is over is not "never", which 0 would mean.
  return withLive(s, key, "expireAt", (slot) => setTtl(s, slot, leftMs > 0 ? leftMs : -1));
}

export function persist<K, V>(s: State<K, V>, key: K): boolean {
  return withLive(s, key, "persist", (slot) => s.expiry.setTtl(slot, 0));
}

export function refresh<K, V>(s: State<K, V>, key: K): boolean {
  return withLive(s, key, "refresh", (slot) => s.expiry.restart(slot));
}

/** Milliseconds left, idleness apart; null: it does not expire; undefined: there is no such entry. */
export function ttl<K, V>(s: State<K, V>, key: K): number | null | undefined {
  s.stats.calls[verbIndex.ttl]++;
  const slot = findLive(s, key);
  if (slot < 0) return undefined;
  const until = s.expiry.ttlUntil(slot);
  return until === Number.POSITIVE_INFINITY ? null : Math.max(0, until - s.time.now());
}

function setTtl<K, V>(s: State<K, V>, slot: number, ttlMs: number): void {
  s.expiry.setTtl(slot, ttlMs);
  noteMortal(s);
}

function withLive<K, V>(s: State<K, V>, key: K, verb: Verb, change: (slot: number) => void): boolean {
  s.stats.calls[verbIndex[verb]]++;
  const slot = findLive(s, key);
  if (slot < 0) return false;
  change(slot);
  return true;
}
