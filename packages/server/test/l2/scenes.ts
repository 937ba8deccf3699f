/**
 * What a fleet promises, as functions that reject where it does not hold: so that they can be run on servers that are broken on
 * purpose (mutants.test.ts). Two servers of one fleet over a real Redis.
 */
import assert from "node:assert/strict";
import { type Client, until, withServers } from "../routes/v1/support.js";
import { RawClient } from "../support/raw-client.js";
import { passed, sharedRedis, useFleets } from "./support.js";

useFleets();

const JSON_TYPE = { "content-type": "application/json" };

const lix = (client: Client, key: string) => client.ask(`/cache/get?key=${encodeURIComponent(key)}`);
const set = (client: Client, key: string, value: unknown, more: object = {}) =>
  client.post("/cache/set", { key, value, ...more });
const figures = ({ server }: Client) => server.context.l2Figures()!;

/** The value that Lix's route gives; undefined: there is none. */
async function valueAt(client: Client, key: string): Promise<unknown> {
  const { status, json } = await lix(client, key);
  return status === 200 ? json.value : undefined;
}

/** It is so at the other server soon: within what the bus takes. */
async function soon(client: Client, key: string, value: unknown): Promise<void> {
  const end = performance.now() + 1_000;
  let found: unknown;
  do found = await valueAt(client, key);
  while (found !== value && performance.now() < end);
  assert.equal(found, value, `${key} at the other server`);
}

/** Both have a copy of it in their tables. */
async function bothHave(key: string, value: unknown, here: Client, there: Client): Promise<void> {
  await set(here, key, value);
  await soon(there, key, value);
  assert.equal(await valueAt(here, key), value);
  for (const { server } of [here, there]) assert.ok(server.table.has(key), "no copy was kept");
}

export function writesAreSeen(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    await bothHave("k", 1, here, there);
    await set(there, "k", 2);
    assert.equal(await valueAt(there, "k"), 2, "one's own write is not seen at once");
    await soon(here, "k", 2);
    await here.put("k", '"three"', JSON_TYPE);
    await soon(there, "k", "three");
    await there.ask("/cache/delete?key=k", { method: "DELETE" });
    assert.equal(await valueAt(there, "k"), undefined);
    await soon(here, "k", undefined);
    await bothHave("k", 4, here, there);
    await here.delete("k");
    await soon(there, "k", undefined);
  });
}

export function copiesAnswer(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    await set(here, "k", "v");
    await soon(there, "k", "v");
    const { reads } = figures(there);
    for (let n = 0; n < 20; n++) assert.equal(await valueAt(there, "k"), "v");
    assert.equal((await there.get("k")).body, '"v"');
    assert.equal(
      (await there.post("/v1/batch", { operations: [{ op: "get", key: "k" }] })).json.results[0].value,
      "v",
    );
    assert.equal((await there.lease("k")).headers["stowage-lease"], "hit");
    assert.equal(await valueAt(here, "k"), "v");
    assert.equal(figures(there).reads, reads, "L2 was asked for what the table has");
    assert.equal(figures(here).reads, 0, "one's own write was asked of L2");
  });
}

export function invalidationsAreSeen(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    for (const [key, tags] of [
      ["a:1", "one, two"],
      ["a:2", "two"],
      ["b:1", "three"],
    ])
      await here.put(key, `"${key}"`, { ...JSON_TYPE, "stowage-tags": tags });
    for (const key of ["a:1", "a:2", "b:1"]) await soon(there, key, key);
    const { flushes } = figures(there);
    assert.deepEqual((await here.post("/v1/invalidate", { tags: ["one"] })).json, {
      keys: 0,
      prefix: 0,
      tags: 1,
    });
    assert.equal(await valueAt(here, "a:1"), undefined);
    await soon(there, "a:1", undefined);
    assert.equal(figures(there).flushes, flushes, "it was found out, and not told");
    assert.deepEqual([await valueAt(there, "a:2"), await valueAt(there, "b:1")], ["a:2", "b:1"]);
    await here.put("a:1", '"again"', { ...JSON_TYPE, "stowage-tags": "one" });
    await soon(there, "a:1", "again");
    assert.equal((await there.post("/v1/invalidate", { prefix: "a:" })).json.prefix, 2);
    for (const key of ["a:1", "a:2"]) {
      assert.equal(await valueAt(there, key), undefined);
      await soon(here, key, undefined);
    }
    assert.equal(await valueAt(here, "b:1"), "b:1");
    await bothHave("c", 1, here, there);
    const cleared = await there.ask("/cache/clear", { method: "POST" });
    assert.deepEqual(cleared.json, { success: true, cleared: 2 });
    for (const key of ["b:1", "c"]) await soon(here, key, undefined);
    assert.equal((await here.ask("/cache/scan?keys_only=true")).json.count, 0);
  });
}

