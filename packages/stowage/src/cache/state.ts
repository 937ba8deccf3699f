/**
 * All that one cache is: a record that the verbs, plain functions, work on.
 *
 * Invariant: between two verbs, every occupied slot of `entries` is in `index` and `policy`, and in `expiry` and `tags`
 * as far as it has a lifetime or tags. Only core/ changes these together; verbs call core/.
 * The services that themselves work on a state (janitor, loads, warmers) are added by assemble.ts.
 */

import type { Storing } from "./core/lifetime.js";
import { Expiry, type Lifetime } from "./expiry/expiry.js";
import type { Janitor } from "./expiry/janitor.js";
import { Timekeeper } from "./expiry/timekeeper.js";
import { type BoundCacheOptions, type BoundFetchOptions, cacheOptions, keepMsOf } from "./options.js";
import { createPolicy } from "./policy/create.js";
import type { Policy } from "./policy/policy.js";
import { Hooks } from "./services/hooks.js";
import type { Verbs } from "./services/loading.js";
import type { Loads } from "./services/loads.js";
import type { LocalTransactions } from "./services/local-transactions.js";
import { Locks } from "./services/locks.js";
import { checkOnActions } from "./services/observe.js";
import { Outcomes } from "./services/outcomes.js";
import type { Recording } from "./services/recording.js";
import { Removals } from "./services/removals.js";
import { Reporter } from "./services/reporter.js";
import type { LocalShelf } from "./services/shelf.js";
import { Stats } from "./services/stats.js";
import { Tags } from "./services/tags.js";
import type { Warmers } from "./services/warmers.js";
import { Watches } from "./services/watches.js";
import type { SlotDoubles } from "./store/columns.js";
import { Entries, SLOTS_MAX } from "./store/entries.js";
import { KeyIndex } from "./store/key-index.js";

export class State<K, V> {
  readonly options: BoundCacheOptions;
  readonly name: string;
  readonly time: Timekeeper;
  readonly entries = new Entries<K, V>();
  readonly index: KeyIndex;
  readonly policy: Policy;
  readonly expiry: Expiry;
  readonly tags = new Tags();
  readonly stats: Stats;
  readonly watches = new Watches();
  readonly outcomes = new Outcomes<K>();
  readonly removals: Removals<K, V>;
  readonly reporter: Reporter;
  readonly hooks: Hooks;
  janitor!: Janitor<K, V>;
  /** The entries, as loading sees them. */
  shelf!: LocalShelf<K, V>;
  loads!: Loads<K, V>;
  readonly locks = new Locks<K>();
  transactions!: LocalTransactions<K, V>;
  warmers!: Warmers<K, V>;
  max: number;
  /** What `max` comes to on each write: a whole number, also where there is no bound. */
  slotsMax: number;
  maxWeight: number;
  weight = 0;
  /** Weights are kept only where they matter. */
  weights: SlotDoubles | null = null;
  /** Slots that the columns and the policy have room for. */
  reserved = 0;
  /** Bounds are enforced on each write, not by the clock. */
  readonly strict: boolean;
  readonly lazy: boolean;
  readonly counting: boolean;
  /** What a plain `set` gives an entry; null: it has to be worked out for each. */
  readonly defaultLifetime: Lifetime | null;
  /** The same with the rest of how an entry is stored; null also where entries are weighed. */
  readonly defaultStoring: Storing | null;
  /** The ttl of entries that have no more than that; 0: none; null: it has to be worked out, or there is more. */
  ttlAlone: number | null;
  /**
   * What a read has to do beyond finding the value. 0: nothing. 1: entries have a ttl, and nothing else is to be looked
   * at. 2: anything else, such as tags or idle times.
   */
  care: 0 | 1 | 2;
  /** For how long after expiry values are kept that were not loaded with another wish. */
  readonly keepMs: number;
  /** Verbs have to go through `observe`: there are hooks, its traffic is recorded, or the cache is closed. */
  observed: boolean;
  closed = false;
  /** `fetch` without options. */
  readonly fetchDefaults: BoundFetchOptions;
  /** How many functions were wrapped. */
  wrapped = 0;
  /** While `record` writes down which keys are asked for. */
  recording: Recording | null = null;
  /** The cache itself: what runs on the user's behalf goes through its verbs, hooks and all. */
  verbs!: Verbs<K, V>;
  /** Called by `close`. */
  readonly closers = new Set<() => void>();

  constructor(options: object | undefined) {
    this.options = cacheOptions.bind(options, "new Cache");
    const o = this.options;
    this.name = o.name;
    this.time = new Timekeeper(o.clock);
    this.index = new KeyIndex(this.entries as Entries<unknown, unknown>);
    this.policy = typeof o.policy === "string" ? createPolicy(o.policy, { random: o.random }) : o.policy;
    this.expiry = new Expiry(this.time);
    this.stats = new Stats(o.stats, o.clock.wall());
    this.reporter = new Reporter(this.stats, o.onError);
    this.removals = new Removals(this.reporter, o.name);
    this.hooks = new Hooks(checkOnActions(o.hooks), this.reporter, this.stats);
    this.max = o.max;
    this.maxWeight = o.maxWeight;
    this.strict = o.enforce === "always";
    this.slotsMax = this.strict ? Math.min(o.max, SLOTS_MAX) : SLOTS_MAX;
    this.lazy = o.lazy;
    this.counting = o.stats;
    this.care = 0;
    this.keepMs = keepMsOf(o.fetch);
    this.defaultLifetime = fixedLifetime(o);
    this.defaultStoring =
      this.defaultLifetime === null || o.weigher !== null
        ? null
        : Object.freeze({ ...this.defaultLifetime, tags: Object.freeze([]), weight: 1 });
    this.ttlAlone = ttlAlone(o, this.defaultStoring);
    this.fetchDefaults = Object.freeze({
      ...o.fetch,
      tags: Object.freeze([]),
      weight: undefined,
      signal: undefined,
      force: false,
    });
    this.observed = this.hooks.any;
    this.policy.resize(o.max);
    if (o.onRemoval !== null) this.removals.listen(o.onRemoval);
  }
}

/** The same for all entries, unless the ttl is a function or jitters. */
function fixedLifetime(o: BoundCacheOptions): Lifetime | null {
  if (typeof o.ttl === "function" || o.jitter > 0) return null;
  return Object.freeze({ ttlMs: o.ttl ?? 0, idleMs: o.idle, keepMs: keepMsOf(o.fetch) });
}

function ttlAlone(o: BoundCacheOptions, fixed: Storing | null): number | null {
  if (fixed === null || fixed.idleMs + fixed.keepMs > 0 || o.maxWeight < Number.POSITIVE_INFINITY)
    return null;
  return fixed.ttlMs;
}
