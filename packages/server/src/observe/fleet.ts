/** Reads what all workers counted: sums over the blocks of the shared memory, made when somebody asks. */
import { BUCKETS, countsBelow, latenciesOf } from "./histogram.js";
import {
  blockOf,
  type FleetMemory,
  field,
  header,
  headerOf,
  histogramStart,
  row,
  rowStart,
  serverStates,
  statusClasses,
} from "./memory.js";
import type { Fleet, Histogram, Latencies, RouteFigures, WorkerFigures } from "./types.js";

export function createFleet(memory: FleetMemory, now: () => number): Fleet {
  const head = headerOf(memory);
  const blocks = Array.from({ length: memory.workers }, (_, worker) => blockOf(memory, worker));
  const rows = memory.routes.map((_, route) => route);
  const prompt = rows.filter((route) => !memory.waiting.includes(memory.routes[route]));
  return {
    uptime: () => (now() - head[header.startedAt]) / 1_000,
    startedAt: () => head[header.startedAtWall],
    state: () => serverStates[head[header.state]],
    quietMs: (worker) => now() - blocks[worker][field.heartbeatAt],
    workers: () => blocks.map((block, worker) => workerFigures(memory, block, worker, prompt, now())),
    routes: () => rows.map((route) => routeFigures(memory, blocks, route)),
    histograms: () => rows.map((route) => histogramOf(memory, blocks, route)),
    latencies: () => sumOf(memory, blocks, prompt).latencies(),
  };
}

function workerFigures(
  memory: FleetMemory,
  block: Float64Array,
  worker: number,
  prompt: readonly number[],
  now: number,
): WorkerFigures {
  const counts = statusClasses.map((each) => countOf([block], memory, each));
  return {
    worker,
    starts: block[field.starts],
    quietMs: now - block[field.heartbeatAt],
    connections: {
      open: block[field.open],
      accepted: block[field.accepted],
      turnedAway: block[field.turnedAway],
    },
    requests: counts.reduce((sum, count) => sum + count, 0),
    errors: counts[statusClasses.indexOf(5)],
    bytesIn: block[field.bytesIn],
    bytesOut: block[field.bytesOut],
    heapBytes: block[field.heapBytes],
    loopDelayMs: block[field.loopDelayMs],
    latencies: sumOf(memory, [block], prompt).latencies(),
  };
}

/** Answers of one class of status, over all routes. */
function countOf(blocks: readonly Float64Array[], { routes }: FleetMemory, statusClass: number): number {
  let count = 0;
  for (const block of blocks)
    for (let route = 0; route < routes.length; route++) count += block[rowStart(route) + statusClass];
  return count;
}

function routeFigures(memory: FleetMemory, blocks: readonly Float64Array[], route: number): RouteFigures {
  const statuses: Record<string, number> = {};
  for (const each of statusClasses) {
    let count = 0;
    for (const block of blocks) count += block[rowStart(route) + each];
    if (count > 0) statuses[each] = count;
  }
  return {
    route: memory.routes[route],
    statuses,
    latencies: sumOf(memory, blocks, [route]).latencies(),
  };
}

function histogramOf(memory: FleetMemory, blocks: readonly Float64Array[], route: number): Histogram {
  const { cells, sumMs } = sumOf(memory, blocks, [route]);
  return { route: memory.routes[route], counts: countsBelow(cells), sumMs };
}

/** The histograms of some routes in some blocks, as one. */
function sumOf(memory: FleetMemory, blocks: readonly Float64Array[], routes: readonly number[]): Sum {
  const sum = new Sum();
  for (const block of blocks) for (const route of routes) sum.add(block, route, memory.routes.length);
  return sum;
}

class Sum {
  readonly cells = new Float64Array(BUCKETS);
  sumMs = 0;
  maxMs = 0;

  add(block: Float64Array, route: number, routes: number): void {
    const start = rowStart(route);
    // Most routes of most servers are never asked; their histograms need no reading.
    if (statusClasses.every((each) => block[start + each] === 0)) return;
    this.sumMs += block[start + row.sumMs];
    this.maxMs = Math.max(this.maxMs, block[start + row.maxMs]);
    const from = histogramStart(route, routes);
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.cells[bucket] += block[from + bucket];
  }

  latencies(): Latencies {
    return latenciesOf(this.cells, this.sumMs, this.maxMs);
  }
}
