/** What of a warmer's result is stored: how, within which bounds, and never over anything that is newer than it. */
import type { Cache } from "stowage";
import { deferred, FakeClock, settle } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { Controlled, cache, eachTestOnItsOwn, end, make, type Result, reports } from "./warming.js";

eachTestOnItsOwn();

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
