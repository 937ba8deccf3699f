/** The shapes that users of `stowage/client` see. */
import type { Clock } from "../base/clock.js";
import type { Duration } from "../base/duration.js";
import type { LoadDefaults } from "./loading/options.js";
import type { LoadingCounts } from "./loading/types.js";
import type { NearFactory, NearStats } from "./near/types.js";
import type { NodeState } from "./nodes/types.js";
import type { Router } from "./routing/types.js";
import type { CreateTransport } from "./transport/transport.js";

/** Keys and the types of their values: `{ [key: \`user:${string}\`]: User; config: Config }`. */
// biome-ignore lint/suspicious/noExplicitAny: without a map of types, values are what the caller says they are
export type AnyEntries = Record<string, any>;

/** The keys that a map of types knows. */
export type KeyOf<Entries extends object> = Extract<keyof Entries, string>;

declare const unset: unique symbol;
/** Stands for a type argument that was left out. */
export interface Unset {
  readonly [unset]: never;
}

/** The type that the call names; else what the map of types says of the key. */
export type ValueOf<Value, Entries extends object, Key extends KeyOf<Entries>> = [Value] extends [Unset]
  ? Entries[Key]
  : Value;

export interface ServerAddress {
  /** `http://host:4000`, `https://host`, `unix:/run/stowage.sock`. */
  url: string;
  /** Its share of the keys, beside the others'. Default 1. */
  weight?: number;
}

/** Finds the servers: asked when the client is made, and every `every` from then on. */
export interface Discovery {
  /** What is found takes the place of what was found before; a failure changes nothing. */
  find(signal: AbortSignal): Promise<readonly (string | ServerAddress)[]>;
  /** Milliseconds. */
  readonly everyMs: number;
}

export interface ClientOptions {
  /** The server. Default: STOWAGE_URL, else `http://127.0.0.1:4000`. */
  url?: string;
  /** Several servers; keys are routed. Default: STOWAGE_URL, separated by commas. */
  urls?: readonly (string | ServerAddress)[];
  /** Finds the servers, instead of `url` and `urls`: `dns(...)`, or `{ find, everyMs }`. */
  discover?: Discovery;
  /** Default: STOWAGE_TOKEN. */
  token?: string;
  /** Which server has which key. Default: `ring()`, and with one server all the same. */
  router?: Router;
  /** A cache in this process, kept coherent: `nearCache({ max: 10_000 })`. Default: none. */
  near?: NearFactory;
  /** From the call to its end, retries included. Default "5s". */
  timeout?: Duration;
  /** How often what can be repeated is repeated. Default 2. */
  retries?: number;
  /** Default `{ failures: 5, cooldown: "1s" }`; false: none. */
  breaker?: BreakerOptions | false;
  /** Default `{ max: 1_000, maxBytes: 1_000_000 }`; false: each operation is a request. */
  batch?: BatchOptions | false;
  /** To each server, at one time. Default 4. */
  connections?: number;
  /** Operations that may be under way to each server; more fail at once. Default 10,000. */
  maxPending?: number;
  /** How often servers that failed are asked whether they are well again, and others whether they still are. Default "5s". */
  healthEvery?: Duration;
  /** What `set` does without a `ttl`. Default: as the server does. */
  ttl?: Duration;
  /** Defaults of `fetch` and `remember`, as in `new Cache({ fetch })`. */
  fetch?: LoadDefaults;
  /** Told of each request, and of what goes wrong where no caller hears of it. */
  onEvent?: (event: ClientEvent) => void;
  /** In browsers and on edge runtimes: whose `fetch`. Default: the global one. Given in Node, it is used instead of sockets. */
  fetchWith?: typeof fetch;
  /** Another way to the servers. */
  transport?: CreateTransport;
  clock?: Clock;
  /** Numbers from 0 up to 1, for pauses between retries. Default: `Math.random`. */
  random?: () => number;
}

export interface BreakerOptions {
  /** Failures in a row that open it. Default 5. */
  failures?: number;
  /** For how long nothing is sent then; doubles with each probe that fails, up to 30 s. Default "1s". */
  cooldown?: Duration;
}

export interface BatchOptions {
  /** Operations of one request. Default 1,000; the server takes no more bytes than `--max-body`. */
  max?: number;
  /** Of one request's body. Default 1,000,000. */
  maxBytes?: number;
  /**
   * A read is answered by the same one that is under way, if that left no longer ago than this; false: never. So what a
   * read brings was true at most so long before its call. Default "100ms".
   */
  shareReads?: Duration | false;
}

export type ClientEvent =
  | {
      readonly type: "request";
      readonly node: string;
      readonly method: string;
      readonly path: string;
      /** Of a batch; 1 otherwise. */
      readonly operations: number;
      readonly status: number | undefined;
      readonly durationMs: number;
      readonly attempt: number;
      readonly error?: unknown;
    }
  | { readonly type: "node"; readonly node: string; readonly state: NodeState }
  | { readonly type: "nodes"; readonly nodes: readonly string[] }
  | { readonly type: "near"; readonly node: string; readonly state: "coherent" | "behind" | "reset" | "off" }
  | { readonly type: "fault"; readonly error: unknown };

export interface CallOptions {
  /** Gives up this call. */
  signal?: AbortSignal;
  /** Instead of the client's. */
  timeout?: Duration;
  /** This server, whatever the key: its url. */
  local?: string;
}

