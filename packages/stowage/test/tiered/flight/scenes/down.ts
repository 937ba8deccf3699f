/** L2 that is away, at each of its calls: the caller has his value, nothing is wedged, and it heals. */
import assert from "node:assert/strict";
import { settle } from "stowage/testing";
import { failure, outcome, scene } from "../support/scene.js";

const cut = (): never => {
  throw new Error("cut");
};

export const downScenes = [
  scene("away: the loader, once in each process, and L1 for a while", async (fleet, source) => {
    const [one, other] = await fleet.start(2, { whenL2Down: { ttl: 700 } });
    fleet.way = cut;
    const calls = [one, one, other].map((process) => process.fetch("a", source.load));
    await settle();
    assert.equal(source.loads.length, 2);
    for (const load of source.loads) load.resolve("v");
    assert.deepEqual(await Promise.all(calls), ["v", "v", "v"]);
    assert.equal(await one.fetch("a", source.load), "v");
    assert.equal(source.loads.length, 2);
    await fleet.clock.advanceAsync(700);
    const again = one.fetch("a", source.load);
    await settle();
    source.loads[2].resolve("w");
    assert.equal(await again, "w");
    fleet.way = () => undefined;
    await fleet.clock.advanceAsync(60_000);
    assert.equal(await other.fetch("a", () => "healed"), "healed");
    assert.equal(await one.fetch("a", source.load), "healed");
  }),

  scene("away while it is loaded: the value is given, and kept in L1 for a while", async (fleet, source) => {
    const [one, other] = await fleet.start(2, { whenL2Down: { ttl: 700 }, fetch: { leaseTtl: 5_000 } });
    const call = one.fetch("a", source.load);
    await settle();
    fleet.way = cut;
    source.loads[0].resolve("v");
    assert.equal(await call, "v");
    assert.equal(await one.get("a", { only: "l1" }), "v");
    await fleet.clock.advanceAsync(700);
    assert.equal(await one.get("a", { only: "l1" }), undefined);
    fleet.way = () => undefined;
    const healed = other.fetch("a", source.load);
    await fleet.clock.advanceAsync(10_000);
    source.loads[1].resolve("w");
    assert.equal(await healed, "w");
  }),

  scene("L2 that does not answer: the loader after its timeout", async (fleet, source) => {
    const [one] = await fleet.start(1);
    fleet.way = () => new Promise(() => undefined);
    const call = one.fetch("a", source.load);
    await fleet.clock.advanceAsync(999);
    assert.equal(source.loads.length, 0);
    await fleet.clock.advanceAsync(1);
    assert.equal(source.loads.length, 1);
    source.loads[0].resolve("v");
    assert.equal(await call, "v");
    fleet.way = () => undefined;
  }),

  scene("away: the old value of L1, if the loader fails as well", async (fleet) => {
    const [one] = await fleet.start(1, { ttl: 1_000, fetch: { grace: 5_000 } });
    await one.fetch("a", () => "old");
    await fleet.clock.advanceAsync(1_000);
    fleet.way = cut;
    assert.equal(await one.fetch("a", cut), "old");
    await fleet.clock.advanceAsync(5_000);
    assert.equal((await failure(one.fetch("a", cut))).message, "cut");
    fleet.way = () => undefined;
  }),

  scene("away: stale-while-revalidate from L1", async (fleet, source) => {
    const [one] = await fleet.start(1, { ttl: 1_000, fetch: { staleWhileRevalidate: 5_000 } });
    await one.fetch("a", () => "old");
    await fleet.clock.advanceAsync(1_000);
    fleet.way = cut;
    assert.equal(await one.fetch("a", source.load), "old");
    await settle();
    source.loads[0].resolve("new");
    await fleet.spread();
    assert.equal(await one.fetch("a", source.load), "new");
    fleet.way = () => undefined;
  }),

  scene("away while another process is waited for: the loader at once", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    void one.fetch("a", source.load).catch(() => undefined);
    await settle();
    const call = other.fetch("a", source.load);
    await settle();
    fleet.way = (_to, what) => (what.startsWith("1 ") ? cut() : undefined);
    await fleet.clock.advanceAsync(500);
    assert.equal(source.loads.length, 2);
    source.loads[1].resolve("v");
    assert.equal(await call, "v");
    fleet.way = () => undefined;
  }),

  scene(
    "each call of L2 cut, there or back: a value all the same, and a key that is free in the end",
    async (fleet) => {
      const [one, other] = await fleet.start(2, { fetch: { leaseTtl: 2_000 } });
      let number = 0;
      for (const to of ["there", "back"] as const) {
        for (const verb of ["getMany", "lease", "fill", "release"]) {
          const key = `${to}-${verb}-${number++}`;
          fleet.way = (on, what) => {
            if (on === to && what.startsWith(`0 ${verb} ${key}`)) cut();
          };
          const answer = verb === "release" ? () => cut() : () => key;
          assert.equal(await outcome(one.fetch(key, answer).catch(() => key)), key);
          fleet.way = () => undefined;
          const call = other.fetch(key, () => "healed");
          await fleet.clock.advanceAsync(5_000);
          assert.ok([key, "healed"].includes((await call) as string), key);
          assert.equal(await fleet.isLeased(key), false, key);
        }
      }
    },
  ),

  scene("away: what is not there is remembered for a while in this process", async (fleet, source) => {
    const [one] = await fleet.start(1, { fetch: { negativeTtl: "1h" }, whenL2Down: { ttl: 700 } });
    fleet.way = cut;
    assert.equal(await one.fetch("a", () => undefined), undefined);
    assert.equal(await one.fetch("a", source.load), undefined);
    await fleet.clock.advanceAsync(700);
    assert.equal(await one.fetch("a", () => "v"), "v");
    fleet.way = () => undefined;
  }),
];
