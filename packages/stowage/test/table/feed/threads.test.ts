/** The ring between real threads: whole changes, in the order of each writer, gaps never silent, sleepers woken. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { RingFollower } from "../../../src/table/feed/follower.js";
import { Ring } from "../../../src/table/feed/ring.js";
import { bundle } from "../support/bundle.js";
import type { WorkerTask } from "./feed.worker.js";
import { BlindRing, isWhole, makeBuffer, noteKey } from "./support.js";

const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

function scene(capacity: number, notes: number) {
  const buffer = makeBuffer(capacity);
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const host = { thread: 0, watchers: { add: (count: number) => void Atomics.add(shared, 0, count) } };
  return {
    buffer,
    shared,
    host,
    /** Resolves when the thread is ready. */
    async start(role: WorkerTask["role"], thread: number): Promise<Worker> {
      const workerData: WorkerTask = { role, buffer, thread, shared, notes };
      const worker = new Worker(await bundle(new URL("./feed.worker.ts", import.meta.url)), { workerData });
      workers.push(worker);
      await once(worker, "message");
      return worker;
    },
    go() {
      Atomics.store(shared, 1, 1);
      Atomics.notify(shared, 1);
    },
  };
}

type Scene = ReturnType<typeof scene>;

/** Follows two writers to their end; what was wrong, and how often it was reset. */
async function followTwo(capacity: number, notes: number, make: (all: Scene) => Ring) {
  const all = scene(capacity, notes);
  const follower = new RingFollower(make(all));
  const writers = await Promise.all([all.start("note", 1), all.start("note", 2)]);
  const exits = Promise.all(writers.map((writer) => once(writer, "exit")));
  let running = true;
  void exits.then(() => {
    running = false;
  });
  all.go();
  const next: Record<string, number> = {};
  const wrong: string[] = [];
  let resets = 0;
  let changes = 0;
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const batch = follower.read();
    if (batch.reset) {
      resets++;
      for (const thread of Object.keys(next)) delete next[thread];
    }
    for (const change of batch.changes) {
      const [thread, index] = change.key.toString().split(":");
      if (!isWhole(change)) wrong.push(`torn: ${change.key}`);
      else if (next[thread] !== undefined && next[thread] !== Number(index)) wrong.push(`gap: ${change.key}`);
      next[thread] = Number(index) + 1;
      changes++;
    }
    if (!batch.reset && batch.changes.length === 0) {
      if (!running) break;
      await new Promise(setImmediate);
    }
  }
  await exits;
  follower.close();
  return { wrong, resets, changes, watchers: all.shared[0] };
}

describe("two threads that write and one that reads", () => {
  it("lose nothing as long as the ring is large enough", async () => {
    const ring = (all: Scene) => new Ring(all.buffer, all.host);
    const { wrong, resets, changes, watchers } = await followTwo(2 ** 18, 50_000, ring);
    expect(wrong).toEqual([]);
    expect([resets, changes, watchers]).toEqual([0, 100_000, 0]);
  }, 30_000);

  it("say so whenever something was lost, and mix nothing up", async () => {
    const { wrong, resets } = await followTwo(16, 100_000, (all) => new Ring(all.buffer, all.host));
    expect(wrong).toEqual([]);
    expect(resets).toBeGreaterThan(0);
  }, 30_000);

  it("would fail that on a ring that does not notice that it was overtaken", async () => {
    const { wrong } = await followTwo(16, 100_000, (all) => new BlindRing(all.buffer, all.host));
    expect(wrong.length).toBeGreaterThan(0);
  }, 30_000);
});

describe("a thread that sleeps", () => {
  it.each(["wait", "iterate"] as const)(
    "is woken by a change: %s",
    async (role) => {
      const { buffer, host, start } = scene(64, 0);
      const sleeper = await start(role, 1);
      const ring = new Ring(buffer, host);
      const answer = once(sleeper, "message");
      for (let i = 0; i < 20; i++) {
        noteKey(ring, `0:${i}`);
        await new Promise(setImmediate);
      }
      noteKey(ring, "end:0");
      expect((await answer)[0]).toEqual({ seen: { 0: 19 }, resets: 0, ended: 1 });
    },
    30_000,
  );

  it.each(["wait", "iterate"] as const)(
    "gets over the hole that a terminated one left: %s",
    async (role) => {
      const { buffer, host, start } = scene(64, 0);
      const sleeper = await start(role, 1);
      const ring = new Ring(buffer, host);
      const answer = once(sleeper, "message");
      Atomics.add(new BigInt64Array(buffer), 0, 1n);
      noteKey(ring, "0:1");
      const timer = setInterval(() => noteKey(ring, "end:0"), 20);
      const [{ resets, ended }] = await answer;
      clearInterval(timer);
      expect([resets, ended > 0]).toEqual([1, true]);
    },
    30_000,
  );

  it("can be terminated while it sleeps", async () => {
    const { buffer, host, shared, start } = scene(64, 0);
    const ring = new Ring(buffer, host);
    for (const role of ["wait", "iterate"] as const) {
      const sleeper = await start(role, 1);
      await sleeper.terminate();
      expect(shared[0]).toBe(1);
      ring.forget(1);
      expect(shared[0]).toBe(0);
      noteKey(ring, "after");
    }
  }, 30_000);
});
