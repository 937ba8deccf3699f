/**
 * The numbers that all threads share: one SharedArrayBuffer, made by the supervisor, with a block for each worker.
 *
 *     cells of 8 bytes (Float64: whole numbers to 2^53, a plain add, no BigInt)
 *
 *     | header | block of worker 0 | block of worker 1 | ...
 *     |   16   |
 *
 *     a block:  | fields | row of route 0 | row of route 1 | ... | histogram of route 0 | histogram of route 1 | ...
 *               |   16   |       8        |                      |       BUCKETS        |
 *
 *     a row:    | sum of ms | 1xx | 2xx | 3xx | 4xx | 5xx | max ms | - |      64 bytes: one line of the processor's cache
 *
 * One writer a block: its worker. So counting is plain adds without atomics, and nobody waits. Readers may see a sum
 * without the count that belongs to it; the next look is right. Cells are aligned, so no number is ever half written.
 *
 * A worker that died leaves its block; the one in its place goes on counting there. Row 0 counts requests that reached no
 * route (404, 405, 401, what could not be read).
 */
import { BUCKETS } from "./histogram.js";

/** What the server is at, for /ready. */
export const serverStates = ["starting", "loading", "ready", "draining"] as const;
export type ServerState = (typeof serverStates)[number];

/** To be handed to each worker as it is (`workerData`). */
export interface FleetMemory {
  readonly buffer: SharedArrayBuffer;
  readonly workers: number;
  /** Names of the routes, in the order of their rows. The first one stands for requests that reached none. */
  readonly routes: readonly string[];
  /** Those of them whose requests wait on purpose: left out where latencies of all routes are put together. */
  readonly waiting: readonly string[];
}

/** What a route must tell to be counted. */
export interface CountedRoute {
  readonly name: string;
  readonly waits?: boolean;
}

/** The name under which requests are counted that met no route: unknown paths, preflights, what could not be read. */
export const UNROUTED = "none";

/** Cells of the header. */
export const header = Object.freeze({ startedAt: 0, startedAtWall: 1, state: 2 });
const HEADER_CELLS = 16;

/** Cells at the beginning of a block. Connections: as the worker sees them; `accepted` and `turnedAway` over all its lives. */
export const field = Object.freeze({
  heartbeatAt: 0,
  starts: 1,
  open: 2,
  accepted: 3,
  turnedAway: 4,
  bytesIn: 5,
  bytesOut: 6,
  heapBytes: 7,
  loopDelayMs: 8,
});
const FIELD_CELLS = 16;

/** Cells of a route's row; a status of 2xx is counted in cell 2, and so on. */
export const row = Object.freeze({ sumMs: 0, maxMs: 6 });
export const statusClasses = [1, 2, 3, 4, 5] as const;
const ROW_CELLS = 8;

/** Begins to count. `now` is one clock for all threads (`sharedNow`). */
export function createFleetMemory(
  workers: number,
  routes: readonly CountedRoute[],
  now: () => number,
  wall: () => number = Date.now,
): FleetMemory {
  const names = [UNROUTED, ...new Set(routes.map(({ name }) => name))];
  const waiting = routes.filter(({ waits }) => waits === true).map(({ name }) => name);
  const cells = HEADER_CELLS + workers * blockCells(names.length);
  const buffer = new SharedArrayBuffer(cells * Float64Array.BYTES_PER_ELEMENT);
  const head = headerOf({ buffer });
  head[header.startedAt] = now();
  head[header.startedAtWall] = wall();
  return Object.freeze({ buffer, workers, routes: Object.freeze(names), waiting: Object.freeze(waiting) });
}

/** The supervisor says what the server is at. */
export function setState(memory: FleetMemory, state: ServerState): void {
  headerOf(memory)[header.state] = serverStates.indexOf(state);
}

export function headerOf({ buffer }: Pick<FleetMemory, "buffer">): Float64Array {
  return new Float64Array(buffer, 0, HEADER_CELLS);
}

/** The cells of one worker. */
export function blockOf({ buffer, workers, routes }: FleetMemory, worker: number): Float64Array {
  if (!(worker >= 0 && worker < workers))
    throw new RangeError(`there is no worker ${worker}; there are ${workers}`);
  const length = blockCells(routes.length);
  return new Float64Array(buffer, (HEADER_CELLS + worker * length) * Float64Array.BYTES_PER_ELEMENT, length);
}

/** Where the row of a route begins in a block. */
export function rowStart(route: number): number {
  return FIELD_CELLS + route * ROW_CELLS;
}

/** Where the histogram of a route begins in a block of so many routes. */
export function histogramStart(route: number, routes: number): number {
  return rowStart(routes) + route * BUCKETS;
}

/** Rounded up to 128 bytes, so that no two workers write to the same line of the cache, or to neighbours. */
function blockCells(routes: number): number {
  return Math.ceil(histogramStart(routes, routes) / 16) * 16 + 16;
}
