/**
 * Counts what one worker does. `answered` runs on each request: a handful of adds to shared cells, no allocation.
 *
 * Routes are found by identity in a Map (4 ns), and not at all while the same route is asked again. A route does not carry
 * its row itself: routes are constants that several servers of one process may share.
 */
import { getHeapStatistics } from "node:v8";
import { bucketOf } from "./histogram.js";
import {
  blockOf,
  type CountedRoute,
  type FleetMemory,
  field,
  histogramStart,
  row,
  rowStart,
} from "./memory.js";
import type { ConnectionCounts, Observer } from "./types.js";

/** Time between two beats. What a beat comes late is the delay of the event loop. */
export const BEAT_MS = 100;

/** Begins a life of the worker: its earlier counts stay. */
export function createObserver(memory: FleetMemory, worker: number, now: () => number): Observer {
  const cells = blockOf(memory, worker);
  cells[field.starts] += 1;
  cells[field.open] = 0;
  cells[field.heartbeatAt] = now();
  return new BlockObserver(memory, cells, now);
}

class BlockObserver implements Observer {
  readonly #memory: FleetMemory;
  readonly #cells: Float64Array;
  readonly #now: () => number;
  readonly #rows = new Map<CountedRoute | undefined, number>();
  readonly #acceptedBefore: number;
  readonly #turnedAwayBefore: number;
  #lastRoute: CountedRoute | undefined;
  #row = rowStart(0);
  #histogram: number;
  #beats = 0;

  constructor(memory: FleetMemory, cells: Float64Array, now: () => number) {
    this.#memory = memory;
    this.#cells = cells;
    this.#now = now;
    this.#acceptedBefore = cells[field.accepted];
    this.#turnedAwayBefore = cells[field.turnedAway];
    this.#histogram = histogramStart(0, memory.routes.length);
  }

  answered(
    route: CountedRoute | undefined,
    status: number,
    ms: number,
    bytesIn: number,
    bytesOut: number,
  ): void {
    if (route !== this.#lastRoute) this.#turnTo(route);
    const cells = this.#cells;
    const start = this.#row;
    cells[start + classOf(status)] += 1;
    cells[start + row.sumMs] += ms;
    if (ms > cells[start + row.maxMs]) cells[start + row.maxMs] = ms;
    cells[this.#histogram + bucketOf(ms)] += 1;
    cells[field.bytesIn] += bytesIn;
    cells[field.bytesOut] += bytesOut;
  }

  beat({ open, accepted, turnedAway }: ConnectionCounts): void {
    const cells = this.#cells;
    const now = this.#now();
    if (this.#beats++ > 0) cells[field.loopDelayMs] = Math.max(0, now - cells[field.heartbeatAt] - BEAT_MS);
    cells[field.heartbeatAt] = now;
    cells[field.open] = open;
    cells[field.accepted] = this.#acceptedBefore + accepted;
    cells[field.turnedAway] = this.#turnedAwayBefore + turnedAway;
    cells[field.heapBytes] = getHeapStatistics().used_heap_size;
  }

  #turnTo(route: CountedRoute | undefined): void {
    let index = this.#rows.get(route);
    if (index === undefined) {
      index = route === undefined ? 0 : Math.max(0, this.#memory.routes.indexOf(route.name));
      this.#rows.set(route, index);
    }
    this.#lastRoute = route;
    this.#row = rowStart(index);
    this.#histogram = histogramStart(index, this.#memory.routes.length);
  }
}

/** A status that is none counts as the server's fault, which it is. */
function classOf(status: number): number {
  return status >= 100 && status < 500 ? (status / 100) | 0 : 5;
}
