/** Loads that take too long, and stale values that are overtaken. */
import { settle } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { setScene } from "./scene.js";

const scene = setScene();

describe("time limits", () => {
  it("a load that never ends holds up nobody after its timeout", async () => {
    const first = Promise.allSettled([scene.cache.fetch("a", scene.load, { timeout: 50 })]);
    await scene.clock.advanceAsync(50);
    const [outcome] = await first;
    expect(outcome.status === "rejected" && outcome.reason.code).toBe("STOWAGE_LOAD_TIMEOUT");
    const second = scene.cache.fetch("a", scene.load, { timeout: 50 });
    await settle();
    expect(scene.loads.length).toBe(2);
    scene.loads[1].resolve("v");
    expect(await second).toBe("v");
    scene.loads[0].resolve("late");
    await settle();
    expect(scene.cache.get("a")).toBe("v");
  });

  it("the late failure of a load that timed out is nobody's", async () => {
    const first = Promise.allSettled([scene.cache.fetch("a", scene.load, { timeout: 50 })]);
    await scene.clock.advanceAsync(50);
    await first;
    scene.loads[0].reject(new Error("late"));
    await settle();
    expect(await scene.cache.fetch("a", async () => "v")).toBe("v");
  });

  it("delete while the old value is served stale: it is not served any more", async () => {
    const options = { ttl: 10, staleWhileRevalidate: 1_000 };
    await scene.cache.fetch("a", async () => "old", options);
    scene.clock.advance(10);
    expect(await scene.cache.fetch("a", scene.load, options)).toBe("old");
    scene.cache.delete("a");
    const after = scene.cache.fetch("a", scene.load, options);
    await settle();
    scene.loads[0].resolve("from before the delete");
    await settle();
    expect(scene.cache.get("a")).toBeUndefined();
    scene.loads[1].resolve("new");
    expect(await after).toBe("new");
  });

  it("take of an entry that is only kept to be served stale: it is not served any more", async () => {
    const options = { ttl: 10, staleWhileRevalidate: 1_000 };
    await scene.cache.fetch("a", async () => "old", options);
    scene.clock.advance(10);
    expect(scene.cache.take("a")).toBeUndefined();
    const after = scene.cache.fetch("a", scene.load, options);
    await settle();
    scene.loads[0].resolve("new");
    expect(await after).toBe("new");
  });

  it("delete during the grace of a failing load: the old value does not come back", async () => {
    const options = { ttl: 10, grace: 1_000 };
    await scene.cache.fetch("a", async () => "old", options);
    scene.clock.advance(10);
    const boom = new Error("boom");
    const waiting = Promise.allSettled([scene.cache.fetch("a", scene.load, options)]);
    await settle();
    scene.cache.delete("a");
    const after = Promise.allSettled([scene.cache.fetch("a", scene.load, options)]);
    await settle();
    scene.loads[0].reject(boom);
    await settle();
    await waiting;
    scene.loads[1].reject(boom);
    const [outcome] = await after;
    expect(outcome.status === "rejected" && outcome.reason).toBe(boom);
    expect(scene.cache.get("a")).toBeUndefined();
  });

  it("a refresh behind that is overtaken by a set leaves the set", async () => {
    const options = { ttl: 100, refreshAhead: 0.5 };
    await scene.cache.fetch("a", async () => "old", options);
    scene.clock.advance(60);
    expect(await scene.cache.fetch("a", scene.load, options)).toBe("old");
    scene.cache.set("a", "mine");
    scene.loads[0].resolve("refreshed");
    await settle();
    expect(scene.cache.get("a")).toBe("mine");
  });

  it("entries that expire or are evicted during their refresh are refreshed all the same", async () => {
    const options = { ttl: 100, refreshAhead: 0.5 };
    await scene.cache.fetch("a", async () => "old", options);
    scene.clock.advance(60);
    expect(await scene.cache.fetch("a", scene.load, options)).toBe("old");
    scene.clock.advance(50);
    expect(scene.cache.get("a")).toBeUndefined();
    scene.loads[0].resolve("refreshed");
    await settle();
    expect(scene.cache.get("a")).toBe("refreshed");
  });
});
