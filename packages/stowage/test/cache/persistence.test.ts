/**
 * save and restore, export and import, as a user meets them: what of an entry survives, and what a cache makes of entries
 * that come from elsewhere. The format itself is tested in test/persist.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deferred } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { clock, copyOf, eachTestOnItsOwn, files, make, path } from "./dumps.js";

eachTestOnItsOwn();

describe("what was saved comes back", () => {
  it("with every value and key, in a real file too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stowage-cache-"));
    try {
      const cache = make();
      const cycle: Record<string, unknown> = { name: "cycle" };
      cycle.self = cycle;
      const values: [unknown, unknown][] = [
        ["map", new Map([[{ a: 1 }, new Set([1, "2", 3n])]])],
        ["date", new Date(86_400_000)],
        ["bytes", new Uint16Array([1, 2, 65_535])],
        ["cycle", cycle],
        [Number.NaN, -0],
        [1n, null],
        ["", ""],
        ["\ud800", "\udfff"],
        ["__proto__", { __proto__: null, x: undefined }],
      ];
      cache.setMany(values);
      const file = join(folder, "a.dump");
      const saved = await cache.save(file);
      expect(saved).toMatchObject({ entries: values.length, skipped: 0 });
      const copy = make();
      expect(await copy.restore(file)).toEqual({ entries: values.length, skipped: 0 });
      for (const [key, value] of values) expect(copy.get(key)).toStrictEqual(value);
      const back = copy.get("cycle") as typeof cycle;
      expect(back.self).toBe(back);
      expect(back).not.toBe(cycle);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("with expiries as moments of the calendar, whatever passed between", async () => {
    const cache = make<number>();
    cache.set("soon", 1, { ttl: 1_000 });
    cache.set("later", 2, { ttl: 10_000 });
    cache.set("never", 3);
    cache.set("persisted", 4, { ttl: 1_000 });
    cache.persist("persisted");
    await cache.save(path, { files });
    clock.sleep(4_000);
    const copy = make<number>({ ttl: 77 });
    expect(await copy.restore(path, { files })).toEqual({ entries: 3, skipped: 1 });
    expect(["soon", "later", "never", "persisted"].map((key) => copy.ttl(key))).toEqual([
      undefined,
      6_000,
      null,
      null,
    ]);
    clock.sleep(6_000);
    expect([...copy.keys()]).toEqual(["never", "persisted"]);
  });

  it("with the ttl that refresh starts anew", async () => {
    const cache = make<number>();
    cache.set("a", 1, { ttl: 10_000 });
    clock.sleep(7_000);
    const copy = await copyOf(cache);
    expect(copy.ttl("a")).toBe(3_000);
    expect(copy.refresh("a")).toBe(true);
    expect(copy.ttl("a")).toBe(10_000);
  });

  it("with idle times: restoring counts as a use", async () => {
    const cache = make<number>();
    cache.set("idle", 1, { idle: 100 });
    cache.set("both", 2, { idle: 100, ttl: 150 });
    cache.set("busy", 3);
    clock.sleep(90);
    const copy = await copyOf(cache, { idle: 5 });
    clock.sleep(50);
    expect([copy.get("idle"), copy.get("both"), copy.get("busy")]).toEqual([1, 2, 3]);
    clock.sleep(60);
    expect([copy.get("idle"), copy.get("both")]).toEqual([1, undefined]);
    clock.sleep(100);
    expect([...copy.keys()]).toEqual(["busy"]);
  });

  it("with tags that can be invalidated", async () => {
    const cache = make<number>();
    cache.set("a", 1, { tags: ["users", "admins"] });
    cache.set("b", 2, { tags: ["users"] });
    cache.set("c", 3);
    const copy = await copyOf(cache);
    expect(copy.inspect("a")).toMatchObject({ tags: ["users", "admins"] });
    copy.invalidateTag("admins");
    expect([...copy.keys()]).toEqual(["b", "c"]);
    copy.invalidateTag("users");
    expect([...copy.keys()]).toEqual(["c"]);
    expect(cache.size(), "the original").toBe(3);
  });

  it("not if its tag had been invalidated, or it had expired, when it was saved", async () => {
    const cache = make<number>({ janitor: false });
    cache.set("invalid", 1, { tags: ["t"] });
    cache.set("expired", 2, { ttl: 10 });
    cache.set("kept for fetch", 3);
    await cache.fetch("kept for fetch", () => 3, { force: true, ttl: 10, grace: "1h" });
    cache.set("fine", 4, { tags: ["t2"] });
    cache.invalidateTag("t");
    clock.sleep(10);
    expect(await cache.save(path, { files })).toMatchObject({ entries: 1 });
    const copy = make<number>();
    expect(await copy.restore(path, { files })).toEqual({ entries: 1, skipped: 0 });
    expect([...copy]).toEqual([["fine", 4]]);
  });

  it("with weights", async () => {
    const cache = make<number>({ maxWeight: 100 });
    cache.set("a", 1, { weight: 30 });
    cache.set("b", 2, { weight: 0 });
    cache.set("c", 3);
    const copy = await copyOf(cache, { maxWeight: 50 });
    expect(copy.inspect().weight).toBe(31);
    expect(["a", "b", "c"].map((key) => copy.inspect(key)?.weight)).toEqual([30, 0, 1]);
  });

  it.each([false, true, "gzip", "brotli"] as const)("compressed or not: compress: %s", async (compress) => {
    const cache = make<string>();
    for (let n = 0; n < 2_000; n++) cache.set(n, "a rather repetitive value ".repeat(4));
    const { bytes } = await cache.save(path, { files, compress });
    expect(files.files.get(path)).toHaveLength(bytes);
    if (compress !== false) expect(bytes).toBeLessThan(30_000);
    const copy = make<string>();
    await copy.restore(path, { files });
    expect(copy.export()).toEqual(cache.export());
  });

  it("as instances of the classes that both sides name", async () => {
    class User {
      constructor(readonly name: string) {}
      greet(): string {
        return `I am ${this.name}`;
      }
    }
    class Money {
      #cents: number;
      constructor(cents: number) {
        this.#cents = cents;
      }
      get cents(): number {
        return this.#cents;
      }
    }
    const money = {
      name: "Money",
      class: Money,
      encode: (it: Money) => it.cents,
      decode: (cents: number) => new Money(cents),
    };
    const cache = make();
    cache.set("ada", new User("Ada"));
    cache.set("price", [new Money(995)]);
    await expect(cache.save(path, { files })).rejects.toMatchObject({ code: "STOWAGE_SERIALIZATION" });
    await cache.save(path, { files, classes: [User, money] });
    const copy = make();
    await expect(copy.restore(path, { files })).rejects.toMatchObject({ code: "STOWAGE_SERIALIZATION" });
    expect(copy.size()).toBe(0);
    await copy.restore(path, { files, classes: [User, money] });
    expect((copy.get("ada") as User).greet()).toBe("I am Ada");
    expect((copy.get("price") as Money[])[0].cents).toBe(995);
  });

  it("by a serializer of the user's own", async () => {
    const serializer = {
      id: "json",
      encode: (value: unknown) => new TextEncoder().encode(JSON.stringify(value)),
      decode: (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as unknown,
    };
    const cache = make();
    cache.set("a", { b: [1, 2, 3] });
    await cache.save(path, { files, serializer });
    const copy = make();
    await expect(copy.restore(path, { files })).rejects.toThrow(/json/);
    await copy.restore(path, { files, serializer });
    expect(copy.get("a")).toEqual({ b: [1, 2, 3] });
  });

  it("of nothing, nothing", async () => {
    const copy = await copyOf(make());
    expect(copy.size()).toBe(0);
  });
});

describe("restoring into a cache", () => {
  it("that holds entries replaces equal keys and leaves others", async () => {
    const cache = make<number>();
    cache.setMany([
      ["a", 1],
      ["b", 2],
    ]);
    await cache.save(path, { files });
    const heard: string[] = [];
    const other = make<number>({
      onRemoval: ({ key, value, cause }) => void heard.push(`${key} ${value} ${cause}`),
    });
    other.set("b", 20, { ttl: 5, tags: ["old"] });
    other.set("c", 30);
    await other.restore(path, { files });
    expect(new Map(other)).toEqual(
      new Map([
        ["c", 30],
        ["a", 1],
        ["b", 2],
      ]),
    );
    expect(other.ttl("b")).toBeNull();
    expect(heard).toEqual(["b 20 replaced"]);
    expect(other.stats()).toMatchObject({ writes: 4, calls: { restore: 1 } });
  });

  it("that is smaller keeps to its bounds after each batch", async () => {
    const cache = make<number>();
    for (let n = 0; n < 3_000; n++) cache.set(n, n);
    await cache.save(path, { files });
    const small = make<number>({ max: 100 });
    const sizes: number[] = [];
    const onProgress = (): void => void sizes.push(small.size());
    await small.restore(path, { files, onProgress });
    expect(Math.max(...sizes)).toBe(100);
    expect(small.size()).toBe(100);
    for (const [key, value] of small) expect(value).toBe(key);
  });

  it("that is smaller by weight refuses what is too heavy and says so", async () => {
    const cache = make<number>();
    for (let n = 1; n <= 40; n++) cache.set(n, n, { weight: n });
    await cache.save(path, { files });
    const small = make<number>({ maxWeight: 30 });
    expect(await small.restore(path, { files })).toEqual({ entries: 30, skipped: 10 });
    expect(small.inspect().weight).toBeLessThanOrEqual(30);
  });

  it("whose bound is enforced by the clock waits for it", async () => {
    const cache = make<number>();
    for (let n = 0; n < 50; n++) cache.set(n, n);
    await cache.save(path, { files });
    const small = make<number>({ max: 10, enforce: { every: 100, reclaim: 0 } });
    await small.restore(path, { files });
    expect(small.size()).toBe(50);
    clock.advance(100);
    expect(small.size()).toBe(10);
  });

  it("makes loads that are under way late", async () => {
    const cache = make<number>();
    cache.set("a", 1);
    await cache.save(path, { files });
    const other = make<number>();
    const load = deferred<number>();
    const loading = other.fetch("a", () => load.promise);
    await other.restore(path, { files });
    load.resolve(2);
    expect(await loading).toBe(2);
    expect(other.get("a")).toBe(1);
  });

  it("wakes the janitor for what it brought", async () => {
    const cache = make<number>();
    cache.set("a", 1, { ttl: 5_000 });
    const copy = await copyOf(cache);
    clock.advance(7_000);
    expect(copy.size()).toBe(0);
  });
});

describe("export and import", () => {
  it("carry a cache over with all that its entries have", async () => {
    const cache = make<number>({ maxWeight: 50, janitor: false });
    cache.set("a", 1, { ttl: 100, tags: ["t"], weight: 3 });
    cache.set("b", 2, { idle: 40 });
    cache.set("dead", 3, { ttl: 10 });
    clock.sleep(20);
    const exported = cache.export();
    expect(exported).toEqual([
      { key: "a", value: 1, expiresAt: clock.wall() + 80, ttl: 100, weight: 3, tags: ["t"] },
      { key: "b", value: 2, expiresAt: null, idle: 40, weight: 1 },
    ]);
    const copy = make<number>({ maxWeight: 50 });
    expect(copy.import(structuredClone(exported))).toBe(2);
    expect(copy.export()).toEqual(exported);
    copy.invalidateTag("t");
    clock.sleep(40);
    expect(copy.size({ expired: false })).toBe(0);
  });

  it("refuse what is no entry and store nothing of the list it is in", () => {
    const cache = make<number>();
    const good = { key: "a", value: 1, expiresAt: null };
    for (const wrong of [
      null,
      5,
      {},
      { key: "b" },
      { key: "b", value: undefined, expiresAt: null },
      { key: "b", value: 1 },
      { key: "b", value: 1, expiresAt: Number.NaN },
      { key: "b", value: 1, expiresAt: "tomorrow" },
    ]) {
      expect(() => cache.import([good, wrong as never]), JSON.stringify(wrong)).toThrow(/import/);
      expect(cache.size()).toBe(0);
    }
    expect(() => cache.import(5 as never)).toThrow(/entries/);
    expect(cache.import(new Set([good]))).toBe(1);
  });

  it("refuse an entry whose ttl, idle, tags or weight is wrong, and store nothing of the list", () => {
    const good = { key: "a", value: 1, expiresAt: null };
    for (const wrong of [
      { ttl: "5m" },
      { ttl: -1 },
      { idle: -5 },
      { tags: "users" },
      { tags: [5] },
      { weight: -1 },
    ]) {
      const cache = make<number>();
      expect(
        () => cache.import([good, { ...good, key: "b", ...wrong } as never]),
        JSON.stringify(wrong),
      ).toThrow();
      expect(cache.size(), JSON.stringify(wrong)).toBe(0);
    }
  });
});
