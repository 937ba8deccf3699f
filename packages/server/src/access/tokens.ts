/**
 * The tokens that a server knows: SHA-256 hashes and what their holders may do. As plain data, so that the supervisor reads
 * them once and every worker is sent the same.
 *
 * The tokens themselves are hashed as soon as they have been read and kept nowhere: `withoutTokens` takes them out of the
 * settings before these go anywhere. SHA-256 without salt or stretching is right for random tokens of 128 bits and more,
 * which nobody can guess from the hash; it would be wrong for passwords.
 */
import { hash } from "node:crypto";
import { asksForTokens } from "../config/exposure.js";
import { ConfigError } from "../config/load.js";
import type { Config } from "../config/settings.js";
import { readTokensFile } from "./tokens-file.js";
import type { Scope } from "./types.js";

/** Holders that one server can tell apart; each has a place in the memory of the rate limits. */
export const HOLDERS_MAX = 10_000;

/** Whoever has a certain token. */
export interface Holder {
  /** For logs; never the token. */
  readonly name: string;
  /** 64 hexadecimal digits: of the token's bytes. */
  readonly sha256: string;
  readonly scope: Scope;
  readonly prefixes: readonly string[] | null;
  /** Requests a second; null: any number. */
  readonly rate: number | null;
  /** Place of its rate limit in shared memory; stays with the name when tokens are read anew. */
  readonly slot: number;
}

export interface TokenSet {
  /** Whether tokens are asked for. */
  readonly on: boolean;
  readonly holders: readonly Holder[];
}

/** What a holder is before it has its place. */
export type Entry = Omit<Holder, "slot">;

/**
 * Reads the tokens of the settings and of the tokens file.
 *
 * @param before the set that is replaced, whose places the same names keep
 * @throws ConfigError naming every fault
 */
export function loadTokens(config: Config, before?: TokenSet): TokenSet {
  const faults: string[] = [];
  const entries = entriesOf(config, faults);
  const on = asksForTokens(config);
  if (config.auth === true && entries.length === 0 && faults.length === 0)
    faults.push("auth is on, but there is no token: nobody could get in");
  if (entries.length > HOLDERS_MAX)
    faults.push(`there are ${entries.length} tokens; at most ${HOLDERS_MAX} are kept apart`);
  if (faults.length > 0) throw new ConfigError(faults);
  return { on, holders: on ? placed(entries, before) : [] };
}

/** The settings as they may be handed around: without the tokens. */
export function withoutTokens(config: Config): Config {
  return Object.freeze({ ...config, tokens: null });
}

export function hashOf(token: string): string {
  return hash("sha256", token, "hex");
}

function entriesOf(config: Config, faults: string[]): Entry[] {
  const rate = config["rate-limit"];
  const entries: Entry[] = [...new Set(config.tokens ?? [])].map((token, at) => ({
    // A name that no entry of a file can have.
    name: `token#${at + 1}`,
    sha256: hashOf(token),
    scope: "admin",
    prefixes: null,
    rate,
  }));
  const path = config["tokens-file"];
  if (path === null) return entries;
  const known = new Set(entries.map(({ sha256 }) => sha256));
  for (const entry of readTokensFile(path, rate, faults)) {
    if (known.has(entry.sha256)) faults.push(`${path}: "${entry.name}" is also one of the setting tokens`);
    entries.push(entry);
  }
  return entries;
}

function placed(entries: readonly Entry[], before: TokenSet | undefined): Holder[] {
  const slots = new Map(before?.holders.map(({ name, slot }) => [name, slot]));
  const taken = new Set(entries.map(({ name }) => slots.get(name)));
  let free = 0;
  return entries.map((entry) => {
    let slot = slots.get(entry.name);
    if (slot === undefined) {
      while (taken.has(free)) free++;
      slot = free++;
    }
    return { ...entry, slot };
  });
}
