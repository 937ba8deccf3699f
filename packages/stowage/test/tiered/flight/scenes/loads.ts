/** One load in the fleet, what a loader may return, who gets it, and who gives up. */
import assert from "node:assert/strict";
import { Cache, commit, ignore } from "stowage";
import { deferred, settle } from "stowage/testing";
import { loadingOf } from "../../../../src/cache/cache.js";
import { failure, outcome, scene } from "../support/scene.js";

export const loadScenes = [
  scene("a value that is not there is loaded, and then both tiers have it", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const call = one.fetch("a", source.load);
    await settle();
    source.loads[0].resolve("v");
    assert.equal(await call, "v");
    assert.deepEqual(fleet.about("a"), ["0 getMany a", "0 lease a", "0 fill a"]);
    fleet.forget();
    assert.equal(await one.fetch("a", source.load), "v");
    assert.deepEqual([...fleet.sent], []);
    assert.equal(await other.fetch("a", source.load), "v");
    assert.deepEqual(fleet.about("a"), ["1 getMany a"]);
    assert.equal(await other.fetch("a", source.load), "v");
    assert.equal(source.loads.length, 1);
    assert.deepEqual(fleet.about("a"), ["1 getMany a"]);
    assert.equal(one.stats().loads.ok, 1);
    assert.equal(other.stats().loads.ok, 0);
  }),

  scene(
    "where L2 mostly has nothing, the lease is asked for at once; where it has, it is read first",
    async (fleet, source) => {
      const [one, other] = await fleet.start(2);
      const keys = Array.from({ length: 40 }, (_, number) => `k${number}`);
      for (const key of keys) await one.fetch(key, () => key);
      assert.deepEqual(fleet.about("k39"), ["0 lease k39", "0 fill k39"]);
      await other.set("theirs", "v");
      await fleet.spread();
      fleet.forget();
      assert.equal(await one.fetch("theirs", source.load), "v");
      assert.deepEqual(fleet.about("theirs"), ["0 lease theirs"]);
      assert.equal(await fleet.isLeased("theirs"), false);
      for (const key of keys) await other.fetch(key, source.load);
      assert.deepEqual(fleet.about("k39"), ["1 getMany k39"]);
      const call = failure(one.fetch("fails", () => Promise.reject(new Error("down")), { backoff: 1_000 }));
      assert.equal((await call).message, "down");
      await settle();
      fleet.forget();
      await failure(one.fetch("fails", source.load, { backoff: 1_000 }));
      assert.deepEqual(fleet.about("fails"), ["0 getMany fails"], "a source that is spared needs no lease");
      assert.equal(source.loads.length, 0);
    },
  ),

  scene("one load in the fleet; who waits for another process is woken by the bus", async (fleet, source) => {
    const all = await fleet.start(3);
    const calls = all.flatMap((process) => [
      process.fetch("a", source.load),
      process.fetch("a", source.load),
    ]);
    await settle();
    assert.equal(source.loads.length, 1);
    source.loads[0].resolve("v");
    await settle();
    assert.equal(await outcome(Promise.all(calls)).then((values) => String(values)), "v,v,v,v,v,v");
    assert.equal(source.loads.length, 1);
    assert.equal(
      all.reduce((sum, process) => sum + process.stats().loads.shared, 0),
      2,
    );
    assert.equal(await fleet.isLeased("a"), false);
    for (const process of all) assert.equal(await process.get("a", { only: "l1" }), "v");
  }),

  scene("without a bus they ask from time to time, less and less often", async (fleet, source) => {
    const [one, other] = await fleet.start(2, { hasBus: false });
    const calls = [one.fetch("a", source.load), other.fetch("a", source.load)];
    await settle();
    fleet.forget();
    await fleet.clock.advanceAsync(2_000);
    const asked = fleet.count("lease");
    assert.ok(asked >= 5 && asked <= 15, `${asked} questions in two seconds`);
    source.loads[0].resolve("v");
    await fleet.clock.advanceAsync(500);
    assert.deepEqual(await Promise.all(calls), ["v", "v"]);
    assert.equal(source.loads.length, 1);
  }),

  scene(
    "a load that fails fails those who wait for it here, and others load themselves",
    async (fleet, source) => {
      const [one, other] = await fleet.start(2);
      const calls = [one.fetch("a", source.load), one.fetch("a", source.load)].map(failure);
      await settle();
      const elsewhere = other.fetch("a", source.load);
      await settle();
      source.loads[0].reject(new Error("down"));
      for (const call of calls) assert.equal((await call).message, "down");
      await fleet.clock.advanceAsync(500);
      assert.equal(source.loads.length, 2);
      source.loads[1].resolve("v");
      assert.equal(await elsewhere, "v");
      assert.equal(await one.fetch("a", source.load), "v");
      assert.equal(one.stats().loads.failed, 1);
      assert.equal(fleet.faults.length, 0);
    },
  ),

  scene("a loader that throws at once is one that fails", async (fleet) => {
    const [one] = await fleet.start(1);
    const error = await failure(
      one.fetch("a", () => {
        throw new Error("at once");
      }),
    );
    assert.equal(error.message, "at once");
    await settle();
    assert.equal(await fleet.isLeased("a"), false);
  }),

  scene("commit says how it is stored: ttl, tags, l1Ttl", async (fleet) => {
    const [one, other] = await fleet.start(2, { ttl: "1h" });
    await one.fetch("a", () => commit("v", { ttl: 5_000, tags: ["red"] }));
    assert.equal(await one.ttl("a"), 5_000);
    assert.equal(await other.get("a"), "v");
    await other.invalidateTag("red");
    await settle();
    assert.equal(await one.get("a"), undefined);
    await one.fetch("b", () => commit("v", { l1Ttl: 100 } as object));
    await fleet.clock.advanceAsync(100);
    assert.equal(await one.get("b", { only: "l1" }), undefined);
    assert.equal(await one.get("b"), "v");
    const error = await failure(one.fetch("c", () => commit("v", { tll: 1 } as object)));
    assert.equal(error.code, "STOWAGE_INVALID_OPTION");
    await settle();
    assert.equal(await fleet.isLeased("c"), false);
  }),

  scene("ignore: its callers have it, nobody stores it, the key is free", async (fleet, source) => {
    const [one] = await fleet.start(1);
    assert.equal(await one.fetch("a", () => ignore("v")), "v");
    assert.equal(await one.get("a"), undefined);
    assert.equal(await fleet.isLeased("a"), false);
    const first = one.fetch("b", source.load);
    await settle();
    const second = one.fetch("b", source.load);
    await settle();
    source.loads[0].resolve(ignore("w"));
    assert.deepEqual(await Promise.all([first, second]), ["w", "w"]);
    assert.equal(source.loads.length, 1);
  }),

  scene("options of the call: ttl, tags, l1Ttl, jitter; null is a value", async (fleet) => {
    const [one, other] = await fleet.start(2, { ttl: "1h" });
    await one.fetch("a", () => null, { ttl: 10_000, tags: ["red"], jitter: 0.5 });
    assert.equal(await one.ttl("a"), 7_500);
    assert.equal(await one.fetch("a", () => "other"), null);
    assert.equal(await other.fetch("a", () => "other"), null);
    await one.invalidateTag("red");
    await settle();
    assert.equal(await other.fetch("a", () => "new"), "new");
    await one.fetch("b", () => "v", { l1Ttl: 50 });
    await fleet.clock.advanceAsync(50);
    assert.equal(await one.get("b", { only: "l1" }), undefined);
    assert.equal(await one.get("b"), "v");
  }),

  scene("only: one tier alone", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    await one.fetch("a", () => "near", { only: "l1" });
    assert.deepEqual(fleet.about("a"), []);
    assert.equal(await other.fetch("a", () => "far", { only: "l2" }), "far");
    assert.equal(await other.get("a", { only: "l1" }), undefined);
    assert.equal(await other.get("a", { only: "l2" }), "far");
    const call = other.fetch("a", source.load, { only: "l2" });
    assert.equal(await call, "far");
    assert.equal(source.loads.length, 0);
  }),

  scene("force does not take what another call finds in L2", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    await other.set("a", "old");
    await fleet.spread();
    const gate = deferred<void>();
    fleet.way = (to, what) => (to === "back" && what === "0 getMany a" ? gate.promise : undefined);
    const plain = one.fetch("a", source.load);
    const forced = one.fetch("a", source.load, { force: true });
    await settle();
    fleet.way = () => undefined;
    gate.resolve();
    assert.equal(await plain, "old");
    await fleet.spread();
    assert.equal(source.loads.length, 1);
    source.loads[0].resolve("new");
    assert.equal(await forced, "new");
  }),

  scene("force loads although there is a value; a load under way is shared", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    await one.set("a", "old");
    await other.get("a");
    const calls = [
      one.fetch("a", source.load, { force: true }),
      one.fetch("a", source.load, { force: true }),
    ];
    await settle();
    const third = other.fetch("a", source.load, { force: true });
    await settle();
    assert.equal(source.loads.length, 1);
    source.loads[0].resolve("new");
    assert.deepEqual(await Promise.all(calls), ["new", "new"]);
    await fleet.clock.advanceAsync(500);
    assert.equal(source.loads.length, 2, "what began before it was asked for is not forced");
    source.loads[1].resolve("newer");
    assert.equal(await third, "newer");
    await settle();
    assert.equal(await one.fetch("a", source.load), "newer");
  }),

  scene(
    "one caller who gives up does not concern the others; the last one stops the loader",
    async (fleet, source) => {
      const [one] = await fleet.start(1);
      const aborts = [new AbortController(), new AbortController()];
      const calls = aborts.map(({ signal }) => one.fetch("a", source.load, { signal }));
      const reason = new Error("enough");
      const first = failure(calls[0]);
      const second = failure(calls[1]);
      await settle();
      aborts[0].abort(reason);
      assert.equal(await first, reason);
      assert.equal(source.loads[0].signal.aborted, false);
      aborts[1].abort(reason);
      const again = one.fetch("a", () => "again");
      assert.equal(await second, reason);
      assert.equal(await again, "again");
      await one.delete("a");

      assert.equal(source.loads[0].signal.aborted, true);
      await settle();
      assert.equal(await fleet.isLeased("a"), false);
      assert.equal(await one.fetch("a", () => "v"), "v");
      assert.equal(await failure(one.fetch("b", source.load, { signal: AbortSignal.abort(reason) })), reason);
    },
  ),

  scene("given up while the lease is on its way: it is given back", async (fleet, source) => {
    const [one] = await fleet.start(1);
    const gate = deferred<void>();
    fleet.way = (to, what) => (to === "back" && what === "0 lease a" ? gate.promise : undefined);
    const abort = new AbortController();
    const call = failure(one.fetch("a", source.load, { signal: abort.signal }));
    await settle();
    assert.equal(await fleet.isLeased("a"), true);
    abort.abort(new Error("enough"));
    await call;
    gate.resolve();
    await settle();
    assert.equal(await fleet.isLeased("a"), false);
    assert.equal(source.loads.length, 0);
  }),

  scene("given up while another process loads: nothing is left here", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const call = one.fetch("a", source.load);
    await settle();
    const abort = new AbortController();
    const waiting = failure(other.fetch("a", source.load, { signal: abort.signal }));
    await settle();
    abort.abort(new Error("enough"));
    assert.equal((await waiting).message, "enough");
    await settle();
    fleet.forget();
    await fleet.clock.advanceAsync(1_000);
    assert.equal(fleet.sent.filter((what) => what.startsWith("1 lease")).length, 0);
    source.loads[0].resolve("v");
    assert.equal(await call, "v");
  }),

  scene("timeout: the loader is told, its callers are rejected, the key is free", async (fleet, source) => {
    const [one] = await fleet.start(1, { fetch: { timeout: 2_000 } });
    const call = failure(one.fetch("a", source.load));
    await fleet.clock.advanceAsync(1_999);
    assert.equal(source.loads[0].signal.aborted, false);
    await fleet.clock.advanceAsync(1);
    assert.equal((await call).code, "STOWAGE_LOAD_TIMEOUT");
    assert.equal(source.loads[0].signal.aborted, true);
    await settle();
    assert.equal(await fleet.isLeased("a"), false);
    assert.equal(await one.fetch("a", () => "v"), "v");
  }),

  scene("timeout: who waits for another process waits no longer", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const call = one.fetch("a", source.load);
    await settle();
    const waiting = failure(other.fetch("a", source.load, { timeout: 1_000 }));
    await fleet.clock.advanceAsync(1_000);
    assert.equal((await waiting).code, "STOWAGE_LOAD_TIMEOUT");
    source.loads[0].resolve("v");
    assert.equal(await call, "v");
  }),

  scene("a process that is gone: its lease ends, and the next one loads", async (fleet, source) => {
    const [one, other] = await fleet.start(2, { fetch: { leaseTtl: "5s" } });
    void one.fetch("a", source.load).catch(() => undefined);
    await settle();
    assert.equal(source.loads.length, 1);
    // Gone: nothing of it is heard any more.
    fleet.way = (_to, what) => (what.startsWith("0 ") ? new Promise(() => undefined) : undefined);
    const call = other.fetch("a", source.load);
    await fleet.clock.advanceAsync(4_999);
    assert.equal(source.loads.length, 1);
    await fleet.clock.advanceAsync(501);
    assert.equal(source.loads.length, 2);
    source.loads[1].resolve("v");
    assert.equal(await call, "v");
    fleet.way = () => undefined;
  }),

  scene("a lease lasts as long as the timeout, and somewhat longer", async (fleet, source) => {
    const [one, other] = await fleet.start(2, { fetch: { leaseTtl: 1_000 } });
    const call = one.fetch("a", source.load, { timeout: "1m" });
    await settle();
    const waiting = other.fetch("a", source.load, { timeout: "2m" });
    await fleet.clock.advanceAsync(50_000);
    assert.equal(source.loads.length, 1);
    source.loads[0].resolve("v");
    await fleet.clock.advanceAsync(500);
    assert.deepEqual(await Promise.all([call, waiting]), ["v", "v"]);
  }),

  scene(
    "who has waited for two leases loads alone, and stores it in L1 for a while",
    async (fleet, source) => {
      const [one, other, third] = await fleet.start(3, {
        fetch: { leaseTtl: 5_000 },
        whenL2Down: { ttl: 700 },
      });
      void one.fetch("a", source.load).catch(() => undefined);
      await settle();
      const call = other.fetch("a", source.load, { leaseTtl: 1_000 });
      await fleet.clock.advanceAsync(2_500);
      assert.equal(source.loads.length, 2);
      source.loads[1].resolve("mine");
      assert.equal(await call, "mine");
      assert.equal(other.stats().loads.alone, 1);
      assert.equal(other.stats().loads.ok, 1);
      assert.equal(await other.get("a"), "mine");
      assert.equal(await third.get("a"), undefined);
      await fleet.clock.advanceAsync(700);
      assert.equal(await other.get("a", { only: "l1" }), undefined);
      source.loads[0].resolve("v");
      await settle();
      assert.equal(await third.get("a"), "v");
    },
  ),

  scene("a loader that outlasts its lease stores nothing", async (fleet, source) => {
    const [one, other] = await fleet.start(2, { fetch: { leaseTtl: 1_000 } });
    const call = one.fetch("a", source.load);
    await settle();
    await fleet.clock.advanceAsync(1_000);
    source.loads[0].resolve("late");
    assert.equal(await call, "late");
    assert.equal(await other.get("a"), undefined);
    assert.equal(one.stats().loads.overtaken, 1);
    assert.equal(one.stats().loads.late, 1);
  }),

  scene(
    "a store without leases: one load in each process, stored unless it was overtaken here",
    async (fleet, source) => {
      const [one, other] = await fleet.start(2);
      const calls = [one, one, other].map((process) => process.fetch("a", source.load));
      await settle();
      assert.equal(source.loads.length, 2);
      source.loads[0].resolve("1");
      source.loads[1].resolve("2");
      assert.deepEqual(await Promise.all(calls), ["1", "1", "2"]);
      assert.equal(fleet.count("lease"), 0);
      const late = one.fetch("b", source.load);
      await settle();
      await one.delete("b");
      source.loads[2].resolve("old");
      assert.equal(await late, "old");
      assert.equal(await other.get("b"), undefined);
      assert.equal(one.stats().loads.overtaken, 1);
      assert.equal(await one.fetch("c", () => undefined, { negativeTtl: 5_000 }), undefined);
      assert.equal(await other.fetch("c", source.load), undefined);
      assert.equal(source.loads.length, 3);
    },
    { abilities: { leases: false } },
  ),

  scene("without L2 it is the cache of a process", async (fleet, source) => {
    const one = fleet.process({ l2: undefined, bus: undefined, hasBus: false });
    const calls = [1, 2].map(() => one.fetch("a", source.load));
    await settle();
    source.loads[0].resolve("v");
    assert.deepEqual(await Promise.all(calls), ["v", "v"]);
    assert.equal(await one.fetch("a", source.load), "v");
    assert.equal(source.loads.length, 1);
    assert.deepEqual([...fleet.sent], []);
  }),

  scene("without L1 L2 is asked each time, and loads are shared all the same", async (fleet, source) => {
    const [one] = await fleet.start(1, { l1: false });
    const calls = [1, 2].map(() => one.fetch("a", source.load));
    await settle();
    source.loads[0].resolve("v");
    assert.deepEqual(await Promise.all(calls), ["v", "v"]);
    fleet.forget();
    assert.equal(await one.fetch("a", source.load), "v");
    assert.deepEqual(fleet.about("a"), ["0 getMany a"]);
  }),

  scene("what is wrong with a call is said at once", async (fleet) => {
    const [one] = await fleet.start(1);
    const wrong = one as unknown as { fetch(...args: unknown[]): Promise<unknown> };
    assert.equal((await failure(wrong.fetch(1, () => 1))).code, "STOWAGE_INVALID_ARGUMENT");
    assert.equal((await failure(wrong.fetch("a", 1))).code, "STOWAGE_INVALID_ARGUMENT");
    assert.equal((await failure(wrong.fetch("a", () => 1, { tll: 1 }))).code, "STOWAGE_INVALID_OPTION");
    assert.equal((await failure(wrong.fetch("a", () => 1, { grace: -1 }))).code, "STOWAGE_INVALID_DURATION");
    assert.deepEqual([...fleet.sent], []);
  }),

  scene("close ends loads under way, here and while another process is waited for", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const call = failure(one.fetch("a", source.load));
    await settle();
    const waiting = failure(other.fetch("a", source.load));
    await settle();
    await other.close();
    assert.equal((await waiting).code, "STOWAGE_CLOSED");
    await one.close();
    assert.equal((await call).code, "STOWAGE_CLOSED");
    assert.equal(source.loads[0].signal.aborted, true);
    assert.equal((await failure(one.fetch("b", source.load))).code, "STOWAGE_CLOSED");
  }),

  scene("whatever comes of it, L1 watches nothing any more", async (fleet, source) => {
    const l1 = new Cache<string, unknown>({ clock: fleet.clock });
    const [one] = await fleet.start(1, { l1, fetch: { timeout: 1_000 } });
    const calls = ["value", "nothing", "error", "late"].map((key) =>
      one.fetch(key, source.load).catch(() => undefined),
    );
    await settle();
    source.loads[0].resolve("v");
    source.loads[1].resolve(undefined);
    source.loads[2].reject(new Error("down"));
    await fleet.clock.advanceAsync(1_000);
    await Promise.all(calls);
    await one
      .fetch("value", source.load, { force: true, signal: AbortSignal.abort() })
      .catch(() => undefined);
    assert.equal((loadingOf(l1) as unknown as { watches: { size: number } }).watches.size, 0);
  }),

  scene("a value that L2 does not take is given all the same", async (fleet) => {
    const [one] = await fleet.start(1);
    assert.equal(await one.fetch("a", () => 1n), 1n);
    await settle();
    assert.equal(fleet.faults.length, 1);
    assert.equal(await fleet.isLeased("a"), false);
  }),
];
