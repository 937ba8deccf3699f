/** The options of writes: what they say about the item goes into the table's draft. */
import { type Duration, parseDuration } from "../../base/duration.js";
import { InvalidArgumentError, InvalidOptionError } from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import { FLAGS_MASK } from "../memory/layout.js";
import type { TableState } from "../state.js";
import { hashTags } from "../tags.js";
import type { TableSetOptions } from "../types.js";

const setNames: ReadonlySet<string> = new Set(["ttl", "flags", "tags"]);

/** Fills the draft. The tags' sequence is read first: what is invalidated from now on invalidates the item. */
export function draftFor(t: TableState, options: TableSetOptions | undefined, where: string): void {
  const { draft } = t;
  if (options === undefined) {
    draft.plain(0);
    if (t.ttlMs !== 0) live(t, t.ttlMs);
    return;
  }
  const sequence = t.tags.sequence;
  checkNames(options, setNames, where);
  const { ttl, flags = 0, tags } = options;
  if (!Number.isInteger(flags) || flags < 0 || flags > FLAGS_MASK)
    throw new InvalidOptionError({
      where,
      option: "flags",
      received: flags,
      expected: "a whole number from 0 to 255",
    });
  const ttlMs = ttlOf(t, ttl, where);
  const hashes = tags === undefined ? null : hashTags(tags, where);
  draft.plain(flags);
  if (ttlMs !== 0) live(t, ttlMs);
  if (hashes === null || hashes.length === 0) return;
  draft.tags = hashes;
  draft.tagCount = hashes.length / 2;
  draft.tagSequence = sequence;
}

/** Milliseconds to live; 0: for ever. */
export function ttlOf(t: TableState, ttl: Duration | null | undefined, where: string): number {
  if (ttl === undefined) return t.ttlMs;
  return ttl === null ? 0 : parseDuration(ttl, where, "ttl");
}

/** The draft's item lives so long from now on. */
export function live(t: TableState, ttlMs: number): void {
  t.draft.deadline = t.timekeeper.now() + ttlMs;
  t.draft.ttl = ttlMs;
}

export function checkVersion(version: unknown, where: string): asserts version is number {
  if (!Number.isInteger(version) || (version as number) < 0)
    throw new InvalidArgumentError(
      where,
      "the version",
      version,
      "a whole number of at least 0, as getEntry gives it",
    );
}
