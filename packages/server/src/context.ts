/** What a worker thread works with: made once by process/worker.ts, handed to everything that serves requests. */
import type { SharedTable } from "stowage/table";
import type { Access } from "./access/types.js";
import type { Config } from "./config/settings.js";
import type { StoreFigures } from "./durability/figures.js";
import type { Feed } from "./feed/index.js";
import type { L2Figures, Tier } from "./l2/index.js";
import type { Fleet, Log, Observer } from "./observe/types.js";

/** How many workers there are, as of now. */
export interface Status {
  readonly workers: number;
  /** Those that accept connections. */
  readonly workersUp: number;
}

export interface WorkerContext {
  /** Which of the workers, from 0. A worker that replaces a dead one has its number. */
  readonly worker: number;
  readonly config: Config;
  readonly table: SharedTable;
  readonly access: Access;
  /** What changes, and who waits for it. */
  readonly feed: Feed;
  /** Counts what this worker does. */
  readonly observer: Observer;
  /** What all workers together did: for stats and metrics. */
  readonly fleet: Fleet;
  readonly log: Log;
  readonly status: Status;
  /** Aborted when this worker begins to drain: answers without an end (event streams, waits) end then. */
  readonly stopping: AbortSignal;
  /** The way to L2, where this server is one of a fleet; undefined: the table is all there is. */
  readonly tier?: Tier | undefined;
  /** What became of it at all workers; undefined: there is none. */
  l2Figures(): L2Figures | undefined;
  /** Of snapshots, for metrics. */
  storeFigures(): StoreFigures;
  /** Milliseconds, of a clock that never goes back. */
  now(): number;
  /** Milliseconds since 1970. */
  wall(): number;
}
