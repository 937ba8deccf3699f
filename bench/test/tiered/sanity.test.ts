/** Tiers that cheat get no figure, and tiers that are wrong pass no probe: each finds what is broken in it, and nothing else. */
import { describe, expect, it } from "vitest";
import type { Context } from "../../src/tiered/child/context.js";
import { measures } from "../../src/tiered/child/measures.js";
import type { Contender, Tiers } from "../../src/tiered/contenders/contender.js";
import { type Item, itemOf } from "../../src/tiered/items.js";
import { probeNames, type RowName, rows } from "../../src/tiered/rows.js";
import { contenderOf, FakeFleet } from "./fake-tiers.js";

function contextOf(contender: Contender, fleet = new FakeFleet()): Context {
  const settings = {
    keys: 200,
    draws: 2 ** 8,
    startMs: 1,
    settleMs: 1,
    measuredMs: 5,
    tagged: 20,
    hangMs: 200,
  };
  const items = Uint32Array.from({ length: 256 }, (_, index) => (index * 7) % settings.keys);
  const call = async (command: string, ...args: unknown[]) => {
    if (command === "FLUSHALL") fleet.l2.clear();
    else if (command === "CLIENT")
      fleet.hangs = new Promise((resolve) => setTimeout(resolve, Number(args[1])));
  };
  return { contender, settings, items, port: 0, redis: { call } as never };
}

const figures = (Object.keys(rows) as RowName[]).filter((name) => rows[name].kind === "figure");

/** Loads and stores whatever happened meanwhile. */
const careless = (tiers: Tiers, fleet: FakeFleet): Partial<Tiers> => ({
  async fetch(key, load, { tag } = {}) {
    const found = await tiers.get(key);
    if (found !== undefined) return found;
    const item = await load();
    fleet.l2.set(key, { item, tag });
    return item;
  },
});

const cheats: [row: RowName, what: string, broken: (tiers: Tiers, fleet: FakeFleet) => Partial<Tiers>][] = [
  ["l1-hit", "answers with another value", () => ({ get: async () => itemOf(1) })],
  ["l1-hit-at-once", "answers with another value", () => ({ getAtOnce: () => itemOf(1) })],
  ["l2-hit", "finds nothing", () => ({ get: async () => undefined })],
  [
    "get-many",
    "leaves some out",
    (tiers) => ({ getMany: async (keys) => (await tiers.getMany?.(keys))?.slice(1) ?? [] }),
  ],
  [
    "get-many",
    "gives them in another order",
    (tiers) => ({ getMany: async (keys) => [...((await tiers.getMany?.(keys)) ?? [])].reverse() }),
  ],
  [
    "set",
    "sets L1 alone",
    (_tiers, fleet) => ({ set: async (key, item) => void [...fleet.l1s].at(-1)?.set(key, item) }),
  ],
  ["miss", "does not load", () => ({ fetch: async () => itemOf(1) })],
  ["miss", "does not store", () => ({ fetch: async (_key, load) => load() })],
  ["tag", "invalidates nothing", () => ({ invalidateTag: async () => {} })],
];

describe("tiers that cheat get no figure", () => {
  it.each(cheats)("%s: %s", async (row, _what, broken) => {
    await expect(measures[row](contextOf(contenderOf(broken)))).rejects.toThrow("sanity check failed");
  });

  it.each(figures)("%s: honest ones do", async (row) => {
    expect(await measures[row](contextOf(contenderOf()))).toMatchObject({ figure: expect.any(Number) });
  });

  it("without a first tier, or without the verb, there is none", async () => {
    const fleet = new FakeFleet();
    const withoutL1 = contenderOf((_tiers, { l2 }) => ({ get: async (key) => l2.get(key)?.item }), fleet);
    expect(await measures["l1-hit"](contextOf(withoutL1, fleet))).toBeNull();
    const poor = contenderOf(
      () => ({ getMany: undefined, invalidateTag: undefined, fetch: undefined }) as Partial<Tiers>,
    );
    for (const row of ["get-many", "tag", "miss", "stampede"] as RowName[])
      expect(await measures[row](contextOf(poor)), row).toBeNull();
  });
});

const wrong: [row: RowName, what: string, broken: (tiers: Tiers, fleet: FakeFleet) => Partial<Tiers>][] = [
  ["delete-during-load", "stores what it loaded whatever happened", careless],
  ["delete-elsewhere", "stores what it loaded whatever happened", careless],
  ["tag-during-load", "stores what it loaded whatever happened", careless],
  ["newer-set", "stores what it loaded whatever happened", careless],
  ["stampede", "loads for each caller", careless],
  ["stampede-fleet", "loads for each caller", careless],
  [
    "failing-loader",
    "swallows the error",
    (tiers) => ({ fetch: async (key, load) => tiers.fetch?.(key, load)?.catch(() => undefined) }),
  ],
  [
    "failing-loader",
    "never loads again",
    (tiers) => {
      let failed: Promise<unknown> | undefined;
      return {
        fetch: (key, load) => {
          failed ??= tiers.fetch?.(key, load);
          return failed as Promise<unknown>;
        },
      };
    },
  ],
  [
    "l2-hang",
    "waits for L2",
    (tiers, fleet) => ({
      fetch: (key, load: () => Promise<Item>) => fleet.hangs.then(() => tiers.fetch?.(key, load)),
    }),
  ],
];

describe("tiers that are wrong fail the probe", () => {
  it.each(wrong)("%s: %s", async (row, _what, broken) => {
    const fleet = new FakeFleet();
    expect(await measures[row](contextOf(contenderOf(broken, fleet), fleet))).toEqual({ figure: 0 });
  });

  it.each(probeNames)("%s: right ones pass", async (row) => {
    const fleet = new FakeFleet();
    expect(await measures[row](contextOf(contenderOf(undefined, fleet), fleet))).toEqual({ figure: 1 });
  });

  it("who has no tags is not asked about them", async () => {
    const contender = { ...contenderOf(), hasTags: false };
    expect(await measures["tag-during-load"](contextOf(contender))).toBeNull();
  });
});
