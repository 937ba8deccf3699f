/** Warmers: when they run, who waits for them, and that one that fails harms nobody. */
import { ClosedError } from "stowage";
import { type Deferred, settle } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { Controlled, cache, clock, eachTestOnItsOwn, end, make, type Result, reports } from "./warming.js";

eachTestOnItsOwn();

describe("a warmer runs", () => {
  it("once at the start, after the constructor of whoever made the cache", async () => {
    const order: string[] = [];
    make([{ execute: () => void order.push("warmer") }]);
    order.push("constructor");
    await settle();
    expect(order).toEqual(["constructor", "warmer"]);
    clock.advance(1e9);
    await settle();
    expect(order).toHaveLength(2);
  });

  it("not at all when the cache is closed at once", async () => {
    const warmer = new Controlled("w", 5);
    make([warmer]).close();
    await settle();
    expect(warmer.runs).toHaveLength(0);
  });

  it("again so long after the last run ended, however long that took", async () => {
    const warmer = new Controlled("w", 100);
    make([warmer]);
    await settle();
    await clock.advanceAsync(1_000);
    expect(warmer.runs, "one at a time").toHaveLength(1);
    await end(warmer.runs[0], []);
    await clock.advanceAsync(99);
    expect(warmer.runs).toHaveLength(1);
    await clock.advanceAsync(1);
    expect(warmer.runs).toHaveLength(2);
    await end(warmer.runs[1], []);
    await clock.advanceAsync(100);
    expect(warmer.runs).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  it("again an interval after a call of warm, and not twice", async () => {
    let runs = 0;
    make([{ every: 100, execute: () => void runs++ }]);
    await settle();
    await clock.advanceAsync(60);
    await cache.warm();
    expect(runs).toBe(2);
    expect(clock.pending).toBe(1);
    await clock.advanceAsync(99);
    expect(runs).toBe(2);
    await clock.advanceAsync(1);
    expect(runs).toBe(3);
  });

  it("given its state and an open signal", async () => {
    const state = { from: "the user" };
    const seen: unknown[] = [];
    make([{ state, execute: (context) => void seen.push(context.state, context.signal.aborted) }]);
    await settle();
    expect(seen).toEqual([state, false]);
    expect(seen[0]).toBe(state);
  });

  it("is told by its signal that the cache is closed; what it brings then is nothing", async () => {
    const warmer = new Controlled("w", 100);
    make([warmer]);
    await settle();
    cache.close();
    expect(warmer.signals[0].aborted).toBe(true);
    expect(warmer.signals[0].reason).toBeInstanceOf(ClosedError);
    await end(warmer.runs[0], [["a", 1]]);
    expect(cache.inspect().size).toBe(0);
    expect(reports).toEqual([]);
  });

  it("a run that fails because of close is not reported", async () => {
    const warmer = new Controlled("w");
    make([warmer]);
    await settle();
    cache.close();
    await end(warmer.runs[0], new Error("aborted"));
    expect(reports).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe("ready", () => {
  it("resolves at once without required warmers", async () => {
    make([new Controlled("w")]);
    await cache.ready;
  });

  it("waits for all required warmers and no others", async () => {
    const [one, two, optional] = [
      new Controlled("1", undefined, true),
      new Controlled("2", undefined, true),
      new Controlled("3"),
    ];
    make([one, two, optional]);
    let ready = false;
    void cache.ready.then(() => (ready = true));
    await settle();
    await end(one.runs[0], [["a", 1]]);
    expect(ready).toBe(false);
    await end(two.runs[0], []);
    expect(ready).toBe(true);
    expect(cache.get("a")).toBe(1);
  });

  it("waits through failures until a run succeeds", async () => {
    const warmer = new Controlled("w", undefined, true);
    make([warmer]);
    let ready = false;
    void cache.ready.then(() => (ready = true));
    await settle();
    await end(warmer.runs[0], new Error("down"));
    await clock.advanceAsync(1_000);
    await end(warmer.runs[1], new Error("still down"));
    expect(ready).toBe(false);
    await clock.advanceAsync(2_000);
    await end(warmer.runs[2], []);
    expect(ready).toBe(true);
  });

  it("rejects when the cache is closed before, and nobody has to listen", async () => {
    const warmer = new Controlled("w", undefined, true);
    make([warmer]);
    await settle();
    cache.close();
    await expect(cache.ready).rejects.toBeInstanceOf(ClosedError);
  });

  it("stays resolved when the cache is closed later", async () => {
    make([{ required: true, execute: () => [["a", 1]] }]);
    await cache.ready;
    cache.close();
    await cache.ready;
  });
});

describe("warm", () => {
  it("runs all and says what each stored", async () => {
    make([
      {
        name: "one",
        execute: () => [
          ["a", 1],
          ["b", 2],
        ],
      },
      { execute: async () => new Map([["c", 3]]) },
      { name: "nothing", execute: () => undefined },
    ]);
    await settle();
    cache.clear();
    expect(await cache.warm()).toEqual({ one: 2, "warmers[1]": 1, nothing: 0 });
    expect(cache.size()).toBe(3);
    expect(cache.stats().calls.warm).toBe(1);
  });

  it("runs only those that are named", async () => {
    const runs: string[] = [];
    const warmer = (name: string) => ({ name, execute: () => void runs.push(name) });
    make([warmer("one"), warmer("two"), warmer("three")]);
    await settle();
    runs.length = 0;
    expect(await cache.warm({ only: ["three", "one"] })).toEqual({ one: 0, three: 0 });
    expect(runs).toEqual(["one", "three"]);
    expect(await cache.warm({ only: [] })).toEqual({});
  });

  it.each([true, false])("refuses an unknown name before anything runs, wait: %s", async (wait) => {
    let runs = 0;
    make([{ name: "users", execute: () => void runs++ }]);
    await settle();
    const failure = await cache.warm({ only: ["users", "user"], wait }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "STOWAGE_UNKNOWN_WARMER" });
    expect((failure as Error).message).toContain('"users"');
    await settle();
    expect(runs).toBe(1);
  });

  it("with wait: false only starts them", async () => {
    const warmer = new Controlled("w");
    make([warmer]);
    await settle();
    await end(warmer.runs[0], []);
    expect(await cache.warm({ wait: false })).toEqual({});
    expect(warmer.runs).toHaveLength(2);
    await end(warmer.runs[1], [["a", 1]]);
    expect(cache.get("a")).toBe(1);
  });

  it("joins a run that is under way: at the start, by interval or by another warm", async () => {
    const warmer = new Controlled("w", 100);
    make([warmer]);
    await settle();
    const [one, two] = [cache.warm(), cache.warm({ only: ["w"] })];
    await settle();
    expect(warmer.runs).toHaveLength(1);
    await end(warmer.runs[0], [["a", 1]]);
    expect(await one).toEqual({ w: 1 });
    expect(await two).toEqual({ w: 1 });
    await clock.advanceAsync(100);
    const three = cache.warm();
    await settle();
    expect(warmer.runs).toHaveLength(2);
    await end(warmer.runs[1], []);
    expect(await three).toEqual({ w: 0 });
  });

  it("a warmer that fails has no count, and the others theirs", async () => {
    const boom = new Error("boom");
    make([
      { name: "bad", execute: () => Promise.reject(boom) },
      { name: "good", execute: () => [["a", 1]] },
    ]);
    expect(await cache.warm()).toEqual({ bad: undefined, good: 1 });
    expect(reports).toEqual([[boom, { source: "warmer", name: "bad" }]]);
  });

  it("a wait that close comes across ends", async () => {
    const warmer = new Controlled("w");
    make([warmer]);
    const waiting = cache.warm();
    await settle();
    cache.close();
    await end(warmer.runs[0], [["a", 1]]);
    expect(Object.keys(await waiting)).toEqual(["w"]);
  });
});

describe("a warmer that fails", () => {
  it("is reported, counted, and tried again after pauses that double up to a minute", async () => {
    const boom = new Error("boom");
    let runs = 0;
    make([
      {
        name: "w",
        execute: () => {
          runs++;
          throw boom;
        },
      },
    ]);
    await settle();
    const pauses: number[] = [];
    for (let n = 0; n < 9; n++) {
      expect(clock.pending).toBe(1);
      pauses.push(clock.nextIn ?? 0);
      await clock.advanceAsync(clock.nextIn ?? 0);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(runs).toBe(10);
    expect(reports).toEqual(Array(10).fill([boom, { source: "warmer", name: "w" }]));
    expect(cache.stats().errors.warmer).toBe(10);
  });

  it("comes back within its interval, begins anew after a success, and the cache goes on", async () => {
    const warmer = new Controlled("w", 3_000);
    make([warmer]);
    await settle();
    cache.set("a", 1);
    const pauses: number[] = [];
    for (const failing of [true, true, true, false, true]) {
      await end(warmer.runs.at(-1) as Deferred<Result>, failing ? new Error("down") : []);
      pauses.push(clock.nextIn ?? 0);
      await clock.advanceAsync(clock.nextIn ?? 0);
    }
    expect(pauses).toEqual([1_000, 2_000, 3_000, 3_000, 1_000]);
    expect(cache.get("a")).toBe(1);
  });

  it("a warm before its pause is over tries at once, and one timer is left", async () => {
    const warmer = new Controlled("w");
    make([warmer]);
    await settle();
    await end(warmer.runs[0], new Error("down"));
    const warming = cache.warm();
    expect(clock.pending, "the pause is over").toBe(0);
    await end(warmer.runs[1], new Error("down"));
    expect(await warming).toEqual({ w: undefined });
    expect([clock.pending, clock.nextIn]).toEqual([1, 2_000]);
  });

  it("takes nobody along: a reporter that throws, and a warmer that hangs for ever", async () => {
    const onError = (): never => {
      throw new Error("reporter");
    };
    make(
      [
        { execute: () => Promise.reject(new Error("bad")) },
        new Controlled("hangs", 10),
        { execute: () => [["a", 1]] },
      ],
      {
        onError,
      },
    );
    await clock.advanceAsync(5_000);
    expect(cache.get("a")).toBe(1);
  });
});
