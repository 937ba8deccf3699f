/** Writes, deletions and invalidations while a key is loaded: what was loaded before is stored nowhere. */
import assert from "node:assert/strict";
import { deferred } from "stowage/testing";
import { outcome, scene } from "../support/scene.js";

export const raceScenes = [
  scene("deleted elsewhere during the load: given to its callers, stored nowhere", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const call = one.fetch("a", source.load);
    await fleet.spread();
    await other.delete("a");
    source.loads[0].resolve("old");
    assert.equal(await call, "old");
    await fleet.spread();
    assert.equal(await one.get("a"), undefined);
    assert.equal(await other.get("a"), undefined);
    assert.equal(one.stats().loads.overtaken, 1);
  }),

  scene("deleted here during the load", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const call = one.fetch("a", source.load);
    await fleet.spread();
    await one.delete("a");
    source.loads[0].resolve("old");
    assert.equal(await call, "old");
    assert.equal(await one.get("a"), undefined);
    assert.equal(await other.get("a"), undefined);
  }),

  scene("written during the load: what was written stays", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const call = one.fetch("a", source.load);
    await fleet.spread();
    await other.set("a", "written");
    source.loads[0].resolve("old");
    assert.equal(await call, "old");
    assert.equal(await one.get("a"), "written");
    assert.equal(await other.get("a"), "written");
  }),

  scene("a tag of it invalidated during the load, and heard of", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const call = one.fetch("a", source.load, { tags: ["red"] });
    await fleet.spread();
    await other.invalidateTag("red");
    await fleet.spread();
    source.loads[0].resolve("old");
    assert.equal(await call, "old");
    await fleet.spread();
    assert.equal(await one.get("a"), undefined);
    assert.equal(await other.get("a"), undefined);
  }),

  scene("a tag of it invalidated during the load, and the bus late", async (fleet, source) => {
    const [one, other, third] = await fleet.start(3);
    const held: (() => void)[] = [];
    fleet.deliver = (_to, _text, tell) => void held.push(tell);
    const call = one.fetch("a", source.load, { tags: ["red"] });
    await fleet.spread();
    await other.invalidateTag("red");
    source.loads[0].resolve("old");
    assert.equal(await call, "old");
    assert.equal(await third.get("a"), undefined, "by its epoch it is out of date");
    fleet.deliver = null;
    for (const tell of held) tell();
    await fleet.spread();
    assert.equal(await one.get("a"), undefined);
  }),

  scene("everything cleared during the load", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const call = one.fetch("a", source.load);
    await fleet.spread();
    await other.clear();
    source.loads[0].resolve("old");
    assert.equal(await call, "old");
    await fleet.spread();
    assert.equal(await one.get("a"), undefined);
    assert.equal(await other.get("a"), undefined);
  }),

  scene("who asks after the deletion gets a load that began after it", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const before = one.fetch("a", source.load);
    await fleet.spread();
    await other.delete("a");
    await fleet.spread();
    const after = [one.fetch("a", source.load), other.fetch("a", source.load)];
    await fleet.spread();
    assert.equal(await outcome(after[0]), "pending");
    source.loads[0].resolve("old");
    assert.equal(await before, "old");
    await fleet.clock.advanceAsync(500);
    assert.equal(source.loads.length, 2);
    source.loads[1].resolve("new");
    await fleet.clock.advanceAsync(500);
    assert.deepEqual(await Promise.all(after), ["new", "new"]);
  }),

  scene(
    "also before a message says so: what L2 refused is not for who came after the loader was called",
    async (fleet, source) => {
      const [one, other] = await fleet.start(2);
      fleet.deliver = () => undefined;
      const before = one.fetch("a", source.load);
      await fleet.spread();
      await other.delete("a");
      const after = one.fetch("a", source.load);
      await fleet.spread();
      source.loads[0].resolve("old");
      assert.equal(await before, "old");
      await fleet.spread();
      assert.equal(source.loads.length, 2);
      source.loads[1].resolve("new");
      assert.equal(await after, "new");
    },
  ),

  scene("deleted while L2 answers: what was read is not kept", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    await other.set("a", "old");
    await fleet.spread();
    const gate = deferred<void>();
    fleet.way = (to, what) => (to === "back" && what === "0 getMany a" ? gate.promise : undefined);
    const call = one.fetch("a", source.load);
    await fleet.spread();
    await other.delete("a");
    await fleet.spread();
    fleet.way = () => undefined;
    const after = one.fetch("a", source.load);
    gate.resolve();
    assert.equal(await call, "old");
    await fleet.spread();
    source.loads[0].resolve("new");
    assert.equal(await after, "new");
  }),

  scene("filled elsewhere while the lease is asked for: taken, not loaded", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const gate = deferred<void>();
    fleet.way = (to, what) => (to === "there" && what === "0 lease a" ? gate.promise : undefined);
    const call = one.fetch("a", source.load);
    await fleet.spread();
    await other.set("a", "theirs");
    gate.resolve();
    assert.equal(await call, "theirs");
    assert.equal(source.loads.length, 0);
    assert.equal(await one.get("a", { only: "l1" }), "theirs");
  }),

  scene("the lease was lost on its way: after its time another one loads", async (fleet, source) => {
    const [one, other] = await fleet.start(2, { fetch: { leaseTtl: 3_000 } });
    fleet.way = (to, what) => {
      if (to === "back" && what === "0 lease a") throw new Error("cut");
    };
    const call = one.fetch("a", source.load);
    await fleet.spread();
    assert.equal(source.loads.length, 1, "it loads alone");
    const waiting = other.fetch("a", source.load);
    await fleet.clock.advanceAsync(2_000);
    assert.equal(source.loads.length, 1);
    source.loads[0].resolve("v");
    assert.equal(await call, "v");
    await fleet.clock.advanceAsync(1_500);
    source.loads[1].resolve("w");
    assert.equal(await waiting, "w");
  }),

  scene(
    "a process loads a key once at a time, also after its own deletion; what came meanwhile is taken",
    async (fleet, source) => {
      const [one] = await fleet.start(1);
      const before = one.fetch("a", source.load);
      await fleet.spread();
      await one.delete("a");
      const after = one.fetch("a", source.load);
      await fleet.spread();
      assert.equal(source.loads.length, 1);
      source.loads[0].resolve("old");
      assert.equal(await before, "old");
      await fleet.spread();
      source.loads[1].resolve("new");
      assert.equal(await after, "new");

      const first = one.fetch("b", source.load, { only: "l1" });
      await fleet.spread();
      await one.delete("b");
      const second = one.fetch("b", source.load, { only: "l1" });
      await one.set("b", "written", { only: "l1" });
      source.loads[2].resolve("old");
      assert.equal(await first, "old");
      assert.equal(await second, "written");
      assert.equal(source.loads.length, 3);
    },
  ),

  scene("what was stale before a message of its renewal is not given after it", async (fleet, source) => {
    const fetch = { staleWhileRevalidate: 5_000, ttl: 1_000 };
    const [one, other] = await fleet.start(2, { fetch });
    await one.fetch("a", () => "old");
    await fleet.clock.advanceAsync(1_000);
    assert.equal(await one.fetch("a", source.load), "old");
    assert.equal(await other.fetch("a", source.load), "old");
    await fleet.spread();
    const gate = deferred<void>();
    fleet.way = (to, what) => (to === "back" && what === "1 lease a" ? gate.promise : undefined);
    source.loads[0].resolve("new");
    await fleet.spread();
    const call = other.fetch("a", source.load);
    await fleet.spread();
    assert.equal(await outcome(call), "pending");
    gate.resolve();
    assert.equal(await call, "new");
    assert.equal(source.loads.length, 1);
  }),

  scene("invalidated records are loaded anew under a lease over them", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    await one.set("a", "old", { tags: ["red"] });
    await one.invalidateTag("red");
    await fleet.spread();
    const calls = [one.fetch("a", source.load), other.fetch("a", source.load)];
    await fleet.spread();
    assert.equal(source.loads.length, 1);
    assert.equal(source.loads[0].stale, undefined);
    source.loads[0].resolve("new");
    await fleet.clock.advanceAsync(500);
    assert.deepEqual(await Promise.all(calls), ["new", "new"]);
  }),
];
