/** Warmers: when they run, what of their result is stored, and that nothing they do or fail to do harms the cache. */
import {
  Cache,
  type CacheOptions,
  ClosedError,
  type ErrorSource,
  type Warmer,
  type WarmerResult,
} from "stowage";
import { type Deferred, deferred, FakeClock, settle } from "stowage/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

type Result = WarmerResult<string, number>;

let clock: FakeClock;
let cache: Cache<string, number>;
let reports: [error: unknown, source: ErrorSource][];
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  clock = new FakeClock();
  reports = [];
  process.on("unhandledRejection", note);
});
afterEach(async () => {
  if (!cache.closed) cache.verify();
  cache.close();
  await settle();
  process.off("unhandledRejection", note);
  expect(clock.pending, "timers left").toBe(0);
  expect(unhandled).toEqual([]);
});

function make(
  given: (Warmer<string, number> | Controlled)[],
  options: CacheOptions<string, number> = {},
): Cache<string, number> {
  const onError = (error: unknown, source: ErrorSource): void => void reports.push([error, source]);
  const warmers = given.map((each) => (each instanceof Controlled ? each.warmer : each));
  cache = new Cache<string, number>({ clock, onError, ...options, warmers });
  return cache;
}

/** A warmer whose runs the test ends. */
class Controlled {
  readonly runs: Deferred<Result>[] = [];
  readonly signals: AbortSignal[] = [];
  readonly warmer: Warmer<string, number>;

  constructor(name: string, every?: number, required = false) {
    const execute: Warmer<string, number>["execute"] = ({ signal }) => {
      const run = deferred<Result>();
      this.runs.push(run);
      this.signals.push(signal);
      return run.promise;
    };
    this.warmer = { name, required, execute, ...(every !== undefined && { every }) };
  }
}

async function end(run: Deferred<Result>, result: Result | Error): Promise<void> {
  if (result instanceof Error) run.reject(result);
  else run.resolve(result);
  await settle();
}

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

describe("what a warmer brings", () => {
  const good: [what: string, result: () => Result][] = [
    [
      "an array",
      () => [
        ["a", 1],
        ["b", 2],
      ],
    ],
    [
      "a Map",
      () =>
        new Map([
          ["a", 1],
          ["b", 2],
        ]),
    ],
    [
      "a generator",
      () =>
        (function* () {
          yield ["a", 1] as const;
          yield ["b", 2] as const;
        })(),
    ],
    [
      "an object with entries",
      () => ({
        entries: [
          ["a", 1],
          ["b", 2],
        ],
      }),
    ],
  ];
  it.each(good)("may be %s", async (_what, result) => {
    make([{ execute: result }]);
    expect(await cache.warm()).toEqual({ "warmers[0]": 2 });
    expect(cache.getMany(["a", "b"])).toEqual(
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    );
  });

  it("is stored as its options say, else as the cache does", async () => {
    make(
      [
        { execute: () => ({ entries: [["a", 1]], options: { ttl: 50, tags: ["t"] } }) },
        { execute: () => [["b", 2]] },
      ],
      { ttl: 80 },
    );
    await settle();
    expect([cache.ttl("a"), cache.ttl("b")]).toEqual([50, 80]);
    cache.invalidateTag("t");
    expect([cache.has("a"), cache.has("b")]).toEqual([false, true]);
  });

  const bad: [what: string, result: unknown][] = [
    ["a number", 5],
    ["a text", "entries"],
    ["no pairs", [1, 2]],
    ["a pair of three", [["a", 1, 2]]],
    [
      "an undefined value",
      [
        ["a", 1],
        ["b", undefined],
      ],
    ],
    ["an object without entries", { options: {} }],
    ["an unknown option", { entries: [["a", 1]], options: { tll: 5 } }],
  ];
  it.each(bad)("is refused and reported, and nothing stored, when it is %s", async (_what, result) => {
    make([{ name: "w", execute: () => result as Result }]);
    expect(await cache.warm()).toEqual({ w: undefined });
    expect(cache.size()).toBe(0);
    expect(reports).toHaveLength(1);
    expect(reports[0][0]).toMatchObject({ code: expect.stringMatching(/^STOWAGE_INVALID_/) });
  });

  it("an iterable that throws half-way stores nothing", async () => {
    const boom = new Error("boom");
    make([
      {
        name: "w",
        execute: function* () {
          yield ["a", 1] as const;
          throw boom;
        },
      },
    ]);
    await settle();
    expect(cache.size()).toBe(0);
    expect(reports).toEqual([[boom, { source: "warmer", name: "w" }]]);
  });

  it("keeps to the bounds; what does not fit is not counted", async () => {
    make(
      [
        {
          name: "w",
          execute: () => [
            ["a", 3],
            ["b", 30],
            ["c", 4],
          ],
        },
      ],
      { maxWeight: 5, weigher: (value) => value },
    );
    expect(await cache.warm()).toEqual({ w: 2 });
    expect(cache.inspect().weight).toBeLessThanOrEqual(5);
    expect(cache.has("b")).toBe(false);
  });
});