export interface WriteOptions extends CallOptions {
  /** null: it does not expire. Default: the client's, else the server's. */
  ttl?: Duration | null;
  /** For how long after expiry the old value is kept for loads. */
  grace?: Duration;
  tags?: readonly string[];
}

/** What `compareAndSet` takes. */
export interface CompareOptions extends WriteOptions {
  /** Of the entry that is to be replaced, as `entry` told it; null: there must be none. */
  version: string | null;
}

/** What `incr` and `decr` take. */
export interface IncrOptions extends CallOptions {
  /** Where an absent key begins. Default 0. */
  default?: number;
  /** Of a key that was absent; null: it does not expire. Default: the client's, else the server's. */
  ttl?: Duration | null;
}

/** What `scan` and `keys` take. */
export interface ScanOptions extends CallOptions {
  /** Entries that are asked for at a time, about. Default 500. */
  page?: number;
}

/** What `invalidate` takes: at least one of them. */
export interface Invalidation {
  keys?: readonly string[];
  /** All keys that begin with it; a walk over all keys of each server. Not empty. */
  prefix?: string;
  /** Whatever bears one of these, at the cost of one write each. */
  tags?: readonly string[];
}

/** How many entries went by key and by prefix, and how many tags were invalidated. */
export interface InvalidationCounts {
  readonly keys: number;
  readonly prefix: number;
  readonly tags: number;
}

/** One operation of an explicit `batch`. */
export type BatchOperation<Entries extends object = AnyEntries> =
  | { readonly op: "get" | "has" | "ttl" | "delete" | "touch" | "persist"; readonly key: KeyOf<Entries> }
  | ({ readonly op: "set" } & BatchEntry<Entries> & Pick<WriteOptions, "ttl" | "grace" | "tags">)
  | { readonly op: "expire"; readonly key: KeyOf<Entries>; readonly ttl: Duration }
  | {
      readonly op: "incr" | "decr";
      readonly key: KeyOf<Entries>;
      readonly amount?: number;
      readonly default?: number;
      readonly ttl?: Duration | null;
    };

/** A key and a value that goes with it. */
export type BatchEntry<Entries extends object> = {
  readonly [Key in KeyOf<Entries>]: { readonly key: Key; readonly value: Entries[Key] };
}[KeyOf<Entries>];

/** What loading a key gives: what the map of types says of it; else what the loader gives. */
export type LoadedOf<Value, Entries extends object, Key extends KeyOf<Entries>> = 0 extends 1 & Entries[Key]
  ? Value
  : Entries[Key];

/** A key and a value that goes with it, as `Map` and `Object.entries` give them. */
export type EntryPair<Entries extends object> = {
  readonly [Key in KeyOf<Entries>]: readonly [Key, Entries[Key]];
}[KeyOf<Entries>];

/** What the verb of that name gives. */
export type BatchValue<Operation, Entries extends object> = Operation extends {
  op: "get";
  key: infer Key extends KeyOf<Entries>;
}
  ? Entries[Key] | undefined
  : Operation extends { op: "set" }
    ? undefined
    : Operation extends { op: "ttl" }
      ? number | null | undefined
      : Operation extends { op: "incr" | "decr" }
        ? number
        : boolean;

/** What became of each operation, in order, as `Promise.allSettled` says it. */
export type BatchResults<Operations extends readonly unknown[], Entries extends object> = {
  -readonly [Place in keyof Operations]: PromiseSettledResult<BatchValue<Operations[Place], Entries>>;
};

/** What `batch` takes. */
export interface BatchCallOptions extends CallOptions {
  /**
   * All of it in one request to one server, done in this order, with nothing of this client in between;
   * CrossSlotError where the keys are on several. Others may come between all the same. Default: each server gets its
   * part, in order for each key.
   */
  inOrder?: boolean;
}

/** A value and what is known of it. */
export interface EntryOf<Value> {
  readonly value: Value;
  /** Changes with each write; for `compareAndSet`. */
  readonly version: string;
  /** Milliseconds left; null: it does not expire. */
  readonly ttl: number | null;
}

/** What one server says of itself; `health` gives one for each. */
export interface NodeHealth {
  readonly url: string;
  readonly healthy: boolean;
  /** From asking to the answer, in milliseconds. */
  readonly durationMs: number;
  /** Why it is not. */
  readonly error?: unknown;
}

/** Figures of all servers, added up. */
export interface ServerStats {
  /** Entries. */
  readonly size: number;
  readonly hits: number;
  readonly misses: number;
  /** hits / (hits + misses); 0 before the first read. */
  readonly hitRate: number;
  readonly writes: number;
  readonly deletes: number;
  readonly evictions: number;
  readonly expirations: number;
  /** Of the memory that entries may take. */
  readonly memoryBytes: number;
  readonly memoryUsedBytes: number;
  /** Each server's own, as it gave them (GET /cache/stats). */
  readonly nodes: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** What this client has done with one server. */
export interface NodeStats {
  readonly url: string;
  /** Of its circuit breaker. */
  readonly state: NodeState;
  /** Operations that are waiting or under way. */
  readonly pending: number;
  readonly requests: number;
  readonly operations: number;
  readonly failures: number;
}

/** What `inspect` gives: figures of this client. */
export interface ClientStats {
  readonly nodes: readonly NodeStats[];
  readonly near: NearStats | null;
  /** Reads that were spared since the same one was under way. */
  readonly deduplicated: number;
  readonly loading: Readonly<LoadingCounts>;
  /** What no caller heard of, and failures of `onEvent`. */
  readonly faults: number;
}
