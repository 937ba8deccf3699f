/** What is heard of others: in order, doubled, late, lost, unreadable, silent. */
import { identical, same } from "../../../../src/testing/check.js";
import type { Scene } from "../../../support/scenes.js";
import { BEAT_MS, coherent, other } from "./wire.js";

const ORIGINS_MAX = 4_096;
const ORIGINS_TRIED = 5_000;

export const hearingScenes: readonly Scene[] = [
  {
    name: "what another process tells is told, in order",
    async run() {
      const { wire, news, feed } = await coherent();
      wire.deliver(
        other.beat(0),
        other.keys(1, "x", "y"),
        other.tags(2, 50, "t", "u"),
        other.keys(3),
        other.beat(3),
      );
      same(news(), ["keys x,y", "marks t,u 50", "keys "]);
      same([feed.stats().received, feed.stats().gaps, feed.stats().others], [5, 0, 1]);
    },
  },
  {
    name: "a clear drops everything",
    async run() {
      const { wire, news } = await coherent();
      wire.deliver(other.clear(1), other.keys(2, "x"));
      same(news(), ["flush cleared", "keys x"]);
    },
  },
  {
    name: "an epoch in a beat is told once, and only where it is higher",
    async run() {
      const { wire, news } = await coherent();
      wire.deliver(other.beat(0, 0), other.beat(0, 7), other.beat(0, 7), other.beat(0, 6), other.beat(0, 8));
      same(news(), ["marks  7", "marks  8"]);
    },
  },
  {
    name: "one's own messages are not told",
    async run() {
      const { wire, feed, news, beats } = await coherent({ epoch: () => 9 });
      feed.publishKeys(["x"]);
      feed.publishTags(["t"], 9);
      feed.publishClear();
      await beats(2);
      same(news(), []);
      identical(wire.told().length > 0, true);
      identical(feed.stats().received, 0);
    },
  },
  {
    name: "a number that is left out is a loss, told before the message itself",
    async run() {
      const { wire, news, feed } = await coherent();
      wire.deliver(other.keys(1, "x"), other.keys(3, "z"), other.keys(4, "u"));
      same(news(), ["keys x", "flush gap", "keys z", "keys u"]);
      same([feed.stats().gaps, feed.stats().flushes], [1, 3]);
    },
  },
  {
    name: "a loss is found by the next beat, once",
    async run() {
      const { wire, news } = await coherent();
      wire.deliver(other.keys(1, "x"), other.beat(1), other.beat(2), other.beat(2), other.keys(3, "z"));
      same(news(), ["keys x", "flush gap", "keys z"]);
    },
  },
  {
    name: "what comes twice, or late, is told once",
    async run() {
      const { wire, news, feed } = await coherent();
      wire.deliver(other.keys(1, "x"), other.keys(1, "x"), other.keys(2, "y"), other.keys(4, "u"));
      wire.deliver(other.keys(3, "z"), other.clear(4), other.beat(3, 99), other.keys(5, "v"));
      same(news(), ["keys x", "keys y", "flush gap", "keys u", "keys v"]);
      identical(feed.stats().doubled, 4);
    },
  },
  {
    name: "one who is not known, and does not begin at the beginning, may have told something before",
    async run() {
      for (const first of [other.keys(2, "x"), other.beat(1), other.tags(9, 1, "t"), other.bye(3)]) {
        const { wire, news } = await coherent();
        wire.deliver(first);
        identical(news()[0], "flush gap", JSON.stringify(first));
      }
      for (const first of [other.keys(1, "x"), other.beat(0), other.tags(1, 1, "t"), other.bye(0)]) {
        const { wire, news } = await coherent();
        wire.deliver(first);
        identical(news().includes("flush gap"), false, JSON.stringify(first));
      }
    },
  },
  {
    name: "each of the others has numbers of its own",
    async run() {
      const { wire, news } = await coherent();
      for (let seq = 1; seq <= 3; seq++)
        for (const o of ["b", "c", "__proto__"]) wire.deliver({ o, s: seq, k: "keys", l: [`${seq}`] });
      same(
        news(),
        ["1", "1", "1", "2", "2", "2", "3", "3", "3"].map((key) => `keys ${key}`),
      );
    },
  },
  {
    name: "what cannot be read counts as a loss, whatever it is",
    async run() {
      const good = { v: 1, o: "b", s: 1, k: "keys", l: ["x"] };
      const edits: object[] = [
        { v: 2 },
        { v: undefined },
        { o: "" },
        { o: 5 },
        { o: "a b" },
        { o: "n".repeat(65) },
        { s: -1 },
        { s: 0 },
        { s: 1.5 },
        { s: "1" },
        { s: 2 ** 53 },
        { k: "values" },
        { k: undefined },
        { k: "tags" },
        { k: "tags", e: -1 },
        { k: "beat" },
        { k: "beat", n: 1 },
        { k: "beat", e: 1 },
        { k: "clear", s: 0 },
        { l: "x" },
        { l: [1] },
        { l: ["x", null] },
        { l: undefined },
      ];
      const texts = ["", "{", "null", "1", "[]", '"x"', `"${"x".repeat(5_000_000)}"`, "\ud800"];
      const huge = JSON.stringify({ ...good, l: ["x".repeat(5_000_000)] });
      const all = [...texts, huge, ...edits.map((edit) => JSON.stringify({ ...good, ...edit }))];
      const { wire, news, feed } = await coherent();
      for (const text of all) {
        wire.deliver(text);
        same(news(), ["flush garbage"], text.slice(0, 80));
      }
      identical(feed.stats().garbage, all.length);
      wire.deliver(JSON.stringify(good));
      same(news(), ["keys x"]);
    },
  },
  {
    name: "one who falls silent without a goodbye may have died before he told of a write: a loss, once",
    async run() {
      const { wire, news, beats, feed } = await coherent();
      wire.deliver(other.keys(1, "x"));
      await beats(3);
      same(news(), ["keys x"]);
      await beats(1);
      same(news(), ["flush silent"]);
      await beats(20);
      same(news(), []);
      identical(feed.stats().silent, 1);
      wire.deliver(other.keys(2, "y"), other.beat(2));
      same(news(), ["keys y"], "it was only slow");
      await beats(4);
      same(news(), ["flush silent"], "and fell silent again");
    },
  },
  {
    name: "one who beats is not silent, and one who said goodbye may be",
    async run() {
      const { wire, news, beats, feed } = await coherent();
      for (let beat = 0; beat < 20; beat++) {
        wire.deliver(other.beat(0));
        await beats(1);
      }
      wire.deliver(other.bye(0));
      identical(feed.stats().others, 0);
      await beats(20);
      same(news(), []);
      wire.deliver(other.bye(1));
      same(news(), ["flush gap"], "a goodbye repeats the last number as well");
    },
  },
  {
    name: "those who are long gone are forgotten",
    async run() {
      const { wire, beats, feed } = await coherent();
      wire.deliver(other.beat(0));
      await beats(29);
      identical(feed.stats().others, 1);
      await beats(3);
      identical(feed.stats().others, 0);
    },
  },
  {
    name: "however many there are, so many are known at most, and of the others it is a loss again",
    async run() {
      const { wire, news, feed } = await coherent();
      for (let index = 0; index < ORIGINS_TRIED; index++) wire.deliver(other.beat(0, 0, `o${index}`));
      identical(feed.stats().others, ORIGINS_MAX);
      wire.deliver(other.beat(1, 0, "o0"), other.beat(0, 0, `o${ORIGINS_TRIED - 1}`));
      same(news(), ["flush gap"]);
    },
  },
  {
    name: "a blocked event loop is no silence: what came meanwhile is only read after it",
    async run() {
      const { wire, news, clock, beats } = await coherent();
      wire.deliver(other.beat(0));
      await beats(1);
      clock.sleep(BEAT_MS * 30);
      same(news(), []);
      wire.deliver(other.beat(0));
      await clock.advanceAsync(0);
      await beats(3);
      same(news(), []);
    },
  },
];
