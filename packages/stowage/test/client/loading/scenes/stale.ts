/** Old values, failures that are paused after, and renewing before expiry. */
import assert from "node:assert/strict";
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
      const [one, other] = [fleet.client({ fetch }), fleet.client({ fetch })];
      await one.fetch("a", () => "old");
      fleet.clock.advance(1_000);
      assert.equal(fleet.server.value("a"), undefined);
      assert.equal(await one.fetch("a", source.load), "old");
      assert.equal(await other.fetch("a", source.load), "old");
      assert.equal(await one.fetch("a", source.load), "old");
      assert.equal(source.loads.length, 1);
      assert.equal(source.loads[0].stale, "old");
      source.loads[0].resolve("new");
      await settle();
      assert.equal(await other.fetch("a", source.load), "new");
      assert.equal(one.counts.stale + other.counts.stale, 3);
      assert.equal(one.running + other.running, 0);
    },
  ),

  scene("stale-while-revalidate is reckoned from expiry; after it one waits", async (fleet, source) => {
    const client = fleet.client({ fetch: { staleWhileRevalidate: 5_000, grace: 9_000, ttl: 1_000 } });
    await client.fetch("a", () => "old");
    fleet.clock.advance(6_000);
    const call = client.fetch("a", source.load);
    assert.equal(await outcome(call), "pending");
    source.loads[0].resolve("new");
    assert.equal(await call, "new");
  }),

  scene("a load behind that fails reaches no caller, and is told", async (fleet) => {
    const client = fleet.client({ fetch: { staleWhileRevalidate: 5_000, ttl: 1_000 } });
    await client.fetch("a", () => "old");
    fleet.clock.advance(1_000);
    assert.equal(await client.fetch("a", fail), "old");
    await settle();
    assert.equal(fleet.faults.length, 1);
    assert.equal(await client.fetch("a", fail), "old");
  }),

  scene("grace: the old value if the load fails, until it is over", async (fleet) => {
    const client = fleet.client({ fetch: { grace: 5_000, ttl: 1_000 } });
    await client.fetch("a", () => "old");
    fleet.clock.advance(5_999);
    assert.equal(await client.fetch("a", fail), "old");
    await settle();
    fleet.clock.advance(1);
    assert.equal((await failure(client.fetch("a", fail))).message, "down");
  }),

  scene("grace: who waits for another process gets the new value", async (fleet, source) => {
    const fetch = { grace: 5_000, ttl: 1_000 };
    const [one, other] = [fleet.client({ fetch }), fleet.client({ fetch })];
    await one.fetch("a", () => "old");
    fleet.clock.advance(1_000);
    const calls = [one.fetch("a", source.load), other.fetch("a", source.load)];
    await fleet.clock.advanceAsync(500);
    assert.equal(await outcome(calls[1]), "pending");
    source.loads[0].resolve("new");
    assert.deepEqual(await Promise.all(calls), ["new", "new"]);
    assert.equal(source.loads.length, 1);
  }),

  scene("grace: a load that takes too long counts as failed", async (fleet, source) => {
    const client = fleet.client({ fetch: { grace: "1h", ttl: 1_000, timeout: 2_000 } });
    await client.fetch("a", () => "old");
    fleet.clock.advance(1_000);
    const call = client.fetch("a", source.load);
    await fleet.clock.advanceAsync(2_000);
    assert.equal(await call, "old");
  }),

  scene(
    "softTimeout: no longer than that for who has an old value, wherever it is loaded",
    async (fleet, source) => {
      const fetch = { grace: "1h", ttl: 1_000, softTimeout: 200 } as const;
      const [one, other] = [fleet.client({ fetch }), fleet.client({ fetch })];
      await one.fetch("a", () => "old");
      fleet.clock.advance(1_000);
      const calls = [one.fetch("a", source.load), other.fetch("a", source.load)];
      await fleet.clock.advanceAsync(199);
      assert.equal(await outcome(Promise.race(calls)), "pending");
      await fleet.clock.advanceAsync(1);
      assert.deepEqual(await Promise.all(calls), ["old", "old"]);
      assert.equal(other.running, 0);
      source.loads[0].resolve("new");
      await settle();
      assert.equal(fleet.server.value("a"), "new");
      const first = fleet.client({ fetch }).fetch("b", source.load);
      await fleet.clock.advanceAsync(500);
      assert.equal(await outcome(first), "pending");
      source.loads[1].resolve("b");
      assert.equal(await first, "b");
    },
  ),

  scene("without these options an expired value is nobody's", async (fleet, source) => {
    const [kept, client] = [fleet.client({ fetch: { grace: "1h", ttl: 1_000 } }), fleet.client()];
    await kept.fetch("a", () => "old");
    fleet.clock.advance(1_000);
    const call = client.fetch("a", source.load);
    await settle();
    assert.equal(await outcome(call), "pending");
    source.loads[0].reject(new Error("down"));
    assert.equal((await failure(call)).message, "down");
  }),

  scene(
    "backoff: no load before the pause is over, which doubles; meanwhile the error or the old value",
    async (fleet) => {
      const client = fleet.client({ fetch: { backoff: 1_000 } });
      let tries = 0;
      const load = () => {
        tries++;
        return fail();
      };
      await failure(client.fetch("a", load));
      await settle();
      fleet.clock.advance(999);
      assert.equal((await failure(client.fetch("a", load))).message, "down");
      assert.equal(tries, 1);
      fleet.clock.advance(1);
      await failure(client.fetch("a", load));
      await settle();
      fleet.clock.advance(1_999);
      await failure(client.fetch("a", load));
      assert.equal(tries, 2);
      client.written("a");
      assert.equal(await client.fetch("a", () => "fine"), "fine");

      const graceful = fleet.client({ fetch: { backoff: 1_000, grace: "1h", ttl: 1_000 } });
      await graceful.fetch("b", () => "old");
      fleet.clock.advance(1_000);
      assert.equal(await graceful.fetch("b", load), "old");
      await settle();
      assert.equal(await graceful.fetch("b", load), "old");
      assert.equal(tries, 3);
      await settle();
      assert.equal(fleet.server.leases.size, 0);
    },
  ),

  scene("nothing found: an old value goes, also one that was being renewed", async (fleet) => {
    const client = fleet.client({ fetch: { grace: "1h", ttl: 1_000 } });
    await client.fetch("a", () => "old");
    fleet.clock.advance(1_000);
    assert.equal(await client.fetch("a", () => undefined), undefined);
    assert.equal(fleet.server.entries.has("a"), false);
    await client.fetch("b", () => "old");
    assert.equal(await client.fetch("b", () => undefined, { force: true }), undefined);
    assert.equal(fleet.server.entries.has("b"), false);
  }),

  scene(
    "refreshAhead: one renewal in the fleet after that share of the ttl, and nobody waits",
    async (fleet, source) => {
      const fetch = { refreshAhead: 0.8, ttl: 100_000 };
      const clients = [1, 2, 3].map(() => fleet.client({ fetch }));
      await clients[0].fetch("a", () => "old");
      fleet.clock.advance(79_999);
      for (const client of clients) assert.equal(await client.fetch("a", source.load), "old");
      await settle();
      assert.equal(source.loads.length, 0);
      fleet.clock.advance(1);
      for (const client of clients) assert.equal(await client.fetch("a", source.load), "old");
      await settle();
      assert.equal(source.loads.length, 1);
      assert.equal(source.loads[0].stale, "old");
      source.loads[0].resolve("new");
      await settle();
      assert.equal(fleet.server.value("a"), "new");
      for (const client of clients) assert.equal(await client.fetch("a", source.load), "new");
      assert.equal(source.loads.length, 1);
      assert.deepEqual(
        fleet.sent.filter((what) => what.startsWith("wait")),
        [],
      );
      assert.equal(
        clients.reduce((sum, { running }) => sum + running, 0),
        0,
      );
    },
  ),

  scene(
    "refreshAhead: who saw the old value before it was renewed does not renew it again",
    async (fleet, source) => {
      const fetch = { refreshAhead: 0.5, ttl: 100_000 };
      const [one, other] = [fleet.client({ fetch }), fleet.client({ fetch })];
      await one.fetch("a", () => "old");
      fleet.clock.advance(50_000);
      let held: (() => void) | undefined;
      fleet.way = (to, what) => {
        if (to !== "there" || what !== "POST a/lease" || held !== undefined) return undefined;
        return new Promise((resolve) => {
          held = resolve;
        });
      };
      await other.fetch("a", source.load);
      await settle();
      await one.fetch("a", source.load);
      await settle();
      source.loads[0].resolve("new");
      await settle();
      held?.();
      await settle();
      assert.equal(source.loads.length, 1);
      assert.equal(fleet.server.value("a"), "new");
    },
  ),

  scene("force does not wait for a renewal that finds another one's value", async (fleet, source) => {
    const fetch = { refreshAhead: 0.5, ttl: 100_000 };
    const [one, other] = [fleet.client({ fetch }), fleet.client({ fetch })];
    await one.fetch("a", () => "old");
    fleet.clock.advance(50_000);
    let held: (() => void) | undefined;
    fleet.way = (to, what) => {
      if (to !== "there" || what !== "POST a/lease" || held !== undefined) return undefined;
      return new Promise((resolve) => {
        held = resolve;
      });
    };
    await one.fetch("a", source.load); // its renewal is on its way
    await settle();
    await other.fetch("a", () => "new", { force: true });
    const forced = one.fetch("a", source.load, { force: true });
    await settle();
    held?.();
    await settle();
    source.loads[0].resolve("forced");
    assert.equal(await forced, "forced");
    assert.equal(fleet.server.value("a"), "forced");
  }),

  scene("a renewal is refused like any load if the key was deleted meanwhile", async (fleet, source) => {
    const client = fleet.client({ fetch: { refreshAhead: 0.5, ttl: 100_000 } });
    await client.fetch("a", () => "old");
    fleet.clock.advance(50_000);
    await client.fetch("a", source.load);
    await settle();
    fleet.server.delete("a");
    source.loads[0].resolve("too old");
    await settle();
    assert.equal(fleet.server.value("a"), undefined);
    assert.equal(client.counts.overtaken, 1);
  }),

  scene("earlyRefresh: sooner the longer it takes to load, by chance", async (fleet) => {
    const client = fleet.client({ fetch: { earlyRefresh: true, ttl: 60_000 } });
    let made = 0;
    const make = async () => {
      fleet.clock.advance(2_000);
      return `report ${++made}`;
    };
    await client.fetch("a", make);
    fleet.clock.advance(50_000);
    await client.fetch("a", make);
    await settle();
    assert.equal(made, 1);
    fleet.luck = 0.995; // 2 s x -ln(0.005) = 10.6 s, more than the ten that are left
    assert.equal(await client.fetch("a", make), "report 1");
    await settle();
    assert.equal(fleet.server.value("a"), "report 2");
    const never = fleet.client({ fetch: { ttl: 60_000 } });
    fleet.clock.advance(59_000);
    assert.equal(await never.fetch("a", make), "report 2");
    await settle();
    assert.equal(made, 2);
  }),
];
