/** Stores that cheat: each is refused a figure by the row that it cheats in. */
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { zipfSequence } from "../../src/harness/zipf.js";
import type { Context } from "../../src/table/child/context.js";
import type { Contender, DirectStore } from "../../src/table/contenders/contender.js";
import { type RowName, rows } from "../../src/table/rows.js";
import type { Size } from "../../src/table/settings.js";
import { toySettings } from "./toys.js";

function contextOf(contender: Contender): Context {
  const sequence = (size: Size) =>
    zipfSequence({ items: toySettings[size], draws: toySettings.draws, skew: 0.99, seed: 1 });
  const job = { contender: "", row: "", settings: toySettings, sequences: {}, folder: tmpdir() };
  return { contender, job, settings: toySettings, sequence };
}

/** A Map that copies what it is given; `broken` replaces parts of it. */
function contenderWith(broken: (map: Map<string, Buffer>) => Partial<DirectStore>): Contender {
  return {
    open() {
      const map = new Map<string, Buffer>();
      const counts = new Map<string, number>();
      return {
        pipelined: false,
        read: (key, target) => map.get(key.toString())?.copy(target) ?? -1,
        write: (key, value) => void map.set(key.toString(), Buffer.from(value)),
        count(key) {
          const count = (counts.get(key.toString()) ?? 0) + 1;
          counts.set(key.toString(), count);
          return count;
        },
        get: (key) => map.get(key.toString()),
        getText: (key) => map.get(key)?.toString(),
        close() {},
        ...broken(map),
      };
    },
  };
}

const nothing: Partial<DirectStore> = { write() {} };
const another = (map: Map<string, Buffer>) => [...map.values()][7];

const cheats: [row: RowName, what: string, contender: Contender][] = [
  ["get-100b-1m", "holds nothing", contenderWith(() => nothing)],
  [
    "get-100b-1m",
    "answers with another value",
    contenderWith((map) => ({ read: (_, target) => another(map).copy(target) })),
  ],
  ["get-100b-1m", "copies nothing", contenderWith(() => ({ read: () => 100 }))],
  ["get-buffer-100b-1m", "answers with another value", contenderWith((map) => ({ get: () => another(map) }))],
  [
    "get-text-100b-1m",
    "answers with another value",
    contenderWith((map) => ({ getText: () => `${another(map)}` })),
  ],
  ["set-100b-100k", "keeps the first value", contenderWith((map) => keepsFirst(map))],
  [
    "set-100b-100k",
    "keeps the caller's buffer",
    contenderWith((map) => ({ write: (key, value) => void map.set(`${key}`, value) })),
  ],
  ["mixed-100b-100k", "keeps the first value", contenderWith((map) => keepsFirst(map))],
  ["incr-100k", "does not count", contenderWith(() => ({ count: () => 1 }))],
  ["memory-1m", "holds nothing", contenderWith(() => nothing)],
  ["stall-5m", "holds nothing", contenderWith(() => nothing)],
];

function keepsFirst(map: Map<string, Buffer>): Partial<DirectStore> {
  return {
    write(key, value) {
      if (!map.has(`${key}`)) map.set(`${key}`, Buffer.from(value));
    },
  };
}

describe("a store that cheats gets no figure", () => {
  it.each(cheats)("%s: %s", async (row, _what, contender) => {
    await expect(rows[row].measure(contextOf(contender))).rejects.toThrow("sanity check failed");
  });

  const honest = contenderWith(() => ({}));
  it.each([...new Set(cheats.map(([row]) => row))])("%s: an honest one does", async (row) => {
    const outcome = await rows[row].measure(contextOf(honest));
    expect(outcome?.figure).toBeTypeOf("number");
  });
});