describe("what was changed while a warmer ran is newer than what it brings", () => {
  const changes: [what: string, change: () => unknown, after: number | undefined][] = [
    ["set", () => cache.set("a", 2), 2],
    ["updated", () => cache.update("a", 2), 2],
    ["counted", () => cache.incr("a"), 1],
    ["written by setMany", () => cache.setMany([["a", 2]]), 2],
    ["fetched", () => cache.fetch("a", () => 2, { force: true }), 2],
    ["written by a transaction", () => cache.transaction(["a"], (tx) => tx.set("a", 2)), 2],
    ["imported", () => cache.import([{ key: "a", value: 2, expiresAt: null }]), 2],
    ["deleted", () => cache.delete("a"), undefined],
    ["taken", () => cache.take("a"), undefined],
    ["cleared", () => cache.clear(), undefined],
    ["reset", () => cache.reset(), undefined],
  ];

  it.each(changes)("%s", async (_what, change, after) => {
    const warmer = new Controlled("w");
    make([warmer]);
    await settle();
    await end(warmer.runs[0], [
      ["a", 0],
      ["b", 0],
    ]);
    const warming = cache.warm();
    await change();
    await end(warmer.runs[1], [
      ["a", 99],
      ["new", 99],
    ]);
    expect(cache.get("a")).toBe(after);
    const cleared = !cache.has("b");
    expect(cache.get("new"), "a key that nobody touched").toBe(cleared ? undefined : 99);
    expect(await warming).toEqual({ w: cleared ? 0 : 1 });
  });

  it("invalidated by its tag", async () => {
    const warmer = new Controlled("w");
    make([warmer]);
    await settle();
    cache.invalidateTag("users");
    await end(warmer.runs[0], { entries: [["a", 1]], options: { tags: ["users"] } });
    expect(cache.has("a")).toBe(false);
  });

  it.each(["deleted", "taken"])("also a key that was %s while it was not there", async (what) => {
    const warmer = new Controlled("w");
    make([warmer]);
    await settle();
    if (what === "deleted") cache.delete("a");
    else cache.take("a");
    await end(warmer.runs[0], [["a", 99]]);
    expect(cache.has("a")).toBe(false);
  });

  it("in the next run it is old again", async () => {
    const warmer = new Controlled("w");
    make([warmer]);
    await settle();
    cache.set("a", 1);
    await end(warmer.runs[0], [["a", 99]]);
    void cache.warm();
    await end(warmer.runs[1], [["a", 100]]);
    expect(cache.get("a")).toBe(100);
  });

  it("of two runs at a time each counts as a write for the other", async () => {
    const [slow, quick] = [new Controlled("slow"), new Controlled("quick")];
    make([slow, quick]);
    await settle();
    await end(quick.runs[0], [["a", 2]]);
    await end(slow.runs[0], [
      ["a", 1],
      ["b", 1],
    ]);
    expect([cache.get("a"), cache.get("b")]).toEqual([2, 1]);
  });

  it("beyond a hundred thousand keys written, all count as written", async () => {
    const warmer = new Controlled("w");
    make([warmer], { max: 10 });
    await settle();
    for (let n = 0; n <= 100_000; n++) cache.set(`key ${n}`, n);
    await end(warmer.runs[0], [["untouched", 1]]);
    expect(cache.has("untouched")).toBe(false);
  });

  it("a load that began before a warmer stored its key does not store", async () => {
    const warmer = new Controlled("w");
    make([warmer]);
    await settle();
    const load = deferred<number>();
    const loading = cache.fetch("a", () => load.promise);
    await end(warmer.runs[0], [["a", 2]]);
    load.resolve(1);
    expect(await loading).toBe(1);
    expect(cache.get("a")).toBe(2);
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

describe("a listener that closes the cache while a warmer stores", () => {
  it("leaves no timer", async () => {
    const own = new FakeClock();
    const closing: Cache<string, number> = make([{ every: 100, execute: () => [["a", 1]] }], {
      clock: own,
      onRemoval: () => closing.close(),
    });
    closing.set("a", 0);
    await closing.warm();
    expect(own.pending).toBe(0);
  });
});
