/** What loading (fetch, remember) needs of the client around it. */
import type { Clock } from "../../base/clock.js";
import type { Near } from "../near/types.js";
import type { Cluster } from "../routing/types.js";
import type { BoundLoadDefaults } from "./options.js";

export interface LoadingHost {
  readonly cluster: Cluster;
  readonly near: Near | null;
  readonly clock: Clock;
  /** Numbers from 0 up to 1. */
  readonly random: () => number;
  /** Of values whose call says nothing; null: for ever; undefined: as the server has it. */
  readonly ttlMs: number | null | undefined;
  /** The client's option `fetch`, bound. */
  readonly fetch: BoundLoadDefaults;
  /** A fault of the cache or of a loader that no caller sees: he has got a value without it. */
  readonly onFault: (error: unknown) => void;
}

/** What was counted. */
export interface LoadingCounts {
  /** Loaders that were called. */
  loads: number;
  /** Of these, those that threw, rejected or took too long. */
  failed: number;
  /** Values that were refused, since their key was written or invalidated while they were loaded. */
  overtaken: number;
  /** Old values that were given out instead of an error or a wait. */
  stale: number;
  /** Values that loaders gave without the cache, since it was not to be had. */
  withoutCache: number;
}
