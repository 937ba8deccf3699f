/**
 * The tokens file:
 *
 *     {"tokens": [{"name": "web", "sha256": "<64 hex digits>", "scope": "write", "prefixes": ["web:"], "rate": 500}]}
 *
 * `scope` is read where nothing is said, `prefixes` all keys, `rate` the setting rate-limit. A file that is wrong anywhere is
 * refused whole, with every fault named by entry and member; what stood in the member is shown only where it cannot
 * be a token. Tokens in the clear are refused: the file gets copied, mounted and committed.
 */
import { suggest } from "../../../stowage/src/base/suggestion.js";
import { readJsonFile } from "../config/json-file.js";
import type { Entry } from "./tokens.js";
import type { Scope } from "./types.js";

const members = ["name", "sha256", "scope", "prefixes", "rate"];
const scopes: readonly Scope[] = ["read", "write", "admin"];
/** Members under which people write the token itself. */
const plain = /^(token|key|api[-_]?key|secret|password|bearer|value)$/i;
const howToHash = `put its SHA-256 under "sha256" instead: printf %s "$TOKEN" | sha256sum`;
const RATE_MAX = 10_000_000;
const PREFIXES_MAX = 100;

/**
 * @param rate for entries that say none
 * @param faults what is wrong is added here
 */
export function readTokensFile(path: string, rate: number | null, faults: string[]): Entry[] {
  let content: unknown;
  try {
    content = readJsonFile(path);
  } catch (error) {
    faults.push(`tokens-file ${path} cannot be read: ${(error as Error).message}`);
    return [];
  }
  return parseTokens(content, path, rate, faults);
}

export function parseTokens(content: unknown, path: string, rate: number | null, faults: string[]): Entry[] {
  const list = isRecord(content) ? content.tokens : undefined;
  if (!Array.isArray(list) || Object.keys(content as object).length !== 1) {
    faults.push(`${path} must hold {"tokens": [...]} and nothing else`);
    return [];
  }
  const entries = list.map((each, at) => parseEntry(each, `${path}: tokens[${at}]`, rate, faults));
  checkDistinct(entries, path, faults);
  return entries.filter((entry) => entry !== undefined);
}

function parseEntry(entry: unknown, where: string, rate: number | null, faults: string[]): Entry | undefined {
  const before = faults.length;
  if (!isRecord(entry)) {
    faults.push(`${where} must be an object such as {"name": "web", "sha256": "...", "scope": "read"}`);
    return undefined;
  }
  for (const member of Object.keys(entry)) if (!members.includes(member)) faults.push(unknown(where, member));
  const { name, sha256, scope = "read", prefixes = null, rate: own = rate } = entry;
  const must = (fine: boolean, member: string, expected: string) => {
    if (!fine) faults.push(`${where}.${member} must be ${expected}`);
  };
  must(isName(name), "name", "1 to 64 letters, digits, dots, hyphens or underscores");
  must(isHash(sha256), "sha256", `64 hexadecimal digits. If that was the token: ${howToHash}`);
  must(
    scopes.includes(scope as Scope),
    "scope",
    `one of ${scopes.join(", ")}${typeof scope === "string" ? hint(scope, scopes) : ""}`,
  );
  must(
    prefixes === null || isPrefixes(prefixes),
    "prefixes",
    `a list of 1 to ${PREFIXES_MAX} texts that are not empty; leave it out for all keys`,
  );
  must(own === rate || isRate(own), "rate", `a whole number from 1 to 10,000,000: requests a second`);
  if (faults.length > before) return undefined;
  return {
    name: name as string,
    sha256: (sha256 as string).toLowerCase(),
    scope: scope as Scope,
    prefixes: prefixes as string[] | null,
    rate: own as number | null,
  };
}

function unknown(where: string, member: string): string {
  if (plain.test(member)) return `${where}.${member}: tokens do not stand in the file; ${howToHash}`;
  return `${where} has an unknown member "${member.slice(0, 64)}"${hint(member, members)}`;
}

function hint(written: string, known: readonly string[]): string {
  const near = suggest(written, known);
  return near === undefined ? "" : `; did you mean ${near}?`;
}

function checkDistinct(entries: readonly (Entry | undefined)[], path: string, faults: string[]): void {
  const names = new Map<string, number>();
  const hashes = new Map<string, number>();
  entries.forEach((entry, at) => {
    if (entry === undefined) return;
    const { name, sha256 } = entry;
    if (names.has(name))
      faults.push(`${path}: tokens[${at}].name is "${name}" like that of tokens[${names.get(name)}]`);
    if (hashes.has(sha256))
      faults.push(`${path}: tokens[${at}].sha256 is that of tokens[${hashes.get(sha256)}]`);
    names.set(name, at);
    hashes.set(sha256, at);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isName(value: unknown): boolean {
  return typeof value === "string" && /^[\w.-]{1,64}$/.test(value);
}

function isHash(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]{64}$/i.test(value);
}

function isRate(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= RATE_MAX;
}

function isPrefixes(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 1 || value.length > PREFIXES_MAX) return false;
  return value.every((each) => typeof each === "string" && each !== "" && isWellFormed(each));
}

/** Half of a pair of surrogates has no UTF-8, and so begins no key. */
function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}
