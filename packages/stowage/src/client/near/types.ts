/** What verbs see of a near cache: they ask it before they read, tell it what they write, and hand it what they have read. */
import type { Clock } from "../../base/clock.js";
import type { Cluster } from "../routing/types.js";
import type { ClientEvent } from "../types.js";
import type { OperationResult } from "../wire/operation.js";

export type { PolicyName } from "../../cache/policy/create.js";
export type { Policy } from "../../cache/policy/policy.js";

/** A read on its way. It is refused its fill if its key was invalidated since it began. */
export interface NearRead {
  readonly key: string;
}

export interface Near {
  /** A value that may be given out now; undefined: none. Costs no promise. */
  peek(key: string): unknown;
  /**
   * The value from the server, kept here from then on; undefined: there is none. After `peek` gave nothing. `ask` asks the server,
   * for the lifetime and version as well if it is told so.
   */
  read(key: string, ask: (withMeta: boolean) => Promise<OperationResult>): Promise<unknown>;
  /**
   * Before a read is sent; its request has to leave after this call. Undefined: what it brings is not kept anyway. Each read
   * is to be ended by `fill` or `abandon`.
   */
  begin(key: string): NearRead | undefined;
  /**
   * What the read brought. `ttlMs` null: it does not expire; counted from when the server said so, which is taken to be
   * when the read began. `isTagged`: whether the entry bears tags, so that it goes when any tag is invalidated; true where
   * that is not known.
   */
  fill(read: NearRead, value: unknown, ttlMs: number | null, isTagged?: boolean): void;
  /** It brought nothing, or failed. */
  abandon(read: NearRead): void;
  /** This client writes: before the request is sent, and again when its answer is there, or will not come. */
  written(key: string): void;
  writtenAll(): void;
  tagInvalidated(tag: string): void;
  stats(): NearStats;
  close(): void;
}

export interface NearStats {
  readonly hits: number;
  readonly misses: number;
  readonly size: number;
  /** Fills refused since an invalidation overtook them. */
  readonly overtaken: number;
  /** Entries that went since they were changed: by others, as the feed told, or by this client. */
  readonly invalidations: number;
  /** How often everything of a server went, since changes may have been missed. */
  readonly resets: number;
  /** Whether the changes of all servers are heard. */
  readonly coherent: boolean;
  /** Milliseconds since the time up to which all invalidations are known; Infinity: never heard. */
  readonly lagMs: number;
}

export interface NearParts {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Numbers from 0 up to 1. Default: Math.random. */
  readonly random?: (() => number) | undefined;
  /** Told of what no caller hears of. */
  readonly onError: (error: unknown) => void;
  /** Told when a server's changes begin or cease to be heard. */
  readonly onEvent?: ((event: Extract<ClientEvent, { type: "near" }>) => void) | undefined;
}

/** What `nearCache(options)` gives to the client, which makes it work when it is made. */
export interface NearFactory {
  create(parts: NearParts): Near;
}
