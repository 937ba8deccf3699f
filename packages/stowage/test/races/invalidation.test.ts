/** Invalidations during a load: what it brings is not stored, and nobody who asks later is given it. */
import { commit } from "stowage";
import { deferred, settle } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { setScene } from "./scene.js";

const scene = setScene();

const invalidations: Record<string, () => unknown> = {
  delete: () => scene.cache.delete("a"),
  take: () => scene.cache.take("a"),
  clear: () => scene.cache.clear(),
  reset: () => scene.cache.reset(),
  invalidateTag: () => scene.cache.invalidateTag("x"),
};

describe("an invalidation during a load", () => {
  for (const [name, invalidate] of Object.entries(invalidations)) {
    it(`${name}: the loaded value is not stored, its caller still gets it`, async () => {
      const waiting = scene.cache.fetch("a", scene.load, { tags: ["x"] });
      await settle();
      invalidate();
      scene.loads[0].resolve("old");
      expect(await waiting).toBe("old");
      expect(scene.cache.get("a")).toBeUndefined();
    });

    it(`${name}: a fetch after it gets what was loaded after it, and one load runs at a time`, async () => {
      const before = scene.cache.fetch("a", scene.load, { tags: ["x"] });
      await settle();
      invalidate();
      const after = scene.cache.fetch("a", scene.load, { tags: ["x"] });
      await settle();
      expect(scene.loads.length, "the second load waits for the first to end").toBe(1);
      scene.loads[0].resolve("old");
      await settle();
      expect(await before).toBe("old");
      expect(scene.loads.length).toBe(2);
      expect(scene.cache.get("a")).toBeUndefined();
      scene.loads[1].resolve("new");
      expect(await after).toBe("new");
      expect(scene.cache.get("a")).toBe("new");
    });

    it(`${name}: when the overtaken load fails, only its own caller sees it`, async () => {
      const before = scene.cache.fetch("a", scene.load, { tags: ["x"] });
      const boom = new Error("boom");
      await settle();
      invalidate();
      const after = scene.cache.fetch("a", scene.load, { tags: ["x"] });
      scene.loads[0].reject(boom);
      await expect(before).rejects.toBe(boom);
      await settle();
      scene.loads[1].resolve("new");
      expect(await after).toBe("new");
    });

    it(`${name}: between the loader's answer and its being stored`, async () => {
      for (let microtasks = 0; microtasks < 8; microtasks += 1) {
        scene.cache.clear();
        scene.loads = [];
        const waiting = scene.cache.fetch("a", scene.load, { tags: ["x"] });
        await settle();
        scene.loads[0].resolve("old");
        for (let n = 0; n < microtasks; n += 1) await null;
        invalidate();
        expect(scene.cache.peek("a")).toBeUndefined();
        expect(await waiting).toBe("old");
        await settle();
        expect(scene.cache.peek("a"), `after ${microtasks} microtasks`).toBeUndefined();
      }
    });
  }

  it("counts for tags that only the answer names", async () => {
    const gate = deferred<void>();
    const waiting = scene.cache.fetch("a", async () => {
      await gate.promise;
      return commit("old", { tags: ["x"] });
    });
    await settle();
    scene.cache.invalidateTag("x");
    gate.resolve();
    expect(await waiting).toBe("old");
    expect(scene.cache.get("a")).toBeUndefined();
  });

  it("of a tag that only the running load has: whoever asks after it gets a load that began after it", async () => {
    const before = scene.cache.fetch("a", scene.load, { tags: ["x"] });
    await settle();
    scene.cache.invalidateTag("x");
    const after = scene.cache.fetch("a", scene.load);
    await settle();
    scene.loads[0].resolve("old");
    expect(await before).toBe("old");
    await settle();
    expect(scene.loads.length).toBe(2);
    scene.loads[1].resolve("new");
    expect(await after).toBe("new");
  });

  it("of another key or tag does not matter", async () => {
    const waiting = scene.cache.fetch("a", scene.load, { tags: ["x"] });
    await settle();
    scene.cache.delete("b");
    scene.cache.invalidateTag("y");
    scene.loads[0].resolve("v");
    await waiting;
    expect(scene.cache.get("a")).toBe("v");
  });

  it("again and again never wedges the key", async () => {
    const waiting: Promise<string | undefined>[] = [];
    for (let n = 0; n < 20; n += 1) {
      waiting.push(scene.cache.fetch("a", scene.load));
      await settle();
      scene.cache.delete("a");
    }
    for (let n = 0; n < 20 && n < scene.loads.length; n += 1) {
      scene.loads[n].resolve(`v${n}`);
      await settle();
    }
    await Promise.all(waiting);
    const last = scene.cache.fetch("a", async () => "fine");
    expect(await last).toBeDefined();
  });
});
