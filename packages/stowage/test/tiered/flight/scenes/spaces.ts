/** Namespaces, and threads that share L1. */
import assert from "node:assert/strict";
import { settle } from "stowage/testing";
import { SharedCache } from "../../../../src/table/shared-cache/index.js";
import { scene } from "../support/scene.js";

export const spaceScenes = [
  scene("the same key of two namespaces is loaded for each", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const calls = [one, one.namespace("users"), other.namespace("users")].map((space) =>
      space.fetch("a", source.load),
    );
    await settle();
    assert.equal(source.loads.length, 2);
    source.loads[0].resolve("mine");
    source.loads[1].resolve("a user");
    await fleet.clock.advanceAsync(500);
    assert.deepEqual(await Promise.all(calls), ["mine", "a user", "a user"]);
  }),

  scene("to clear a namespace overtakes loads in those within it, and no others", async (fleet, source) => {
    const [one, other] = await fleet.start(2);
    const users = one.namespace("users");
    const spaces = [one, users, users.namespace("admins")];
    const calls = spaces.map((space) => space.fetch("a", source.load));
    await settle();
    await other.namespace("users").clear();
    await fleet.spread();
    for (const load of source.loads) load.resolve("old");
    assert.deepEqual(await Promise.all(calls), ["old", "old", "old"]);
    await fleet.spread();
    for (const [number, space] of spaces.entries())
      assert.equal(await space.get("a"), number === 0 ? "old" : undefined);
    const fresh = [other, other.namespace("users"), other.namespace("users").namespace("admins")];
    for (const [number, space] of fresh.entries())
      assert.equal(await space.get("a"), number === 0 ? "old" : undefined);
  }),

  scene("L1 that threads share: one load, values, writes during loads", async (fleet, source) => {
    const l1 = SharedCache.create<unknown>({ memory: "4mb" });
    const [one, other] = await fleet.start(2);
    const shared = fleet.process({ l1 });
    await fleet.clock.advanceAsync(10_000);
    await fleet.spread();
    const calls = [shared, shared, one].map((process) => process.fetch("a", source.load));
    await settle();
    assert.equal(source.loads.length, 1);
    source.loads[0].resolve({ is: "a" });
    await fleet.clock.advanceAsync(500);
    assert.deepEqual(await Promise.all(calls), [{ is: "a" }, { is: "a" }, { is: "a" }]);
    assert.deepEqual(await shared.fetch("a", source.load), { is: "a" });
    const late = shared.fetch("b", source.load);
    await settle();
    await other.delete("b");
    await fleet.spread();
    source.loads[1].resolve("old");
    assert.equal(await late, "old");
    assert.equal(await shared.get("b"), undefined);
    assert.equal(await shared.fetch("b", () => "new"), "new");
    assert.equal(await shared.get("b", { only: "l1" }), "new");
    await shared.close();
    l1.close();
  }),
];
