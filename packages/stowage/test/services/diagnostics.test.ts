/** The channels of node:diagnostics_channel: what a tracer hears, and that a cache does the same with one or without. */
import diagnostics from "node:diagnostics_channel";
import { Cache, ClosedError } from "stowage";
import { deferred, FakeClock, settle } from "stowage/testing";
import { afterEach, describe, expect, it } from "vitest";
import { verbIndex } from "../../src/cache/services/stats.js";

type Channel = "stowage:action" | "stowage:load" | "stowage:removal";
const silencers: (() => void)[] = [];

function listen(channel: Channel): Record<string, unknown>[] {
  const heard: Record<string, unknown>[] = [];
  const listener = (message: unknown): void => void heard.push(message as Record<string, unknown>);
  diagnostics.subscribe(channel, listener);
  silencers.push(() => diagnostics.unsubscribe(channel, listener));
  return heard;
}

function silence(): void {
  for (const end of silencers.splice(0)) end();
}
afterEach(silence);

describe("stowage:action", () => {
  it("tells of each verb after it, with the cache's name, its arguments and its result", () => {
    const cache = new Cache<string, number>({ name: "users" });
    const heard = listen("stowage:action");
    cache.set("a", 1);
    cache.get("a");
    cache.get("b");
    cache.delete("a");
    expect(heard).toEqual([
      { cache: "users", action: "set", args: ["a", 1, undefined], result: true },
      { cache: "users", action: "get", args: ["a"], result: 1 },
      { cache: "users", action: "get", args: ["b"], result: undefined },
      { cache: "users", action: "delete", args: ["a"], result: true },
    ]);
  });

  it("of a promising verb when it is settled, with the error if it failed", async () => {
    const cache = new Cache<string, number>();
    const heard = listen("stowage:action");
    const boom = new Error("boom");
    const load = deferred<number>();
    const loading = cache.fetch("a", () => load.promise);
    await settle();
    expect(heard).toEqual([]);
    load.resolve(1);
    await loading;
    await expect(cache.fetch("b", () => Promise.reject(boom))).rejects.toBe(boom);
    expect(heard.map(({ action, result, error }) => [action, result, error])).toEqual([
      ["fetch", 1, undefined],
      ["fetch", undefined, boom],
    ]);
  });

  it("every verb can be told of, and gives what it gives without a tracer", async () => {
    const calls: ((cache: Cache<string, number>) => unknown)[] = [
      (cache) => cache.set("a", 1),
      (cache) => cache.setMany([["b", 2]]),
      (cache) => [...cache.getMany(["a", "b", "c"])],
      (cache) => [cache.get("a"), cache.peek("b"), cache.has("c")],
      (cache) => [cache.incr("a"), cache.decr("b", 2), cache.update("c", 1)],
      (cache) => cache.getAndUpdate("a", (value = 0) => value * 10),
      (cache) => [
        cache.touch("a"),
        cache.expire("a", 50),
        cache.ttl("a"),
        cache.refresh("a"),
        cache.persist("a"),
      ],
      (cache) => cache.expireAt("b", cache.stats().since + 1e6),
      (cache) => [cache.size(), cache.size({ expired: false }), cache.isEmpty()],
      (cache) => [...cache.stream({ select: (entry) => entry.key })],
      (cache) => cache.execute((inner) => inner.get("a")),
      (cache) => cache.invalidateTag("t"),
      (cache) => cache.invoke("half", "a"),
      (cache) => cache.fetch("d", () => 4),
      async (cache) => [...(await cache.fetchMany(["d", "e"], () => [["e", 5]]))],
      (cache) => cache.transaction(["a"], (tx) => tx.get("a")),
      (cache) => cache.warm(),
      (cache) => cache.export().map(({ key, value }) => [key, value]),
      (cache) => cache.import([{ key: "f", value: 6, expiresAt: null }]),
      (cache) => [cache.take("f"), cache.delete("e"), cache.purge(), cache.prune(2)],
      (cache) => cache.resize({ max: 1 }),
      (cache) => [cache.clear(), cache.reset()],
    ];
    const run = async (): Promise<unknown[]> => {
      const commands = {
        half: { type: "read", execute: (value: number | undefined) => (value ?? 0) / 2 },
      } as const;
      const cache: Cache<string, number> = new Cache<string, number>({
        clock: new FakeClock(),
        max: 10,
        policy: "fifo",
        commands,
        warmers: [{ name: "w", execute: () => undefined }],
      });
      await settle();
      const results: unknown[] = [];
      for (const call of calls) results.push(await call(cache));
      cache.verify();
      cache.close();
      return results;
    };
    const untold = await run();
    const heard = listen("stowage:action");
    expect(await run()).toEqual(untold);
    const elsewhere = ["keys", "values", "entries", "inspect", "save", "restore"];
    const verbs = Object.keys(verbIndex).filter((verb) => !elsewhere.includes(verb));
    expect(new Set(heard.map(({ action }) => action))).toEqual(new Set(verbs));
  });

  it("a closed cache throws as ever, and of what did not happen nothing is told", () => {
    const cache = new Cache<string, number>();
    const heard = listen("stowage:action");
    cache.close();
    expect(() => cache.get("a")).toThrow(ClosedError);
    expect(() => cache.set("a", 1)).toThrow(ClosedError);
    expect(heard).toEqual([]);
  });

  it("a subscriber that leaves is not told any more", () => {
    const cache = new Cache<string, number>();
    const heard = listen("stowage:action");
    cache.set("a", 1);
    silence();
    cache.set("b", 1);
    expect(heard).toHaveLength(1);
    expect(cache.stats().calls.set).toBe(2);
  });
});

