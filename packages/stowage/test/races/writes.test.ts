/** Writes during a load: what was written stays. */
import { Cache } from "stowage";
import { settle } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { setScene } from "./scene.js";

const scene = setScene();

describe("a write during a load", () => {
  const writes: Record<string, () => unknown> = {
    set: () => scene.cache.set("a", "mine"),
    setMany: () => scene.cache.setMany([["a", "mine"]]),
    getAndUpdate: () => scene.cache.getAndUpdate("a", () => "mine"),
    import: () => scene.cache.import([...other()]),
  };

  function other(): ReturnType<Cache<string, string>["export"]> {
    const source = new Cache<string, string>({ clock: scene.clock });
    source.set("a", "mine");
    const exported = source.export();
    source.close();
    return exported;
  }

  for (const [name, write] of Object.entries(writes)) {
    it(`${name}: what was written stays`, async () => {
      const waiting = scene.cache.fetch("a", scene.load);
      await settle();
      write();
      scene.loads[0].resolve("loaded");
      await waiting;
      await settle();
      expect(scene.cache.get("a")).toBe("mine");
    });

    it(`${name}: a fetch after it gets what was written and loads nothing`, async () => {
      const waiting = scene.cache.fetch("a", scene.load);
      await settle();
      write();
      expect(await scene.cache.fetch("a", scene.load)).toBe("mine");
      expect(scene.loads.length).toBe(1);
      scene.loads[0].resolve("loaded");
      await waiting;
      expect(scene.cache.get("a")).toBe("mine");
    });
  }

  it("by a transaction: what it wrote stays", async () => {
    const waiting = scene.cache.fetch("a", scene.load);
    await settle();
    await scene.cache.transaction(["a"], (tx) => void tx.set("a", "mine"));
    scene.loads[0].resolve("loaded");
    await waiting;
    expect(scene.cache.get("a")).toBe("mine");
  });

  it("in a transaction: a load that ends meanwhile is a write that makes it run again", async () => {
    const waiting = scene.cache.fetch("a", scene.load);
    await settle();
    let runs = 0;
    const running = scene.cache.transaction(["a"], async (tx) => {
      runs += 1;
      const before = tx.get("a");
      if (runs === 1) scene.loads[0].resolve("loaded");
      await settle();
      tx.set("a", `${before}!`);
    });
    await Promise.all([waiting, running]);
    expect(runs).toBe(2);
    expect(scene.cache.get("a")).toBe("loaded!");
  });
});
