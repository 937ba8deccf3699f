/** What is published comes, once, in order, and as it was. */
import type { Bus } from "../../stores/bus.js";
import type { BusContext } from "../bus-subject.js";
import { identical, same } from "../check.js";
import { busGroup, numbered } from "./group.js";

/** What the feed publishes is JSON: control characters and halves of surrogate pairs are escaped there. */
const HOSTILE = [
  "",
  "'",
  "\\",
  '"',
  "$1",
  "%s",
  "\0\r\n\t",
  "\ud83d",
  "é€😀\u2028\u2029",
  "{}",
  "__proto__",
  " ",
];
/** Of buses that carry texts of any length. */
const LONG_BYTES = 256 * 1_024;

async function publishAll(bus: Bus, channel: string, texts: readonly string[]): Promise<void> {
  await Promise.all(texts.map((text) => bus.publish(channel, text)));
}

/** A text of exactly so many bytes. */
function textOf(bytes: number, character: string): string {
  const width = new TextEncoder().encode(character).length;
  const count = Math.floor(bytes / width);
  return character.repeat(count) + "x".repeat(bytes - count * width);
}

async function checkComes(t: BusContext, texts: readonly string[]): Promise<void> {
  const heard = await t.listen();
  await publishAll(t.bus, t.channel, texts);
  await t.come(heard, texts.length);
  same(heard.texts, texts);
}

export const delivery = busGroup("delivery", [], (test) => {
  test("reaches the one who published", (t) => checkComes(t, ['{"a":1}']));

  test("reaches all who listen, on whatever bus", ["another"], async (t) => {
    const other = await t.another();
    const all = [await t.listen(), await t.listen(), await t.listen(other)];
    await t.bus.publish(t.channel, "1");
    for (const heard of all) await t.come(heard, 1);
    await other.publish(t.channel, "2");
    for (const heard of all) {
      await t.come(heard, 2);
      same(heard.texts, ["1", "2"]);
    }
  });

  test("is in the order of its publisher, without waiting in between", (t) =>
    checkComes(t, numbered("a", 300)));

  test("of several publishers, each has its own order", ["another"], async (t) => {
    const buses = [t.bus, await t.another()];
    const texts = [numbered("a", 100), numbered("b", 100)];
    const all = [await t.listen(), await t.listen(buses[1])];
    await Promise.all(buses.map((bus, index) => publishAll(bus, t.channel, texts[index])));
    for (const heard of all) {
      await t.come(heard, 200);
      for (const own of texts)
        same(
          heard.texts.filter((text) => own.includes(text)),
          own,
        );
    }
  });

  test("comes once", async (t) => {
    const heard = await t.listen();
    const texts = numbered("a", 20);
    for (const text of texts) await t.bus.publish(t.channel, text);
    await t.come(heard, texts.length);
    await t.bus.publish(t.channel, '"last"');
    await t.come(heard, texts.length + 1);
    same(heard.texts, [...texts, '"last"']);
  });

  test("leaves texts as they are, whatever stands in them", (t) =>
    checkComes(
      t,
      HOSTILE.map((text) => JSON.stringify([text])),
    ));

  test("says what the longest text is, and carries it", async (t, { textBytesMax }) => {
    identical(t.bus.textBytesMax, textBytesMax);
    const bytes = Math.min(LONG_BYTES, textBytesMax);
    await checkComes(t, [textOf(bytes, "x"), textOf(bytes, "é"), textOf(bytes, "😀"), '"after"']);
  });

  test("needs nobody who listens", async (t) => {
    await t.bus.publish(`${t.channel}:nobody`, "1");
    await checkComes(t, ['"somebody"']);
  });
});
