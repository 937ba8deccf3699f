/** Epochs and stamps: what is believed, what is asked, what is learnt. */
import { between, identical, ok, same } from "../../../../src/testing/check.js";
import { settle } from "../../../../src/testing/fake-clock.js";
import type { Scene } from "../../../support/scenes.js";
import { hold, isBelieved, isKnown, live, TTL_MS, tagStage } from "./l2.js";

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

export const stampScenes: readonly Scene[] = [
  {
    name: "a record is believed until a mark of it is invalidated, and one that is loaded after that again",
    async run() {
      const { stamps } = tagStage();
      await stamps.invalidate(["other"]);
      const before = stamps.epoch;
      identical(await isBelieved(stamps, before, "t", "u"), true);
      identical(await isBelieved(stamps, 0, "t"), true, "nothing was ever invalidated that it bears");
      const epoch = await stamps.invalidate(["t"]);
      ok(epoch > before, "each invalidation has an epoch of its own");
      identical(stamps.epoch, epoch);
      same(
        [
          await isBelieved(stamps, before, "t"),
          await isBelieved(stamps, before, "u", "t"),
          await isBelieved(stamps, before, "u"),
        ],
        [false, false, true],
      );
      identical(await isBelieved(stamps, epoch, "t", "u"), true);
      identical(await isBelieved(stamps, epoch - 1, "t"), false);
      identical(await isBelieved(stamps, before), true, "it bears no mark");
      identical(await isBelieved(stamps, Number.NaN, "t"), false);
    },
  },
  {
    name: "all marks of all records are looked up in one round trip, each once, with the epoch",
    async run() {
      const { stamps, l2 } = tagStage();
      live(stamps);
      const records = [
        { epoch: 1, marks: ["t", "u"] },
        { epoch: 2, marks: ["u", "v"] },
      ];
      same(await stamps.check(records), [true, true]);
      same(l2.asked, ["getMany e s:t s:u s:v"]);
      const again = stamps.check(records);
      same(again, [true, true], "without a promise, as all is known");
      same(await stamps.check([{ epoch: 1, marks: ["t", "w"] }]), [true]);
      same(l2.asked.slice(1), ["getMany e s:w"]);
    },
  },
  {
    name: "looking up makes nothing in L2",
    async run() {
      const { stamps, l2 } = tagStage();
      await isBelieved(stamps, 0, "t", "u");
      identical(l2.store.size.entries, 0);
    },
  },
  {
    name: "the epoch is learnt from whatever tells it, and never falls",
    async run() {
      const { another, l2, clock } = tagStage();
      const [p, q, r, s] = [another(), another(), another(), another()];
      const first = await p.invalidate(["t"]);
      ok(first >= clock.wall(), "it is at least the wall clock");
      await isBelieved(q, 0, "unknown");
      await r.start();
      s.heard([], first);
      same([q.epoch, r.epoch, s.epoch], [first, first, first]);
      s.heard(["t"], first - 5);
      identical(s.epoch, first);
      await l2.store.deleteMany(["e"], { signal: new AbortController().signal });
      await isBelieved(another(), 0, "t");
      const late = another();
      await isBelieved(late, 0, "t");
      identical(late.epoch, first, "from a stamp");
      await isBelieved(p, 0, "x");
      identical(p.epoch, first);
    },
  },
  {
    name: "what others invalidate is known once it is heard, and L2 is not asked",
    async run() {
      const { stamps, another, l2 } = tagStage();
      live(stamps);
      const q = another();
      const before = await q.invalidate(["x"]);
      identical(await isBelieved(stamps, before, "t"), true);
      const epoch = await q.invalidate(["t"]);
      const { length } = l2.asked;
      identical(await isBelieved(stamps, before, "t"), true, "it has not been told yet");
      stamps.heard(["t"], epoch);
      same([await isBelieved(stamps, before, "t"), await isBelieved(stamps, epoch, "t")], [false, true]);
      identical(l2.asked.length, length);
    },
  },
  {
    name: "news that come in another order leave the highest stamp",
    async run() {
      const { stamps, another } = tagStage();
      live(stamps);
      const q = another();
      await isBelieved(stamps, 0, "t");
      const first = await q.invalidate(["t"]);
      const second = await q.invalidate(["t"]);
      stamps.heard(["t"], second);
      stamps.heard(["t"], first);
      identical(await isBelieved(stamps, first, "t"), false);
    },
  },
  {
    name: "a mark that is not known stays so when it is heard of: something may have been missed before",
    async run() {
      const { stamps, another } = tagStage();
      live(stamps);
      const q = another();
      const early = await q.invalidate(["t"]);
      const late = await q.invalidate(["t"]);
      stamps.forget();
      stamps.heard(["t"], early);
      identical(isKnown(stamps, "t"), false);
      identical(await isBelieved(stamps, late - 1, "t"), false);
    },
  },
  {
    name: "what is heard while a look-up is under way counts for its answer, and for what is known after it",
    async run() {
      const { stamps, another, l2, open } = tagStage();
      live(stamps);
      const q = another();
      const before = await q.invalidate(["x"]);
      await isBelieved(stamps, before, "u");
      hold(l2);
      const asked = isBelieved(stamps, before, "t");
      const both = stamps.check([{ epoch: before, marks: ["u", "v"] }]);
      await settle();
      stamps.heard(["t", "u"], before + 1);
      await open();
      identical(await asked, false);
      same(await both, [false], "of what was known when it began as well");
      identical(await isBelieved(stamps, before, "t"), false);
      identical(isKnown(stamps, "t", "v"), true);
    },
  },
  {
    name: "what is read while messages are missed is good for its answer, and is not kept",
    async run() {
      const { stamps, l2, open } = tagStage();
      live(stamps);
      hold(l2);
      const asked = isBelieved(stamps, 1, "t");
      await settle();
      stamps.forget();
      await open();
      identical(await asked, true);
      identical(isKnown(stamps, "t"), false);
      await isBelieved(stamps, 1, "t");
      identical(isKnown(stamps, "t"), true);
    },
  },
  {
    name: "after forgetting nothing is known",
    async run() {
      const { stamps } = tagStage();
      live(stamps);
      await isBelieved(stamps, 1, "t", "u");
      identical(isKnown(stamps, "t", "u"), true);
      stamps.forget();
      identical(stamps.stats().known, 0);
      same([isKnown(stamps, "t"), isKnown(stamps, "u")], [false, false]);
    },
  },
  {
    name: "while the bus is behind, a stamp is believed for a time after its look-up began",
    async run() {
      const { stamps, clock, l2, open } = tagStage();
      hold(l2);
      const asked = isBelieved(stamps, 1, "t");
      await settle();
      clock.advance(TTL_MS / 2);
      await open();
      await asked;
      clock.advance(TTL_MS / 2 - 1);
      identical(isKnown(stamps, "t"), true);
      clock.advance(1);
      identical(isKnown(stamps, "t"), false);
      await isBelieved(stamps, 1, "t");
      clock.advance(TTL_MS - 1);
      identical(isKnown(stamps, "t"), true, "however long it has been behind");
    },
  },
  {
    name: "what was read before the bus fell behind is believed for that time from then on",
    async run() {
      const { stamps, clock } = tagStage();
      live(stamps);
      await isBelieved(stamps, 1, "t");
      clock.advance(TTL_MS * 100);
      identical(isKnown(stamps, "t"), true);
      stamps.setBehind(true);
      clock.advance(TTL_MS - 1);
      stamps.setBehind(true);
      identical(isKnown(stamps, "t"), true);
      clock.advance(1);
      identical(isKnown(stamps, "t"), false);
    },
  },
  {
    name: "with a time of 0 it is read each time while the bus is behind",
    async run() {
      const { stamps } = tagStage({ whenBehind: { ttlMs: 0 } });
      await isBelieved(stamps, 1, "t");
      identical(isKnown(stamps, "t"), false);
      live(stamps);
      await isBelieved(stamps, 1, "t");
      identical(isKnown(stamps, "t"), true);
    },
  },
  {
    name: "so many stamps are kept at most, and those that were asked for last",
    async run() {
      const { stamps } = tagStage({ capacity: 3 });
      live(stamps);
      for (const mark of ["a", "b", "c", "a", "d"]) await isBelieved(stamps, 1, mark);
      identical(stamps.stats().known, 3);
      same(
        ["c", "a", "d"].map((mark) => isKnown(stamps, mark)),
        [true, true, true],
      );
      identical(isKnown(stamps, "b"), false);
      const many = Array.from({ length: 50 }, (_, index) => `m${index}`);
      identical(await isBelieved(stamps, 1, ...many), true);
      between(stamps.stats().known, 0, 3);
      await stamps.invalidate(many);
      between(stamps.stats().known, 0, 3);
    },
  },
  {
    name: "a look-up that fails rejects, and the next one asks again",
    async run() {
      const { stamps, l2 } = tagStage();
      live(stamps);
      l2.fails = "before";
      ok(
        (await failure(Promise.resolve(stamps.check([{ epoch: 1, marks: ["t"] }])))) instanceof Error,
        "it rejects",
      );
      l2.fails = undefined;
      identical(await isBelieved(stamps, 1, "t"), true);
    },
  },
];