export function countsTogether(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    const ways = [here, there].map((client) => (body: object) => client.post("/cache/incr", body));
    await Promise.all(Array.from({ length: 100 }, (_, n) => ways[n % 2]({ key: "whole" })));
    await Promise.all(Array.from({ length: 40 }, (_, n) => ways[n % 2]({ key: "half", amount: 0.5 })));
    assert.deepEqual([await valueAt(here, "whole"), await valueAt(there, "half")], [100, 20]);
    await soon(there, "whole", 100);
    await here.put("tagged", "1", { ...JSON_TYPE, "stowage-tags": "t" });
    await Promise.all(Array.from({ length: 20 }, (_, n) => ways[n % 2]({ key: "tagged" })));
    await soon(there, "tagged", 21);
    await there.post("/v1/invalidate", { tags: ["t"] });
    assert.equal((await ways[0]({ key: "tagged" })).json.value, 1, "it went on from what was invalid");
    const big = { method: "POST", headers: JSON_TYPE, body: '{"key":"big","amount":9007199254740993}' };
    await here.ask("/cache/incr", big);
    assert.equal((await there.ask("/cache/incr", big)).body, '{"value":18014398509481986}');
    assert.equal((await ways[0]({ key: "big" })).body, '{"value":18014398509481987}');
    assert.equal((await here.post("/cache/incr", { key: "whole", amount: 2 ** 53 })).status, 200);
    assert.equal((await lix(there, "whole")).body, '{"value":9007199254741092}');
  });
}

export function comparesAndSets(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    const { headers } = await here.put("k", "1", JSON_TYPE);
    const etag = String(headers.etag);
    assert.equal((await there.get("k")).headers.etag, etag, "versions are those of the fleet");
    assert.equal((await there.get("k", { "if-none-match": etag })).status, 304);
    const races = [here, there].map((client) => client.put("k", "2", { "if-match": etag }));
    const statuses = (await Promise.all(races)).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [204, 412]);
    assert.equal((await here.put("k", "3", { "if-none-match": "*" })).status, 412);
    assert.equal((await there.delete("k", { "if-match": etag })).status, 412);
    await here.delete("k");
    const fresh = await Promise.all(
      [here, there].map((client) => client.put("k", "x", { "if-none-match": "*" })),
    );
    assert.deepEqual(fresh.map(({ status }) => status).sort(), [201, 412]);
    assert.notEqual((await here.get("k")).headers.etag, etag);
  });
}

/** A read that was overtaken on its way is not kept, whatever it brings. */
export function overtakenIsNotKept(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    await set(there, "k", "old");
    const { records } = here.server.context.tier!;
    const read = records.read.bind(records);
    let isHeld = true;
    records.read = async (...args) => {
      const found = await read(...args);
      if (!isHeld) return found;
      isHeld = false;
      const { received } = figures(here);
      await set(there, "k", "new");
      await until(() => figures(here).received > received, "the write is heard");
      return found;
    };
    assert.equal(await valueAt(here, "k"), "new");
    assert.equal(figures(here).overtaken, 1);
    assert.equal(await valueAt(here, "k"), "new");
  });
}

/** Of two writes of one server that overtake each other the table does not keep the loser. */
export function tableKeepsTheLast(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    for (let round = 0; round < 20; round++) {
      const writes = Array.from({ length: 6 }, (_, n) => set(n % 2 ? here : there, "k", `${round}.${n}`));
      await Promise.all(writes);
      const [found] = await here.server.context.tier!.records.read(["k"]);
      const last = JSON.parse(found!.bytes.toString());
      await soon(here, "k", last);
      await soon(there, "k", last);
    }
  });
}

