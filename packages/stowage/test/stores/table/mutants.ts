/** The table store with one mistake each, and the group of the store suite that has to find it. */
import type { Edit } from "../../../../../scripts/build/edited.js";

export interface Mutant {
  readonly name: string;
  readonly edit: Edit;
  readonly foundBy: string;
}

function mutant(foundBy: string, file: string, name: string, find: string, replace: string): Mutant {
  return { name, foundBy, edit: { file: `stores/table/${file}.ts`, find, replace } };
}

const LEASES = "leases";
const ENDS = "the end of a lease";

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are texts of programs
export const mutants: readonly Mutant[] = [
  mutant(
    "expiry",
    "table-store",
    "keeps things for ever",
    "bytes, { ttl: ttlMs, flags: PLAIN });",
    "bytes, { ttl: null, flags: PLAIN });",
  ),
  mutant(
    "limits",
    "table-store",
    "stores half of a call",
    "for (const { key, bytes } of entries) this.#checkLengths",
    "for (const { key, bytes } of entries.slice(0, 1)) this.#checkLengths",
  ),
  mutant(
    "clear",
    "table-store",
    "forgets its prefix",
    "return (this.#prefix + prefix).replace(",
    "return prefix.replace(",
  ),
  mutant("clear", "table-store", "clears a slice", "} while (cursor !== null);", "} while (false);"),
  mutant(
    "clear",
    "table-store",
    "clears pairs by their halves",
    "return !HALF_PAIR.test(this.#prefix + prefix) || ",
    "return true || ",
  ),
  mutant("scan", "table-store", "shows leases", "flags !== LEASE_ONLY && ", ""),
  mutant("scan", "table-store", "gives keys with the prefix", ".slice(this.#prefix.length)", ""),
  mutant("scan", "table-store", "begins a scan anew", "cursor: Number(cursor),", "cursor: 0,"),
  mutant(LEASES, "lease-head", "shows a lease as a value", "if (flags === LEASE_ONLY) return undefined;", ""),
  mutant(
    ENDS,
    "lease-head",
    "ignores the time of a lease",
    "return leftMs > 0 && leftMs <= bytes.readDoubleLE(AT_TTL) ? leftMs : 0;",
    "return Math.max(1, leftMs);",
  ),
  mutant(
    LEASES,
    "table-store",
    "counts leases that it deletes",
    "return meta.flags !== LEASE_ONLY;",
    "return true;",
  ),
  mutant(
    LEASES,
    "table-store",
    "lets a lease expire like a value",
    "if (this.#find(key)?.value === undefined) return false;",
    "",
  ),
  mutant(
    LEASES,
    "table-store",
    "grants to everybody",
    "if (found !== undefined && found.leftMs > 0)",
    "if (false)",
  ),
  mutant(LEASES, "table-store", "does not see another value", "bytes.compare(seen) !== 0", "false"),
  mutant(
    LEASES,
    "table-store",
    "does not see a value where none was seen",
    "(seen === undefined || bytes.compare(seen) !== 0)",
    "seen !== undefined && bytes.compare(seen) !== 0",
  ),
  mutant(
    LEASES,
    "table-store",
    "loses the value under a lease",
    "withLease({ dueMs: this.#wallMs + ttlMs, ttlMs }, found?.value)",
    "withLease({ dueMs: this.#wallMs + ttlMs, ttlMs }, undefined)",
  ),
  mutant(
    LEASES,
    "table-store",
    "gives the lease's life to the value",
    'return writeKeeping(this.#inside, this.#prefix + key, found.version, bytes, "lease", LEASED);',
    "return this.#table.compareAndSet(this.#prefix + key, found.version, bytes, { ttl: ttlMs, flags: LEASED });",
  ),
  mutant(LEASES, "table-store", "takes any token", " && `${found.version}` === token ?", " ?"),
  mutant(
    LEASES,
    "table-store",
    "takes a token that begins so",
    "`${found.version}` === token",
    "token.startsWith(`${found.version}`)",
  ),
  mutant(
    LEASES,
    "table-store",
    "leaves the lease before what was filled in",
    "const options = { ttl: ttlMs, flags: PLAIN };",
    "const options = { ttl: ttlMs, flags: LEASED };",
  ),
  mutant(
    LEASES,
    "table-store",
    "releases the value as well",
    "if (value === undefined) return this.#table.deleteIf",
    "if (true) return this.#table.deleteIf",
  ),
  mutant(
    ENDS,
    "table-store",
    "takes what comes too late",
    "found.leftMs > 0 && `${found.version}` === token",
    "`${found.version}` === token",
  ),
  mutant("counters", "table-store", "raises nothing", "      atLeast,\n    );", "      -Infinity,\n    );"),
  mutant(
    "counters",
    "table-store",
    "raises to the bound alone",
    "(found?.value === undefined ? initial : wholeNumberIn(key, found.value)) + amount,",
    "-Infinity,",
  ),
  mutant(
    "counters",
    "table-store",
    "begins at nothing",
    "{ default: initial, ttl: ttlMs }",
    "{ ttl: ttlMs }",
  ),
  mutant("abort", "table-store", "begins what was given up", "signal.throwIfAborted();", ""),
  mutant("close", "table-store", "works after close", "if (this.#isClosed) throw new ClosedError(verb);", ""),
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are texts of programs
