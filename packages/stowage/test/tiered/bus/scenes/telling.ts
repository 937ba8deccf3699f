/** What is told: batches, sizes, numbers, failures, close. */
import { between, identical, ok, same } from "../../../../src/testing/check.js";
import { settle } from "../../../../src/testing/fake-clock.js";
import { hostileStrings } from "../../../../src/testing/hostile.js";
import { readMessage } from "../../../../src/tiered/bus/message.js";
import type { Scene } from "../../../support/scenes.js";
import { BEAT_MS, coherent, stage, Wire } from "./wire.js";

const UNDER_WAY_MAX = 1_000;

/** All keys that were told, and how: each text read by the reader of the others. */
function read(wire: Wire): { keys: string[]; kinds: string[]; seqs: number[] } {
  const all = wire.texts.map((text) => readMessage(text)).filter((message) => message?.kind !== "beat");
  return {
    keys: all.flatMap((message) => (message?.kind === "keys" ? message.keys : [])),
    kinds: all.map((message) => message?.kind ?? "unreadable"),
    seqs: all.map((message) => message?.seq ?? -1),
  };
}

export const tellingScenes: readonly Scene[] = [
  {
    name: "what is published in one tick goes together, each key once, numbered from 1",
    async run() {
      const { wire, feed } = await coherent();
      feed.publishKeys(["x", "y"]);
      feed.publishKeys(new Set(["y", "z"]));
      feed.publishTags(["t", "u"], 50);
      await settle();
      feed.publishKeys(["x"]);
      await settle();
      same(wire.told(), [
        { s: 1, k: "tags", e: 50, l: ["t", "u"] },
        { s: 2, k: "keys", l: ["x", "y", "z"] },
        { s: 3, k: "keys", l: ["x"] },
      ]);
    },
  },
  {
    name: "each invalidation keeps its own epoch",
    async run() {
      const { wire, feed } = await coherent();
      feed.publishTags(["t"], 50);
      feed.publishTags(["u"], 51);
      await settle();
      same(wire.told(), [
        { s: 1, k: "tags", e: 50, l: ["t"] },
        { s: 2, k: "tags", e: 51, l: ["u"] },
      ]);
    },
  },
  {
    name: "dropping everything stands for the rest of its tick, and not for the next one",
    async run() {
      const { wire, feed } = await coherent();
      feed.publishKeys(["x"]);
      feed.publishClear();
      feed.publishTags(["t"], 50);
      feed.publishKeys(["y"]);
      await settle();
      feed.publishKeys(["z"]);
      await settle();
      same(wire.told(), [
        { s: 1, k: "clear" },
        { s: 2, k: "keys", l: ["z"] },
      ]);
    },
  },
  {
    name: "any key comes as it was",
    async run() {
      const { wire, feed } = await coherent();
      feed.publishKeys(hostileStrings);
      await settle();
      same(read(wire).keys, [...new Set(hostileStrings)]);
      for (const text of wire.texts)
        ok((text as { isWellFormed?: () => boolean }).isWellFormed?.() ?? true, "texts are well-formed");
    },
  },
  {
    name: "many keys go in as few texts as there is room for, each within the bus's length",
    async run() {
      for (const character of ["k", "é", "😀", "\ud800", '"'])
        for (const bytesMax of [400, 1_000, 7_999]) {
          const { wire, feed } = await coherent({ wire: new Wire(bytesMax) });
          const keys = Array.from({ length: 40 }, (_, index) => `${index}${character.repeat(10)}`);
          feed.publishKeys(keys);
          await settle();
          const lengths = wire.texts.map((text) => Buffer.byteLength(text));
          between(Math.max(...lengths), 0, bytesMax);
          const { kinds, seqs } = read(wire);
          if (!kinds.includes("clear")) same(read(wire).keys, keys);
          same(
            seqs,
            seqs.map((_, index) => index + 1),
          );
          if (bytesMax === 7_999) identical(kinds.length, 1);
        }
    },
  },
  {
    name: "what would be more than a few texts is told by dropping everything",
    async run() {
      const { wire, feed } = await coherent({ wire: new Wire(1_000) });
      feed.publishKeys(Array.from({ length: 5_000 }, (_, index) => `key ${index}`));
      feed.publishKeys(["one more"]);
      await settle();
      same(wire.told(), [{ s: 1, k: "clear" }]);
      feed.publishTags(
        Array.from({ length: 5_000 }, (_, index) => `tag ${index}`),
        5,
      );
      await settle();
      same(wire.told().slice(1), [{ s: 2, k: "clear" }]);
      for (let index = 0; index < 1_000; index++) feed.publishTags(["t"], index);
      await settle();
      same(wire.told().slice(2), [{ s: 3, k: "clear" }]);
    },
  },
  {
    name: "what is told over time may be as much as it likes",
    async run() {
      const { wire, feed } = await coherent({ wire: new Wire(1_000) });
      for (let tick = 0; tick < 20; tick++) {
        feed.publishKeys(Array.from({ length: 50 }, (_, index) => `key ${tick} ${index}`));
        await settle();
      }
      identical(read(wire).keys.length, 1_000);
    },
  },
  {
    name: "short keys and their commas fit as well",
    async run() {
      const { wire, feed } = await coherent({ wire: new Wire(1_000) });
      const keys = Array.from({ length: 1_200 }, (_, index) => index.toString(36));
      feed.publishKeys(keys);
      await settle();
      same(read(wire).keys, keys);
      between(Math.max(...wire.texts.map((text) => text.length)), 850, 1_000);
    },
  },
  {
    name: "so is a key that no text has room for",
    async run() {
      const { wire, feed } = await coherent({ wire: new Wire(1_000) });
      feed.publishKeys(["x", "k".repeat(1_000), "y"]);
      await settle();
      same(wire.told(), [{ s: 1, k: "clear" }]);
    },
  },
  {
    name: "texts are short where the bus would take long ones",
    async run() {
      const { wire, feed } = await coherent();
      feed.publishKeys(Array.from({ length: 8 }, (_, index) => `${index}${"k".repeat(60_000)}`));
      await settle();
      between(Math.max(...wire.texts.map((text) => text.length)), 100_000, 131_072);
      identical(read(wire).keys.length, 8);
    },
  },
  {
    name: "it beats, with the last number and the epoch",
    async run() {
      let epoch = 7;
      const { wire, feed, beats } = stage({ epoch: () => epoch });
      await wire.connect();
      feed.publishKeys(["x"]);
      epoch = 8;
      await beats(3);
      same(
        wire.beats().map(({ s, n, e }) => [s, n, e]),
        [
          [0, 1, 7],
          [1, 2, 8],
          [1, 3, 8],
          [1, 4, 8],
        ],
      );
    },
  },
  {
    name: "a beat does not overtake what was published before it",
    async run() {
      const { wire, feed, clock } = await coherent();
      feed.publishKeys(["x"]);
      clock.advance(BEAT_MS);
      same(
        wire.texts.map((text) => JSON.parse(text).k),
        ["keys", "beat"],
      );
      await settle();
      identical(wire.told().length, 1);
    },
  },
  {
    name: "what the bus does not take is counted, and has used up its number",
    async run() {
      const { wire, feed, news } = await coherent();
      const { sent } = feed.stats();
      wire.takes = "nothing";
      feed.publishKeys(["x"]);
      await settle();
      wire.takes = "all";
      feed.publishKeys(["y"]);
      await feed.drain();
      same(wire.told(), [{ s: 2, k: "keys", l: ["y"] }]);
      same([feed.stats().failed, feed.stats().sent - sent, news()], [1, 1, []]);
    },
  },
  {
    name: "a bus that throws instead of rejecting is no worse",
    async run() {
      const { wire, feed } = await coherent();
      wire.publish = () => {
        throw new Error("not connected");
      };
      feed.publishKeys(["x"]);
      await feed.drain();
      identical(feed.stats().failed, 1);
    },
  },
  {
    name: "drain waits until the bus has taken what was published, and is at once where nothing was",
    async run() {
      const { wire, feed } = await coherent();
      await feed.drain();
      feed.publishKeys(["x"]);
      await feed.drain();
      identical(wire.told().length, 1);
      wire.takes = "never answers";
      feed.publishKeys(["y"]);
      let isDrained = false;
      feed.drain().then(() => {
        isDrained = true;
      });
      await settle();
      identical(isDrained, false);
    },
  },
  {
    name: "a bus that never answers is waited for so long and no longer, and handed so many and no more",
    async run() {
      const { wire, feed, beats } = await coherent();
      wire.takes = "never answers";
      for (let index = 0; index < UNDER_WAY_MAX + 500; index++) {
        feed.publishKeys([`${index}`]);
        await null;
        await null;
      }
      identical(feed.stats().failed, 500);
      await beats(2);
      between(feed.stats().failed, 500, 502);
      await beats(2);
      between(feed.stats().failed, UNDER_WAY_MAX + 500, UNDER_WAY_MAX + 504);
      wire.takes = "all";
      feed.publishKeys(["x"]);
      await settle();
      identical(wire.told().length, 1);
    },
  },
  {
    name: "close tells the rest, then goodbye, and leaves nothing",
    async run() {
      const { wire, feed, clock, news } = await coherent();
      const { listener } = wire;
      feed.publishKeys(["x"]);
      await Promise.all([feed.close(), feed.close()]);
      same(wire.told(), [
        { s: 1, k: "keys", l: ["x"] },
        { s: 1, k: "bye" },
      ]);
      identical(clock.pending, 0);
      feed.publishKeys(["y"]);
      feed.publishTags(["t"], 1);
      feed.publishClear();
      listener?.message('{"v":1,"o":"b","s":5,"k":"clear"}');
      listener?.connected(false, false);
      listener?.connected(true, false);
      await settle();
      same([news(), wire.told().length, wire.listener], [[], 2, undefined]);
    },
  },
  {
    name: "close does not wait for a bus that never answers",
    async run() {
      const { wire, feed, clock } = stage();
      wire.takes = "never answers";
      feed.publishKeys(["x"]);
      const closed = feed.close();
      await clock.advanceAsync(BEAT_MS * 3);
      await closed;
      identical(clock.pending, 0);
    },
  },
  {
    name: "two that were given no name have different ones",
    async run() {
      const names = await Promise.all(
        [1, 2].map(async () => {
          const { wire } = stage({ origin: undefined } as object);
          await wire.connect();
          return JSON.parse(wire.texts[0]).o as string;
        }),
      );
      ok(names[0] !== names[1] && names[0].length > 20, names.join());
    },
  },
];
