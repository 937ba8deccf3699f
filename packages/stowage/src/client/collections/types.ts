/** The shapes of collections and values that users see, and what they need of the client that they are over. */
import type { FoundLoader, Loader } from "../../cache/types.js";
import type { LoadOptions } from "../loading/options.js";
import type { ListLoader, RememberAllOptions, RememberedList } from "../loading/remember-all.js";
import type { CallOptions, IncrOptions, Invalidation, ScanOptions, WriteOptions } from "../types.js";

/** What `collection` and `value` take. */
export interface SchemaOptions {
  /** What is done with a value in the cache that does not fit: as if it were not there, or InvalidDataError. Default "miss". */
  onInvalid?: "miss" | "throw";
}

/**
 * Entries whose keys begin alike, each known by what follows: its id. `Input` is what is stored, `Output` what the schema
 * makes of it; without a schema, or with one that changes nothing, they are the same.
 */
export interface CollectionVerbs<Input, Output> {
  readonly prefix: string;
  get(id: string, options?: CallOptions): Promise<Output | undefined>;
  /** Those that are there, by id. */
  getMany(ids: Iterable<string>, options?: CallOptions): Promise<Map<string, Output>>;
  /** Stores the value as it was given, if it fits. Rejects with InvalidDataError. */
  set(id: string, value: Input, options?: WriteOptions): Promise<void>;
  /** Stores all of them, if all fit. */
  setMany(entries: Iterable<readonly [string, Input]>, options?: WriteOptions): Promise<void>;
  /** Whether there was one. */
  delete(id: string, options?: CallOptions): Promise<boolean>;
  /** How many there were. */
  deleteMany(ids: Iterable<string>, options?: CallOptions): Promise<number>;
  /** Whether there is an entry, fitting or not. */
  exists(id: string, options?: CallOptions): Promise<boolean>;
  /** Ids and values, page by page. One that does not fit is left out, or thrown, as `onInvalid` says. */
  scan(options?: ScanOptions): AsyncIterableIterator<[string, Output]>;
  keys(options?: ScanOptions): AsyncIterableIterator<string>;
  /** Removes all of it, and its list (`rememberAll`). How many entries there were. */
  clear(options?: CallOptions): Promise<number>;
  /**
   * The value; if there is none, what `loader` brings, which is stored. Once in the whole fleet, however many ask; never
   * fails because of the cache. Rejects with what the loader throws, and with InvalidDataError if what it brings does not fit.
   */
  remember(id: string, loader: FoundLoader<string, Input>, options?: LoadOptions): Promise<Output>;
  remember(id: string, loader: Loader<string, Input>, options?: LoadOptions): Promise<Output | undefined>;
  /** A list from its source, each item of which is an entry of the collection. */
  rememberAll(
    loader: ListLoader<Input>,
    options: Omit<RememberAllOptions<Input>, "listKey"> & { listKey?: string },
  ): Promise<RememberedList<Output>>;
}

/** Of collections of numbers. */
export interface CollectionCounters {
  /** Adds to a number, and gives the sum: the server counts, so the schema is not asked. */
  incr(id: string, amount?: number, options?: IncrOptions): Promise<number>;
  decr(id: string, amount?: number, options?: IncrOptions): Promise<number>;
}

export type Collection<Input, Output = Input> = CollectionVerbs<Input, Output> &
  ([Input] extends [number] ? CollectionCounters : unknown);

/** One key, and the type of its value. */
export interface ValueVerbs<Input, Output> {
  readonly key: string;
  get(options?: CallOptions): Promise<Output | undefined>;
  /** Stores the value as it was given, if it fits. Rejects with InvalidDataError. */
  set(value: Input, options?: WriteOptions): Promise<void>;
  /** Whether there was one. */
  delete(options?: CallOptions): Promise<boolean>;
  /** Whether there is an entry, fitting or not. */
  exists(options?: CallOptions): Promise<boolean>;
  /** See `remember` of a collection. */
  remember(loader: FoundLoader<string, Input>, options?: LoadOptions): Promise<Output>;
  remember(loader: Loader<string, Input>, options?: LoadOptions): Promise<Output | undefined>;
}

/** Of values that are numbers. */
export interface ValueCounters {
  /** Adds to the number, and gives the sum: the server counts, so the schema is not asked. */
  incr(amount?: number, options?: IncrOptions): Promise<number>;
  decr(amount?: number, options?: IncrOptions): Promise<number>;
}

export type Value<Input, Output = Input> = ValueVerbs<Input, Output> &
  ([Input] extends [number] ? ValueCounters : unknown);

/** The type of what stands under keys that begin so, by a client's map of types; unknown if that has none such. */
export type ValueUnder<
  Entries extends object,
  Prefix extends string,
> = `${Prefix}${string}` extends infer Key extends keyof Entries ? Entries[Key] : unknown;

/** What collections need of the client: its verbs, and loading as the facade has it. */
export interface CollectionClient {
  get(key: string, options?: CallOptions): Promise<unknown>;
  getMany(keys: Iterable<string>, options?: CallOptions): Promise<Map<string, unknown>>;
  set(key: string, value: unknown, options?: WriteOptions): Promise<void>;
  setMany(entries: Iterable<readonly [string, unknown]>, options?: WriteOptions): Promise<void>;
  delete(key: string, options?: CallOptions): Promise<boolean>;
  deleteMany(keys: Iterable<string>, options?: CallOptions): Promise<number>;
  has(key: string, options?: CallOptions): Promise<boolean>;
  scan(prefix: string, options?: ScanOptions): AsyncIterableIterator<[string, unknown]>;
  keys(prefix: string, options?: ScanOptions): AsyncIterableIterator<string>;
  invalidate(what: Invalidation, options?: CallOptions): Promise<{ readonly prefix: number }>;
  incr(key: string, amount?: number, options?: IncrOptions): Promise<number>;
  decr(key: string, amount?: number, options?: IncrOptions): Promise<number>;
}

/** Loading, with a say in what will do; a function, so that its code can be fetched when it is first called. */
export type CollectionLoading = () => Promise<
  Pick<import("../loading/loading.js").Loading, "remember" | "rememberAll">
>;
