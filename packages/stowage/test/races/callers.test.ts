/** Callers who give up while a key loads, and a cache that is closed meanwhile. */
import { settle } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { setScene } from "./scene.js";

const scene = setScene();

describe("callers who give up", () => {
  it("one of several: the others still get the value, the load goes on", async () => {
    const abort = new AbortController();
    const one = scene.cache.fetch("a", scene.load, { signal: abort.signal });
    const two = scene.cache.fetch("a", scene.load);
    await settle();
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(one).rejects.toBe(reason);
    expect(scene.loads[0].signal.aborted).toBe(false);
    scene.loads[0].resolve("v");
    expect(await two).toBe("v");
    expect(scene.cache.get("a")).toBe("v");
    expect(scene.loads.length).toBe(1);
  });

  it("all of them: the loader's signal aborts, and what it brings is not stored", async () => {
    const aborts = [new AbortController(), new AbortController()];
    const waiting = aborts.map(({ signal }) => scene.cache.fetch("a", scene.load, { signal }));
    const settled = Promise.allSettled(waiting);
    await settle();
    aborts[0].abort();
    expect(scene.loads[0].signal.aborted).toBe(false);
    aborts[1].abort();
    expect(scene.loads[0].signal.aborted).toBe(true);
    expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    scene.loads[0].resolve("late");
    await settle();
    expect(scene.cache.get("a")).toBeUndefined();
  });

  it("all of them, then a new one: he gets a load of his own", async () => {
    const abort = new AbortController();
    const one = Promise.allSettled([scene.cache.fetch("a", scene.load, { signal: abort.signal })]);
    await settle();
    abort.abort();
    await one;
    const two = scene.cache.fetch("a", scene.load);
    await settle();
    expect(scene.loads.length).toBe(2);
    scene.loads[1].resolve("v");
    expect(await two).toBe("v");
    scene.loads[0].resolve("late");
    await settle();
    expect(scene.cache.get("a")).toBe("v");
  });

  it("after the value was there: nothing happens any more", async () => {
    const abort = new AbortController();
    const one = scene.cache.fetch("a", scene.load, { signal: abort.signal });
    await settle();
    scene.loads[0].resolve("v");
    expect(await one).toBe("v");
    abort.abort();
    expect(scene.cache.get("a")).toBe("v");
    expect(await scene.cache.fetch("a", scene.load)).toBe("v");
  });

  it("while waiting behind an overtaken load: no load is begun for him", async () => {
    const first = scene.cache.fetch("a", scene.load);
    await settle();
    scene.cache.delete("a");
    const abort = new AbortController();
    const second = Promise.allSettled([scene.cache.fetch("a", scene.load, { signal: abort.signal })]);
    await settle();
    abort.abort();
    await second;
    scene.loads[0].resolve("old");
    await first;
    await settle();
    expect(scene.loads.length).toBe(1);
  });

  it("leave no listener on their signal", async () => {
    const abort = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = abort.signal;
    abort.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners += 1;
      addEventListener.apply(abort.signal, args);
    };
    abort.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      removeEventListener.apply(abort.signal, args);
    };
    for (let n = 0; n < 10; n += 1) {
      const waiting = scene.cache.fetch(`k${n}`, scene.load, { signal: abort.signal });
      await settle();
      scene.loads[n].resolve("v");
      await waiting;
    }
    expect(listeners).toBe(0);
  });
});

describe("closing during a load", () => {
  it("callers get ClosedError, the signal aborts, the late answer does nothing", async () => {
    const waiting = Promise.allSettled([
      scene.cache.fetch("a", scene.load),
      scene.cache.fetch("a", scene.load),
      scene.cache.fetchMany(["b"], () => new Promise<never>(() => undefined)),
    ]);
    await settle();
    scene.cache.close();
    for (const outcome of await waiting)
      expect(outcome.status === "rejected" && outcome.reason.code).toBe("STOWAGE_CLOSED");
    expect(scene.loads[0].signal.aborted).toBe(true);
    scene.loads[0].resolve("late");
    await settle();
  });

  it("an overtaken load is stopped too, and the one that waits behind it never begins", async () => {
    const waiting = [scene.cache.fetch("a", scene.load, { timeout: 1_000 })];
    await settle();
    scene.cache.delete("a");
    waiting.push(scene.cache.fetch("a", scene.load));
    const settled = Promise.allSettled(waiting);
    await settle();
    scene.cache.close();
    expect(scene.loads[0].signal.aborted).toBe(true);
    for (const outcome of await settled) {
      expect(outcome.status === "rejected" && outcome.reason.code).toBe("STOWAGE_CLOSED");
    }
    scene.loads[0].resolve("late");
    await settle();
    expect(scene.loads.length).toBe(1);
  });
});
