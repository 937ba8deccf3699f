/** What verbs see of a near cache: they ask it before they read, tell it what they write, and hand it what they have read. */
import type { Cluster } from "../routing/types.js";

/** A read on its way. It is refused its fill if its key was invalidated since it began. */
export interface NearRead {
  readonly key: string;
}

export interface Near {
  /** A value that may be given out now; undefined: none. Costs no promise. */
  peek(key: string): unknown;
  /** Before a read is sent. Undefined: what it brings is not kept anyway. */
  begin(key: string): NearRead | undefined;
  /** What the read brought. `ttlMs` null: it does not expire. */
  fill(read: NearRead, value: unknown, ttlMs: number | null): void;
  /** It brought nothing, or failed. */
  abandon(read: NearRead): void;
  /** This client writes: before the request is sent, and again when its answer is there. */
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
  readonly invalidations: number;
  readonly resets: number;
  /** Whether the feeds of all nodes are heard. */
  readonly coherent: boolean;
  /** Milliseconds since the time up to which all invalidations are known; Infinity: never heard. */
  readonly lagMs: number;
}

/** What `nearCache(options)` gives to the client, which makes it work when it is made. */
export interface NearFactory {
  create(parts: {
    readonly cluster: Cluster;
    readonly clock: import("../../base/clock.js").Clock;
    readonly onError: (error: unknown) => void;
  }): Near;
}