export function timesAreThoseOfTheEntry(): Promise<void> {
  return withServers([{ args: ["--l1-ttl", "200ms"] }, {}], async (here, there) => {
    await there.put("k", "v", { "stowage-ttl": "1h", "stowage-grace": "1m" });
    const { headers } = await here.get("k");
    assert.ok(Number(headers["stowage-ttl"]) > 3_590_000 && Number(headers["stowage-ttl"]) <= 3_600_000);
    assert.equal(headers["stowage-grace"], "60000");
    const copy = await here.get("k");
    assert.ok(Number(copy.headers["stowage-ttl"]) > 3_590_000, "a copy's time is told for the entry's");
    const { reads } = figures(here);
    await passed(250);
    assert.equal((await here.get("k")).status, 200);
    assert.equal(figures(here).reads, reads + 1, "a copy outlives --l1-ttl");
    await there.put("short", "v", { "stowage-ttl": "150ms" });
    assert.equal((await here.get("short")).status, 200);
    await passed(200);
    assert.equal((await here.get("short")).status, 404);
    await there.put("short", "v", { "stowage-ttl": "100ms", "stowage-grace": "1m" });
    await passed(150);
    const lease = await here.lease("short");
    assert.deepEqual([lease.status, lease.body, lease.headers["stowage-stale"]], [201, "v", "true"]);
    assert.equal((await there.get("short")).status, 404);
  });
}

export function pagesAreOfTheFleet(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    const keys = Array.from({ length: 700 }, (_, n) => `p[${n}]*`);
    const operations = keys.map((key, n) => ({ op: "set", key, value: n }));
    await here.post("/v1/batch", { operations });
    await set(here, "other", 1);
    const found = new Set<string>();
    for (let cursor: string | null = "0"; cursor !== null; ) {
      const { json } = await there.ask(`/cache/scan?prefix=p%5B&limit=100&keys_only=true&cursor=${cursor}`);
      for (const key of json.keys) found.add(key);
      cursor = json.cursor;
    }
    assert.deepEqual([...found].sort(), [...keys].sort());
    assert.equal((await there.ask("/cache/scan")).json.count, 701);
    assert.equal((await there.ask("/cache/scan?cursor=x")).json.code, "invalid_cursor");
  });
}

export function tellsOfL2(): Promise<void> {
  return withServers([{}], async (here) => {
    await until(() => figures(here).reached === 1, "L2 is reached");
    const { body } = await here.ask("/metrics");
    assert.match(body, /^stowage_l2_up 1$/m);
    assert.equal((await here.ask("/cache/stats")).json.l2.behind, 0);
  });
}

/** Answers that wait to be sent are not written over by those that come after them. */
export function answersAreKeptApart(): Promise<void> {
  return withServers([{}], async (here) => {
    for (const key of ["a", "b"]) await here.put(key, key.repeat(40_000), { "content-type": "text/plain" });
    await using client = await RawClient.connect(here.server.port);
    const keys = Array.from({ length: 40 }, (_, n) => (n % 2 ? "a" : "b"));
    client.send(keys.map((key) => `GET /v1/keys/${key} HTTP/1.1\r\nhost: x\r\n\r\n`).join(""));
    for (const key of keys)
      assert.ok((await client.answer()).text === key.repeat(40_000), "it was written over");
  });
}

/** A Redis without memory takes no writes, and is not away: reads go on. */
export function fullIsNotAway(): Promise<void> {
  return withServers([{}], async (here) => {
    const redis = await sharedRedis();
    await set(here, "k", "v");
    here.server.table.clear();
    await redis.ask("CONFIG", "SET", "maxmemory", "1");
    try {
      for (let n = 0; n < 10; n++) {
        const { status, json } = await set(here, `more${n}`, "x");
        assert.deepEqual([status, json.code], [507, "table_full"]);
      }
      assert.equal(await valueAt(here, "k"), "v");
    } finally {
      await redis.ask("CONFIG", "SET", "maxmemory", "0");
    }
    assert.equal((await set(here, "more", "x")).status, 200);
  });
}

/** What others wrote into Redis under these names is theirs. */
export function otherKeysStay(): Promise<void> {
  return withServers([{}], async (here) => {
    const redis = await sharedRedis();
    await redis.ask("SET", "foreign", "1");
    await set(here, "k", 1);
    assert.equal((await here.ask("/cache/clear", { method: "POST" })).json.cleared, 1);
    assert.match(await redis.ask("GET", "foreign"), /1/);
  });
}
