/** Old values: given at once, or when a load fails or takes too long; failing sources that are spared; what is not there. */
import assert from "node:assert/strict";
import { commit } from "stowage";
import { settle } from "stowage/testing";
import { failure, outcome, scene } from "../support/scene.js";

const fail = (): never => {
  throw new Error("down");
};

export const staleScenes = [
  scene(
    "stale-while-revalidate: the old value at once, one load behind in the fleet",
    async (fleet, source) => {
      const fetch = { staleWhileRevalidate: 5_000, ttl: 1_000 };
      const [one, other] = await fleet.start(2, { fetch });
      await one.fetch("a", () => "old");
      await fleet.clock.advanceAsync(1_000);
      assert.equal(await one.get("a"), undefined);
      assert.equal(await one.fetch("a", source.load), "old");
      assert.equal(await other.fetch("a", source.load), "old");
      await settle();
      fleet.forget();
      assert.equal(await other.fetch("a", source.load), "old");
      assert.deepEqual(fleet.about("a"), [], "who waits for another process knows the old value");
      assert.equal(source.loads.length, 1);
      assert.equal(source.loads[0].stale, "old");
      source.loads[0].resolve("new");
      await fleet.spread();
      assert.equal(await other.fetch("a", source.load), "new");
      assert.equal(await one.fetch("a", source.load), "new");
      assert.equal(one.stats().stale + other.stats().stale, 3);
      assert.equal(source.loads.length, 1);
    },
  ),

  scene("it is reckoned from expiry; after it one waits", async (fleet, source) => {
    const [one] = await fleet.start(1, { fetch: { staleWhileRevalidate: 5_000, grace: 9_000, ttl: 1_000 } });
    await one.fetch("a", () => "old");
    await fleet.clock.advanceAsync(6_000);
    const call = one.fetch("a", source.load);
    await settle();
    assert.equal(await outcome(call), "pending");
    source.loads[0].resolve("new");
    assert.equal(await call, "new");
  }),

  scene("a load behind that fails reaches no caller, and is told", async (fleet) => {
    const [one] = await fleet.start(1, { fetch: { staleWhileRevalidate: 5_000, ttl: 1_000, backoff: "1m" } });
    await one.fetch("a", () => "old");
    await fleet.clock.advanceAsync(1_000);
    for (let count = 0; count < 3; count++) {
      assert.equal(await one.fetch("a", fail), "old");
      await fleet.spread();
    }
    assert.equal(fleet.faults.length, 1);
  }),

  scene(
    "grace: the old value if the load fails, until it is over; also for who has none in L1",
    async (fleet) => {
      const [one, other] = await fleet.start(2, { fetch: { grace: 5_000, ttl: 1_000 } });
      await one.fetch("a", () => "old");
      await fleet.clock.advanceAsync(5_999);
      assert.equal(await one.fetch("a", fail), "old");
      await settle();
      assert.equal(await other.fetch("a", fail), "old");
      await settle();
      await fleet.clock.advanceAsync(1);
      assert.equal((await failure(one.fetch("a", fail))).message, "down");
      assert.equal((await failure(other.fetch("a", fail))).message, "down");
    },
  ),

  scene("grace: a set value is kept as long, and an invalidated one is nobody's", async (fleet) => {
    const [one, other] = await fleet.start(2, { ttl: 1_000, fetch: { grace: 5_000 } });
    await one.set("a", "old", { tags: ["red"] });
    await fleet.clock.advanceAsync(2_000);
    assert.equal(await other.fetch("a", fail), "old");
    await one.invalidateTag("red");
    await settle();
    assert.equal((await failure(other.fetch("a", fail))).message, "down");
  }),

  scene(
    "grace: what is deleted or invalidated during the load is no fallback any more",
    async (fleet, source) => {
      const [one, other] = await fleet.start(2, { fetch: { grace: "1h", ttl: 1_000 } });
      for (const key of ["a", "b", "c"]) await one.fetch(key, () => commit("old", { tags: ["red"] }));
      await fleet.clock.advanceAsync(1_000);
      const calls = ["a", "b", "c"].map((key) => one.fetch(key, source.load));
      const deleted = failure(calls[0]);
      await settle();
      await other.delete("a");
      await fleet.spread();
      source.loads[0].reject(new Error("down"));
      assert.equal((await deleted).message, "down");
      source.loads[1].reject(new Error("down"));
      assert.equal(await calls[1], "old");
      const invalidated = failure(calls[2]);
      await other.invalidateTag("red");
      await fleet.spread();
      source.loads[2].reject(new Error("down"));
      assert.equal((await invalidated).message, "down");
    },
  ),

  scene("grace: a load that takes too long counts as failed", async (fleet, source) => {
    const [one] = await fleet.start(1, { fetch: { grace: "1h", ttl: 1_000, timeout: 2_000 } });
    await one.fetch("a", () => "old");
    await fleet.clock.advanceAsync(1_000);
    const call = one.fetch("a", source.load);
    await fleet.clock.advanceAsync(2_000);
    assert.equal(await call, "old");
  }),

  scene("grace: whether an old value will do is each caller's own", async (fleet, source) => {
    const [one] = await fleet.start(1, { fetch: { grace: "1h", ttl: 1_000 } });
    await one.fetch("a", () => "old");
    await fleet.clock.advanceAsync(1_000);
    const calls = [
      one.fetch("a", source.load),
      failure(one.fetch("a", source.load, { grace: 500 })),
      one.fetch("a", source.load, { staleWhileRevalidate: "1m" }),
    ];
    assert.equal(await calls[2], "old");
    await settle();
    await fleet.clock.advanceAsync(500);
    source.loads[0].reject(new Error("down"));
    assert.equal(await calls[0], "old");
    assert.equal(((await calls[1]) as Error).message, "down");
  }),

  scene(
    "softTimeout: no longer than that for who has an old value, wherever it is loaded",
    async (fleet, source) => {
      const fetch = { grace: "1h", ttl: 1_000, softTimeout: 200 } as const;
      const [one, other] = await fleet.start(2, { fetch });
      await one.fetch("a", () => "old");
      await fleet.clock.advanceAsync(1_000);
      const calls = [one.fetch("a", source.load), other.fetch("a", source.load)];
      await fleet.clock.advanceAsync(199);
      assert.equal(await outcome(Promise.race(calls)), "pending");
      await fleet.clock.advanceAsync(1);
      assert.deepEqual(await Promise.all(calls), ["old", "old"]);
      source.loads[0].resolve("new");
      await fleet.spread();
      assert.equal(await other.fetch("a", source.load), "new");
      const first = one.fetch("b", source.load);
      await fleet.clock.advanceAsync(500);
      assert.equal(await outcome(first), "pending");
      source.loads[1].resolve("b");
      assert.equal(await first, "b");
    },
  ),

  scene("softTimeout: L2 that takes long does not keep from the old value in L1", async (fleet, source) => {
    const [one] = await fleet.start(1, { fetch: { grace: "1h", ttl: 1_000, softTimeout: 200 } });
    await one.fetch("a", () => "old");
    await fleet.clock.advanceAsync(1_000);
    fleet.way = (to, what) =>
      to === "there" && what.startsWith("0 getMany") ? new Promise(() => undefined) : undefined;
    const call = one.fetch("a", source.load);
    await fleet.clock.advanceAsync(200);
    assert.equal(await call, "old");
    fleet.way = () => undefined;
  }),

  scene("backoff here: no load before the pause is over, which doubles", async (fleet) => {
    const [one] = await fleet.start(1, { fetch: { backoff: 1_000 } });
    let tries = 0;
    const load = () => {
      tries++;
      return fail();
    };
    await failure(one.fetch("a", load));
    await settle();
    await fleet.clock.advanceAsync(999);
    assert.equal((await failure(one.fetch("a", load))).message, "down");
    assert.equal(tries, 1);
    await fleet.clock.advanceAsync(1);
    await failure(one.fetch("a", load));
    await settle();
    await fleet.clock.advanceAsync(1_999);
    assert.equal((await failure(one.fetch("a", load))).message, "down");
    assert.equal(tries, 2);
    assert.equal(await one.fetch("a", () => "forced", { force: true }), "forced");
    assert.equal(await one.fetch("a", load), "forced");
    await failure(one.fetch("b", load));
    await one.delete("b");
    assert.equal(await one.fetch("b", () => "fine"), "fine");
  }),

  scene("backoff: what another process loaded meanwhile is taken", async (fleet) => {
    const [one, other] = await fleet.start(2, { fetch: { backoff: 10_000 } });
    await failure(one.fetch("a", fail));
    await settle();
    assert.equal(await other.fetch("a", () => "fine"), "fine");
    await settle();
    assert.equal(await one.fetch("a", fail), "fine");
  }),

  scene("backoff over the fleet: a failing source is spared by all who have an old value", async (fleet) => {
    const all = await fleet.start(3, { fetch: { backoff: 1_000, grace: "1h", ttl: 1_000 } });
    const [one, other, third] = all;
    let tries = 0;
    const load = () => {
      tries++;
      return fail();
    };
    await one.fetch("a", () => ({ version: 1 }));
    await fleet.clock.advanceAsync(1_000);
    for (const process of all) {
      assert.deepEqual(await process.fetch("a", load), { version: 1 });
      await settle();
    }
    assert.equal(tries, 1);
    await fleet.clock.advanceAsync(999);
    assert.deepEqual(await other.fetch("a", load), { version: 1 });
    assert.equal(tries, 1);
    await fleet.clock.advanceAsync(1);
    assert.deepEqual(await other.fetch("a", load), { version: 1 });
    await settle();
    assert.equal(tries, 2);
    await fleet.clock.advanceAsync(1_999);
    assert.deepEqual(await third.fetch("a", load), { version: 1 });
    assert.equal(tries, 2, "it doubles over the fleet");
    await fleet.clock.advanceAsync(1);
    assert.equal(await third.fetch("a", () => "fine"), "fine");
    await settle();
    assert.equal(await one.fetch("a", load, { force: false }), "fine");
    assert.equal(await other.fetch("a", load), "fine");
  }),

  scene(
    "backoff over the fleet: who cannot have the old value loads; it ends when it would have",
    async (fleet, source) => {
      const [one, other, third] = await fleet.start(3, {
        fetch: { backoff: "1h", grace: 5_000, ttl: 1_000 },
      });
      await one.fetch("a", () => "old");
      await fleet.clock.advanceAsync(1_010);
      assert.equal(await one.fetch("a", fail), "old");
      await settle();
      const call = other.fetch("a", source.load, { grace: 1 });
      await settle();
      source.loads[0].reject(new Error("down"));
      assert.equal((await failure(call)).message, "down");
      await settle();
      await fleet.clock.advanceAsync(5_000);
      assert.equal(await third.fetch("a", () => "new"), "new");
    },
  ),

  scene(
    "backoff over the fleet: who waits for the lease gets the old value when the load has failed",
    async (fleet, source) => {
      const [one, other] = await fleet.start(2, { fetch: { backoff: 1_000, grace: "1h", ttl: 1_000 } });
      await one.fetch("a", () => "old");
      await fleet.clock.advanceAsync(1_000);
      const calls = [one.fetch("a", source.load), other.fetch("a", source.load)];
      await settle();
      source.loads[0].reject(new Error("down"));
      await fleet.clock.advanceAsync(500);
      assert.deepEqual(await Promise.all(calls), ["old", "old"]);
      assert.equal(source.loads.length, 1);
    },
  ),

  scene("negativeTtl: that nothing was found is known to all", async (fleet, source) => {
    const [one, other] = await fleet.start(2, { fetch: { negativeTtl: 10_000 } });
    assert.equal(await one.fetch("a", () => undefined), undefined);
    fleet.forget();
    assert.equal(await one.fetch("a", source.load), undefined);
    assert.deepEqual(fleet.about("a"), []);
    await fleet.clock.advanceAsync(5_000);
    const found = other.fetch("a", source.load);
    await settle();
    assert.equal(source.loads.length, 0);
    assert.equal(await found, undefined);
    assert.equal(await other.get("a"), undefined);
    await fleet.clock.advanceAsync(5_000);
    assert.equal(await other.fetch("a", () => "v"), "v");
    assert.equal(await one.fetch("b", () => undefined), undefined);
    await other.set("b", "v");
    await settle();
    assert.equal(await one.fetch("b", source.load), "v");
    await one.fetch("c", () => commit(undefined, { tags: ["red"] }));
    await one.invalidateTag("red");
    assert.equal(await one.fetch("c", () => "v"), "v");
  }),

  scene("without it nothing is stored, and the old value is gone", async (fleet) => {
    const [one, other] = await fleet.start(2, { fetch: { grace: "1h", ttl: 1_000 } });
    assert.equal(await one.fetch("n", () => undefined), undefined);
    assert.equal(await one.fetch("n", () => "v"), "v");
    await one.fetch("a", () => "old");
    await fleet.clock.advanceAsync(1_000);
    assert.equal(await one.fetch("a", () => undefined), undefined);
    await fleet.clock.advanceAsync(1);
    assert.equal((await failure(other.fetch("a", fail))).message, "down");
    assert.equal((await failure(one.fetch("a", fail))).message, "down");
  }),

  scene("a schema: what L2 has and does not fit is loaded anew", async (fleet, source) => {
    const schema = {
      "~standard": {
        version: 1 as const,
        vendor: "test",
        validate: (value: unknown) =>
          typeof value === "number" ? { value } : { issues: [{ message: "no number" }] },
      },
    };
    const [one] = await fleet.start(1);
    const [checked] = await fleet.start(1, { schema });
    await one.set("a", "text");
    await settle();
    const call = checked.fetch("a", source.load);
    await settle();
    source.loads[0].resolve(7);
    assert.equal(await call, 7);
    await settle();
    assert.equal(await one.get("a"), 7);
    assert.equal(checked.stats().l2?.refused, 2, "once when it was read, once when it was leased over");
  }),
];
