/** What the server tells about itself: counts in memory that all its threads share, and logs. */
import type { Logger } from "pino";
import type { Route } from "../http/route.js";

export type Log = Logger;

/** Counts what one worker does. Called on each request: adds to shared numbers, allocates nothing. */
export interface Observer {
  /**
   * A request was answered.
   *
   * @param ms from the arrival of its bytes to its response
   */
  answered(route: Route, status: number, ms: number, bytesIn: number, bytesOut: number): void;
  /** Called each time around, some ten times a second: connections as they are now, heap, delay of the event loop. */
  beat(connections: { open: number; accepted: number; turnedAway: number }): void;
}

/** Latencies in milliseconds, from a log-linear histogram (HDR) with two significant digits. */
export interface Latencies {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface WorkerFigures {
  readonly worker: number;
  /** Times that it was started, the first one included. */
  readonly starts: number;
  /** Milliseconds since it last gave a sign of life. */
  readonly quietMs: number;
  readonly connections: { readonly open: number; readonly accepted: number; readonly turnedAway: number };
  readonly requests: number;
  readonly errors: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly heapBytes: number;
  readonly loopDelayMs: number;
  readonly latencies: Latencies;
}

export interface RouteFigures {
  readonly route: string;
  /** By hundreds: `2` for 2xx and so on. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly latencies: Latencies;
}

/** All workers' figures, readable from any thread. */
export interface Fleet {
  /** Seconds since the server started. */
  uptime(): number;
  workers(): readonly WorkerFigures[];
  routes(): readonly RouteFigures[];
  latencies(): Latencies;
}
