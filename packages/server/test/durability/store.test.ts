/** Snapshots of a server: at intervals, at the end, after failures; the start from one; damaged ones. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SharedTable } from "stowage/table";
import { describe, expect, it } from "vitest";
import type { StoreError } from "../../src/durability/index.js";
import * as scenes from "./scenes.js";
import { everyMs, failing, start, temporaryPath, until } from "./support.js";

const refusalOf = (starting: Promise<unknown>): Promise<StoreError> =>
  starting.then(
    () => expect.fail("it started"),
    (error) => error,
  );

describe("snapshots", () => {
  it("are taken at the interval; a kill loses what came after the last one", async () => {
    expect(await scenes.killed()).toEqual([]);
  });

  it("end with one at close, which has the last writes", async () => {
    expect(await scenes.closed(false)).toEqual([]);
    expect(await scenes.closed(true)).toEqual([]);
  });

  it("that fail leave the one before, are counted, and tried again", async () => {
    expect(await scenes.diskGone()).toEqual([]);
  });

  it("bring back values, flags and what is left of lifetimes", async () => {
    const first = await start();
    first.table.set("a", Buffer.from([0, 255]), { flags: 130, ttl: "1h" });
    first.table.incr("n", 41);
    await first.close();
    const { table, close, figures, lines } = await start({ dir: first.dir });
    expect(table.getEntry("a")).toMatchObject({ value: Buffer.from([0, 255]), flags: 130 });
    expect(table.ttl("a")).toBeGreaterThan(3_590_000);
    expect(table.incr("n")).toBe(42);
    expect(figures()).toMatchObject({ on: true, loadedEntries: 2, damagedBlocks: 0 });
    expect(lines.map(({ text }) => text)).toEqual(["warm start"]);
    await close();
  });

  it("that are asked for while one is under way begin after it, once for all who ask", async () => {
    const { store, table, close, figures } = await start();
    const first = store.snapshot();
    table.set("a", "1");
    const [second, third] = [store.snapshot(), store.snapshot()];
    expect(await Promise.all([first, second, third])).toEqual([true, true, true]);
    expect(figures()).toMatchObject({ snapshots: 2, entries: 1 });
    await close();
  });

  it("tell their age, counted from when they were begun", async () => {
    const { store, clock, close, figures } = await start();
    expect(figures()).toMatchObject({ lastAt: null, ageMs: null });
    await store.snapshot();
    clock.advance(5_000);
    expect(figures()).toMatchObject({ lastAt: clock.wall() - 5_000, ageMs: 5_000 });
    await close();
  });

  it("give up at a signal, and leave the one before", async () => {
    const { store, table, dir, figures } = await start();
    table.set("a", "1");
    await store.snapshot();
    const before = readFileSync(join(dir, "table.snapshot"));
    for (let i = 0; i < 5_000; i++) table.set(`key:${i}`, "x".repeat(200));
    const stop = new AbortController();
    const closing = store.close({ signal: stop.signal });
    stop.abort();
    expect(await closing).toEqual({ saved: false });
    expect(readFileSync(join(dir, "table.snapshot")).equals(before)).toBe(true);
    expect(readdirSync(dir)).toEqual(["table.snapshot"]);
    expect(figures().failures).toBe(0);
    table.close();
  });

  it("are for the server's user alone", async () => {
    const { dir, close } = await start();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    await close();
  });

  it("are not taken after close", async () => {
    const { store, clock, close, figures } = await start();
    await close();
    expect(await store.snapshot()).toBe(false);
    clock.advance(10 * everyMs);
    expect(figures().snapshots).toBe(1);
    expect(await store.close()).toEqual({ saved: true });
  });
});

describe("a damaged snapshot", () => {
  it.each(["flip", "cut", "zeros", "noise"] as const)(
    "gives what is sound, says what is not, and is kept: %s",
    async (how) => {
      for (let seed = 1; seed <= 25; seed++)
        expect([seed, await scenes.damaged(how, seed)]).toEqual([seed, []]);
    },
  );

  it("is reported with its places", async () => {
    const first = await start();
    for (let i = 0; i < 3_000; i++) first.table.set(`key:${i}`, "x".repeat(500));
    await first.close();
    const path = join(first.dir, "table.snapshot");
    const file = readFileSync(path);
    file[file.length >> 1] ^= 1;
    writeFileSync(path, file);
    const { lines, table, figures, close } = await start({ dir: first.dir });
    expect(lines).toEqual([
      {
        level: "error",
        text: "the snapshot is damaged: what is sound of it was loaded",
        fields: expect.objectContaining({
          path,
          entries: table.size(),
          damagedBlocks: 1,
          damage: [{ offset: expect.any(Number), bytes: expect.any(Number), reason: expect.any(String) }],
          keptAs: `${path}.damaged`,
        }),
      },
    ]);
    expect(table.size()).toBeGreaterThan(1_000);
    expect(figures().damagedBlocks).toBe(1);
    await close();
    expect(readFileSync(`${path}.damaged`).equals(file)).toBe(true);
  });

  it("that is none at all begins an empty cache, loudly", async () => {
    const dir = temporaryPath();
    mkdirSync(dir);
    writeFileSync(join(dir, "table.snapshot"), "nonsense");
    const { lines, table, close } = await start({ dir });
    expect(table.size()).toBe(0);
    expect(lines[0]).toMatchObject({ level: "error", text: expect.stringMatching(/begins empty/) });
    await close();
    expect(readFileSync(join(dir, "table.snapshot.damaged"), "utf8")).toBe("nonsense");
  });

  it("larger than the table is loaded as far as it fits, and that is said", async () => {
    const first = await start();
    for (let i = 0; i < 300; i++) first.table.set(`key:${i}`, "x".repeat(9_000));
    await first.close();
    const table = SharedTable.create({ memory: "1mb", evict: false, janitor: false });
    const { lines, close } = await start({ dir: first.dir, table });
    expect(lines.map(({ text }) => text)).toContain("entries of the snapshot do not fit this table's memory");
    await close();
  });
});

describe("a directory", () => {
  it("is made, with those above it", async () => {
    const dir = join(temporaryPath(), "deep", "down");
    const { close } = await start({ dir });
    expect(existsSync(join(dir, "lock"))).toBe(true);
    await close();
  });

  it("that is a file is refused, and it is said what it must be", async () => {
    const dir = temporaryPath();
    writeFileSync(dir, "");
    const error = await refusalOf(start({ dir }));
    expect(error).toMatchObject({ name: "StoreError", code: "unusable" });
    expect(error.message).toMatch(/cannot use the data directory .*EEXIST.*must be a directory/s);
  });

  it("whose snapshot is a directory is refused rather than begun empty", async () => {
    const dir = temporaryPath();
    mkdirSync(join(dir, "table.snapshot"), { recursive: true });
    const error = await refusalOf(start({ dir }));
    expect(error).toMatchObject({ code: "unreadable" });
    expect(readdirSync(dir)).toEqual(["table.snapshot"]);
  });

  it("is rid of what killed runs had not finished, and of nothing else", async () => {
    const dir = temporaryPath();
    mkdirSync(dir);
    for (const name of ["table.snapshot.0a1b.tmp", "lock.x.tmp", "notes.tmp", "table.snapshot.old"])
      writeFileSync(join(dir, name), "x");
    const { close } = await start({ dir });
    expect(readdirSync(dir).sort()).toEqual(["lock", "notes.tmp", "table.snapshot.old"]);
    await close();
  });
});

describe("a file system whose n-th operation fails", () => {
  it("is refused with what is wrong, or gets over it; nothing is left behind", async () => {
    const dir = temporaryPath();
    const first = await start({ dir });
    first.table.set("a", "1");
    await first.close();
    const outcomes = new Set<string>();
    for (let n = 1; ; n++) {
      const { files, fired } = failing(n);
      const run = await start({ dir, files }).catch((error: StoreError) => error);
      outcomes.add(run instanceof Error ? `${run.code}` : "started");
      if (!(run instanceof Error)) {
        expect(run.table.getString("a")).toBe("1");
        run.clock.advance(1_000); // the lock is renewed
        await run.close();
        expect(run.clock.pending).toBe(0);
      }
      expect(readdirSync(dirname(dir))).toEqual(["data"]);
      // A lock that could not be removed is one of a process that is gone.
      if (existsSync(join(dir, "lock"))) rmSync(join(dir, "lock"));
      if (!fired()) break;
    }
    expect([...outcomes].sort()).toEqual(["started", "unusable"]);
  });

  it("when the disk is full at the start, says so", async () => {
    const error = await refusalOf(start({ files: failing(2, "ENOSPC").files }));
    expect(error.message).toMatch(/ENOSPC.*on a disk with room/);
  });
});

it("until throws when it waited in vain", async () => {
  await expect(until(() => false, "never", 5)).rejects.toThrow("waited in vain until never");
});
