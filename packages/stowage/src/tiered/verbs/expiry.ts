/** expire, expireAt, persist, refresh: another lifetime for an entry that is there. L1 lets go of it, and so does everybody else's. */
import { type Duration, parseDuration } from "../../base/duration.js";
import { InvalidArgumentError } from "../../base/errors.js";
import { writeBoth } from "../l1/writing.js";
import { type NewLife, rewrite } from "../l2/rewrite.js";
import type { TieredState } from "../state.js";
import { checkKey } from "./check.js";

export async function expire(s: TieredState, key: string, ttl: Duration | null): Promise<boolean> {
  checkKey("expire", key);
  const ttlMs = ttl === null ? null : parseDuration(ttl, "expire", "ttl");
  return change(
    s,
    key,
    () => ttlMs,
    () => s.near.expire(key, ttlMs),
  );
}

export async function expireAt(s: TieredState, key: string, at: Date | number): Promise<boolean> {
  checkKey("expireAt", key);
  const atMs = at instanceof Date ? at.getTime() : at;
  if (typeof atMs !== "number" || !Number.isFinite(atMs))
    throw new InvalidArgumentError("expireAt", "at", at, "a Date, or milliseconds since 1970");
  return change(
    s,
    key,
    () => atMs - s.hub.clock.wall(),
    () => s.near.expireAt(key, atMs),
  );
}

export async function persist(s: TieredState, key: string): Promise<boolean> {
  checkKey("persist", key);
  return change(
    s,
    key,
    () => null,
    () => s.near.persist(key),
  );
}

export async function refresh(s: TieredState, key: string): Promise<boolean> {
  checkKey("refresh", key);
  const anew: NewLife = ({ createdMs, expiresMs }) => (expiresMs === null ? null : expiresMs - createdMs);
  return change(s, key, anew, () => s.near.refresh(key));
}

/** Whether there was such an entry. */
async function change(s: TieredState, key: string, life: NewLife, near: () => boolean): Promise<boolean> {
  const { records } = s;
  if (records !== null) return writeBoth(s, [key], [], () => rewrite(s, records, key, life), false);
  const isThere = near();
  if (isThere) s.hub.bus?.publishKeys([s.keys.scoped(key)]);
  return isThere;
}
