/** Writes and invalidations that come between: by this process, or by another one. */
import assert from "node:assert/strict";
import { commit, ignore } from "stowage";
import { settle } from "stowage/testing";
import { outcome, scene } from "../support/scene.js";

export const raceScenes = [
  scene(
    "a delete elsewhere during a load keeps its value out; its caller still gets it",
    async (fleet, source) => {
      const client = fleet.client();
      const call = client.fetch("a", source.load);
      await settle();
      fleet.server.delete("a");
      source.loads[0].resolve("old row");
      assert.equal(await call, "old row");
      assert.equal(fleet.server.value("a"), undefined);
      assert.equal(client.counts.overtaken, 1);
      assert.deepEqual(fleet.faults, []);
    },
  ),

  scene("a write elsewhere during a load stays", async (fleet, source) => {
    const client = fleet.client();
    const call = client.fetch("a", source.load);
    await settle();
    fleet.server.set("a", "written");
    source.loads[0].resolve("loaded");
    assert.equal(await call, "loaded");
    assert.equal(fleet.server.value("a"), "written");
  }),

  scene("tags: of the call, and those that only commit names", async (fleet, source) => {
    const client = fleet.client();
    for (const [key, value] of [
      ["a", "v"],
      ["b", commit("v", { tags: ["late"] })],
    ] as const) {
      const call = client.fetch(key, source.load, { tags: ["red"] });
      await settle();
      fleet.server.invalidateTag(key === "a" ? "red" : "late");
      source.loads.at(-1)?.resolve(value);
      assert.equal(await call, "v");
      assert.equal(fleet.server.value(key), undefined);
    }
    assert.equal(client.counts.overtaken, 2);
  }),

  scene("who came after the delete gets what was loaded after it", async (fleet, source) => {
    const client = fleet.client();
    const before = client.fetch("a", source.load);
    await settle();
    fleet.server.delete("a"); // by another process: nobody here knows
    const after = client.fetch("a", source.load);
    await settle();
    source.loads[0].resolve("old row");
    assert.equal(await before, "old row");
    await settle();
    source.loads[1].resolve("new row");
    assert.equal(await after, "new row");
    assert.equal(fleet.server.value("a"), "new row");
    assert.equal(source.most, 1);
  }),

  scene(
    "who came after the delete in another process gets what was loaded after it",
    async (fleet, source) => {
      const [one, other] = [fleet.client(), fleet.client()];
      const before = one.fetch("a", source.load);
      await settle();
      fleet.server.delete("a");
      const after = other.fetch("a", source.load);
      await settle();
      source.loads[0].resolve("old row");
      assert.equal(await before, "old row");
      await settle();
      source.loads[1].resolve("new row");
      assert.equal(await after, "new row");
      assert.equal(source.most, 1);
    },
  ),

  scene(
    "after an own write nobody joins the load from before; what was written is found",
    async (fleet, source) => {
      const client = fleet.client();
      const before = client.fetch("a", source.load);
      await settle();
      await fleet.write(client, { op: "set", key: "a", value: "mine" });
      assert.equal(await client.fetch("a", source.load), "mine");
      source.loads[0].resolve("old row");
      assert.equal(await before, "old row");
      assert.equal(source.loads.length, 1);
      assert.equal(fleet.server.value("a"), "mine");
    },
  ),

  scene("after an own delete the next load begins when the old one has ended", async (fleet, source) => {
    const client = fleet.client();
    const before = client.fetch("a", source.load);
    await settle();
    await fleet.write(client, { op: "delete", key: "a" });
    const after = client.fetch("a", source.load);
    await settle();
    assert.equal(source.loads.length, 1);
    assert.equal(fleet.sent.filter((what) => what === "POST a/lease").length, 1);
    source.loads[0].resolve("old row");
    assert.equal(await before, "old row");
    await settle();
    source.loads[1].resolve("new row");
    assert.equal(await after, "new row");
    assert.equal(source.most, 1);
  }),

  scene("clear and invalidation of all overtake every load", async (fleet, source) => {
    const client = fleet.client();
    const calls = ["a", "b"].map((key) => client.fetch(key, source.load));
    await settle();
    client.writtenAll();
    fleet.server.clear();
    client.writtenAll();
    for (const load of source.loads) load.resolve("old");
    await Promise.all(calls);
    assert.equal(fleet.server.entries.size, 0);
  }),

  scene(
    "that nothing was found is not believed if the key was deleted meanwhile; nor is what was ignored",
    async (fleet, source) => {
      const client = fleet.client({ fetch: { negativeTtl: "1m" } });
      for (const [at, result] of [undefined, ignore("old row")].entries()) {
        const before = client.fetch("a", source.load);
        await settle();
        fleet.server.delete("a");
        const after = client.fetch("a", source.load);
        await settle();
        source.loads[2 * at].resolve(result);
        assert.equal(await before, at === 0 ? undefined : "old row");
        await settle();
        source.loads[2 * at + 1].resolve("new row");
        assert.equal(await after, "new row");
        fleet.server.delete("a");
      }
      assert.equal(client.counts.overtaken, 1);
    },
  ),

  scene("a lease whose time is over fills nothing", async (fleet, source) => {
    const [slow, other] = [fleet.client(), fleet.client()];
    const first = slow.fetch("a", source.load);
    await settle();
    const second = other.fetch("a", source.load);
    await fleet.clock.advanceAsync(10_500);
    source.loads[1].resolve("second");
    assert.equal(await second, "second");
    source.loads[0].resolve("first");
    assert.equal(await first, "first");
    assert.equal(fleet.server.value("a"), "second");
  }),

  scene("a lease outlives its loader's timeout", async (fleet, source) => {
    const client = fleet.client({ fetch: { timeout: "1m" } });
    const call = client.fetch("a", source.load);
    await fleet.clock.advanceAsync(59_000);
    source.loads[0].resolve("v");
    assert.equal(await call, "v");
    assert.equal(fleet.server.value("a"), "v");
  }),

  scene("a value that was stored while one waited behind an old load will do", async (fleet, source) => {
    const client = fleet.client();
    const before = client.fetch("a", source.load);
    await settle();
    await fleet.write(client, { op: "delete", key: "a" });
    const after = client.fetch("a", source.load);
    await settle();
    fleet.server.set("a", "by another");
    source.loads[0].resolve("old row");
    assert.equal(await before, "old row");
    assert.equal(await after, "by another");
    assert.equal(source.loads.length, 1);
  }),

  scene("what is given up by all while it waits behind an old load never begins", async (fleet, source) => {
    const client = fleet.client();
    void client.fetch("a", source.load);
    await settle();
    await fleet.write(client, { op: "delete", key: "a" });
    const abort = new AbortController();
    const after = client.fetch("a", source.load, { signal: abort.signal }).catch(() => "gave up");
    await settle();
    abort.abort();
    assert.equal(await outcome(after), "gave up");
    source.loads[0].resolve("old row");
    await settle();
    assert.equal(source.loads.length, 1);
  }),
];
