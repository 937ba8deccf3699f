/** fetchMany: one read of L2, one call of the loader for what this process has to load; and wrap. */
import assert from "node:assert/strict";
import { commit, ignore } from "stowage";
import { deferred, settle } from "stowage/testing";
import { failure, outcome, scene } from "../support/scene.js";

type Pairs = readonly (readonly [string, unknown])[];

/** A bulk source whose calls a scene answers. */
class Bulks {
  readonly calls: {
    readonly keys: string[];
    readonly signal: AbortSignal;
    answer(pairs: Pairs): void;
    fail(error: unknown): void;
  }[] = [];
  readonly load = (keys: string[], { signal }: { signal: AbortSignal }): Promise<Pairs> => {
    const gate = deferred<Pairs>();
    this.calls.push({ keys, signal, answer: gate.resolve, fail: gate.reject });
    return gate.promise;
  };
}

const upper = (keys: readonly string[]): Pairs => keys.map((key) => [key, key.toUpperCase()] as const);

export const manyScenes = [
  scene("L1, L2 and the source, in the order of the keys; what is not found is left out", async (fleet) => {
    const [one, other] = await fleet.start(2);
    const bulks = new Bulks();
    await one.set("near", "1");
    await other.set("far", "2");
    await settle();
    fleet.forget();
    const call = one.fetchMany(["x", "near", "gone", "far", "x"], bulks.load);
    await settle();
    assert.equal(fleet.count("getMany") <= 2, true);
    assert.deepEqual(
      bulks.calls.map(({ keys }) => keys),
      [["x", "gone"]],
    );
    bulks.calls[0].answer([
      ["x", "3"],
      ["more", "9"],
    ]);
    assert.deepEqual(
      [...(await call)],
      [
        ["x", "3"],
        ["near", "1"],
        ["far", "2"],
      ],
    );
    assert.equal(await other.get("x"), "3");
    assert.equal(await other.get("more"), undefined);
    assert.equal(await fleet.isLeased("gone"), false);
    assert.deepEqual(
      [...(await one.fetchMany(["near", "x"], bulks.load))],
      [
        ["near", "1"],
        ["x", "3"],
      ],
    );
    assert.equal(bulks.calls.length, 1);
    assert.deepEqual(await one.fetchMany([], bulks.load), new Map());
  }),

  scene(
    "keys that another process loads are waited for, and loaded if it does not",
    async (fleet, source) => {
      const [one, other] = await fleet.start(2);
      const bulks = new Bulks();
      const theirs = [other.fetch("b", source.load), other.fetch("c", source.load)];
      const lost = failure(theirs[1]);
      await settle();
      const call = one.fetchMany(["a", "b", "c"], bulks.load);
      await settle();
      assert.deepEqual(
        bulks.calls.map(({ keys }) => keys),
        [["a"]],
      );
      bulks.calls[0].answer(upper(["a"]));
      source.loads[0].resolve("theirs");
      source.loads[1].reject(new Error("down"));
      await lost;
      await fleet.clock.advanceAsync(1_000);
      assert.deepEqual(
        bulks.calls.map(({ keys }) => keys),
        [["a"], ["c"]],
      );
      bulks.calls[1].answer(upper(["c"]));
      assert.deepEqual(
        [...(await call)],
        [
          ["a", "A"],
          ["b", "theirs"],
          ["c", "C"],
        ],
      );
    },
  ),

  scene("keys that are loaded here are waited for; a fetch joins a part", async (fleet, source) => {
    const [one] = await fleet.start(1);
    const bulks = new Bulks();
    const single = one.fetch("b", source.load);
    const call = one.fetchMany(["a", "b"], bulks.load);
    const again = one.fetchMany(["a", "c"], bulks.load);
    const joined = one.fetch("a", source.load);
    await settle();
    assert.deepEqual(
      bulks.calls.map(({ keys }) => keys),
      [["a"], ["c"]],
    );
    bulks.calls[0].answer(upper(["a"]));
    bulks.calls[1].answer(upper(["c"]));
    source.loads[0].resolve("single");
    assert.deepEqual(
      [...(await call)],
      [
        ["a", "A"],
        ["b", "single"],
      ],
    );
    assert.deepEqual(
      [...(await again)],
      [
        ["a", "A"],
        ["c", "C"],
      ],
    );
    assert.equal(await joined, "A");
    assert.equal(await single, "single");
    assert.equal(source.loads.length, 1);
  }),

  scene("each key can be overtaken by itself", async (fleet) => {
    const [one, other] = await fleet.start(2);
    const bulks = new Bulks();
    const call = one.fetchMany(["a", "b"], bulks.load);
    await settle();
    await other.delete("b");
    bulks.calls[0].answer(upper(["a", "b"]));
    assert.deepEqual(
      [...(await call)],
      [
        ["a", "A"],
        ["b", "B"],
      ],
    );
    await settle();
    assert.equal(await other.get("a"), "A");
    assert.equal(await other.get("b"), undefined);
    assert.equal(await one.get("b"), undefined);
  }),

  scene("commit, ignore, negativeTtl, and results that are none", async (fleet) => {
    const [one, other] = await fleet.start(2, { fetch: { negativeTtl: 5_000 } });
    const results: Pairs = [
      ["a", commit("A", { ttl: 100 })],
      ["b", ignore("B")],
    ];
    assert.deepEqual(
      [...(await one.fetchMany(["a", "b", "c"], () => results))],
      [
        ["a", "A"],
        ["b", "B"],
      ],
    );
    await settle();
    assert.equal(await one.ttl("a"), 100);
    assert.equal(await other.get("b"), undefined);
    let asked: string[] = [];
    const load = (keys: string[]): Pairs => {
      asked = keys;
      return [];
    };
    await other.fetchMany(["a", "b", "c"], load);
    assert.deepEqual(asked, ["b"]);
    assert.equal((await failure(one.fetchMany(["z"], () => 5 as never))).code, "STOWAGE_INVALID_ARGUMENT");
    await settle();
    assert.equal(await fleet.isLeased("z"), false);
  }),

  scene("a failure fails those who wait for its keys, and frees them", async (fleet) => {
    const [one, other] = await fleet.start(2);
    const bulks = new Bulks();
    await one.set("there", "v");
    const call = failure(one.fetchMany(["there", "a", "b"], bulks.load));
    await settle();
    bulks.calls[0].fail(new Error("down"));
    assert.equal((await call).message, "down");
    await settle();
    assert.deepEqual(
      [...(await other.fetchMany(["a", "b"], upper))],
      [
        ["a", "A"],
        ["b", "B"],
      ],
    );
  }),

  scene("given up by all: the one call is told; by one of two callers: it goes on", async (fleet) => {
    const [one] = await fleet.start(1);
    const bulks = new Bulks();
    const aborts = [new AbortController(), new AbortController()];
    const calls = aborts.map(({ signal }) => failure(one.fetchMany(["a", "b"], bulks.load, { signal })));
    await settle();
    aborts[0].abort(new Error("enough"));
    await calls[0];
    assert.equal(bulks.calls[0].signal.aborted, false);
    aborts[1].abort(new Error("enough"));
    await calls[1];
    assert.equal(bulks.calls[0].signal.aborted, true);
    await settle();
    assert.equal(await fleet.isLeased("a"), false);
    assert.equal(await fleet.isLeased("b"), false);
  }),

  scene("given up by one who wanted more than the other: it goes on for the other", async (fleet) => {
    const [one] = await fleet.start(1);
    const bulks = new Bulks();
    const abort = new AbortController();
    const given = failure(one.fetchMany(["a", "b"], bulks.load, { signal: abort.signal }));
    const other = one.fetch("b", () => "alone");
    await settle();
    abort.abort(new Error("enough"));
    await given;
    assert.equal(bulks.calls[0].signal.aborted, false);
    bulks.calls[0].answer(upper(["a", "b"]));
    assert.equal(await other, "B");
  }),

  scene("given up while a lease is on its way: nothing is loaded for nobody", async (fleet) => {
    const [one] = await fleet.start(1);
    const bulks = new Bulks();
    const gate = deferred<void>();
    fleet.way = (to, what) => (to === "back" && what === "0 lease b" ? gate.promise : undefined);
    const abort = new AbortController();
    const given = failure(one.fetchMany(["a", "b"], bulks.load, { signal: abort.signal }));
    await settle();
    abort.abort(new Error("enough"));
    await given;
    gate.resolve();
    await settle();
    assert.equal(bulks.calls.length, 0);
    assert.equal(await fleet.isLeased("a"), false);
    assert.equal(await fleet.isLeased("b"), false);
  }),

  scene("L2 away: one call of the loader for all", async (fleet) => {
    const [one] = await fleet.start(1);
    const bulks = new Bulks();
    fleet.way = () => {
      throw new Error("cut");
    };
    const call = one.fetchMany(["a", "b"], bulks.load);
    await settle();
    assert.deepEqual(
      bulks.calls.map(({ keys }) => keys),
      [["a", "b"]],
    );
    bulks.calls[0].answer(upper(["a", "b"]));
    assert.deepEqual(
      [...(await call)],
      [
        ["a", "A"],
        ["b", "B"],
      ],
    );
    fleet.way = () => undefined;
  }),

  scene("one lease that takes long keeps the others' load for its timeout at the most", async (fleet) => {
    const [one] = await fleet.start(1);
    const bulks = new Bulks();
    fleet.way = (to, what) =>
      to === "back" && what === "0 lease b" ? new Promise(() => undefined) : undefined;
    const call = one.fetchMany(["a", "b"], bulks.load);
    await settle();
    assert.equal(bulks.calls.length, 0);
    await fleet.clock.advanceAsync(1_000);
    assert.deepEqual(
      bulks.calls.map(({ keys }) => [...keys].sort()),
      [["a", "b"]],
    );
    bulks.calls[0].answer(upper(["a", "b"]));
    assert.deepEqual(
      [...(await call)],
      [
        ["a", "A"],
        ["b", "B"],
      ],
    );
    fleet.way = () => undefined;
  }),

  scene("old values: at once, or when the load fails", async (fleet) => {
    const [one] = await fleet.start(1, { ttl: 1_000, fetch: { staleWhileRevalidate: 1_000, grace: 5_000 } });
    await one.setMany(upper(["a", "b"]));
    await fleet.clock.advanceAsync(1_500);
    const bulks = new Bulks();
    assert.deepEqual(
      [...(await one.fetchMany(["a", "b"], bulks.load))],
      [
        ["a", "A"],
        ["b", "B"],
      ],
    );
    await settle();
    assert.deepEqual(
      bulks.calls.map(({ keys }) => keys),
      [["a", "b"]],
    );
    bulks.calls[0].fail(new Error("down"));
    await settle();
    await fleet.clock.advanceAsync(1_000);
    const call = one.fetchMany(["a", "b"], bulks.load);
    await settle();
    assert.equal(await outcome(call), "pending");
    bulks.calls[1].fail(new Error("down"));
    assert.deepEqual(
      [...(await call)],
      [
        ["a", "A"],
        ["b", "B"],
      ],
    );
  }),

  scene("wrap: a function that remembers, in all processes by its name", async (fleet) => {
    const [one, other] = await fleet.start(2);
    let calls = 0;
    async function greet(name: string, { loud }: { loud: boolean }): Promise<string> {
      calls++;
      return loud ? name.toUpperCase() : name;
    }
    const here = one.wrap(greet);
    const there = other.wrap(greet);
    assert.equal(await here("ada", { loud: true }), "ADA");
    assert.equal(await there("ada", { loud: true }), "ADA");
    assert.equal(await there("ada", { loud: false }), "ada");
    assert.equal(calls, 2);
  }),

  scene("wrap: names have to be, and to tell apart", async (fleet) => {
    const [one] = await fleet.start(1);
    const make = (value: number) =>
      function same(): number {
        return value;
      };
    const first = make(1);
    one.wrap(first);
    one.wrap(first);
    assert.throws(() => one.wrap(make(2)), { code: "STOWAGE_INVALID_ARGUMENT" });
    assert.throws(() => one.wrap(() => 1), { code: "STOWAGE_INVALID_ARGUMENT" });
    assert.throws(() => one.wrap(make(3), { ttl: -1 }), { code: "STOWAGE_INVALID_DURATION" });
    assert.throws(() => one.wrap(1 as never), { code: "STOWAGE_INVALID_ARGUMENT" });
    assert.equal(await one.wrap(make(4), { name: "four" })(), 4);
    const keyed = one.wrap((id: number) => id * 2, { key: (id) => `double:${id}`, ttl: 5_000 });
    assert.equal(await keyed(2), 4);
    assert.equal(await one.get("double:2"), 4);
    assert.equal(await one.ttl("double:2"), 5_000);
  }),
];
