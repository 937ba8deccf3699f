/**
 * How an entry is to be stored: what the call says, else what the cache says. Everything that can be wrong is found out
 * here, and the user's own functions (ttl, weigher) are called here, before anything is changed.
 */
import { type Duration, parseDuration } from "../../base/duration.js";
import { InvalidOptionError } from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import type { Lifetime } from "../expiry/expiry.js";
import { setOptions } from "../options.js";
import type { State } from "../state.js";
import type { SetOptions } from "../types.js";
import { jittered } from "./jitter.js";

export interface Storing extends Lifetime {
  readonly tags: readonly string[];
  readonly weight: number;
}

const NO_TAGS: readonly string[] = Object.freeze([]);
const names: ReadonlySet<string> = setOptions.names;

/** `options` as a caller gave them; `keepMs` if it is not to be the cache's. */
export function storingOf<K, V>(
  s: State<K, V>,
  key: K,
  value: V,
  options: SetOptions | undefined,
  where: string,
  keepMs = s.keepMs,
): Storing {
  if (options === undefined) {
    if (s.defaultStoring !== null && keepMs === s.defaultStoring.keepMs) return s.defaultStoring;
    const weight = weigh(s, key, value, undefined, where);
    const { ttlMs, idleMs } = s.defaultLifetime ?? {
      ttlMs: defaultTtl(s, key, value),
      idleMs: s.options.idle,
    };
    return { ttlMs, idleMs, keepMs, tags: NO_TAGS, weight };
  }
  checkSetOptions(options, where);
  const { ttl, idle, tags, weight } = options;
  return {
    ttlMs:
      ttl === undefined ? defaultTtl(s, key, value) : ttl === null ? 0 : parseDuration(ttl, where, "ttl"),
    idleMs: idle === undefined ? s.options.idle : idle === null ? 0 : parseDuration(idle, where, "idle"),
    keepMs,
    tags: tags === undefined ? NO_TAGS : checkTags(tags, where),
    weight: weight === undefined && s.options.weigher === null ? 1 : weigh(s, key, value, weight, where),
  };
}

/** In ms, 0 for ever, if this is all that call and cache say of the entry; null: `storingOf` has to be asked. */
export function ttlAloneOf<K, V>(s: State<K, V>, options: SetOptions, where: string): number | null {
  if (s.ttlAlone === null) return null;
  checkSetOptions(options, where);
  const { ttl, idle, tags, weight } = options;
  if (idle !== undefined || tags !== undefined || weight !== undefined) return null;
  return ttl === undefined ? s.ttlAlone : ttl === null ? 0 : parseDuration(ttl, where, "ttl");
}

/** The same as `checkNames`, which is asked only to say what is wrong: looking names up in a set costs 10 ns each. */
export function checkSetOptions(options: SetOptions, where: string): void {
  if (typeof options !== "object" || options === null) checkNames(options, names, where);
  for (const name in options) {
    if (name !== "ttl" && name !== "tags" && name !== "idle" && name !== "weight")
      checkNames(options, names, where);
  }
}

export function weigh<K, V>(
  s: State<K, V>,
  key: K,
  value: V,
  given: number | undefined,
  where: string,
): number {
  const { weigher } = s.options;
  if (given === undefined && weigher === null) return 1;
  const weight: unknown = given ?? weigher?.(value, key);
  if (typeof weight === "number" && weight >= 0 && weight < Number.POSITIVE_INFINITY) return weight;
  const option = given === undefined ? "weigher" : "weight";
  const expected =
    given === undefined
      ? "a function that gives a finite number of at least 0"
      : "a finite number of at least 0";
  throw new InvalidOptionError({ where, option, received: weight, expected });
}

function defaultTtl<K, V>(s: State<K, V>, key: K, value: V): number {
  const { ttl, jitter, random } = s.options;
  if (ttl === null) return 0;
  return jittered(typeof ttl === "number" ? ttl : ttlByFunction(ttl(key, value)), jitter, random);
}

function ttlByFunction(given: unknown): number {
  return given === null ? 0 : parseDuration(given as Duration, "new Cache", "ttl");
}

function checkTags(tags: readonly string[], where: string): readonly string[] {
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string")) return tags;
  throw new InvalidOptionError({ where, option: "tags", received: tags, expected: "a list of texts" });
}
