/** What of the server store is its own: what the suite of stores does not know of. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Client, nearCache } from "../../../src/client/index.js";
import { ServerStore, type ServerStoreOptions } from "../../../src/stores/server/index.js";
import { identical, rejects, same, throws } from "../../../src/testing/check.js";
import { Servers } from "./servers.js";

const servers = new Servers();
const call = { signal: new AbortController().signal };
const bytes = Uint8Array.of(49);
let client: Client;
let prefix: string;
let store: ServerStore;

beforeAll(() => servers.start(1));
afterAll(() => servers.close());
beforeEach(() => {
  prefix = servers.room();
  client = new Client({ urls: servers.urls, clock: servers.clock });
  store = new ServerStore({ client, prefix });
});
afterEach(() => client.close());

async function granted(key: string, seen?: Uint8Array): Promise<string> {
  const lease = await store.lease(key, { ttlMs: 1_000, seen }, call);
  if (lease.kind !== "granted") throw new Error(lease.kind);
  return lease.token;
}

describe("the server store", () => {
  it("refuses options that are none, and no client", () => {
    for (const options of [
      undefined,
      {},
      { client: {} },
      { client, prefix: "" },
      { client, maxValueSize: 0 },
    ])
      throws(() => new ServerStore(options as ServerStoreOptions), "InvalidOptionError");
  });

  it("leaves the client open, and its errors as they are", async () => {
    await store.close();
    await client.set("a", 1);
    const other = new ServerStore({ client, prefix });
    client.close();
    await rejects(other.getMany(["a"], call), "ClosedError");
  });

  it("a lease is over when the calendar is set back, so that nobody waits for years", async () => {
    await granted("a");
    servers.clock.shiftWall(-1e9);
    await granted("a");
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

  it("what others stored under its prefix is no record, and can be cleared", async () => {
    await client.set(`${prefix}object`, { lease: "no" });
    const headers = { "content-type": "application/octet-stream" };
    const url = `${servers.urls[0]}/v1/keys/${encodeURIComponent(`${prefix}bytes`)}`;
    await fetch(url, { method: "PUT", headers, body: "\xff\xfe" });
    const found = await store.getMany(["object", "bytes"], call);
    same(
      found.map((each) => each?.length),
      [0, 0],
    );
    identical(await store.clear("", call), 2);
    same(await store.getMany(["object", "bytes"], call), [undefined, undefined]);
  });

  it("clears what begins with half a pair, the pair included", async () => {
    const entries = ["\ud83d", "\ud83dx", "\ud83d\ude00", "x"].map((key) => ({ key, bytes, ttlMs: null }));
    await store.setMany(entries, call);
    identical(await store.clear("\ud83d", call), 3);
    same((await store.scan("", { limit: 9 }, call)).keys, ["x"]);
  });

  it("never answers out of the client's near cache, nor with a read that left before", async () => {
    await using near = new Client({ urls: servers.urls, near: nearCache() });
    const beside = new ServerStore({ client: near, prefix });
    const set = (text: string) => store.setMany([{ key: "a", bytes: Buffer.from(text), ttlMs: null }], call);
    for (let round = 0; round < 50; round++) {
      const before = beside.getMany(["a"], call);
      await set(`${round}`);
      expect((await beside.getMany(["a"], call))[0]).toEqual(Buffer.from(`${round}`));
      await before;
    }
  });
});
