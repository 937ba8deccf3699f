/** What threads share of a cache, what each has of its own, and what is refused. */
import { InvalidHandleError, InvalidOptionError, UnsupportedError } from "stowage";
import { SharedCache, type SharedCacheOptions } from "stowage/table";
import { FakeClock } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { Pair } from "./pair.js";

describe("attachments share", () => {
  it("entries, expiry and tags", () => {
    const { clock, one, two } = new Pair({ ttl: 100 });
    one.set("a", 1);
    expect(two.get("a")).toBe(1);
    expect(two.ttl("a")).toBe(100);
    two.expire("a", 50);
    expect(one.ttl("a")).toBe(50);
    one.set("b", 2, { tags: ["x"], ttl: null });
    expect(two.inspect("b")?.tags).toEqual(["x"]);
    two.invalidateTag("x");
    expect(one.has("b")).toBe(false);
    clock.advance(50);
    expect([one.get("a"), two.get("a")]).toEqual([undefined, undefined]);
  });

  it("defaults that can travel, unless they say otherwise", () => {
    const { clock, one, two } = new Pair({ name: "users", ttl: "1m", fetch: { negativeTtl: 500 } });
    two.set("a", 1);
    expect(one.ttl("a")).toBe(60_000);
    expect(two.name).toBe("users");
    const three = SharedCache.attach<unknown>(one.handle, { clock, ttl: 5 });
    three.set("a", 1);
    expect(one.ttl("a")).toBe(5);
    three.close();
  });

  it("statistics, summed; and beginning anew", async () => {
    const pair = new Pair();
    const { one, two } = pair;
    one.set("a", 1);
    two.get("a");
    two.get("b");
    one.getMany(["a"]);
    await two.fetch("c", () => 1);
    for (const stats of [one.stats(), two.stats()]) {
      expect(stats).toMatchObject({ hits: 2, misses: 2, writes: 2, loads: { ok: 1 } });
      expect(stats.calls).toMatchObject({ get: 2, set: 1, getMany: 1, fetch: 1 });
    }
    two.close();
    expect(one.stats().hits).toBe(2);
    one.resetStats();
    expect(one.stats()).toMatchObject({ hits: 0, calls: {} });
    one.get("a");
    expect(one.stats().hits).toBe(1);
  });

  it("counts of removals, whoever removed", () => {
    const { clock, one, two } = new Pair();
    one.set("a", 1, { ttl: 5 });
    two.set("b", 1);
    one.delete("b");
    clock.advance(5);
    two.get("a");
    expect(one.stats()).toMatchObject({ deletes: 1, expirations: 1 });
  });
});

describe("attachments have of their own", () => {
  it("hooks, listeners, error reports", () => {
    const heard: string[] = [];
    const hear = (name: string): Partial<SharedCacheOptions<unknown>> => ({
      hooks: [{ when: "after", on: ["set"], handle: ({ args }) => heard.push(`${name} ${args[0]}`) }],
      onRemoval: ({ key, cause }) => heard.push(`${name} ${key} ${cause}`),
    });
    const clock = new FakeClock();
    const one = SharedCache.create<unknown>({ memory: "1mb", clock, ...hear("one") });
    const two = SharedCache.attach<unknown>(one.handle, {
      clock,
      hooks: hear("two").hooks,
      onRemoval: hear("two").onRemoval,
    });
    one.set("a", 1);
    two.set("a", 2);
    one.delete("a");
    two.delete("a");
    expect(heard).toEqual(["one a", "two a replaced", "two a", "one a deleted"]);
    two.close();
    one.close();
  });

  it("keys of functions that they wrap, unless a key is given", async () => {
    const { one, two } = new Pair();
    const [first, second] = [one.wrap(async () => 1), two.wrap(async () => 2)];
    expect([await first(), await second()]).toEqual([1, 2]);
    const key = (): string => "shared";
    const [third, fourth] = [one.wrap(async () => 3, { key }), two.wrap(async () => 4, { key })];
    expect([await third(), await fourth()]).toEqual([3, 3]);
  });

  it("their end: the cache lives on", () => {
    const { clock, one, two } = new Pair();
    one.set("a", 1);
    one.close();
    expect(() => one.get("a")).toThrow("closed");
    expect(two.get("a")).toBe(1);
    const three = SharedCache.attach<unknown>(two.handle, { clock });
    expect(three.get("a")).toBe(1);
    three.close();
  });
});

