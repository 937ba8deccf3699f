/** lease, fill, release: filling a key that is absent, once among all threads, and never with what is out of date. */
import { parseDuration } from "../../base/duration.js";
import { InvalidArgumentError } from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import type { TableState } from "../state.js";
import { stat } from "../threads/stats.js";
import type { Bytes, EntryMeta, Key, TableSetOptions } from "../types.js";
import { SET } from "../verbs/put.js";
import { locate } from "../verbs/read.js";
import { writeWith } from "../verbs/write.js";
import { KIND_LOAD } from "./layout.js";
import type { LeaseAnswer, LeaseOptions } from "./types.js";

/** Long enough for a slow query; short enough to bear that the one who had it is gone. */
const TTL_MS = 10_000;
const names: ReadonlySet<string> = new Set(["ttl"]);
const LEASES = stat("leases");
const REFUSALS = stat("leaseRefusals");
const meta: EntryMeta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0 };

export function lease(t: TableState, key: Key, options: LeaseOptions | undefined): LeaseAnswer {
  const until = untilOf(t, options);
  t.key.take(key, "lease");
  const grant = t.leases.acquire(t.key.h1, t.key.h2(), KIND_LOAD, until);
  // Looked at after the lease was granted: what is written from here on, the lease learns of.
  const version = locate(t, meta) ? meta.version : 0;
  if (grant.token !== 0) {
    t.own[LEASES]++;
    return { granted: true, token: grant.token, version };
  }
  const left = Math.max(0, grant.until - t.timekeeper.now());
  return {
    granted: false,
    reason: grant.reason,
    leftMs: left === Number.POSITIVE_INFINITY ? null : left,
    version,
  };
}

export function fill(
  t: TableState,
  key: Key,
  token: number,
  value: Bytes,
  options?: TableSetOptions,
): number {
  checkToken(token, "fill");
  t.key.take(key, "fill");
  if (!t.leases.isOf(token, t.key.h1, t.key.h2())) return refused(t);
  // Tagged items carry the sequence of when the lease was granted: what was invalidated since is invalid from the start.
  const tagSequence = t.leases.sequence(token);
  const guard = (): boolean => t.leases.isGood(token);
  const version = writeWith(t, key, value, options, SET, 0, "fill", { guard, tagSequence });
  t.leases.release(token);
  return version === 0 || t.tags.isInvalid(tagSequence, t.draft.tags ?? NO_TAGS, 0, t.draft.tagCount)
    ? refused(t)
    : version;
}

export function release(t: TableState, token: number): boolean {
  checkToken(token, "release");
  return t.leases.release(token);
}

const NO_TAGS = new Int32Array(0);

function refused(t: TableState): 0 {
  t.own[REFUSALS]++;
  return 0;
}

function untilOf(t: TableState, options: LeaseOptions | undefined): number {
  if (options !== undefined) checkNames(options, names, "lease");
  if (options?.ttl === null) return Number.POSITIVE_INFINITY;
  return (
    t.timekeeper.now() + (options?.ttl === undefined ? TTL_MS : parseDuration(options.ttl, "lease", "ttl"))
  );
}

function checkToken(token: unknown, where: string): void {
  if (!Number.isSafeInteger(token) || (token as number) <= 0)
    throw new InvalidArgumentError(where, "the token", token, "a number that lease gave");
}
