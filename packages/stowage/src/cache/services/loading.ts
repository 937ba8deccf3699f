/**
 * What loading needs of the cache that it loads into. fetch, fetchMany, wrap and warmers are written against these
 * interfaces, so that they are the same for a cache in this process (shelf.ts) and for one that threads share.
 */
import type { Clock } from "../../base/clock.js";
import type { BoundFetchOptions } from "../options.js";
import type { FetchOptions, Loader, SetOptions } from "../types.js";
import type { Loads } from "./loads.js";
import type { Outcomes } from "./outcomes.js";
import type { Reporter } from "./reporter.js";
import type { Counts } from "./stats.js";

export interface LoadingCache<K, V> {
  readonly name: string;
  readonly closed: boolean;
  readonly time: { readonly clock: Clock; now(): number };
  readonly stats: Counts;
  readonly reporter: Reporter;
  readonly outcomes: KnownOutcomes<K>;
  readonly loads: Loads<K, V>;
  readonly shelf: Shelf<K, V>;
  /** `fetch` without options. */
  readonly fetchDefaults: BoundFetchOptions;
  readonly options: { readonly random: () => number };
  /** Called by `close`. */
  readonly closers: Set<() => void>;
}

/** What warmers need of the cache that they fill. */
export interface WarmedCache<K, V> {
  readonly closed: boolean;
  readonly time: { readonly clock: Clock };
  readonly reporter: Reporter;
  readonly closers: Set<() => void>;
  readonly shelf: { watchAll(): Warmth<K, V> };
}

/** One run of a warmer, from its beginning. */
export interface Warmth<K, V> {
  /** Checks all, then stores what was not written, deleted or invalidated since; how many. */
  store(entries: readonly (readonly [K, V])[], options: SetOptions | undefined): number | Promise<number>;
  /** To be called once, whatever came of it. */
  end(): void;
}

/** How earlier loads ended; what is remembered of them is the cache's business. */
export type KnownOutcomes<K> = Pick<Outcomes<K>, "isNothing" | "pausing" | "failed">;

/** What the services need of the facade. */
export interface Verbs<K, V> {
  fetch(key: K, loader: Loader<K, V>, options?: FetchOptions): Promise<V | undefined>;
}

/** The entries, as loading sees them. */
export interface Shelf<K, V> {
  /** A live value; finding one counts as a read. */
  read(key: K): V | undefined;
  /** A live value, without counting. */
  peek(key: K): V | undefined;
  /** An expired value that is still there; one whose tag was invalidated is no longer anybody's. */
  stale(key: K): Stale<V> | undefined;
  /** Of a live entry that expires. */
  life(key: K): Life | undefined;
  /** The right to load the key, from now on; undefined: somebody beyond this cache's `loads` has it. */
  claim(key: K): Claim<V> | undefined;
  /** Resolves when the claim may be free again, or the key has a value; rejects with the signal's reason. */
  untilFree(key: K, signal: AbortSignal): Promise<void>;
}

export interface Stale<V> {
  readonly value: V;
  readonly expiredAt: number;
}

export interface Life {
  readonly leftMs: number;
  readonly ttlMs: number;
  /** How long it took to load; 0: not known. */
  readonly costMs: number;
}

/**
 * The right to load a key and to store what comes of it.
 *
 * Invariant: once the key was written, deleted or invalidated, or the cache cleared, after the claim was given, `store`
 * and `foundNothing` change nothing.
 */
export interface Claim<V> {
  readonly overtaken: boolean;
  /** Whether one of the tags was invalidated since. */
  invalidated(tags: readonly string[]): boolean;
  /** False: too late, it was not stored. */
  store(value: V, options: SetOptions, how: BoundFetchOptions, costMs: number): boolean;
  /** An old value goes; with `negativeTtl`, that there is none is remembered. */
  foundNothing(how: BoundFetchOptions): void;
  /** To be called once, whatever came of it. */
  end(): void;
}