describe("refused by name", () => {
  const unsupported: Record<string, unknown> = {
    idle: 1_000,
    maxWeight: 5,
    weigher: () => 1,
    policy: "lru",
    lazy: false,
    enforce: { every: "1s" },
  };
  for (const [option, value] of Object.entries(unsupported)) {
    it(`the option ${option}`, () => {
      expect(() => SharedCache.create({ memory: "1mb", [option]: value })).toThrow(UnsupportedError);
      expect(() => SharedCache.create({ memory: "1mb", [option]: value })).toThrow(`"${option}"`);
    });
  }

  it("options of calls: idle and weight", async () => {
    const { one } = new Pair();
    expect(() => one.set("a", 1, { idle: 5 } as never)).toThrow(UnsupportedError);
    expect(() => one.set("a", 1, { weight: 5 } as never)).toThrow(UnsupportedError);
    await expect(one.fetch("a", () => 1, { idle: 5 } as never)).rejects.toThrow(UnsupportedError);
    await expect(one.fetchMany(["a"], () => [], { weight: 5 } as never)).rejects.toThrow(UnsupportedError);
    expect(() => SharedCache.create({ memory: "1mb", fetch: { idle: 5 } as never })).toThrow(
      UnsupportedError,
    );
    expect(one.size()).toBe(0);
  });

  it("keys that are no texts, resize, and views of what has expired", () => {
    const { one } = new Pair();
    for (const key of [1, null, undefined, {}, Symbol("s"), Buffer.from("a")]) {
      expect(() => one.get(key as string), String(typeof key)).toThrow("text");
      expect(() => one.set(key as string, 1)).toThrow("text");
      expect(() => one.delete(key as string)).toThrow("text");
    }
    expect(() => one.resize({ max: 5 })).toThrow(UnsupportedError);
    expect(() => [...one.stream({ expired: true })]).toThrow(UnsupportedError);
  });

  it("what is wrong, and misspelt: nothing is left behind", () => {
    const clock = new FakeClock();
    for (const wrong of [
      { memroy: "1mb" },
      { max: 0 },
      { codec: "yaml" },
      { codec: { name: "half", encode: () => "" } },
      { jitter: 0.5 },
      { warmers: [{ execute: () => [] }], feed: 0 },
      { hooks: [{ when: "after", on: ["sett"], handle: () => 1 }] },
    ]) {
      expect(() => SharedCache.create({ memory: "1mb", clock, ...(wrong as object) })).toThrow(
        InvalidOptionError,
      );
    }
    expect(() => SharedCache.create({ clock } as never)).toThrow(InvalidOptionError);
    expect(() => SharedCache.attach({} as never, { clock })).toThrow(InvalidHandleError);
    expect(() => SharedCache.attach(undefined as never, { clock })).toThrow(InvalidHandleError);
    expect(clock.pending).toBe(0);
  });

  it("a ttl function that an attachment does not have", () => {
    const { clock, one } = (() => {
      const clock = new FakeClock();
      return { clock, one: SharedCache.create<unknown>({ memory: "1mb", clock, ttl: () => 5 }) };
    })();
    expect(() => SharedCache.attach(one.handle, { clock })).toThrow("function");
    const two = SharedCache.attach<unknown>(one.handle, { clock, ttl: () => 7 });
    two.set("a", 1);
    expect(one.ttl("a")).toBe(7);
    two.close();
    one.close();
  });
});
