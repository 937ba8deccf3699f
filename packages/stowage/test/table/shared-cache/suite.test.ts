/** The conformance suite of caches, over the shared cache with each codec. */
import * as msgpackr from "msgpackr";
import { messagePack, SharedCache, type SharedCacheOptions } from "stowage/table";
import { type Ability, allAbilities, type CacheSubject, cacheSuite } from "stowage/testing";
import { describe, it } from "vitest";

/** What the class's docstring says it does not do. */
const without: readonly Ability[] = [
  "anyKeys",
  "anyValues",
  "idle",
  "lenient",
  "prompt",
  "maxWeight",
  "policies",
  "scheduled",
  "resize",
  "departures",
  "expiredViews",
  "exactTags",
];

const codecs: Readonly<Record<string, SharedCacheOptions<unknown>["codec"]>> = {
  json: "json",
  structured: "structured",
  "message-pack": messagePack(msgpackr),
};

const subjects: readonly CacheSubject[] = Object.entries(codecs).map(([name, codec]) => ({
  name: `shared cache, codec ${name}`,
  create: (options) => SharedCache.create<unknown>({ memory: "16mb", codec, ...options }),
  abilities: allAbilities(...without),
}));

for (const subject of subjects) cacheSuite(subject, { describe, it });
