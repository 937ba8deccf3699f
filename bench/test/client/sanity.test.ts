/** Clients that cheat: each is refused a figure by the row that it cheats in. */
import { describe, expect, it } from "vitest";
import { measure } from "../../src/client/child/measurement.js";
import type { Connected, Operation } from "../../src/client/contenders/contender.js";
import { itemOf, loadedOf } from "../../src/client/items.js";
import { type RowName, rows, type Verb } from "../../src/client/rows.js";

const times = { keys: 300, settleMs: 1, measuredMs: 5 };
const items = Uint32Array.from({ length: 256 }, (_, index) => (index * 7) % times.keys);

/** A Map that answers later; `broken` replaces operations of it. */
function clientWith(broken: (map: Map<number, unknown>) => Partial<Record<Verb, Operation>>): Connected {
  const map = new Map<number, unknown>();
  const operations: Record<Verb, Operation> = {
    get: async (item) => map.get(item),
    set: async (item) => void map.set(item, itemOf(item)),
    remember: async (item) => map.get(item) ?? loadedOf(item),
    near: (item) => map.get(item),
    ...broken(map),
  };
  return {
    operation: (verb) => operations[verb],
    async fill(count) {
      for (let item = 0; item < count; item++) map.set(item, itemOf(item));
    },
    close() {},
  };
}

const cheats: [row: RowName, what: string, client: Connected][] = [
  ["get", "finds nothing", clientWith(() => ({ get: async () => undefined }))],
  ["get", "answers with another value", clientWith(() => ({ get: async () => itemOf(7) }))],
  ["get", "gives the text", clientWith(() => ({ get: async (item) => JSON.stringify(itemOf(item)) }))],
  ["get-100", "asks once for all", clientWith((map) => ({ get: async () => map.get(items[1]) }))],
  ["set", "stores nothing", clientWith(() => ({ set: async () => {} }))],
  [
    "set-100",
    "stores some",
    clientWith((map) => ({ set: async (item) => void (item % 9 && map.set(item, itemOf(item))) })),
  ],
  ["remember", "loads every time", clientWith(() => ({ remember: async (item) => loadedOf(item) }))],
  ["near", "finds nothing", clientWith(() => ({ near: () => undefined }))],
];

describe("a client that cheats gets no figure", () => {
  it.each(cheats)("%s: %s", async (row, _what, client) => {
    await expect(measure(client, rows[row], times, items)).rejects.toThrow("sanity check failed");
  });

  it.each(Object.keys(rows) as RowName[])("%s: an honest one does", async (row) => {
    const outcome = await measure(
      clientWith(() => ({})),
      rows[row],
      times,
      items,
    );
    expect(outcome).toMatchObject({ figure: expect.any(Number), extra: { cpuUs: expect.any(Number) } });
  });
});
