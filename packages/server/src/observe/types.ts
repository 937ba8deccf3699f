/** What the server tells about itself: counts in memory that all its threads share, and logs. */
import type { Logger } from "pino";
import type { CountedRoute, ServerState } from "./memory.js";

export type Log = Logger;

/** Counts what one worker does. Called on each request: adds to shared numbers, allocates nothing. */
export interface Observer {
  /**
   * A request was answered.
   *
   * @param route undefined: it reached none (401, 404, 405, unreadable)
   * @param ms from the arrival of its bytes to its response
   */
  answered(
    route: CountedRoute | undefined,
    status: number,
    ms: number,
    bytesIn: number,
    bytesOut: number,
  ): void;
  /** Called by a timer of `BEAT_MS`: notes the time, the connections, heap and delay of the event loop. */
  beat(connections: ConnectionCounts): void;
}

/** Of this life of the worker. */
export interface ConnectionCounts {
  readonly open: number;
  readonly accepted: number;
  readonly turnedAway: number;
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
  /** `accepted` and `turnedAway` over all its lives. */
  readonly connections: ConnectionCounts;
  readonly requests: number;
  /** Requests answered with 5xx. */
  readonly errors: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly heapBytes: number;
  /** How late its last beat was. */
  readonly loopDelayMs: number;
  readonly latencies: Latencies;
}

export interface RouteFigures {
  /** `none` for requests that reached no route. */
  readonly route: string;
  /** By hundreds: `2` for 2xx and so on. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly latencies: Latencies;
}

/** Counts of latencies below bounds, as Prometheus has them. */
export interface Histogram {
  readonly route: string;
  /** For each of `boundsMs`, how many were below it; last, how many there are. */
  readonly counts: readonly number[];
  readonly sumMs: number;
}

/** All workers' figures, readable from any thread. */
export interface Fleet {
  /** Seconds since the server started. */
  uptime(): number;
  /** When that was, in milliseconds since 1970. */
  startedAt(): number;
  /** What the server is at, as the supervisor says. */
  state(): ServerState;
  /** Milliseconds since the worker last gave a sign of life: cheap, for whoever watches over it. */
  quietMs(worker: number): number;
  workers(): readonly WorkerFigures[];
  routes(): readonly RouteFigures[];
  histograms(): readonly Histogram[];
  /** Of all routes but those that wait on purpose. */
  latencies(): Latencies;
}
