/**
 * Random programs: the whole client, over real servers, against a naive map. Steps are groups of calls made in one tick
 * without waiting, which the client may batch, share and reorder as it likes, as long as every answer is the map's, who does
 * one call after the other. Each run begins with empty servers.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Client } from "../../../src/client/index.js";
import { NaiveStore } from "./naive.js";

type Do = (
  client: Client,
  naive: NaiveStore,
) => { readonly got: Promise<unknown>; readonly expected: unknown };

const keyTexts = ["a", "user:1", "user:2", "", "__proto__", 'q"\\\n', "é𝄞", "k".repeat(300)];
const key = fc.constantFrom(...keyTexts);
const tag = fc.constantFrom("t", "u,é");
const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(null, true, "", "text", [1, [2]], { a: { b: null } }),
  fc.jsonValue({ maxDepth: 2 }).map((each) => JSON.parse(JSON.stringify(each)) as unknown),
);
const write = fc.record({ ttl: fc.boolean(), tags: fc.uniqueArray(tag, { maxLength: 2 }) });

const shownTtl = (ttl: number | null | undefined): unknown => (typeof ttl === "number" ? "some" : ttl);
const sums = (call: Promise<number>): Promise<unknown> =>
  call.catch((error: { code: string }) => {
    if (error.code === "STOWAGE_NON_NUMERIC_VALUE") return "no number";
    throw error;
  });

const oneKey: fc.Arbitrary<Do> = fc.oneof(
  key.map(
    (k): Do =>
      (c, n) => ({ got: c.get(k), expected: n.get(k) }),
  ),
  key.map(
    (k): Do =>
      (c, n) => ({ got: c.has(k), expected: n.has(k) }),
  ),
  key.map(
    (k): Do =>
      (c, n) => ({ got: c.ttl(k).then(shownTtl), expected: n.ttl(k) }),
  ),
  key.map(
    (k): Do =>
      (c, n) => ({ got: c.entry(k).then((e) => e?.value), expected: n.get(k) }),
  ),
  fc.tuple(key, value, write).map(
    ([k, v, { ttl, tags }]): Do =>
      (c, n) => {
        n.set(k, v, ttl, tags);
        return { got: c.set(k, v, { ttl: ttl ? "1h" : null, tags }), expected: undefined };
      },
  ),
  key.map(
    (k): Do =>
      (c, n) => ({ got: c.delete(k), expected: n.delete(k) }),
  ),
  key.map(
    (k): Do =>
      (c, n) => ({ got: c.touch(k), expected: n.setLife(k, "same") }),
  ),
  key.map(
    (k): Do =>
      (c, n) => ({ got: c.expire(k, "2h"), expected: n.setLife(k, true) }),
  ),
  key.map(
    (k): Do =>
      (c, n) => ({ got: c.persist(k), expected: n.setLife(k, false) }),
  ),
  fc.tuple(key, fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 3 })).map(
    ([k, amount, from]): Do =>
      (c, n) => ({
        got: sums(c.incr(k, amount, { default: from })),
        expected: n.add(k, amount, from),
      }),
  ),
  key.map(
    (k): Do =>
      (c, n) => ({ got: sums(c.decr(k)), expected: n.add(k, -1, 0) }),
  ),
  fc.tuple(key, value).map(
    ([k, v]): Do =>
      (c, n) => {
        const isFree = !n.has(k);
        if (isFree) n.set(k, v, false, []);
        return {
          got: c.compareAndSet(k, v, { version: null, ttl: null }).then((version) => version !== undefined),
          expected: isFree,
        };
      },
  ),
);

const severalKeys: fc.Arbitrary<Do> = fc.oneof(
  fc.array(key, { maxLength: 6 }).map(
    (ks): Do =>
      (c, n) => ({
        got: c.getMany(ks).then((found) => new Map(found)),
        expected: new Map([...new Set(ks)].filter((k) => n.has(k)).map((k) => [k, n.get(k)])),
      }),
  ),
  fc.array(fc.tuple(key, value), { maxLength: 6 }).map(
    (entries): Do =>
      (c, n) => {
        for (const [k, v] of entries) n.set(k, v, false, []);
        return { got: c.setMany(entries), expected: undefined };
      },
  ),
  fc.array(key, { maxLength: 6 }).map(
    (ks): Do =>
      (c, n) => ({
        got: c.deleteMany(ks),
        expected: [...new Set(ks)].filter((k) => n.delete(k)).length,
      }),
  ),
);

/** These are requests of their own, besides the batches: they are alone in their step. */
const wide: fc.Arbitrary<Do> = fc.oneof(
  tag.map(
    (t): Do =>
      (c, n) => {
        n.invalidateTag(t);
        return { got: c.invalidateTag(t), expected: undefined };
      },
  ),
  fc.constant<Do>((c, n) => ({ got: about(c.size(), n.keys("").length, n.hidden), expected: true })),
  fc.constantFrom("", "user:", "none").map(
    (prefix): Do =>
      (c, n) => ({
        got: scanned(c, prefix),
        expected: n.keys(prefix).map((k) => [k, n.get(k)]),
      }),
  ),
  fc.constantFrom("user:", "k").map(
    (prefix): Do =>
      (c, n) => ({
        got: c.invalidate({ prefix }).then((counts) => counts.prefix),
        expected: n.keys(prefix).filter((k) => n.delete(k)).length,
      }),
  ),
  fc.constant<Do>((c, n) => ({ got: about(c.clear(), n.clear(), n.hidden), expected: true })),
);

async function about(call: Promise<number>, live: number, hidden: number): Promise<boolean> {
  const count = await call;
  return count >= live && count <= live + hidden;
}

async function scanned(client: Client, prefix: string): Promise<unknown> {
  const found = new Map<string, unknown>();
  for await (const [k, v] of client.scan(prefix, { page: 3 })) found.set(k, v);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

const step = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.array(fc.oneof({ weight: 5, arbitrary: oneKey }, { weight: 1, arbitrary: severalKeys }), {
      maxLength: 8,
    }),
  },
  { weight: 1, arbitrary: wide.map((each) => [each]) },
);

export async function checkClient(client: Client, numRuns: number, seed?: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      await client.clear();
      const naive = new NaiveStore();
      for (const calls of steps) {
        const under = calls.map((call) => call(client, naive));
        for (const { got, expected } of under) assert.deepEqual(await got, expected);
      }
    }),
    { numRuns, ...(seed !== undefined && { seed }) },
  );
}
