/** One shared cache in several real threads. */
import { SharedCache } from "stowage/table";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundle } from "../support/bundle.js";
import { Crew, Hand } from "../support/crew.js";

const THREADS = 4;
/** What it may take until a dead thread's part has passed on, on a busy machine. */
const BOUND_MS = 3_000;
const worker = new URL("./threads.worker.ts", import.meta.url);

let script: string;
let cache: SharedCache<number>;
let words: Int32Array;
let data: object;

beforeEach(async () => {
  script = await bundle(worker);
  cache = SharedCache.create<number>({ memory: "4mb", janitor: false });
  words = new Int32Array(new SharedArrayBuffer(8));
  data = { handle: cache.handle, words };
});

afterEach(() => {
  cache.verify();
  cache.close();
});

async function withCrew<T>(use: (crew: Crew) => Promise<T>): Promise<T> {
  const crew = await Crew.start({ script, count: THREADS, data });
  try {
    return await use(crew);
  } finally {
    await crew.kill();
  }
}

describe("several threads", () => {
  it("that fetch one key run one loader", { timeout: 30_000 }, async () => {
    const values = await withCrew((crew) => crew.all("fetch", "key"));
    expect(values).toEqual(Array.from({ length: THREADS }, () => 42));
    expect(Atomics.load(words, 1)).toBe(1);
    expect(cache.get("key")).toBe(42);
    expect(cache.stats().loads.ok).toBe(1);
    expect(cache.stats().calls.fetch).toBe(THREADS);
  });

  it("that move amounts in transactions keep the sum", { timeout: 60_000 }, async () => {
    const accounts = 5;
    for (let n = 0; n < accounts; n++) cache.set(`account:${n}`, 1_000);
    const sums = await withCrew((crew) => crew.all<number[]>("transfer", { accounts, times: 60 }));
    expect(new Set(sums.flat())).toEqual(new Set([accounts * 1_000]));
    let sum = 0;
    for (let n = 0; n < accounts; n++) sum += cache.get(`account:${n}`) as number;
    expect(sum).toBe(accounts * 1_000);
  });

  it("that count lose nothing", { timeout: 30_000 }, async () => {
    await withCrew((crew) => crew.all("count", 2_000));
    expect(cache.get("incr")).toBe(THREADS * 2_000);
    expect(cache.get("update")).toBe(THREADS * 2_000);
    expect(cache.stats().calls.incr).toBe(THREADS * 2_000);
  });

  it("that take the same keys get each one once", { timeout: 30_000 }, async () => {
    const keys = 2_000;
    for (let n = 0; n < keys; n++) cache.set(`take:${n}`, n);
    const got = await withCrew((crew) => crew.all<number>("take", keys));
    expect(got.reduce((sum, each) => sum + each, 0)).toBe(keys);
    expect(cache.size()).toBe(0);
  });
});

describe("a thread that is terminated", () => {
  it("while it loads passes the load on to who waits, and to who comes", { timeout: 30_000 }, async () => {
    const hand = await Hand.start({ script, data });
    await hand.call("loadForEver", "key");
    const waiting = cache.fetch("key", () => 7);
    let done = false;
    void waiting.then(() => (done = true));
    await new Promise(setImmediate);
    expect(done).toBe(false);
    const start = performance.now();
    await hand.kill();
    expect(await waiting).toBe(7);
    expect(performance.now() - start).toBeLessThan(BOUND_MS);
    expect(await cache.fetch("key", () => 8)).toBe(7);
  });

  it("amid a transaction passes its locks on", { timeout: 30_000 }, async () => {
    const hand = await Hand.start({ script, data });
    await hand.call("lockForEver", "key");
    const waiting = cache.transaction(["key"], (tx) => tx.set("key", 1));
    const start = performance.now();
    await hand.kill();
    await waiting;
    expect(performance.now() - start).toBeLessThan(BOUND_MS);
    expect(cache.get("key")).toBe(1);
  });
});
