/**
 * Tables with one mistake each, and the suite that has to find it: the mistakes that lock-free readers, shared logs and
 * takeovers invite. Each row is an edit of one place in the source.
 */
import type { Edit } from "../support/bundle.js";
import type { Suite } from "./suites.js";

export interface Mutant {
  /** Completes "a table ...". */
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly foundBy: Suite;
}

function mutant(
  name: string,
  foundBy: Suite,
  file: string,
  find: string | RegExp,
  replace: string,
  all = false,
): Mutant {
  return { name, foundBy, edits: [{ file, find, replace, all }] };
}

const readers = [
  mutant(
    "whose readers do not look at the version again",
    "held: get; it is overwritten, its memory used again",
    "verbs/probe.ts",
    "return Atomics.load(t.readWords, t.readAt) === t.readVersion && t.control[C_BUCKETS] === t.readBuckets;",
    "return true;",
  ),
  mutant(
    "whose readers do not see that the index grew",
    "held: get; the index grows",
    "verbs/probe.ts",
    " && t.control[C_BUCKETS] === t.readBuckets",
    "",
  ),
  mutant(
    "whose readers go on while the bucket is locked",
    "held: incr of a counter; it is read",
    "verbs/probe.ts",
    "if (version < 0) version = waitWhileLocked(t, words, at);",
    "void waitWhileLocked;",
  ),
  mutant(
    "that takes keys of one hash for one key",
    "collisions",
    "directory/find.ts",
    "hasKey(t, location, key)) continue",
    "location) continue",
  ),
];

const writers = [
  mutant(
    "whose lock does not exclude",
    "paced",
    "threads/locks.ts",
    "if (Atomics.compareExchange(words, at, version, LOCKED | t.thread) !== version) continue;",
    "Atomics.store(words, at, LOCKED | t.thread);",
  ),
  mutant(
    "whose versions stand still",
    "model",
    "threads/locks.ts",
    /(export function unlock\([^}]*)nextVersion\(t\.lockedVersion\)/,
    "$1t.lockedVersion",
  ),
  mutant(
    "that leaves a lock",
    "paced",
    "threads/locks.ts",
    /(export function unlockUnchanged\([^}]*)t\.lockedVersion\)/,
    "$1LOCKED | t.thread)",
  ),
  mutant("that does not mark the dead", "model", "directory/slots.ts", "words[at + I_INFO] |= DEAD;", ""),
  mutant(
    "that does not count the dead",
    "model",
    "directory/slots.ts",
    "takeOffLive(t, segmentOf(t, location), bytes);",
    "void takeOffLive; void segmentOf; void bytes;",
  ),
  mutant(
    "that does not publish what was appended",
    "model",
    "log/append.ts",
    "segments.commit(t, t.openSegment, t.openEnd);",
    "",
  ),
  mutant(
    "that writes over a value that is another one by now",
    "held: append; another append",
    "verbs/put.ts",
    "if (words[at + I_VERSION] !== expected) return false;",
    "",
  ),
];

const bounds = [
  mutant(
    "of more entries than allowed",
    "model: of three entries",
    "directory/account.ts",
    "< t.entriesMax) return true;",
    "< t.entriesMax + 1) return true;",
  ),
  mutant(
    "that forgets to give places back",
    "model: of three entries",
    "directory/account.ts",
    /(export function release\([^}]*?)Atomics\.sub\(t\.control, C_RESERVED, 1\);/,
    "$1",
  ),
];

const growth = [
  mutant(
    "whose new buckets have old versions",
    "growth",
    "directory/split.ts",
    "BUCKET_WORD_BITS, nextVersion(version));",
    "BUCKET_WORD_BITS, 1);",
  ),
  mutant(
    "that loses a slot when a chain grows",
    "growth",
    "directory/slots.ts",
    "fresh[at + B_SLOTS + 1] = words[last + 1];",
    "",
  ),
  mutant(
    "that clears what a split moved before it publishes it",
    "kill: a split of the index",
    "directory/split.ts",
    /publish\(t, buckets, t\.lockedVersion\);\s*removeMoved\(t, bucket, buckets \+ 1\);/,
    "removeMoved(t, bucket, buckets + 1); publish(t, buckets, t.lockedVersion);",
  ),
];

const reclaiming = [
  mutant(
    "that frees segments in which something lives",
    "pacedSegments",
    "reclaim/cleaning.ts",
    "if (isEmptied(this.#t.segments, segment << SEGMENT_WORD_BITS)) {",
    "if (this.#isSealed(segment) && this.#liveOf(segment) <= 4000) {",
  ),
  mutant(
    "that moves entries without what was changed meanwhile",
    "held: incr of a counter; it is moved",
    "directory/moves.ts",
    "deadline = copyMutable(t, from, to);",
    "void copyMutable;",
  ),
  mutant(
    "that expires what was touched meanwhile",
    "held: expire; its old time is over",
    "directory/moves.ts",
    " || (cause === CHANGE_EXPIRE && !isGoneAt(t, location))",
    "",
  ),
  mutant(
    "that serves what has expired",
    "model",
    "log/gone.ts",
    /(export function isGone\([^}]*?)return true;/,
    "$1return false;",
  ),
];

const takeovers = [
  mutant(
    "that takes locks from the living",
    "held: incr; another incr",
    "threads/liveness.ts",
    /(const id = [^;]*;\s*)return id === 0 \|\|/,
    "$1return id === -1 &&",
  ),
  mutant(
    "that never takes a lock from the dead",
    "kill: set over an old value",
    "threads/locks.ts",
    "if (!t.isAlive(owner)) t.reap(owner);",
    "",
  ),
  mutant(
    "that takes over without unlocking",
    "kill: set over an old value",
    "threads/takeover.ts",
    /(t\.leases\.noteAll\(\);\s*\}\s*)unlockForDead\(t, bucket, thread, version\);/,
    "$1",
  ),
  mutant(
    "that leaves half a link",
    "kill: set over an old value",
    "directory/repair.ts",
    "if (step === STEP_LINK) finishLink(t, bucket, record);\n  else ",
    "void finishLink; void STEP_LINK;\n  ",
  ),
  mutant(
    "that leaves half an unlink",
    "kill: delete",
    "directory/repair.ts",
    "else if (step === STEP_UNLINK) finishUnlink(t, bucket, record);",
    "",
  ),
  mutant(
    "that leaves half a split",
    "kill: a split of the index",
    "directory/repair.ts",
    "else if (step === STEP_SPLIT) redoSplit(t, bucket);",
    "",
  ),
  mutant(
    "that leaves the segments of the dead",
    "kill: set of a new key",
    "threads/takeover.ts",
    "=== thread + 1) closeSegment(t, segment);",
    "=== -1) closeSegment(t, segment);",
  ),
  mutant(
    "that leaves the named locks of the dead",
    "kill: set of a value over several segments",
    "threads/takeover.ts",
    "releaseNamed(t, thread);\n",
    "",
  ),
];

export const mutants: readonly Mutant[] = [
  ...readers,
  ...writers,
  ...bounds,
  ...growth,
  ...reclaiming,
  ...takeovers,
];
