/** What the memory store does beyond the interface: its bounds, what it evicts, its options. */
import { describe, it } from "vitest";
import { MemoryStore, type MemoryStoreOptions } from "../../../src/stores/memory/index.js";
import { Leases } from "../../../src/stores/memory/leases.js";
import { between, identical, ok, same, throws } from "../../../src/testing/check.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";

const call = { signal: new AbortController().signal };

async function filled(options: MemoryStoreOptions, keys: readonly string[], bytes = 10) {
  const clock = new FakeClock();
  const store = new MemoryStore({ clock, ...options });
  for (const key of keys) await store.setMany([{ key, bytes: new Uint8Array(bytes), ttlMs: null }], call);
  return { store, clock };
}

async function present(store: MemoryStore, keys: readonly string[]): Promise<string[]> {
  const { keys: all } = await store.scan("", { limit: 1_000_000 }, call);
  return keys.filter((key) => all.includes(key));
}

const names = Array.from({ length: 100 }, (_, index) => `k${index}`);

describe("the memory store's bounds", () => {
  it("on entries hold after each call, whatever is written", async () => {
    const { store } = await filled({ max: 10 }, []);
    for (const key of [...names, ...names]) {
      await store.setMany([{ key, bytes: new Uint8Array(1), ttlMs: null }], call);
      between(store.size.entries, 1, 10);
    }
    await store.setMany(
      names.map((key) => ({ key, bytes: new Uint8Array(1), ttlMs: null })),
      call,
    );
    identical(store.size.entries, 10);
    same(await present(store, names.slice(-1)), ["k99"]);
  });

  it("on bytes hold too, also where values grow", async () => {
    const { store } = await filled({ memory: 20_000, maxValueSize: 5_000 }, names, 100);
    between(store.size.bytes, 10_000, 20_000);
    await store.setMany([{ key: "k99", bytes: new Uint8Array(5_000), ttlMs: null }], call);
    between(store.size.bytes, 5_000, 20_000);
    await store.clear("", call);
    same(store.size, { entries: 0, bytes: 0 });
  });

  it("an entry as large as the memory is the only one", async () => {
    const { store } = await filled({ memory: 2_000, maxValueSize: 2_000 }, ["a", "b"], 2_000);
    same(await present(store, ["a", "b"]), ["b"]);
  });

  it("spare once what was read", async () => {
    const { store } = await filled({ max: 10 }, names.slice(0, 10));
    await store.getMany(["k0", "k2"], call);
    await store.setMany(
      ["x", "y", "z"].map((key) => ({ key, bytes: new Uint8Array(1), ttlMs: null })),
      call,
    );
    same(await present(store, names.slice(0, 6)), ["k0", "k2", "k5"]);
  });

  it("on bytes are reckoned right over every verb", async () => {
    const { store, clock } = await filled({}, names);
    await store.setMany([{ key: "k0", bytes: new Uint8Array(999), ttlMs: 5 }], call);
    await store.incr("n", 1, { initial: 99, ttlMs: null }, call);
    await store.incr("n", 1_000, { initial: 0, ttlMs: null }, call);
    clock.advance(5);
    identical((await store.getMany(["k0"], call))[0], undefined);
    await store.deleteMany([...names, "n"], call);
    same(store.size, { entries: 0, bytes: 0 });
  });

  it("on leases hold, although nobody comes back for his own", () => {
    const clock = new FakeClock();
    const leases = new Leases(clock);
    for (let round = 0; round < 20; round++) {
      for (let index = 0; index < 1_000; index++) leases.grant(`${round}:${index}`, 10);
      clock.advance(10);
      ok(leases.size <= 2_000, `${leases.size} leases are kept`);
    }
  });
});

describe("the memory store's options", () => {
  it("are checked", () => {
    for (const options of [{ max: 0 }, { memory: "1tb" }, { maxValueSize: 0 }, { clock: {} }])
      throws(() => new MemoryStore(options as MemoryStoreOptions), "InvalidOptionError");
    throws(() => new MemoryStore({ memory: "1mb", maxValueSize: "2mb" }), "InvalidOptionError");
    throws(() => new MemoryStore({ size: 1 } as MemoryStoreOptions), "InvalidOptionError");
  });

  it("have an eighth of the memory for the longest value", () =>
    identical(new MemoryStore({ memory: "8mb" }).abilities.valueBytesMax, 1_024 * 1_024));

  it("attach is refused after close", async () => {
    const store = new MemoryStore();
    await store.close();
    throws(() => store.attach(), "ClosedError");
  });
});
