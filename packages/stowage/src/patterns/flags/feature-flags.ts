/**
 * Feature flags: rules that all processes share, and who is in by them. The rules stand in a cache: over tiers with a bus, a
 * change is heard of by all processes at once, and asking costs a look into memory.
 */
import type { Duration } from "../../base/duration.js";
import { InvalidArgumentError, InvalidOptionError } from "../../base/errors.js";
import { choice, duration, either, functionOf, nonEmptyText, objectWith } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import { checkKey } from "../common/check.js";
import type { CacheVerbs } from "../common/verbs.js";
import { PARTS, partOf } from "./rollout.js";

export interface FlagRule {
  /** False: it is off for everybody, whatever else is said. */
  readonly on: boolean;
  /** Of all users, from 0 to 100, with two digits behind the point. Default 100. */
  readonly percent?: number;
  /** For these it is on, whatever the percentage. */
  readonly users?: readonly string[];
  /** For these it is off. */
  readonly except?: readonly string[];
}

/** What `new FeatureFlags(options)` takes; `cache` has to be there. */
export interface FeatureFlagsOptions {
  /** Where rules are kept: tiers, a client, or a cache of this process. It stays open. */
  cache: CacheVerbs<FlagRule>;
  /** Stands before the names. Default `"flag:"`. */
  prefix?: string;
  /** Where rules come from that the cache does not have; undefined: there is no such flag. Default: the cache is all there is. */
  load?: (name: string) => FlagRule | undefined | Promise<FlagRule | undefined>;
  /** How long the cache keeps what was loaded; null: for ever. Default `"1m"`. */
  ttl?: Duration | null;
}

const TTL_MS = 60_000;

const featureFlagsOptions = declareOptions({
  cache: option<CacheVerbs<FlagRule>, undefined>({
    type: objectWith<CacheVerbs<FlagRule>>("a cache", "get", "set", "delete", "fetch"),
    default: undefined,
    meaning: "where rules are kept",
  }),
  prefix: option({ type: nonEmptyText, default: "flag:", meaning: "stands before the names" }),
  load: option<NonNullable<FeatureFlagsOptions["load"]>, undefined>({
    type: functionOf("(name) => rule"),
    default: undefined,
    meaning: "where rules come from that the cache does not have",
  }),
  ttl: option<number | null>({
    type: either(duration, choice(null)),
    default: TTL_MS,
    defaultText: '`"1m"`',
    meaning: "how long the cache keeps what was loaded",
  }),
} satisfies Declares<FeatureFlagsOptions>);

/**
 * @throws InvalidOptionError for an option that is unknown or wrong, or where there is no cache
 * @example
 * const flags = new FeatureFlags({ cache });
 * await flags.set("new-checkout", { on: true, percent: 10 });
 * if (await flags.isOn("new-checkout", user.id)) { ... }
 */
export class FeatureFlags {
  readonly #cache: CacheVerbs<FlagRule>;
  readonly #prefix: string;
  readonly #load: FeatureFlagsOptions["load"];
  readonly #ttlMs: number | null;

  constructor(options: FeatureFlagsOptions) {
    const { cache, prefix, load, ttl } = featureFlagsOptions.bind(options, "new FeatureFlags");
    if (cache === undefined)
      throw new InvalidOptionError({
        where: "new FeatureFlags",
        option: "cache",
        received: cache,
        expected: featureFlagsOptions.specs.cache.type.text,
      });
    this.#cache = cache;
    this.#prefix = prefix;
    this.#load = load;
    this.#ttlMs = ttl;
  }

  /** Whether it is on for this user; for nobody in particular, if it is on for all. A flag that does not exist is off. */
  async isOn(name: string, user?: string): Promise<boolean> {
    const rule = await this.get(name);
    return rule !== undefined && isOnBy(name, rule, user);
  }

  /** undefined: there is no such flag. */
  async get(name: string): Promise<FlagRule | undefined> {
    checkKey("get", name);
    const load = this.#load;
    const key = this.#prefix + name;
    if (load === undefined) return this.#cache.get(key);
    return this.#cache.fetch(key, () => load(name), { ttl: this.#ttlMs });
  }

  /** From now on, in this process; in others, as soon as the cache tells them. With `load`, write the source first. */
  async set(name: string, rule: FlagRule): Promise<void> {
    checkKey("set", name);
    checkRule(rule);
    await this.#cache.set(this.#prefix + name, rule, {
      ttl: this.#load === undefined ? null : this.#ttlMs,
    });
  }

  /** With `load`, it is loaded anew. */
  async remove(name: string): Promise<void> {
    checkKey("remove", name);
    await this.#cache.delete(this.#prefix + name);
  }
}

/** The rule applied: the same for the same user, in every process. */
export function isOnBy(name: string, { on, percent = 100, users, except }: FlagRule, user?: string): boolean {
  if (!on || (user !== undefined && except?.includes(user))) return false;
  if (user !== undefined && users?.includes(user)) return true;
  if (percent >= 100) return true;
  return user !== undefined && partOf(name, user) < (percent * PARTS) / 100;
}

function checkRule(rule: unknown): void {
  const { on, percent = 0, users = [], except = [] } = (rule ?? {}) as Partial<FlagRule>;
  const isRule =
    typeof on === "boolean" &&
    typeof percent === "number" &&
    percent >= 0 &&
    percent <= 100 &&
    [users, except].every(
      (list) => Array.isArray(list) && list.every((each: unknown) => typeof each === "string"),
    );
  if (!isRule)
    throw new InvalidArgumentError(
      "set",
      "the rule",
      rule,
      "an object with on (true or false) and, if given, percent (0 to 100), users and except (lists of texts)",
    );
}
