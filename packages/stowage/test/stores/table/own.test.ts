/** What of the table store is its own: what the suite of stores does not know of. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TableStore, type TableStoreOptions } from "../../../src/stores/table/index.js";
import { SharedTable } from "../../../src/table/table.js";
import { identical, rejects, same, throws } from "../../../src/testing/check.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";

let clock: FakeClock;
let table: SharedTable;
let store: TableStore;
const call = { signal: new AbortController().signal };
const bytes = Uint8Array.of(49);

beforeEach(() => {
  clock = new FakeClock();
  table = SharedTable.create({ memory: "4mb", maxValueSize: "64kb", janitor: false, clock });
  store = new TableStore({ table });
});
afterEach(() => {
  table.verify();
  table.close();
});

async function granted(key: string, seen?: Uint8Array): Promise<string> {
  const lease = await store.lease(key, { ttlMs: 1_000, seen }, call);
  if (lease.kind !== "granted") throw new Error(lease.kind);
  return lease.token;
}

describe("the table store", () => {
  it("refuses options that are none, and no table", () => {
    for (const options of [undefined, {}, { table: {} }, { table, prefix: 1 }, { table, name: "a" }])
      throws(() => new TableStore(options as TableStoreOptions), "InvalidOptionError");
  });

  it("grants a lease of the longest value", async () => {
    const longest = new Uint8Array(store.abilities.valueBytesMax).fill(7);
    await store.setMany([{ key: "a", bytes: longest, ttlMs: null }], call);
    const token = await granted("a", longest);
    expect((await store.getMany(["a"], call))[0]).toEqual(Buffer.from(longest));
    identical(await store.fill({ key: "a", bytes: longest, ttlMs: null }, token, call), true);
  });

  it("a key that is too long stops a call of many before anything is stored", async () => {
    const entries = ["a", "é".repeat(40_000)].map((key) => ({ key, bytes, ttlMs: null }));
    await rejects(store.setMany(entries, call), "KeyTooLargeError");
    same(await store.getMany(["a"], call), [undefined]);
  });

  it("a lease is over when the calendar is set back, so that nobody waits for years", async () => {
    await store.setMany([{ key: "a", bytes, ttlMs: null }], call);
    const token = await granted("a", bytes);
    clock.shiftWall(-1e9);
    identical(await store.fill({ key: "a", bytes, ttlMs: null }, token, call), false);
    await granted("a", bytes);
  });

  it("counting ends a lease, over a number and over nothing", async () => {
    for (const atLeast of [undefined, 1]) {
      const options = { initial: 5, ttlMs: null, ...(atLeast && { atLeast }) };
      await store.incr("n", 1, options, call);
      const [seen] = await store.getMany(["n"], call);
      const token = await granted("n", seen);
      identical(await store.incr("n", 1, options, call), 7);
      identical(await store.fill({ key: "n", bytes, ttlMs: null }, token, call), false);
      await granted("m");
      identical(await store.incr("m", 1, options, call), 6);
      await store.deleteMany(["n", "m"], call);
    }
  });

  it("what is no number is not counted, with a lease on it or without", async () => {
    await store.setMany([{ key: "a", bytes: Buffer.from("x"), ttlMs: null }], call);
    const options = { initial: 0, ttlMs: null };
    await rejects(store.incr("a", 1, options, call), "NonNumericValueError");
    await granted("a", Buffer.from("x"));
    await rejects(store.incr("a", 1, options, call), "NonNumericValueError");
    await rejects(store.incr("a", 1, { ...options, atLeast: 3 }, call), "NonNumericValueError");
  });

  it("what others wrote with flags of ours is what it is", async () => {
    for (const flags of [1, 2]) {
      table.set("a", "short", { flags });
      const [found] = await store.getMany(["a"], call);
      if (flags === 1) expect(found).toEqual(Buffer.from("short"));
      await store.lease("a", { ttlMs: 10, seen: found }, call);
    }
  });

  it("of a table that is closed, says so", async () => {
    const other = SharedTable.attach(table.handle, { clock });
    const closed = new TableStore({ table: other });
    other.close();
    await rejects(closed.getMany(["a"], call), "ClosedError");
  });

  it("leaves others their turn while it clears", async () => {
    const entries = Array.from({ length: 5_000 }, (_, index) => ({ key: `${index}`, bytes, ttlMs: null }));
    await store.setMany(entries, call);
    const aborting = new AbortController();
    const clearing = store.clear("", { signal: aborting.signal });
    await new Promise((resolve) => setImmediate(resolve));
    aborting.abort(new Error("given up"));
    await expect(clearing).rejects.toThrow("given up");
    const left = table.size();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(5_000);
    identical(await store.clear("", call), left);
  });
});
