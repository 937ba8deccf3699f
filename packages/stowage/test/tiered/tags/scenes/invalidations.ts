/** Invalidations: their steps, their failures, many at a time, counters that are lost or none. */
import { between, identical, ok, same } from "../../../../src/testing/check.js";
import { settle } from "../../../../src/testing/fake-clock.js";
import type { Scene } from "../../../support/scenes.js";
import { hold, isBelieved, isKnown, live, tagStage } from "./l2.js";

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

export const invalidationScenes: readonly Scene[] = [
  {
    name: "several marks go at once, in two round trips",
    async run() {
      const { stamps, l2, open } = tagStage();
      hold(l2);
      const invalidated = stamps.invalidate(["t", "u", "v"]);
      await settle();
      same(l2.asked, ["incr e"]);
      await open();
      same(l2.asked, ["incr e", "incr s:t", "incr s:u", "incr s:v"]);
      const epoch = await invalidated;
      for (const mark of ["t", "u", "v"]) {
        identical(await isBelieved(stamps, epoch - 1, mark), false);
        identical(await isBelieved(stamps, epoch, mark), true);
        identical(await l2.number(`s:${mark}`), epoch);
      }
    },
  },
  {
    name: "the epoch stands in L2 before any stamp does",
    async run() {
      const { stamps, l2, open, another } = tagStage();
      hold(l2);
      const invalidated = stamps.invalidate(["t"]);
      await settle();
      const q = another();
      same([await l2.number("s:t"), (await l2.number("e")) > 0], [0, true]);
      identical(q.epoch, 0);
      await open();
      const epoch = await invalidated;
      ok((await l2.number("e")) >= epoch, "no stamp is above the epoch");
    },
  },
  {
    name: "a look-up that began before an invalidation here does not bring back what was, though it was forgotten meanwhile",
    async run() {
      const { stamps, l2, open } = tagStage({ capacity: 1 });
      live(stamps);
      const before = await stamps.invalidate(["x"]);
      hold(l2);
      const asked = isBelieved(stamps, before, "t");
      await settle();
      const { gate } = l2;
      l2.gate = undefined;
      await stamps.invalidate(["t"]);
      await isBelieved(stamps, before, "u");
      l2.gate = gate;
      await open();
      identical(await asked, false);
      identical(await isBelieved(stamps, before, "t"), false);
    },
  },
  {
    name: "an invalidation during which messages were missed still ends what was looked up meanwhile",
    async run() {
      const { stamps, l2, open } = tagStage();
      live(stamps);
      const before = await stamps.invalidate(["x"]);
      hold(l2);
      const invalidated = stamps.invalidate(["t"]);
      await settle();
      const { gate } = l2;
      l2.gate = undefined;
      stamps.forget();
      identical(await isBelieved(stamps, before, "t"), true);
      l2.gate = gate;
      await open();
      await invalidated;
      identical(await isBelieved(stamps, before, "t"), false);
    },
  },
  {
    name: "an invalidation that fails makes nothing known, whether it was done or not",
    async run() {
      for (const fails of ["before", "after"] as const)
        for (const failsOf of ["incr e", "incr s:t"]) {
          const { stamps, l2 } = tagStage();
          live(stamps);
          const before = await stamps.invalidate(["x"]);
          await isBelieved(stamps, before, "t");
          Object.assign(l2, { fails, failsOf });
          ok((await failure(stamps.invalidate(["t", "u"]))) instanceof Error, "it rejects");
          l2.fails = undefined;
          identical(isKnown(stamps, "t"), false, `${failsOf} ${fails}`);
          identical(await isBelieved(stamps, before, "t"), !(failsOf === "incr s:t" && fails === "after"));
        }
    },
  },
  {
    name: "a look-up under way while an invalidation fails is not kept",
    async run() {
      const { stamps, l2, open } = tagStage();
      live(stamps);
      hold(l2);
      const asked = isBelieved(stamps, 1, "t");
      await settle();
      const { gate } = l2;
      l2.gate = undefined;
      l2.fails = "after";
      await failure(stamps.invalidate(["t"]));
      l2.fails = undefined;
      l2.gate = gate;
      await open();
      await asked;
      identical(isKnown(stamps, "t"), false);
    },
  },
  {
    name: "an epoch that L2 has lost begins above all that were",
    async run() {
      const { stamps, another, l2, clock } = tagStage();
      const call = { signal: new AbortController().signal };
      for (let round = 0; round < 3; round++) {
        const old = await stamps.invalidate(["t"]);
        await l2.store.deleteMany(["e"], call);
        identical((await stamps.invalidate(["t"])) > old, true, "by one who knew it, at the same moment");
        await l2.store.deleteMany(["e"], call);
        clock.advance(10);
        identical((await another().invalidate(["t"])) > old, true, "by one who did not, later");
        await l2.store.deleteMany(["e"], call);
        clock.shiftWall(-86_400_000);
        identical((await stamps.invalidate(["t"])) > old, true, "by one who knew it, whose clock goes wrong");
        await l2.store.deleteMany(["e"], call);
        clock.shiftWall(86_400_001);
      }
    },
  },
  {
    name: "however many invalidate one mark at the same time, the epoch rises by as many, and each stamp with it",
    async run() {
      const { another, clock, l2 } = tagStage();
      const all = Array.from({ length: 20 }, () => another());
      for (let round = 0; round < 10; round++) {
        const epochs = await Promise.all(all.map((stamps) => stamps.invalidate(["t", `only ${round}`])));
        identical(new Set(epochs).size, 20);
        identical(await l2.number("s:t"), Math.max(...epochs));
      }
      between(await l2.number("e"), clock.wall(), clock.wall() + 200);
    },
  },
  {
    name: "what is no counter makes records unbelievable, is counted, and is not kept",
    async run() {
      for (const text of ["", "x", "-1", "1.5", "1e3", " 1", "9".repeat(16), "9".repeat(40), "\0"]) {
        const { stamps, l2 } = tagStage();
        live(stamps);
        await l2.put("s:t", text);
        same(
          [await isBelieved(stamps, Number.MAX_SAFE_INTEGER, "t"), await isBelieved(stamps, 1, "u")],
          [false, true],
          text,
        );
        identical(isKnown(stamps, "t"), false);
        identical(stamps.stats().garbage, 1);
        await l2.put("e", text);
        identical(await isBelieved(stamps, 1, "v"), true);
        identical(stamps.epoch, 0);
      }
    },
  },
  {
    name: "an epoch that cannot be is not learnt from hearsay; its marks are looked up",
    async run() {
      const { stamps, clock, l2 } = tagStage();
      live(stamps);
      const epoch = await stamps.invalidate(["t"]);
      for (const wrong of [
        clock.wall() + 86_400_000 * 2,
        2 ** 53,
        Number.POSITIVE_INFINITY,
        Number.NaN,
        -1,
        1.5,
      ]) {
        await isBelieved(stamps, epoch, "t");
        stamps.heard(["t"], wrong);
        identical(stamps.epoch, epoch);
        identical(isKnown(stamps, "t"), false, `${wrong}`);
        identical(await isBelieved(stamps, epoch, "t"), true);
      }
      identical(stamps.stats().garbage, 6);
      const far = clock.wall() + 86_400_000 * 400;
      await l2.put("e", `${far}`);
      await stamps.start();
      identical(stamps.epoch, far, "what stands in L2 is so, however it came there");
      stamps.heard([], far + 5);
      identical(stamps.epoch, far + 5);
    },
  },
  {
    name: "an invalidation of nothing is an epoch and nothing else",
    async run() {
      const { stamps, l2 } = tagStage();
      await stamps.invalidate([]);
      same(l2.asked, ["incr e"]);
      identical(l2.store.size.entries, 1);
    },
  },
  {
    name: "it counts what it does",
    async run() {
      const { stamps } = tagStage();
      live(stamps);
      await isBelieved(stamps, 1, "t");
      await isBelieved(stamps, 1, "t");
      await stamps.invalidate(["t", "u"]);
      same(stamps.stats(), { known: 2, lookups: 1, invalidations: 1, garbage: 0 });
    },
  },
];