describe("stowage:load", () => {
  it("tells of each load when it ends: key, outcome, time", async () => {
    const clock = new FakeClock();
    const cache = new Cache<string, number>({ name: "users", clock });
    const heard = listen("stowage:load");
    const boom = new Error("boom");
    const load = deferred<number>();
    const loading = [cache.fetch("a", () => load.promise), cache.fetch("a", () => load.promise)];
    clock.advance(40);
    load.resolve(1);
    await Promise.all(loading);
    await cache.fetch("a", () => 2);
    await cache.fetch("b", () => Promise.reject(boom)).catch(() => undefined);
    expect(heard).toEqual([
      { cache: "users", key: "a", ok: true, timeMs: 40 },
      { cache: "users", key: "b", ok: false, timeMs: 0, error: boom },
    ]);
  });

  it("of each key of a fetchMany, and of loads that run behind", async () => {
    const clock = new FakeClock();
    const cache = new Cache<string, number>({ clock });
    const heard = listen("stowage:load");
    await cache.fetchMany(["a", "b"], (keys) => keys.map((key) => [key, 1] as const), {
      ttl: 10,
      staleWhileRevalidate: 50,
    });
    clock.advance(20);
    await cache.fetch("a", () => 2, { staleWhileRevalidate: 50 });
    await settle();
    expect(heard.map(({ key, ok }) => [key, ok])).toEqual([
      ["a", true],
      ["b", true],
      ["a", true],
    ]);
  });
});

describe("stowage:removal", () => {
  it("tells of each value that leaves, and why, whether there are listeners or not", () => {
    const clock = new FakeClock();
    const cache = new Cache<string, number>({ name: "users", clock, max: 2, policy: "fifo" });
    const heard = listen("stowage:removal");
    cache.set("a", 1);
    cache.set("a", 2);
    cache.set("b", 3, { ttl: 10 });
    cache.set("c", 4);
    clock.advance(10);
    cache.get("b");
    cache.delete("c");
    cache.set("d", 5);
    cache.clear();
    expect(heard).toEqual([
      { cache: "users", key: "a", value: 1, cause: "replaced" },
      { cache: "users", key: "a", value: 2, cause: "evicted" },
      { cache: "users", key: "b", value: 3, cause: "expired" },
      { cache: "users", key: "c", value: 4, cause: "deleted" },
      { cache: "users", key: "d", value: 5, cause: "cleared" },
    ]);
  });

  it("beside listeners, each is told once; after the tracer left, they still are", () => {
    const events: string[] = [];
    const cache = new Cache<string, number>({ onRemoval: ({ key }) => void events.push(key) });
    const heard = listen("stowage:removal");
    cache.set("a", 1);
    cache.delete("a");
    silence();
    cache.set("b", 1);
    cache.delete("b");
    expect(events).toEqual(["a", "b"]);
    expect(heard).toHaveLength(1);
  });

  it("a tracer that comes in the middle hears only of what leaves then", () => {
    const cache = new Cache<string, number>();
    cache.setMany([
      ["a", 1],
      ["b", 2],
    ]);
    cache.delete("a");
    const heard = listen("stowage:removal");
    cache.get("a");
    cache.delete("b");
    expect(heard.map(({ key }) => key)).toEqual(["b"]);
  });
});
