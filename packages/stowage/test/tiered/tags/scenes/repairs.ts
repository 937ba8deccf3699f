/** What L2 was not told: remembered, bounded, made good. */
import { identical, ok, same } from "../../../../src/testing/check.js";
import { FakeClock, settle } from "../../../../src/testing/fake-clock.js";
import { type Repaired, Repairs, type RepairsParts } from "../../../../src/tiered/tags/index.js";
import type { Scene } from "../../../support/scenes.js";
import { hold, L2, tagStage } from "./l2.js";

const EVERY_MS = 500;

function repairStage(parts: Partial<RepairsParts> = {}) {
  const { l2, stamps, clock, open } = tagStage({}, new L2(new FakeClock()));
  const repaired: Repaired[] = [];
  const repairs = new Repairs({
    guard: l2.guard,
    invalidate: (marks) => stamps.invalidate(marks),
    everything: "n:",
    capacity: 10,
    everyMs: EVERY_MS,
    clock,
    onRepaired: (each) => void repaired.push(each),
    ...parts,
  });
  return { l2, stamps, clock, open, repairs, repaired };
}

const named = (count: number, name = "k"): string[] =>
  Array.from({ length: count }, (_, index) => `${name}${index}`);
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

export const repairScenes: readonly Scene[] = [
  {
    name: "keys that are owed are deleted in L2, and marks invalidated, before one goes on",
    async run() {
      const { repairs, l2, stamps, repaired } = repairStage();
      await l2.put("k1", "old");
      await l2.put("k2", "old");
      const before = await stamps.invalidate(["x"]);
      repairs.oweKeys(["k1", "k2"], "n:");
      repairs.oweMarks(["t"]);
      identical(repairs.size, 3);
      await repairs.settle(["k1"]);
      const [one, two] = await l2.guard.getMany(["k1", "k2"]);
      same([one, two], [undefined, undefined]);
      same(await stamps.check([{ epoch: before, marks: ["t"] }]), [false]);
      same(repaired, [{ keys: ["k1", "k2"], marks: ["t"], epoch: stamps.epoch }]);
      same(repairs.stats(), { owed: 0, repaired: 3, overflows: 0, failed: 0 });
    },
  },
  {
    name: "nobody waits who reads something else, but for marks, which may stand on any record",
    async run() {
      const { repairs, l2 } = repairStage();
      repairs.oweKeys(["k1"], "n:");
      await repairs.settle(["k2"]);
      same([l2.asked, repairs.size], [[], 1]);
      await repairs.settle(["k2", "k1"]);
      identical(repairs.size, 0);
      repairs.oweMarks(["t"]);
      await repairs.settle([]);
      identical(repairs.size, 0);
      await repairs.settle(["k1"]);
      same(l2.asked, ["deleteMany k1", "incr e", "incr s:t"]);
    },
  },
  {
    name: "while L2 does not take it, whoever waits is rejected, and it stays owed",
    async run() {
      for (const failsOf of ["deleteMany", "incr"]) {
        const { repairs, l2, repaired } = repairStage();
        repairs.oweKeys(["k1"], "n:");
        repairs.oweMarks(["t"]);
        Object.assign(l2, { fails: "after", failsOf });
        ok((await failure(repairs.settle(["k1"]))) instanceof Error, "it rejects");
        same([repairs.size, repaired.length, repairs.stats().failed], [2, 0, 1]);
        l2.fails = undefined;
        await repairs.settle(["k1"]);
        same([repairs.size, repaired.length], [0, 1]);
      }
    },
  },
  {
    name: "a debt that is made anew while it is paid stays, and is waited for",
    async run() {
      const { repairs, l2, open } = repairStage();
      repairs.oweKeys(["k1"], "n:");
      repairs.oweMarks(["t"]);
      hold(l2);
      let isSettled = false;
      const settled = repairs.settle(["k1"]).then(() => {
        isSettled = true;
      });
      await settle();
      repairs.oweKeys(["k1"], "n:");
      repairs.oweMarks(["t"]);
      await open();
      await settled;
      identical(isSettled, true);
      identical(repairs.size, 0);
      same(l2.asked.filter((line) => line === "deleteMany k1").length, 2);
      same(l2.asked.filter((line) => line === "incr s:t").length, 2);
    },
  },
  {
    name: "a write that got through pays",
    async run() {
      const { repairs, l2, clock } = repairStage();
      repairs.oweKeys(["k1", "k2"], "n:");
      repairs.paidKeys(["k1", "k3"]);
      identical(repairs.size, 1);
      await repairs.settle(["k1"]);
      same(l2.asked, []);
      repairs.paidKeys(["k2"]);
      await clock.advanceAsync(EVERY_MS * 3);
      same([l2.asked, clock.pending], [[], 0]);
    },
  },
  {
    name: "too many keys become the mark of their namespace",
    async run() {
      const { repairs } = repairStage();
      repairs.oweKeys(named(10), "n:users");
      repairs.oweKeys(named(10), "n:users");
      same([repairs.size, repairs.stats().overflows], [10, 0]);
      repairs.oweKeys(["one more"], "n:users");
      same([repairs.size, repairs.stats().overflows], [11, 1]);
      repairs.oweKeys(named(1_000, "x"), "n:users");
      identical(repairs.size, 11);
    },
  },
  {
    name: "an overflow is invalidated as any mark",
    async run() {
      const { repairs, stamps, repaired } = repairStage();
      const before = await stamps.invalidate(["x"]);
      repairs.oweKeys(named(11), "n:users");
      await repairs.settle([]);
      same(await stamps.check([{ epoch: before, marks: ["n:users"] }]), [false]);
      same(
        repaired.map(({ marks }) => marks),
        [["n:users"]],
      );
    },
  },
  {
    name: "too many marks become everything, which pays for the keys as well",
    async run() {
      const { repairs, repaired } = repairStage();
      repairs.oweKeys(named(10), "n:users");
      repairs.oweMarks(named(10, "t"));
      identical(repairs.size, 20);
      repairs.oweMarks(["one more"]);
      same([repairs.size, repairs.stats().overflows], [1, 1]);
      await repairs.settle([]);
      same(
        repaired.map(({ keys, marks }) => [keys, marks]),
        [[[], ["n:"]]],
      );
    },
  },
  {
    name: "it is tried from time to time, until it is done, and then no more",
    async run() {
      const { repairs, l2, clock } = repairStage();
      identical(clock.pending, 0);
      repairs.oweKeys(["k1"], "n:");
      repairs.oweMarks(["t"]);
      l2.fails = "before";
      await clock.advanceAsync(EVERY_MS);
      await clock.advanceAsync(EVERY_MS);
      same([repairs.size, repairs.stats().failed], [2, 2]);
      l2.fails = undefined;
      await clock.advanceAsync(EVERY_MS);
      same([repairs.size, clock.pending], [0, 0]);
      repairs.oweKeys(["k2"], "n:");
      await clock.advanceAsync(EVERY_MS);
      same([repairs.size, clock.pending], [0, 0]);
    },
  },
  {
    name: "L2 is left alone while its breaker is open",
    async run() {
      let isAvailable = false;
      const deleted: string[][] = [];
      const guard = {
        get isAvailable() {
          return isAvailable;
        },
        deleteMany: async (keys: readonly string[]) => deleted.push([...keys]),
      };
      const { repairs, clock } = repairStage({ guard });
      repairs.oweKeys(["k1"], "n:");
      await clock.advanceAsync(EVERY_MS * 3);
      same(deleted, []);
      isAvailable = true;
      await clock.advanceAsync(EVERY_MS);
      same(deleted, [["k1"]]);
    },
  },
  {
    name: "however many wait, it is paid once",
    async run() {
      const { repairs, l2, open } = repairStage();
      repairs.oweKeys(["k1"], "n:");
      repairs.oweMarks(["t"]);
      hold(l2);
      const all = Promise.all(Array.from({ length: 100 }, () => repairs.settle(["k1"])));
      await settle();
      await open();
      await all;
      same(
        l2.asked.filter((line) => line !== "incr s:t"),
        ["incr e", "deleteMany k1"],
      );
    },
  },
  {
    name: "so many keys go in one round trip, those first that somebody waits for",
    async run() {
      const { repairs, l2 } = repairStage({ capacity: 5_000 });
      repairs.oweKeys(named(3_500), "n:");
      await repairs.settle(["k3400"]);
      identical(repairs.size, 2_500);
      identical(l2.asked[0].startsWith("deleteMany k3400 k0 k1 "), true, l2.asked[0].slice(0, 40));
      await repairs.settleAll();
      same([repairs.size, l2.asked.length], [0, 4]);
    },
  },
  {
    name: "one who gives up waits no longer, and the others do",
    async run() {
      const { repairs, l2, open } = repairStage();
      repairs.oweKeys(["k1"], "n:");
      hold(l2);
      const aborting = new AbortController();
      const reason = new Error("given up");
      const one = failure(repairs.settle(["k1"], aborting.signal));
      const two = repairs.settle(["k1"]);
      await settle();
      aborting.abort(reason);
      identical(await one, reason);
      await open();
      await two;
      identical(repairs.size, 0);
    },
  },
  {
    name: "after close nothing is tried, and no timer is left",
    async run() {
      const { repairs, l2, clock } = repairStage();
      repairs.oweKeys(["k1"], "n:");
      repairs.close();
      repairs.oweKeys(["k2"], "n:");
      identical(clock.pending, 0);
      await clock.advanceAsync(EVERY_MS * 3);
      same(l2.asked, []);
    },
  },
];
