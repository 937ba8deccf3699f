/** lease, fill, foundNothing, release: filling a key that is absent, once among all threads, and never with what is out of date. */
import { parseDuration } from "../../base/duration.js";
import { InvalidArgumentError, InvalidOptionError } from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import type { TableState } from "../state.js";
import { hashTags } from "../tags.js";
import { stat } from "../threads/stats.js";
import type { Bytes, EntryMeta, Key, TableSetOptions } from "../types.js";
import { SET } from "../verbs/put.js";
import { locate } from "../verbs/read.js";
import { removeIf } from "../verbs/remove.js";
import { writeWith } from "../verbs/write.js";
import { KIND_LOAD } from "./layout.js";
import type { LeaseAnswer, LeaseOptions, NothingOptions } from "./types.js";

/** Long enough for a slow query; short enough to bear that the one who had it is gone. */
const TTL_MS = 10_000;
const names: ReadonlySet<string> = new Set(["ttl", "overNothing"]);
const nothingNames: ReadonlySet<string> = new Set(["for", "tags"]);
const LEASES = stat("leases");
const REFUSALS = stat("leaseRefusals");
const meta: EntryMeta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0 };

export function lease(t: TableState, key: Key, options: LeaseOptions | undefined): LeaseAnswer {
  const until = untilOf(t, options);
  const overNothing = options?.overNothing ?? false;
  if (typeof overNothing !== "boolean")
    throw new InvalidOptionError({
      where: "lease",
      option: "overNothing",
      received: overNothing,
      expected: "true or false",
    });
  t.key.take(key, "lease");
  const grant = t.leases.acquire(t.key.h1, t.key.h2(), KIND_LOAD, until, overNothing);
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

/**
 * Ends a lease whose loader found nothing: the entry that it was to replace goes, and that there is nothing may be
 * remembered. False, and nothing is changed, if the key was written, deleted or invalidated since.
 */
export function foundNothing(t: TableState, key: Key, token: number, options?: NothingOptions): boolean {
  checkToken(token, "foundNothing");
  if (options !== undefined) checkNames(options, nothingNames, "foundNothing");
  const forMs = options?.for === undefined ? 0 : parseDuration(options.for, "foundNothing", "for");
  const tags = hashTags(options?.tags ?? [], "foundNothing");
  t.key.take(key, "foundNothing");
  const { leases } = t;
  if (!leases.isOf(token, t.key.h1, t.key.h2())) return refused(t) !== 0;
  const isGood =
    leases.isGood(token) &&
    !t.tags.invalidatedSince(tags, leases.sequence(token)) &&
    removeOld(t, key, token);
  if (!isGood || forMs === 0) leases.release(token);
  else leases.foundNothing(token, t.timekeeper.now() + forMs, tags);
  return isGood || refused(t) !== 0;
}

/** Unless it was written since: our own removal of it marks the lease, and is forgiven. */
function removeOld(t: TableState, key: Key, token: number): boolean {
  const version = locate(t, meta) ? meta.version : 0;
  return version === 0 || (removeIf(t, key, version) && t.leases.forgiveOne(token));
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
