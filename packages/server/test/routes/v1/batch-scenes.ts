/** What POST /v1/batch promises, as functions that reject where it does not hold; see batch-mutants.test.ts. */
import assert from "node:assert/strict";
import { FakeClock } from "stowage/testing";
import { firstBreach } from "../cache/scenes.js";
import { batchCases } from "./batch-cases.js";
import { type Client, withServers } from "./support.js";

export async function keepsCases(): Promise<void> {
  assert.deepEqual(await firstBreach(batchCases), []);
}

// biome-ignore lint/suspicious/noExplicitAny: tests say what they are
export async function results(client: Client, ...operations: object[]): Promise<any[]> {
  const { status, json } = await client.post("/v1/batch", { operations });
  assert.equal(status, 200);
  return json.results;
}

/** Compare-and-set, as with ETags, of which versions are the inner part. */
export function comparesAndSets(): Promise<void> {
  const clock = new FakeClock();
  return withServers([{ clock }, { clock }], async (here, there) => {
    const set = { op: "set", key: "k" };
    const [first, second] = await results(
      here,
      { ...set, value: 1, ifAbsent: true },
      { ...set, value: 2, ifAbsent: true },
    );
    assert.deepEqual(second, { stored: false, version: first.version });
    assert.equal((await there.get("k")).headers.etag, `"${first.version}"`);
    const [third, fourth, read] = await results(
      there,
      { ...set, value: 3, ifVersion: first.version, ttl: 1_000, grace: 1_000, tags: ["x"] },
      { ...set, value: 4, ifVersion: first.version },
      { op: "get", key: "k", meta: true },
    );
    assert.equal(third.stored, true);
    assert.notEqual(third.version, first.version);
    assert.deepEqual(fourth, { stored: false, version: third.version });
    assert.deepEqual(read, { value: 3, ttl: 1_000, version: third.version, tagged: true });
    assert.deepEqual(
      await results(
        here,
        { op: "delete", key: "k", ifVersion: first.version },
        { op: "delete", key: "absent", ifVersion: "1" },
        { ...set, key: "absent", value: 1, ifVersion: "1" },
        { op: "delete", key: "k", ifVersion: third.version },
        { op: "has", key: "k" },
      ),
      [{ deleted: false }, { deleted: false }, { stored: false }, { deleted: true }, { found: false }],
    );
  });
}

/** What is only kept for its grace is absent to conditions, and can be replaced as if it were. */
export function conditionsSeeNothingStale(): Promise<void> {
  const clock = new FakeClock();
  return withServers([{ clock }], async (client) => {
    const set = { op: "set", key: "k" };
    const [{ version }] = await results(client, { ...set, value: 1, ttl: 1_000, grace: 60_000 });
    clock.advance(1_000);
    const answers = await results(
      client,
      { ...set, value: 2, ifVersion: version },
      { op: "delete", key: "k", ifVersion: version },
      { ...set, value: 3, ifAbsent: true },
      { op: "get", key: "k" },
    );
    assert.equal(answers[2].stored, true);
    assert.deepEqual(
      [answers[0], answers[1], answers[3]],
      [{ stored: false }, { deleted: false }, { value: 3 }],
    );
  });
}

/** Of many who compare and set at once, none loses another one's write. `send` sends a batch and gives its results. */
// biome-ignore lint/suspicious/noExplicitAny: tests say what they are
export async function losesNoWrite(send: (operation: object) => Promise<any>): Promise<void> {
  await send({ op: "set", key: "k", value: 0 });
  const addOne = async (): Promise<void> => {
    for (;;) {
      const { value, version } = await send({ op: "get", key: "k", meta: true });
      const { stored } = await send({ op: "set", key: "k", value: value + 1, ifVersion: version });
      if (stored) return;
    }
  };
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let n = 0; n < 25; n++) await addOne();
    }),
  );
  assert.deepEqual(await send({ op: "get", key: "k" }), { value: 200 });
}

/** Batches that are served between the parts of a long one have nothing to do with it. */
export function keepsApart(): Promise<void> {
  return withServers([{}], async (client) => {
    const incr = { op: "incr", key: "n", ttl: "1h" };
    let over = false;
    const long = results(client, ...Array.from({ length: 60_000 }, () => incr), { ...incr, key: "last" });
    long.finally(() => (over = true));
    let between = 0;
    while (!over) {
      await results(client, { op: "incr", key: "m", amount: 1_000, ttl: 1 });
      between++;
    }
    const answers = await long;
    assert.deepEqual([answers[59_999], answers[60_000]], [{ value: 60_000 }, { value: 1 }]);
    assert.ok(between > 3, "nothing came between");
    assert.ok((client.server.table.ttl("last") as number) > 3_000_000);
  });
}

/** Looking whether it is there, or how long, is no use of it; nor does the answer to a batch repeat what is known. */
export function looksDoNotCount(): Promise<void> {
  return withServers([{}], async (client) => {
    await results(client, { op: "set", key: "k", value: 1, ttl: 1_000 });
    const before = client.server.table.stats();
    await results(client, { op: "has", key: "k" }, { op: "ttl", key: "k" }, { op: "has", key: "absent" });
    const after = client.server.table.stats();
    assert.deepEqual([after.hits, after.misses], [before.hits, before.misses]);
    await results(client, { op: "get", key: "k" }, { op: "get", key: "absent" });
    const read = client.server.table.stats();
    assert.deepEqual([read.hits, read.misses], [before.hits + 1, before.misses + 1]);
  });
}
