/** The server store with one mistake each, and the group of the store suite that has to find it. */
import type { Edit } from "../../../../../scripts/build/edited.js";

export interface Mutant {
  readonly name: string;
  readonly edit: Edit;
  readonly foundBy: string;
}

function mutant(foundBy: string, file: string, name: string, find: string, replace: string): Mutant {
  return { name, foundBy, edit: { file: `stores/server/${file}.ts`, find, replace } };
}

const STORE = "server-store";
const LEASES = "leases";
const ENDS = "the end of a lease";

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are texts of programs
export const mutants: readonly Mutant[] = [
  mutant(
    "expiry",
    STORE,
    "keeps things for ever",
    "textOf(bytes), { ttl: ttlMs });",
    "textOf(bytes), { ttl: null });",
  ),
  mutant(
    "limits",
    STORE,
    "stores half of a call",
    "for (const { key, bytes } of entries) this.#checkLengths",
    "for (const { key, bytes } of entries.slice(0, 1)) this.#checkLengths",
  ),
  mutant("limits", STORE, "counts characters of keys", 'Buffer.byteLength(nameOf("", key));', "key.length;"),
  mutant(
    "hostile keys",
    "names",
    "loses halves of pairs",
    'return prefix + key.replace(ODD, (char) => ESC + char.charCodeAt(0).toString(16).padStart(4, "0"));',
    'return prefix + key.replace(ODD, "?");',
  ),
  mutant(
    "hostile keys",
    "names",
    "gives names instead of keys",
    ".replace(ESCAPED, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));",
    ";",
  ),
  mutant(
    "clear",
    STORE,
    "clears a page",
    "({ cursor } = page);\n    } while (cursor !== undefined);",
    "} while (cursor !== undefined);\n    if (count > 0) return count;",
  ),
  mutant(
    "clear",
    STORE,
    "clears more than halves of pairs",
    ".startsWith(prefix));\n    const values",
    ".startsWith(prefix.slice(0, 0)));\n    const values",
  ),
  mutant("scan", "scanning", "begins a scan anew", 'within === "" ? base', "true ? base"),
  mutant(
    "scan",
    "scanning",
    "shows leases",
    "return error === undefined && storedIn(value).bytes === undefined;",
    "return error !== undefined;",
  ),
  mutant(
    LEASES,
    STORE,
    "counts leases that it deletes",
    "return isGone && found?.bytes !== undefined;",
    "return isGone;",
  ),
  mutant(
    LEASES,
    STORE,
    "clears leases as values",
    "const values = going.filter((name) => !leases.has(name));",
    "const values = going;",
  ),
  mutant(
    LEASES,
    STORE,
    "lets a lease expire like a value",
    "if ((await this.#find(key, call))?.bytes === undefined) return false;",
    "",
  ),
  mutant(LEASES, STORE, "grants to everybody", "if (leftMs > 0) return", "if (leftMs < 0) return"),
  mutant(LEASES, STORE, "does not see another value", "!isSame(bytes, seen)", "seen === undefined"),
  mutant(
    LEASES,
    STORE,
    "grants over whatever is there",
    "const version = await this.#replace(key, found?.version ?? null, value, livesMs, call);",
    'const version = found?.version ?? "5"; await this.#client.set(this.#name(key), value);',
  ),
  mutant(
    LEASES,
    STORE,
    "loses the value under a lease",
    "leased([dueMs, ttlMs], found?.bytes)",
    "leased([dueMs, ttlMs], undefined)",
  ),
  mutant(
    LEASES,
    STORE,
    "gives the lease's life to the value",
    "const livesMs = found?.bytes === undefined ? ttlMs : found.ttl;\n    const version",
    "const livesMs = ttlMs;\n    const version",
  ),
  mutant(
    LEASES,
    STORE,
    "fills whatever is there",
    "version !== undefined && (await this.#replace(key, version, textOf(bytes), ttlMs, call)) !== undefined",
    "(await this.#client.set(this.#name(key), textOf(bytes), { ttl: ttlMs }), true)",
  ),
  mutant(
    LEASES,
    STORE,
    "releases the value as well",
    "if (bytes !== undefined)\n      return (await",
    "if (bytes === null)\n      return (await",
  ),
  mutant(
    LEASES,
    STORE,
    "releases what is not held any more",
    "found?.version === version && ",
    "found !== undefined && ",
  ),
  mutant(ENDS, STORE, "takes what comes too late", " && Number(dueMs) > this.#wallMs ?", " ?"),
  mutant(
    ENDS,
    "values",
    "ignores the time of a lease",
    "return leftMs > 0 && leftMs <= ttlMs ? leftMs : 0;",
    "return Math.max(1, leftMs);",
  ),
  mutant("counters", STORE, "raises nothing", "Math.max(before + amount, atLeast)", "before + amount"),
  mutant(
    "counters",
    STORE,
    "loses one of two that raise",
    "if ((await this.#replace(key, found?.version ?? null, sum, livesMs, call)) !== undefined) return sum;",
    "await this.#client.set(this.#name(key), sum, { ttl: livesMs }); return sum;",
  ),
  mutant("counters", STORE, "begins at nothing", "{ default: initial, ttl: ttlMs,", "{ ttl: ttlMs,"),
  mutant("abort", STORE, "begins what was given up", "signal.throwIfAborted();", ""),
  mutant("close", STORE, "works after close", "if (this.#isClosed) throw new ClosedError(verb);", ""),
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are texts of programs
