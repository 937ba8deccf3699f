/**
 * All that a tiered cache is: one hub, which all its namespaces share, and a record for each namespace, which the verbs, plain
 * functions, work on. Put together in assemble.ts.
 */
import type { Clock } from "../base/clock.js";
import type { Cache } from "../cache/cache.js";
import type { BoundFetchOptions } from "../cache/options.js";
import type { Hooks } from "../cache/services/hooks.js";
import type { Reporter } from "../cache/services/reporter.js";
import type { Counts } from "../cache/services/stats.js";
import type { BulkLoader, Loader } from "../cache/types.js";
import type { FlightCounts } from "./flight/counts.js";
import type { Framer } from "./frame/index.js";
import type { StoreGuard } from "./guard/index.js";
import type { L1, L1Cache } from "./l1/l1.js";
import type { CacheKeys, SpaceKeys } from "./l2/keys.js";
import type { Lanes } from "./l2/lanes.js";
import type { Debts, Validity } from "./l2/parts.js";
import type { Records } from "./l2/records.js";
import type { BoundNamespaceOptions, GivenL1 } from "./options.js";
import type { TieredEvent, TieredFetchOptions } from "./types.js";

/** How processes hear of each other; as tiered/bus has it. */
export interface Publisher {
  readonly isBehind: boolean;
  publishKeys(keys: readonly string[]): void;
  publishTags(marks: readonly string[], epoch: number): void;
  stats(): unknown;
}

/** L2, for all namespaces. */
export interface Backing {
  readonly guard: StoreGuard;
  readonly framer: Framer;
  readonly validity: Validity;
  readonly debts: Debts;
}

export interface Hub {
  readonly name: string;
  readonly keys: CacheKeys;
  readonly clock: Clock;
  /** Numbers from 0 up to 1. */
  readonly random: () => number;
  /** Null: there is no L2. */
  l2: Backing | null;
  /** Writes of one key, one after another. */
  readonly lanes: Lanes;
  /** Null: there is no bus. */
  bus: Publisher | null;
  readonly hasBus: boolean;
  /** Says goodbye to the others, and closes it. */
  closeBus: () => Promise<void>;
  /** Tells L2 what it was not told, if it listens; afterwards nobody tries. */
  payDebts: () => Promise<void>;
  /** Writes that L2 does not take reject. */
  readonly isStrict: boolean;
  /** How long L1 may hold what nobody could tell it of; null: as long as ever. */
  readonly whenBehindMs: number | null;
  readonly whenL2DownMs: number;
  /** By the text of their path. */
  readonly spaces: Map<string, TieredState>;
  readonly hooks: Hooks;
  readonly reporter: Reporter;
  readonly stats: Counts;
  /** Called by `close`. */
  readonly closers: Set<() => void>;
  readonly emit: (event: TieredEvent) => void;
  isClosed: boolean;
  closing: Promise<void> | undefined;
}

/** fetch, fetchMany, wrap of one namespace: tiered/flight. */
export interface Flights {
  fetch(
    key: string,
    loader: Loader<string, unknown>,
    options: TieredFetchOptions | undefined,
  ): Promise<unknown>;
  fetchMany(
    keys: Iterable<string>,
    loader: BulkLoader<string, unknown>,
    options: TieredFetchOptions | undefined,
  ): Promise<Map<string, unknown>>;
  /** These were written or deleted, here or elsewhere; L1 has dropped them already. */
  written(keys: readonly string[]): void;
  invalidated(tags: readonly string[]): void;
  cleared(): void;
  readonly counts: FlightCounts;
  close(): void;
}

export interface TieredState {
  readonly hub: Hub;
  readonly path: readonly string[];
  /** What was said for this namespace, and by those around it. */
  readonly options: BoundNamespaceOptions;
  /** What was said of L1. */
  readonly given: GivenL1 | undefined;
  readonly keys: SpaceKeys;
  readonly l1: L1;
  /** `l1.cache`, for the way of a hit. */
  readonly near: L1Cache;
  /** Null: there is no L2. */
  readonly records: Records | null;
  /** With this a value goes into L1 that no `fetch` put there: for how long it is kept after its end, and so on. */
  readonly how: BoundFetchOptions;
  /** For how long after its end L2 keeps an entry, since `fetch` may want it. */
  readonly keepMs: number;
  /** Reads of L2 under way, which others that ask for the key wait for. */
  readonly reads: Map<string, PendingRead>;
  /** Counts invalidations of tags: whoever reads since before one may have what it is about. */
  invalidations: number;
  flights: Flights;
  /** Verbs have to go through `observe`: there are hooks, somebody traces, or the cache is closed. */
  observed: boolean;
  /** Functions that were wrapped without `key`, by name. */
  readonly wrapped: Map<string, unknown>;
  /** Counters, where there is no L2. */
  counters: Cache<string, number> | null;
  /** What the user has of it. */
  facade: object | null;
}

export interface PendingRead {
  /** Whether the key was written since the read began. */
  isVoid(): boolean;
  readonly value: Promise<unknown>;
}
