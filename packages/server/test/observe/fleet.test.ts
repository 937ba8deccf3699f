/** What workers count in shared memory, and what is read from it. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { type Route, unrouted } from "../../src/http/route.js";
import {
  BEAT_MS,
  createFleet,
  createFleetMemory,
  createObserver,
  setState,
  sharedNow,
} from "../../src/observe/index.js";
import { serverStates } from "../../src/observe/memory.js";
import { bundled } from "../support/mutants.js";
import type { Task } from "./counting.worker.js";

const route = (name: string, waits = false): Route => ({
  name,
  method: "GET",
  path: `/${name}`,
  scope: "read",
  waits,
  handle() {},
});
const get = route("get");
const set = route("set");
const poll = route("poll", true);

function fleetOf(workers: number) {
  let time = 1_000;
  const now = () => time;
  const memory = createFleetMemory(workers, [get, set, poll], now, () => 1_700_000_000_000);
  return { memory, now, fleet: createFleet(memory, now), pass: (ms: number) => (time += ms) };
}

describe("a fleet", () => {
  it("counts by route, by class of status and by worker", () => {
    const { memory, now, fleet } = fleetOf(2);
    const [first, second] = [0, 1].map((worker) => createObserver(memory, worker, now));
    first.answered(get, 200, 1, 0, 10);
    first.answered(get, 404, 3, 0, 20);
    first.answered(set, 200, 2, 100, 16);
    second.answered(get, 503, 4, 0, 30);
    second.answered(undefined, 401, 5, 0, 40);

    const routes = Object.fromEntries(fleet.routes().map(({ route, statuses }) => [route, statuses]));
    expect(routes).toEqual({
      [unrouted.name]: { 4: 1 },
      get: { 2: 1, 4: 1, 5: 1 },
      set: { 2: 1 },
      poll: {},
    });
    expect(fleet.workers()).toMatchObject([
      { worker: 0, starts: 1, requests: 3, errors: 0, bytesIn: 100, bytesOut: 46, latencies: { max: 3 } },
      { worker: 1, starts: 1, requests: 2, errors: 1, bytesIn: 0, bytesOut: 70, latencies: { max: 5 } },
    ]);
    expect(fleet.latencies()).toMatchObject({ count: 5, mean: 3, max: 5 });
    expect(fleet.routes()[1].latencies).toMatchObject({ count: 3, max: 4 });
    expect(fleet.histograms()[1]).toMatchObject({ route: "get", sumMs: 8 });
    expect(fleet.histograms()[1].counts.at(-1)).toBe(3);
  });

  it("counts a status that is none as its own error, and a route that it does not know as none", () => {
    const { memory, now, fleet } = fleetOf(1);
    const observer = createObserver(memory, 0, now);
    for (const status of [0, 99, 700, Number.NaN]) observer.answered(get, status, 1, 0, 0);
    observer.answered(route("stranger"), 200, 1, 0, 0);
    expect(fleet.routes()[1].statuses).toEqual({ 5: 4 });
    expect(fleet.routes()[0].statuses).toEqual({ 2: 1 });
  });

  it("leaves requests that wait on purpose out of its latencies, not out of its counts", () => {
    const { memory, now, fleet } = fleetOf(1);
    const observer = createObserver(memory, 0, now);
    observer.answered(poll, 200, 30_000, 0, 0);
    observer.answered(get, 200, 1, 0, 0);
    expect(fleet.latencies()).toMatchObject({ count: 1, max: 1 });
    expect(fleet.workers()[0]).toMatchObject({ requests: 2, latencies: { max: 1 } });
    expect(fleet.routes()[3].latencies).toMatchObject({ count: 1, max: 30_000 });
  });

  it("knows when a worker last gave a sign of life, and how late", () => {
    const { memory, now, fleet, pass } = fleetOf(2);
    const observer = createObserver(memory, 1, now);
    pass(40);
    expect(fleet.quietMs(1)).toBe(40);
    observer.beat({ open: 1, accepted: 1, turnedAway: 0 });
    expect(fleet.workers()[1].loopDelayMs).toBe(0);
    pass(BEAT_MS + 250);
    expect(fleet.quietMs(1)).toBe(BEAT_MS + 250);
    observer.beat({ open: 7, accepted: 9, turnedAway: 2 });
    expect(fleet.quietMs(1)).toBe(0);
    expect(fleet.workers()[1]).toMatchObject({
      quietMs: 0,
      loopDelayMs: 250,
      connections: { open: 7, accepted: 9, turnedAway: 2 },
    });
    expect(fleet.workers()[1].heapBytes).toBeGreaterThan(1e6);
    pass(BEAT_MS - 1);
    observer.beat({ open: 7, accepted: 9, turnedAway: 2 });
    expect(fleet.workers()[1].loopDelayMs).toBe(0);
  });

  it("goes on counting when a worker was replaced", () => {
    const { memory, now, fleet } = fleetOf(1);
    const first = createObserver(memory, 0, now);
    first.answered(get, 200, 1, 2, 3);
    first.beat({ open: 4, accepted: 10, turnedAway: 1 });
    const second = createObserver(memory, 0, now);
    expect(fleet.workers()[0]).toMatchObject({
      starts: 2,
      requests: 1,
      connections: { open: 0, accepted: 10 },
    });
    second.answered(get, 200, 1, 2, 3);
    second.beat({ open: 1, accepted: 2, turnedAway: 0 });
    expect(fleet.workers()[0]).toMatchObject({
      requests: 2,
      bytesIn: 4,
      connections: { open: 1, accepted: 12, turnedAway: 1 },
    });
  });

  it("tells what the server is at, and since when", () => {
    const { memory, fleet, pass } = fleetOf(1);
    expect(fleet.state()).toBe("starting");
    for (const state of serverStates) {
      setState(memory, state);
      expect(fleet.state()).toBe(state);
    }
    pass(2_500);
    expect(fleet.uptime()).toBe(2.5);
    expect(fleet.startedAt()).toBe(1_700_000_000_000);
  });

  it("refuses workers that it has no room for", () => {
    const { memory, now } = fleetOf(2);
    for (const worker of [-1, 2, Number.NaN])
      expect(() => createObserver(memory, worker, now)).toThrow(RangeError);
  });

  it("loses nothing that threads count side by side, nor what a dead one counted", async () => {
    const memory = createFleetMemory(2, [get, set], sharedNow);
    const fleet = createFleet(memory, sharedNow);
    const program = await bundled(new URL("./counting.worker.ts", import.meta.url));
    const requests = 200_000;
    const run = (worker: number) => {
      const task: Task = { memory, worker, requests };
      return once(new Worker(program, { workerData: task }), "exit");
    };
    await Promise.all([run(0), run(1)]);
    await run(0);
    expect(fleet.workers()).toMatchObject([
      { starts: 2, requests: 2 * requests, bytesIn: 2 * requests, connections: { accepted: 10 } },
      { starts: 1, requests, bytesOut: 2 * requests, connections: { accepted: 5 } },
    ]);
    // One clock in all threads: the last beats were seconds ago at most, and not in the future.
    for (const { quietMs } of fleet.workers()) {
      expect(quietMs).toBeGreaterThan(-1);
      expect(quietMs).toBeLessThan(30_000);
    }
  });
});
