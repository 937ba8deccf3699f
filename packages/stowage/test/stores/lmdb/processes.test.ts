/** Several processes on one file, and what is left when one of them is killed at any moment. */
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { open } from "lmdb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LmdbStore } from "../../../src/stores/lmdb/index.js";
import { eventually } from "../../support/redis.js";
import { temporaryFolder } from "./folder.js";
import { OtherProcess } from "./process/other.js";

const call = { signal: new AbortController().signal };
const entry = (key: string, text: string) => ({ key, bytes: Buffer.from(text), ttlMs: 60_000 });
let path: string;
let store: LmdbStore;
const others: OtherProcess[] = [];

async function other(task: "answer" | "write", name?: string): Promise<OtherProcess> {
  const started = await OtherProcess.start(path, task, name);
  others.push(started);
  return started;
}

beforeEach(() => {
  path = temporaryFolder();
  store = new LmdbStore({ path, maxSize: "8mb", flush: true });
});

afterEach(async () => {
  for (const each of others.splice(0)) await each.kill();
  await store.close();
  rmSync(path, { recursive: true });
});

async function get(key: string): Promise<string | undefined> {
  const [bytes] = await store.getMany([key], call);
  return bytes && Buffer.from(bytes).toString();
}

describe("two processes", () => {
  it("see what the other writes, as soon as it is told", async () => {
    const there = await other("answer");
    for (let round = 0; round < 25; round++) {
      await store.setMany([entry("a", `here ${round}`)], call);
      expect(await there.ask({ verb: "get", key: "a" })).toBe(`here ${round}`);
      await there.ask({ verb: "set", key: "a", value: `there ${round}` });
      expect(await get("a")).toBe(`there ${round}`);
    }
  });

  it("see it also where the file has grown meanwhile", async () => {
    const there = await other("answer");
    const large = "x".repeat(900_000);
    for (let round = 0; round < 6; round++) {
      await store.setMany([entry(`here ${round}`, large)], call);
      expect(await there.ask({ verb: "get", key: `here ${round}` })).toBe(large);
      await there.ask({ verb: "set", key: `there ${round}`, value: large });
      expect(await get(`there ${round}`)).toBe(large);
    }
  });

  it("have one lease, which whoever has its token fills", async () => {
    const there = await other("answer");
    const lease = await store.lease("a", { ttlMs: 60_000, seen: undefined }, call);
    expect(await there.ask({ verb: "lease", key: "a" })).toEqual({ kind: "held" });
    const token = lease.kind === "granted" ? lease.token : "";
    expect(await there.ask({ verb: "fill", key: "a", value: token })).toBe(true);
    expect(await get("a")).toBe("filled");
    expect(await store.fill(entry("a", "late"), token, call)).toBe(false);
  });

  it("grant a lease to one of all who ask at the same time, and lose no count", async () => {
    const there = await other("answer");
    for (let round = 0; round < 20; round++) {
      const [mine, theirs] = await Promise.all([
        store.lease(`l${round}`, { ttlMs: 60_000, seen: undefined }, call),
        there.ask({ verb: "lease", key: `l${round}` }) as Promise<{ kind: string }>,
        store.incr("n", 1, { initial: 0, ttlMs: null }, call),
      ]);
      expect([mine.kind, theirs.kind].sort()).toEqual(["granted", "held"]);
      await Promise.all([
        there.ask({ verb: "incr", key: "n" }),
        store.incr("n", 1, { initial: 0, ttlMs: null }, call),
      ]);
    }
    expect(await get("n")).toBe("60");
  });
});

describe("a process that is killed while it writes", () => {
  it("leaves whole values, a lock that is free, and a ledger that is right", async () => {
    const pids: number[] = [];
    for (let round = 0; round < 4; round++) {
      const names = [`a${round}`, `b${round}`];
      const writers = await Promise.all(names.map((name) => other("write", name)));
      pids.push(...writers.map(({ pid }) => pid));
      const before = Number((await get(`${names[0]}:n`)) ?? 0);
      await eventually("it goes on", async () => Number(await get(`${names[0]}:n`)) > before + round * 5);
      await Promise.all(writers.map((writer) => writer.kill()));
      for (const name of names) await checkWhole(name);
      await store.setMany([entry("after", `${round}`)], call);
      expect(await get("after")).toBe(`${round}`);
    }
    const database = open({ path, noSubdir: false, maxDbs: 64 });
    await store.cleanup();
    expect(database.readerList()).not.toMatch(new RegExp(`\\b(${pids.join("|")})\\b`));
    await database.close();
    await store.clear("", call);
    expect(await store.size(call)).toEqual({ bytes: 0, fixedBytes: 0 });
  });
});

async function checkWhole(name: string): Promise<void> {
  const keys = Array.from({ length: 300 }, (_, index) => `${name}:${index}`);
  const found = (await store.getMany(keys, call)).filter((bytes) => bytes !== undefined);
  expect(found.length).toBeGreaterThan(0);
  for (const bytes of found) {
    const hash = createHash("sha256").update(bytes.subarray(32)).digest();
    expect(Buffer.compare(hash, bytes.subarray(0, 32))).toBe(0);
  }
}
