/** What the store does with its file: how large it becomes, what is evicted, and what is no file of its. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkFile } from "../../../src/stores/lmdb/check-file.js";
import { type LmdbRoot, LmdbStore, type LmdbStoreOptions } from "../../../src/stores/lmdb/index.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { openQuickly, temporaryFolder } from "./folder.js";

const call = { signal: new AbortController().signal };
const KIB = 1_024;
let path: string;
let clock: FakeClock;
const opened: LmdbStore[] = [];

function storeBy(options: Partial<LmdbStoreOptions> = {}): LmdbStore {
  const store = new LmdbStore({ ...(options.database ? {} : { path, flush: true }), clock, ...options });
  opened.push(store);
  return store;
}

function entry(key: string, bytes: number, ttlMs: number | null = 60_000) {
  return { key, bytes: Buffer.alloc(bytes, key), ttlMs };
}

async function present(store: LmdbStore, keys: readonly string[]): Promise<string[]> {
  const found = await store.getMany(keys, call);
  return keys.filter((_, index) => found[index] !== undefined);
}

beforeEach(() => {
  path = temporaryFolder();
  clock = new FakeClock();
});

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(path, { recursive: true });
});

describe("the bound", () => {
  it("holds, and what ends first goes first", async () => {
    const store = storeBy({ maxSize: "256kb" });
    const names = Array.from({ length: 400 }, (_, index) => `k${index}`);
    for (let first = 0; first < names.length; first += 8) {
      const next = names.slice(first, first + 8);
      await store.setMany(
        next.map((name, index) => entry(name, 1_500, 60_000 + first + index)),
        call,
      );
      expect((await store.size(call)).bytes).toBeLessThanOrEqual(256 * KIB);
    }
    const left = await present(store, names);
    expect(left).toEqual(names.slice(-left.length));
    expect(left.length).toBeGreaterThan(150);
  });

  it("holds for long values as well, and the file stays in proportion", async () => {
    const store = storeBy({ maxSize: "1mb" });
    for (let round = 0; round < 60; round++) {
      const entries = Array.from({ length: 5 }, (_, index) => entry(`k${round * 5 + index}`, 50_000));
      await store.setMany(entries, call);
    }
    expect((await store.size(call)).bytes).toBeGreaterThan(800 * KIB);
    expect(statSync(join(path, "data.mdb")).size).toBeLessThan(3 * KIB * KIB);
  });

  it("spares what has no lifetime, and says so where only that is left", async () => {
    const store = storeBy({ maxSize: "256kb" });
    const fixed = Array.from({ length: 10 }, (_, index) => `fixed ${index}`);
    await store.setMany(
      fixed.map((key) => entry(key, 20_000, null)),
      call,
    );
    for (let round = 0; round < 50; round++) await store.setMany([entry(`k${round}`, 5_000)], call);
    expect(await present(store, fixed)).toEqual(fixed);
    const tooMuch = [entry("a", 30_000), entry("b", 31_000)];
    await expect(store.setMany(tooMuch, call)).rejects.toMatchObject({ code: "STOWAGE_STORE_FULL" });
    expect(await present(store, ["a", "b"])).toEqual([]);
    await store.deleteMany(fixed.slice(0, 3), call);
    await store.setMany(tooMuch, call);
    expect(await present(store, ["a", "b"])).toEqual(["a", "b"]);
  });

  it("is reckoned right over every verb", async () => {
    const store = storeBy();
    await store.setMany([entry("a", 10), entry("b", 9_000, null), entry("x".repeat(5_000), 7)], call);
    await store.expire("b", 5, call);
    await store.expire("a", null, call);
    await store.incr("n", 1, { initial: 99, ttlMs: null }, call);
    await store.incr("n", 1_000, { initial: 0, ttlMs: null }, call);
    const held = await store.lease("l", { ttlMs: 10, seen: undefined }, call);
    const over = await store.lease("a", { ttlMs: 10, seen: Buffer.alloc(10, "a") }, call);
    if (held.kind === "granted") await store.release("l", held.token, call);
    if (over.kind === "granted") await store.fill(entry("a", 700), over.token, call);
    clock.advance(5);
    expect(await store.cleanup()).toBe(1);
    expect(await store.deleteMany(["a", "n", "x".repeat(5_000)], call)).toBe(3);
    expect(await store.size(call)).toEqual({ bytes: 0, fixedBytes: 0 });
  });
});

describe("bytes that were given", () => {
  it("may be changed as soon as the promise is there", async () => {
    const store = storeBy();
    const [bytes, other] = [Buffer.from("abc"), Buffer.from("def")];
    const lease = await store.lease("b", { ttlMs: 1_000, seen: undefined }, call);
    const token = lease.kind === "granted" ? lease.token : "";
    const writing = [
      store.setMany([{ key: "a", bytes, ttlMs: null }], call),
      store.fill({ key: "b", bytes: other, ttlMs: null }, token, call),
    ];
    bytes.fill(0);
    other.fill(0);
    await Promise.all(writing);
    const found = await store.getMany(["a", "b"], call);
    expect(found.map((each) => Buffer.from(each ?? []).toString())).toEqual(["abc", "def"]);
  });
});

describe("the cleanup", () => {
  it("deletes what has expired, leases over nothing too, and nothing else", async () => {
    const store = storeBy({ cleanupBatch: 10, cleanupEvery: Number.POSITIVE_INFINITY });
    await store.setMany(
      Array.from({ length: 35 }, (_, index) => entry(`${index}`, 10, 100)),
      call,
    );
    await store.setMany([entry("stays", 10, null), entry("lives", 10, 101)], call);
    await store.lease("l", { ttlMs: 100, seen: undefined }, call);
    await store.lease("0", { ttlMs: 101, seen: Buffer.alloc(10, "0") }, call);
    clock.advance(100);
    expect(await store.cleanup()).toBe(35);
    expect(await present(store, ["stays", "lives"])).toEqual(["stays", "lives"]);
    clock.advance(1);
    expect(await store.cleanup()).toBe(2);
  });

  it("runs by itself, from the first call on", async () => {
    const store = storeBy({ cleanupEvery: 1_000 });
    expect(clock.pending).toBe(0);
    await store.setMany([entry("a", 10, 100)], call);
    clock.advance(1_000);
    await expect.poll(async () => (await store.size(call)).bytes).toBe(0);
    await expect.poll(() => clock.pending).toBe(1);
  });
});

describe("a file that", () => {
  const data = () => join(path, "data.mdb");
  const damaged = { code: "STOWAGE_STORE_DAMAGED" };

  it.each([
    ["is something else", Buffer.from("hello")],
    ["is something else, and long", Buffer.alloc(100_000, 7)],
  ])("%s is refused, and left as it is", async (_, bytes) => {
    writeFileSync(data(), bytes);
    const store = storeBy();
    await expect(store.setMany([entry("a", 1)], call)).rejects.toMatchObject(damaged);
    expect(readFileSync(data()).equals(bytes)).toBe(true);
    rmSync(data());
    await store.setMany([entry("a", 1)], call);
  });

  it("was cut is refused, wherever", async () => {
    const store = storeBy();
    for (let round = 0; round < 50; round++) await store.setMany([entry(`${round}`, 2_000)], call);
    await store.close();
    const { size } = statSync(data());
    for (const length of [size - 1, Math.floor(size / 2), 8_192, 5_000, 4_096, 100, 1]) {
      truncateSync(data(), length);
      await expect(storeBy().getMany(["1"], call), `${length}`).rejects.toMatchObject(damaged);
    }
    truncateSync(data(), 0);
    expect(await storeBy().getMany(["1"], call)).toEqual([undefined]);
  });

  it("is in order is never refused, also where it is shorter than it says", async () => {
    const database = openQuickly(path);
    const store = storeBy({ database: database as unknown as LmdbRoot, maxSize: "512kb" });
    let seed = 7;
    const upTo = (most: number) => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return seed % most;
    };
    let short = 0;
    for (let step = 0; step < 600; step++) {
      const keys = Array.from({ length: 1 + upTo(60) }, () => `${upTo(400)}`);
      const most = step % 3 === 0 ? 7_000 : 900;
      const writing = store.setMany(
        keys.map((key) => entry(key, upTo(most))),
        call,
      );
      if (step % 5 === 4) await Promise.all([writing, store.deleteMany(keys, call)]);
      else if (step % 40 === 39) await store.clear(`${upTo(10)}`, call);
      await writing;
      checkFile(data());
      const { pageSize, lastPageNumber } = database.getStats() as {
        pageSize: number;
        lastPageNumber: number;
      };
      if (statSync(data()).size < (lastPageNumber + 1) * pageSize) short++;
    }
    expect(short).toBeGreaterThan(0);
    await store.close();
    await database.close();
  });

  it("cannot be made is an error of the system, and the next call tries again", async () => {
    const place = join(path, "a");
    writeFileSync(place, "a file");
    const store = storeBy({ path: join(place, "b") });
    await expect(store.getMany(["a"], call)).rejects.toMatchObject({ code: "ENOTDIR" });
    rmSync(place);
    mkdirSync(place);
    expect(await store.getMany(["a"], call)).toEqual([undefined]);
    await store.close();
  });
});

describe("a file that is not flushed", () => {
  it("outlives the stores, and stands in a folder of this start of the system", async () => {
    const store = storeBy({ flush: false });
    await store.setMany([entry("a", 5)], call);
    await store.close();
    expect(await present(storeBy({ flush: false }), ["a"])).toEqual(["a"]);
    expect(await present(storeBy(), ["a"])).toEqual([]);
  });

  it.runIf(process.platform === "linux")("of an earlier start is removed, and nothing else", async () => {
    for (const folder of ["boot-of-before", "other"]) {
      mkdirSync(join(path, folder));
      writeFileSync(join(path, folder, "data.mdb"), "damaged");
    }
    await storeBy({ flush: false }).setMany([entry("a", 5)], call);
    const folders = readdirSync(path).sort();
    expect(folders).toEqual([expect.stringMatching(/^boot-[0-9a-f-]{36}$/), "other"]);
  });
});

describe("a database of the user", () => {
  it("is used beside his own, with a name, and stays open", async () => {
    const database = open({ path, noSubdir: false, maxDbs: 10 });
    await database.put("a", "his");
    const [one, two] = ["one", "two"].map((name) => storeBy({ database: database as never, name }));
    await one.setMany([entry("a", 1)], call);
    expect([await present(one, ["a"]), await present(two, ["a"])]).toEqual([["a"], []]);
    await one.clear("", call);
    await one.close();
    await two.close();
    expect(database.get("a")).toBe("his");
    await database.close();
  });

  it("that holds something of another version there has none of ours", async () => {
    const database = open({ path, noSubdir: false, maxDbs: 10 });
    const store = storeBy({ database: database as never });
    await store.open(call);
    const records = database.openDB({ name: "stowage:records", encoding: "binary", keyEncoding: "binary" });
    for (const [index, bytes] of [Buffer.alloc(0), Buffer.alloc(50, 9), Buffer.alloc(38, 1)].entries())
      await records.put(Buffer.from(`k${index}`), bytes);
    expect(await store.getMany(["0", "1", "2"], call)).toEqual([undefined, undefined, undefined]);
    expect(await store.scan("", { limit: 10 }, call)).toEqual({ keys: [], cursor: undefined });
    await store.setMany([entry("1", 5)], call);
    expect(await present(store, ["0", "1", "2"])).toEqual(["1"]);
    await store.close();
    await database.close();
  });
});

describe("options", () => {
  it("are checked", () => {
    const wrong: [object, string][] = [
      [{}, "path"],
      [{ path: "" }, "path"],
      [{ path: "a", database: {} }, "database"],
      [{ path: "a", maxSize: 10 }, "maxSize"],
      [{ database: { openDB() {}, transactionSync() {}, resetReadTxn() {} }, flush: true }, "flush"],
      [{ path: "a", maxSize: "1mb", maxValueSize: "600kb" }, "maxValueSize"],
      [{ path: "a", size: 1 }, "size"],
    ];
    for (const [options, option] of wrong)
      expect(() => new LmdbStore(options as LmdbStoreOptions)).toThrow(expect.objectContaining({ option }));
    expect(storeBy({ maxSize: "8mb" }).abilities.valueBytesMax).toBe(KIB * KIB);
  });
});
