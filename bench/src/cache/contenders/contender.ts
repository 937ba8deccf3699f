/**
 * What the benchmark asks of a cache, in the fewest verbs. Each contender's file says how its library does them.
 *
 * Libraries run with their default options, but for two things: the bound or TTL that the row asks for, and
 * values kept by reference (no cloning, no serialisation), which every one of them offers and which is its
 * fastest mode. A verb that a library lacks is left out here and shown as "–" in the table.
 */
export interface Value {
  id: number;
  name: string;
}

export type Loader = (key: string) => Promise<Value>;

/** What a row needs of the cache; a contender that cannot do it answers with no cache. */
export interface Needs {
  /** Entries that the cache may hold; absent: no bound. */
  max?: number;
  /** Every entry expires that long after it was set; absent: never. */
  ttlMs?: number;
  /** What fetch() loads with; absent: fetch() is not called. */
  load?: Loader;
}

export interface SyncCache {
  readonly async: false;
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  /** Sets with a TTL given in the call. */
  setFor?(key: string, value: unknown, ttlMs: number): void;
  fetch?(key: string, load: Loader): Promise<unknown>;
  /** The library's own counter; without it the row counts by hand, as its users must. */
  incr?(key: string): unknown;
}

export interface AsyncCache {
  readonly async: true;
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<unknown>;
  setFor?(key: string, value: unknown, ttlMs: number): Promise<unknown>;
  fetch?(key: string, load: Loader): Promise<unknown>;
}

export type BenchCache = SyncCache | AsyncCache;

export interface Contender {
  /** May hold more than `max` entries by design: up to this many times as many. */
  readonly slack?: number;
  /** Works better without its bound: has it only in rows that evict. */
  readonly boundOnlyToEvict?: true;
  create(needs: Needs): BenchCache | undefined;
}
