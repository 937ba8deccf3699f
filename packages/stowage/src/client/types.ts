/** The shapes that users of `stowage/client` see. */
import type { Clock } from "../base/clock.js";
import type { Duration } from "../base/duration.js";
import type { FetchDefaults } from "../cache/types.js";
import type { NearFactory, NearStats } from "./near/types.js";
import type { NodeState } from "./nodes/types.js";
import type { Router } from "./routing/types.js";
import type { CreateTransport } from "./transport/transport.js";

/** Keys and the types of their values: `{ [key: \`user:${string}\`]: User; config: Config }`. */
// biome-ignore lint/suspicious/noExplicitAny: without a map of types, values are what the caller says they are
export type AnyEntries = Record<string, any>;

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
  fetch?: FetchDefaults;
  /** Told of each request, and of what goes wrong where no caller hears of it. */
  onEvent?: (event: ClientEvent) => void;
  /** In browsers and on edge runtimes: whose `fetch`. Default: the global one. Given in Node, it is used instead of sockets. */
  fetchWith?: typeof fetch;
  /** Another way to the servers. */
  transport?: CreateTransport;
  clock?: Clock;
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
  | { readonly type: "near"; readonly node: string; readonly state: "coherent" | "behind" | "reset" }
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

/** A value and what is known of it. */
export interface EntryOf<Value> {
  readonly value: Value;
  /** Changes with each write; for `compareAndSet`. */
  readonly version: string;
  /** Milliseconds left; null: it does not expire. */
  readonly ttl: number | null;
}

export interface NodeStats {
  readonly url: string;
  readonly state: NodeState;
  readonly pending: number;
  readonly requests: number;
  readonly operations: number;
  readonly failures: number;
}

export interface ClientStats {
  readonly nodes: readonly NodeStats[];
  readonly near: NearStats | null;
  /** Reads that were spared since the same one was under way. */
  readonly deduplicated: number;
  readonly loads: number;
}
