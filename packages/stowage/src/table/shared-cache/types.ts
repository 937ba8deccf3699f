/** The shapes that users of the shared cache see. What is not said here is as in the in-process cache's types.ts. */
import type { Clock } from "../../base/clock.js";
import type {
  CacheOptions,
  CacheStats,
  Commands,
  CounterOptions,
  FetchDefaults,
  FetchOptions,
  SetOptions,
} from "../../cache/types.js";
import type { AttachOptions, TableHandle, TableOptions, TableStats } from "../types.js";
import type { Codec, CodecName } from "./codecs.js";

/** What every thread says for itself. Functions do not travel between threads: each thread has its own. */
export interface SharedAttachOptions<V, C extends Commands<V> = Commands<V>>
  extends Pick<
    CacheOptions<string, V, C>,
    "ttl" | "jitter" | "hooks" | "warmers" | "commands" | "onRemoval" | "onError" | "random"
  > {
  /** Defaults for `fetch`, `fetchMany` and `wrap`. */
  fetch?: Omit<FetchDefaults, "idle">;
  /** How values become bytes; the same in all threads. Default: `"json"`, or what the cache was made with. */
  codec?: CodecName | Codec<V>;
  /** How often this thread gives memory of expired entries back; false: never. */
  janitor?: AttachOptions["janitor"];
  /** Where time comes from; of the same kind in all threads. Default: the system. */
  clock?: Clock;
}

/** What `SharedCache.create` takes; only `memory` is required. */
export interface SharedCacheOptions<V, C extends Commands<V> = Commands<V>>
  extends SharedAttachOptions<V, C>,
    Pick<TableOptions, "memory" | "max" | "maxValueSize" | "segmentSize" | "threads" | "evict" | "feed"> {
  /** Names the cache in reports and on diagnostics channels. Default: `"cache"`. */
  name?: string;
  /** Whether to count; see `stats`. Default: true. */
  stats?: boolean;
}

/** What another thread needs to attach: send it by `workerData` or `postMessage`. */
export interface SharedCacheHandle {
  readonly kind: "stowage-shared-cache";
  readonly table: TableHandle;
  /** What all threads count. */
  readonly counts: SharedArrayBuffer;
  readonly defaults: SharedDefaults;
}

/** What a thread that attaches takes over from the one that made the cache. */
export interface SharedDefaults {
  readonly name: string;
  readonly stats: boolean;
  readonly codec: string;
  /** `"function"`: the thread that made the cache has one, and whoever attaches needs his own. */
  readonly ttl: number | null | "function";
  readonly jitter: number;
  readonly fetch: FetchDefaults;
}

/** What storing a value takes. */
export type SharedSetOptions = Omit<SetOptions, "idle" | "weight">;

/** What `incr` and `decr` take. */
export type SharedCounterOptions = Omit<CounterOptions, "idle" | "weight">;

/** What one `fetch` takes. */
export type SharedFetchOptions = Omit<FetchOptions, "idle" | "weight">;

/** Sums over all threads; what only the table knows stands in `table`. */
export interface SharedCacheStats extends CacheStats {
  readonly table: TableStats;
}

/** How the cache is doing, seen from one thread. */
export interface SharedCacheReport {
  readonly name: string;
  readonly size: number;
  readonly expired: number;
  readonly max: number | null;
  /** Bytes, as configured. */
  readonly memory: number;
  readonly codec: string;
  /** Threads that are attached. */
  readonly threads: number;
  /** Of this thread. */
  readonly loading: number;
  readonly transactions: number;
  readonly warmers: readonly string[];
  readonly hooks: readonly string[];
  readonly commands: readonly string[];
}
