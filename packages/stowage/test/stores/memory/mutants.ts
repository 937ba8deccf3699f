/** The memory store with one mistake each, for the store suite to find. */
import type { Edit } from "../../../../../scripts/build/edited.js";

export interface Mutant {
  readonly name: string;
  readonly edit: Edit;
}

function mutant(file: string, name: string, find: string, replace: string): Mutant {
  return { name, edit: { file: `stores/memory/${file}.ts`, find, replace } };
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are texts of programs
export const mutants: readonly Mutant[] = [
  mutant("records", "ignores lifetimes", "return record.dueMs <= this.#clock.now();", "return false;"),
  mutant(
    "records",
    "keeps an entry a moment too long",
    "record.dueMs <= this.#clock.now()",
    "record.dueMs < this.#clock.now()",
  ),
  mutant(
    "records",
    "lets everything expire",
    "return ttlMs === null ? Number.POSITIVE_INFINITY : ",
    "return ",
  ),
  mutant("records", "keeps the old lifetime", "Object.assign(old, { bytes, dueMs });", "old.bytes = bytes;"),
  mutant("records", "keeps the old value", "Object.assign(old, { bytes, dueMs });", "old.dueMs = dueMs;"),
  mutant(
    "records",
    "does not shorten lifetimes",
    "record.dueMs = this.#due(ttlMs);",
    "record.dueMs = Math.max(record.dueMs, this.#due(ttlMs));",
  ),
  mutant(
    "records",
    "tells an end instead of what is left",
    "record.dueMs - this.#clock.now()",
    "record.dueMs + this.#clock.now()",
  ),
  mutant("records", "clears everything", "if (!key.startsWith(prefix)) continue;", ""),
  mutant(
    "records",
    "clears what holds the prefix anywhere",
    "if (!key.startsWith(prefix)) continue;",
    "if (!key.includes(prefix)) continue;",
  ),
  mutant(
    "records",
    "takes prefixes for patterns",
    "if (!key.startsWith(prefix)) continue;",
    'if (!new RegExp("^" + prefix.replaceAll("*", ".*").replaceAll("[", "\\\\[").replaceAll("\\\\", "\\\\\\\\").replaceAll("?", "."), "s").test(key)) continue;',
  ),
  mutant("records", "counts what has expired", "if (!this.#isOver(record)) count++;", "count++;"),
  mutant("records", "scans what has expired", " || this.#isOver(record)) continue;", ") continue;"),
  mutant(
    "records",
    "scans past the prefix",
    "record.place <= behind || !key.startsWith(prefix) || ",
    "record.place <= behind || ",
  ),
  mutant(
    "records",
    "leaves out a key between pages",
    "return { keys, place: last };",
    "return { keys, place: last + 1 };",
  ),
  mutant(
    "records",
    "ends after a page",
    "return { keys, place: last };",
    "return { keys, place: undefined };",
  ),
  mutant("records", "begins a scan anew", "record.place <= behind || ", ""),
  mutant("records", "gives all in one page", "if (keys.length === limit)", "if (false)"),
  mutant(
    "records",
    "moves what is written to the end of a scan",
    "Object.assign(old, { bytes, dueMs });",
    "this.#all.delete(key); this.#all.set(key, { bytes, dueMs, place: ++this.#places, isUsed: false });",
  ),
  mutant(
    "records",
    "evicts what it has room for",
    "this.#all.size > entriesMax || ",
    "this.#all.size > 400 || ",
  ),
  mutant(
    "leases",
    "ignores the time of a lease",
    "if (leftMs > 0) return leftMs;",
    "return Math.max(1, leftMs);",
  ),
  mutant("leases", "gives everybody the same token", "`${++this.#tokens}`", '"1"'),
  mutant("leases", "takes any token", "this.#all.get(key)?.token === token && ", ""),
  mutant(
    "leases",
    "takes a token that begins so",
    "this.#all.get(key)?.token === token",
    "token.startsWith(this.#all.get(key)?.token ?? token)",
  ),
  mutant(
    "leases",
    "takes tokens that are over",
    "this.leftMs(key) > 0 && this.#all.get(key)?.token",
    "this.#all.get(key)?.token",
  ),
  mutant("leases", "ends none by clear", "if (key.startsWith(prefix)) this.#all.delete(key);", ";"),
  mutant(
    "leases",
    "ends all by clear",
    "if (key.startsWith(prefix)) this.#all.delete(key);",
    "this.#all.delete(key);",
  ),
  mutant(
    "memory-store",
    "grants a lease to everybody",
    'if (leftMs > 0) return { kind: "held", leftMs, bytes };',
    "",
  ),
  mutant(
    "memory-store",
    "does not see that there is another value",
    "if (bytes !== undefined && !isSame(bytes, seen))",
    "if (bytes !== undefined && seen === undefined)",
  ),
  mutant(
    "memory-store",
    "does not see a value where none was seen",
    "bytes !== undefined && !isSame(bytes, seen)",
    "bytes !== undefined && seen !== undefined && !isSame(bytes, seen)",
  ),
  mutant(
    "memory-store",
    "takes an empty value for none",
    "if (bytes !== undefined && !isSame(bytes, seen))",
    "if (bytes?.length && !isSame(bytes, seen))",
  ),
  mutant(
    "memory-store",
    "compares lengths only",
    "return bytes.every((byte, index) => byte === seen[index]);",
    "return true;",
  ),
  mutant(
    "memory-store",
    "compares beginnings only",
    "if (seen?.length !== bytes.length) return false;",
    "if (seen === undefined) return false;",
  ),
  mutant(
    "memory-store",
    "tells held before changed",
    "if (bytes !== undefined && !isSame(bytes, seen))",
    "if (leases.leftMs(key) === 0 && bytes !== undefined && !isSame(bytes, seen))",
  ),
  mutant(
    "memory-store",
    "grants without the old value",
    "token: leases.grant(key, ttlMs), bytes }",
    "token: leases.grant(key, ttlMs), bytes: undefined }",
  ),
  mutant(
    "memory-store",
    "stores what comes too late",
    "if (!this.#memory.leases.take(entry.key, token)) return false;",
    "this.#memory.leases.take(entry.key, token);",
  ),
  mutant(
    "memory-store",
    "does not store what it says it stored",
    "this.#put(entry);\n    return true;",
    "return true;",
  ),
  mutant(
    "memory-store",
    "leaves the lease to him who filled",
    "if (!this.#memory.leases.take(entry.key, token)) return false;",
    "const { leases } = this.#memory; if (!leases.take(entry.key, token)) return false; this.#put(entry); leases.grant(entry.key, 1e9); return true;",
  ),
  mutant(
    "memory-store",
    "lets leases outlive a write",
    "this.#memory.leases.end(key);\n    this.#memory.records.set",
    "this.#memory.records.set",
  ),
  mutant(
    "memory-store",
    "lets leases outlive a delete",
    "leases.end(key);\n      if (records.delete(key)) count++;",
    "if (records.delete(key)) count++;",
  ),
  mutant(
    "memory-store",
    "ends leases only where there was something",
    "leases.end(key);\n      if (records.delete(key)) count++;",
    "if (records.delete(key)) { count++; leases.end(key); }",
  ),
  mutant(
    "memory-store",
    "counts keys that were not there",
    "if (records.delete(key)) count++;",
    "records.delete(key); count++;",
  ),
  mutant(
    "memory-store",
    "loses deletes",
    "if (records.delete(key)) count++;",
    "if (records.get(key) !== undefined) count++;",
  ),
  mutant("memory-store", "keeps the bytes that it was given", "Uint8Array.from(bytes)", "bytes"),
  mutant("memory-store", "keeps the whole buffer", "Uint8Array.from(bytes)", "new Uint8Array(bytes.buffer)"),
  mutant("memory-store", "gives out what it keeps", ".get(key)?.slice()", ".get(key)"),
  mutant(
    "memory-store",
    "has no empty values",
    "return this.#memory.records.get(key)?.slice();",
    "const found = this.#memory.records.get(key); return found?.length ? found.slice() : undefined;",
  ),
  mutant(
    "memory-store",
    "answers in another order",
    "return keys.map((key) => this.#copyOf(key));",
    "return [...keys].sort().map((key) => this.#copyOf(key));",
  ),
  mutant(
    "memory-store",
    "answers once for what is asked twice",
    "return keys.map((key) => this.#copyOf(key));",
    "return [...new Set(keys)].map((key) => this.#copyOf(key));",
  ),
  mutant(
    "memory-store",
    "stores half of a call",
    "for (const { bytes } of entries) this.#checkLength",
    "for (const { bytes } of entries.slice(0, 1)) this.#checkLength",
  ),
  mutant(
    "memory-store",
    "cuts long values",
    "Uint8Array.from(bytes)",
    "Uint8Array.from(bytes.subarray(0, 100_000))",
  ),
  mutant("memory-store", "takes values of any length", "if (bytes.length > valueBytesMax)", "if (false)"),
  mutant("memory-store", "begins counters at the amount", "options.initial : numberOf", "0 : numberOf"),
  mutant(
    "memory-store",
    "begins counters anew",
    "bytes === undefined ? options.initial : numberOf(key, bytes)",
    "options.initial",
  ),
  mutant(
    "memory-store",
    "does not add to what is new",
    "numberOf(key, bytes)) + amount",
    "numberOf(key, bytes) + amount) + (bytes === undefined ? 0 : 0)",
  ),
  mutant(
    "memory-store",
    "gives counters their lifetime again",
    "else records.replace(key, utf8.encode(`${sum}`));",
    "else records.set(key, utf8.encode(`${sum}`), options.ttlMs);",
  ),
  mutant(
    "memory-store",
    "loses counts that come together",
    "const sum = Math.max((bytes",
    "await null; const sum = Math.max((bytes",
  ),
  mutant("memory-store", "does not raise counters", "+ amount, atLeast);", "+ amount);"),
  mutant(
    "memory-store",
    "raises instead of counting",
    "+ amount, atLeast);",
    "+ (atLeast > 0 ? 0 : amount), atLeast);",
  ),
  mutant(
    "memory-store",
    "raises counters to what it is told, also downwards",
    "+ amount, atLeast);",
    "+ amount, atLeast) * 0 + (options.atLeast ?? (bytes === undefined ? options.initial : numberOf(key, bytes)) + amount);",
  ),
  mutant(
    "memory-store",
    "keeps counters for ever",
    "utf8.encode(`${sum}`), options.ttlMs)",
    "utf8.encode(`${sum}`), null)",
  ),
  mutant("memory-store", "begins what was given up", "signal.throwIfAborted();", ""),
  mutant(
    "memory-store",
    "has a reason of its own",
    "signal.throwIfAborted();",
    'if (signal.aborted) throw new Error("aborted");',
  ),
  mutant("memory-store", "works after close", "if (this.#isClosed) throw new ClosedError(verb);", ""),
  mutant(
    "memory-store",
    "empties the memory when one of several is closed",
    "if (--this.#memory.attached > 0) return;",
    "",
  ),
  mutant("memory-store", "says that it cannot count", "counters: true", "counters: false"),
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are texts of programs
