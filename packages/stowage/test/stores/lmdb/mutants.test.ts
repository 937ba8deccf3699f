/** The suite of stores fails on lmdb stores that are broken: each has one edit of its sources. */
import { rmSync } from "node:fs";
import { afterAll } from "vitest";
import { mutantsOf, runMutants } from "../store-mutants.js";
import { openQuickly, temporaryFolder } from "./folder.js";

const mutant = mutantsOf("stores/lmdb");
const path = temporaryFolder();
const database = openQuickly(path);

afterAll(async () => {
  await database.close();
  rmSync(path, { recursive: true });
});

const mutants = [
  mutant(
    "envelope",
    "keeps an entry a moment too long",
    "getMany sees",
    "envelope.expires > now",
    "envelope.expires >= now",
  ),
  mutant(
    "envelope",
    "has no empty values",
    "an empty value is",
    "(bytes[1] & HAS_VALUE) === 0",
    "valueAt === bytes.length",
  ),
  mutant(
    "envelope",
    "gives out what lmdb writes over",
    "in the order of the keys",
    "Uint8Array.from(bytes.subarray(valueAt))",
    "bytes.subarray(valueAt)",
  ),
  mutant(
    "envelope",
    "forgets whole keys",
    "each has a value of its own",
    "whole.copy(bytes, HEAD_BYTES);",
    "whole.copy(bytes, 0);",
  ),
  mutant(
    "changes",
    "lets everything expire",
    "ttl tells",
    "return ttlMs === null ? Number.POSITIVE_INFINITY : now + ttlMs;",
    "return now + (ttlMs ?? 1_000);",
  ),
  mutant(
    "changes",
    "keeps the first of two",
    "the later of two",
    "new Map(entries.map(",
    "new Map([...entries].reverse().map(",
  ),
  mutant(
    "changes",
    "counts what is not there",
    "deleteMany removes",
    "if (valueAt(page.get(id), now) !== undefined) count++;",
    "count++;",
  ),
  mutant(
    "changes",
    "does not delete",
    "deleteMany removes",
    "page.remove(id);\n  }\n  return count;",
    "}\n  return count;",
  ),
  mutant(
    "changes",
    "makes something of nothing",
    "of nothing looks like",
    "if (found === undefined || valueAt(found, now) === undefined) return false;",
    "if (found === undefined) return false;",
  ),
  mutant(
    "changes",
    "does not see that there is another value",
    "of another value than",
    "if (value !== undefined && !isSame(value, seen))",
    "if (value !== undefined && seen === undefined)",
  ),
  mutant(
    "changes",
    "grants a lease to everybody",
    "is granted to one of twenty",
    'if (leftMs > 0) return { kind: "held", leftMs, bytes: value };',
    "",
  ),
  mutant(
    "changes",
    "lets a lease go on for ever",
    "its time, over",
    "leasedUntil: now + ttlMs, token",
    "leasedUntil: now + ttlMs * 1e6, token",
  ),
  mutant(
    "changes",
    "shortens the life of what is leased",
    "neither lengthens",
    "const expires = value === undefined ? 0 : (found as Envelope).expires;",
    "const expires = now + ttlMs;",
  ),
  mutant(
    "changes",
    "stores what comes too late",
    "the end of a lease: set,",
    "if (!isHeld(page.get(own.id), token, now)) return false;",
    "",
  ),
  mutant(
    "changes",
    "takes any token",
    "a token is of one key",
    ' && found.token.toString("hex") === token',
    "",
  ),
  mutant("changes", "takes tokens that are over", "its time, over", "found.leasedUntil > now && ", ""),
  mutant(
    "changes",
    "lets leases outlive a write",
    "the end of a lease: set,",
    "const free = { leasedUntil: 0, token: NO_TOKEN };",
    "const free = { leasedUntil: Infinity, token: NO_TOKEN };",
  ),
  mutant(
    "changes",
    "releases the value as well",
    "release gives it back",
    "if (valueAt(found, now) === undefined) page.remove(id);",
    "if (found !== undefined) page.remove(id);",
  ),
  mutant(
    "changes",
    "leaves what was released",
    "release where there was nothing",
    "if (valueAt(found, now) === undefined) page.remove(id);",
    "if (valueAt(found, now) === undefined) return true;",
  ),
  mutant(
    "changes",
    "begins counters at the amount",
    "one that is not there begins at",
    "? options.initial : wholeNumberIn",
    "? 0 : wholeNumberIn",
  ),
  mutant(
    "changes",
    "gives counters their lifetime again",
    "a new one gets the lifetime",
    "const expires = value === undefined ? endIn(options.ttlMs, now) : (found as Envelope).expires;",
    "const expires = endIn(options.ttlMs, now);",
  ),
  mutant(
    "changes",
    "does not raise",
    "is raised to",
    "options.atLeast ?? Number.NEGATIVE_INFINITY",
    "Number.NEGATIVE_INFINITY",
  ),
  mutant(
    "lmdb-store",
    "takes values of any length",
    "the longest value works",
    "if (bytes.length > valueBytesMax)",
    "if (false)",
  ),
  mutant(
    "lmdb-store",
    "clears one slice",
    "removes 2500 keys",
    "const isEnd = slice.length < this.#options.cleanupBatch;",
    "const isEnd = true;",
  ),
  mutant(
    "lmdb-store",
    "scans what has expired",
    "a scan does not see",
    " && valueAt(one.envelope, now) !== undefined",
    "",
  ),
  mutant(
    "lmdb-store",
    "ends a scan after a page",
    "gives every key, by pages",
    "const isEnd = found.length < most && live.length <= limit;",
    "const isEnd = true;",
  ),
  mutant(
    "lmdb-store",
    "leaves out keys between pages",
    "gives every key, by pages",
    "live.length > limit ? given[given.length - 1] : found[found.length - 1]",
    "found[found.length - 1]",
  ),
  mutant(
    "lmdb-store",
    "works after close",
    "is refused after it",
    "if (this.#closing !== undefined) throw new ClosedError(verb);",
    "",
  ),
  mutant(
    "lmdb-store",
    "begins what was given up",
    "with a signal that has aborted",
    "signal.throwIfAborted();",
    "",
  ),
  mutant("page", "does not remove", "deleteMany removes", "this.#file.records.removeSync(id);\n", ""),
  mutant(
    "lmdb-store",
    "clears more than the prefix says",
    "clear: removes what begins so",
    "let ranges = rangesAfter(prefix, undefined);",
    "let ranges = rangesAfter(prefix.slice(0, -1), undefined);",
  ),
];

runMutants<typeof import("./look-run.js")>(new URL("./look-run.ts", import.meta.url), mutants, ({ lookBy }) =>
  lookBy(database),
);
