/** Renewing before expiry, over the fleet: by what the record says of its life, whoever loaded it. */
import assert from "node:assert/strict";
import { settle } from "stowage/testing";
import { scene } from "../support/scene.js";

export const renewalScenes = [
  scene("refreshAhead: after a share of the ttl, one load behind in the fleet", async (fleet, source) => {
    const [one, other, third] = await fleet.start(3, { ttl: 100_000, fetch: { refreshAhead: 0.8 } });
    await one.fetch("a", () => "old");
    await other.fetch("a", source.load);
    await fleet.clock.advanceAsync(79_000);
    assert.equal(await one.fetch("a", source.load), "old");
    await settle();
    assert.equal(source.loads.length, 0);
    await fleet.clock.advanceAsync(1_000);
    fleet.forget();
    assert.equal(await one.fetch("a", source.load), "old");
    assert.equal(await one.fetch("a", source.load), "old");
    await settle();
    assert.deepEqual(fleet.about("a"), ["0 getMany a", "0 lease a"]);
    for (const process of [one, other, third, third])
      assert.equal(await process.fetch("a", source.load), "old");
    await settle();
    assert.equal(source.loads.length, 1);
    assert.equal(source.loads[0].stale, "old");
    source.loads[0].resolve("new");
    await fleet.spread();
    for (const process of [one, other, third]) assert.equal(await process.fetch("a", source.load), "new");
    assert.deepEqual(
      fleet.about("a").filter((what) => what.startsWith("0 ")),
      ["0 getMany a", "0 lease a", "0 fill a"],
    );
    assert.equal(await one.ttl("a"), 100_000);
    assert.equal(source.loads.length, 1);
    assert.equal(one.stats().stale, 0);
  }),

  scene(
    "earlyRefresh: by the time that the load took, also where another process loaded",
    async (fleet, source) => {
      const [one, other] = await fleet.start(2, { ttl: 60_000, fetch: { earlyRefresh: true } });
      await one.fetch("a", async () => {
        await fleet.clock.advanceAsync(2_000);
        return "old";
      });
      assert.equal(await other.fetch("a", source.load), "old");
      await fleet.clock.advanceAsync(50_000);
      assert.equal(await other.fetch("a", source.load), "old");
      await settle();
      assert.equal(source.loads.length, 0);
      fleet.luck = 0.995; // 2 s × −ln(0.005) = 10.6 s, more than the ten that are left
      assert.equal(await other.fetch("a", source.load), "old");
      await settle();
      assert.equal(source.loads.length, 1);
      source.loads[0].resolve("new");
      await fleet.spread();
      fleet.luck = 0.5;
      assert.equal(await one.fetch("a", source.load), "new");
    },
  ),

  scene("what another process has renewed is taken, not loaded again", async (fleet, source) => {
    const [one, other] = await fleet.start(2, { ttl: 100_000, hasBus: false, fetch: { refreshAhead: 0.5 } });
    await one.fetch("a", () => "old");
    assert.equal(await other.fetch("a", source.load), "old");
    await fleet.clock.advanceAsync(60_000);
    assert.equal(await one.fetch("a", () => "new"), "old");
    await settle();
    assert.equal(await one.get("a"), "new");
    assert.equal(await other.fetch("a", source.load), "old");
    await settle();
    assert.equal(await other.fetch("a", source.load), "new");
    assert.equal(source.loads.length, 0);
  }),

  scene("a short l1Ttl does not make it renew what is young", async (fleet, source) => {
    const [one] = await fleet.start(1, { ttl: 100_000, l1Ttl: 1_000, fetch: { refreshAhead: 0.8 } });
    await one.fetch("a", () => "v");
    for (let count = 0; count < 20; count++) {
      await fleet.clock.advanceAsync(950);
      assert.equal(await one.fetch("a", source.load), "v");
      await settle();
    }
    assert.equal(source.loads.length, 0);
    await fleet.clock.advanceAsync(62_000);
    assert.equal(await one.fetch("a", source.load), "v");
    await settle();
    assert.equal(source.loads.length, 1);
    source.loads[0].resolve("new");
    await fleet.spread();
    assert.equal(await one.fetch("a", source.load), "new");
  }),

  scene("a renewal that fails is told, and paused; the value stays", async (fleet) => {
    const [one] = await fleet.start(1, { ttl: 100_000, fetch: { refreshAhead: 0.5, backoff: 10_000 } });
    let tries = 0;
    const fail = (): never => {
      tries++;
      throw new Error("down");
    };
    await one.fetch("a", () => "v");
    await fleet.clock.advanceAsync(60_000);
    for (let count = 0; count < 3; count++) {
      assert.equal(await one.fetch("a", fail), "v");
      await settle();
    }
    assert.equal(tries, 1);
    assert.equal(fleet.faults.length, 1);
    fleet.forget();
    assert.equal(await one.fetch("a", fail), "v");
    await settle();
    assert.deepEqual(fleet.about("a"), [], "while it is paused, L2 is not asked either");
    await fleet.clock.advanceAsync(10_000);
    assert.equal(await one.fetch("a", fail), "v");
    await settle();
    assert.equal(tries, 2);
    assert.equal(await fleet.isLeased("a"), false);
  }),

  scene("while L2 is away nothing is renewed early", async (fleet, source) => {
    const [one] = await fleet.start(1, { ttl: 100_000, fetch: { refreshAhead: 0.5 } });
    await one.fetch("a", () => "v");
    await fleet.clock.advanceAsync(60_000);
    fleet.way = () => {
      throw new Error("cut");
    };
    assert.equal(await one.fetch("a", source.load), "v");
    await settle();
    assert.equal(source.loads.length, 0);
    assert.equal(await one.fetch("a", source.load), "v");
    fleet.way = () => undefined;
  }),
];
