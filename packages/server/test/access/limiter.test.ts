/** Rate limits: on a clock of the test's own, and shared by threads that fight for them. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as limiter from "../../src/access/limiter.js";
import { broken, bundled, type Edit } from "../support/mutants.js";
import type { Task } from "./limited.worker.js";

type Module = typeof limiter;
const FILE = "access/limiter.ts";

function limited(module: Module, rate: number) {
  let time = 5_000;
  const shared = module.createLimits();
  const interval = module.intervalNs(rate);
  // Two threads' views of the same memory.
  const views = [0, 1].map(() => new module.Limiter(shared, () => time));
  return {
    pass: (ms: number) => (time += ms),
    take: (view = 0, slot = 7) => views[view].take(slot, interval),
  };
}

/** So many admitted of so many asked at once. */
function burst(take: () => number, asked: number): number {
  let admitted = 0;
  for (let n = 0; n < asked; n++) if (take() === 0) admitted++;
  return admitted;
}

describe("a limit", () => {
  it("admits a second's worth at once, then one for each that is due", () => {
    const { take, pass } = limited(limiter, 100);
    expect(burst(take, 500)).toBe(100);
    pass(9.9);
    expect(burst(take, 500)).toBe(0);
    pass(0.2);
    expect(burst(take, 500)).toBe(1);
    pass(500);
    expect(burst(take, 500)).toBe(50);
    pass(3_600_000);
    expect(burst(take, 500)).toBe(100);
  });

  it("says how long to wait, and admits then", () => {
    const { take, pass } = limited(limiter, 4);
    burst(take, 4);
    const wait = take();
    expect(wait).toBeCloseTo(250);
    pass(wait - 1);
    expect(take()).toBeCloseTo(1);
    pass(1.001);
    expect(take()).toBe(0);
  });

  it("costs a token nothing when it is refused", () => {
    const { take, pass } = limited(limiter, 10);
    burst(take, 100_000);
    pass(1_000);
    expect(burst(take, 100)).toBe(10);
  });

  it("is one limit for all threads, and another one for each token", () => {
    const { take } = limited(limiter, 10);
    expect(burst(() => take(0), 6) + burst(() => take(1), 6)).toBe(10);
    expect(burst(() => take(1, 8), 20)).toBe(10);
  });

  it("keeps to any rate over any stretch of time", () => {
    expect(keepsRates(limiter).failed).toBe(false);
  });

  it("never admits more when threads fight for it", async () => {
    expect(await fight()).toEqual([5_000, 5_000, 5_000]);
  });

  const mutants: [what: string, edit: Omit<Edit, "file">][] = [
    ["leaks: forgets what was taken", { find: "due + intervalNs) === seen", replace: "due) === seen" }],
    ["admits one more", { find: "if (due > latest)", replace: "if (due > latest + intervalNs)" }],
    ["lets a burst of two seconds", { find: "1_000_000_000n", replace: "2_000_000_000n" }],
    ["saves up without end", { find: "seen > now ? seen : now", replace: "seen" }],
  ];
  for (const [what, edit] of mutants)
    it(`is tested: one that ${what}`, async () => {
      const module = await broken<Module>(new URL("../../src/access/limiter.ts", import.meta.url), {
        file: FILE,
        ...edit,
      });
      expect(keepsRates(module).failed).toBe(true);
    });

  it("is tested: one that two threads can use at the same time", async () => {
    const find = "if (Atomics.compareExchange(this.#dueAt, slot, seen, due + intervalNs) === seen) return 0;";
    const replace = "this.#dueAt[slot] = due + intervalNs; return 0;";
    let most = 0;
    for (let round = 0; round < 10 && most <= 5_000; round++)
      most = Math.max(most, ...(await fight({ file: FILE, find, replace })));
    expect(most).toBeGreaterThan(5_000);
  });
});

/** In no stretch of time more than its length times the rate and a second's worth; and nearly so many when asked all the time. */
function keepsRates(module: Module) {
  const gaps = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 300, noNaN: true })), {
    minLength: 50,
    maxLength: 200,
  });
  return fc.check(
    fc.property(fc.integer({ min: 1, max: 500 }), gaps, (rate, steps) => {
      const { take, pass } = limited(module, rate);
      let elapsed = 0;
      let admitted = 0;
      for (const step of steps) {
        pass(step);
        elapsed += step;
        admitted += burst(take, 40);
        const most = rate + (elapsed / 1_000) * rate;
        if (admitted > most * (1 + 1e-6)) throw new Error(`${admitted} admitted, ${most} at most`);
      }
      pass(10_000);
      const full = burst(take, 3 * rate);
      if (full !== rate) throw new Error(`${full} admitted at once after a pause, not ${rate}`);
    }),
    { numRuns: 50, seed: 4, endOnFailure: true },
  );
}

/** Two threads take from three limits of 5,000 while no time passes: how many each limit admitted. */
async function fight(...edits: Edit[]): Promise<number[]> {
  const program = await bundled(new URL("./limited.worker.ts", import.meta.url), edits);
  const task: Task = {
    limits: limiter.createLimits(),
    admitted: new SharedArrayBuffer(2 * 3 * 4),
    gate: new SharedArrayBuffer(4),
    rate: 5_000,
  };
  const workers = [0, 1].map((thread) => new Worker(program, { workerData: { ...task, thread } }));
  await Promise.all(workers.map((worker) => once(worker, "exit")));
  const counts = new Int32Array(task.admitted);
  return [0, 1, 2].map((slot) => counts[slot] + counts[3 + slot]);
}
