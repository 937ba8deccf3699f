/** How an entry is to be stored: what the call says, else what the cache says. All that can be wrong is found out here. */
import { type Duration, parseDuration } from "../../base/duration.js";
import { InvalidOptionError } from "../../base/errors.js";
import { jittered } from "../../cache/core/jitter.js";
import { checkSetOptions } from "../../cache/core/lifetime.js";
import type { SetOptions } from "../../cache/types.js";
import { checkStoring } from "./options.js";
import type { SharedState } from "./state.js";
import type { Trailer } from "./trailer.js";

export interface SharedStoring extends Trailer {
  /** 0: for ever. */
  readonly ttlMs: number;
}

const NO_TAGS: readonly string[] = Object.freeze([]);

/** `keepMs` if it is not to be the cache's. */
export function storingOf<V>(
  s: SharedState<V>,
  key: string,
  value: V,
  options: SetOptions | undefined,
  where: string,
  keepMs = s.keepMs,
): SharedStoring {
  if (options === undefined) {
    return { ttlMs: defaultTtl(s, key, value), keepMs, tags: NO_TAGS, costMs: 0 };
  }
  checkSetOptions(options, where);
  checkStoring(options, where);
  const { ttl, tags } = options;
  const ttlMs =
    ttl === undefined ? defaultTtl(s, key, value) : ttl === null ? 0 : parseDuration(ttl, where, "ttl");
  return { ttlMs, keepMs, tags: tags === undefined ? NO_TAGS : checkTags(tags, where), costMs: 0 };
}

function defaultTtl<V>(s: SharedState<V>, key: string, value: V): number {
  const { ttl, jitter, random } = s.options;
  if (ttl === null) return 0;
  return jittered(typeof ttl === "number" ? ttl : ttlByFunction(ttl(key, value)), jitter, random);
}

function ttlByFunction(given: unknown): number {
  return given === null ? 0 : parseDuration(given as Duration, "SharedCache", "ttl");
}

/** A copy, for the caller's list is his; none twice. */
function checkTags(tags: readonly string[], where: string): readonly string[] {
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string")) return [...new Set(tags)];
  throw new InvalidOptionError({ where, option: "tags", received: tags, expected: "a list of texts" });
}
