/** A channel is its name, and nothing that looks like it. */
import type { BusContext } from "../bus-subject.js";
import { same } from "../check.js";
import { busGroup } from "./group.js";

/** Longer than the names that databases take, and different at the end only. */
const LONG = "n".repeat(200);

/** Each is a channel of its own, beside the others. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "by their letters": ["a", "b"],
  "by upper and lower case": ["users", "Users"],
  "where one begins as the other": ["users", "users:1", ""],
  "where one reads like a pattern": ["*", "?", "%", "_", "[a]", "\\", "x"],
  "by the end of long names": [`${LONG}1`, `${LONG}2`],
  "by quotes and other scripts": ["'", '"', '""', "é", "e", "日本"],
};

async function checkApart(t: BusContext, names: readonly string[]): Promise<void> {
  const all = await Promise.all(names.map((name) => t.listen(t.bus, t.channel + name)));
  await Promise.all(names.map((name, index) => t.bus.publish(t.channel + name, `${index}`)));
  await Promise.all(names.map((name) => t.bus.publish(t.channel + name, "99")));
  for (const [index, heard] of all.entries()) {
    await t.come(heard, 2);
    same(heard.texts, [`${index}`, "99"], names[index]);
  }
}

export const channels = busGroup("channels", [], (test) => {
  for (const [how, names] of Object.entries(NAMES))
    test(`are kept apart ${how}`, (t) => checkApart(t, names));

  test("of two listeners, one stops and the other goes on", async (t) => {
    const [one, two] = [await t.listen(), await t.listen()];
    one.stop();
    await t.bus.publish(t.channel, "1");
    await t.come(two, 1);
    two.stop();
    const three = await t.listen();
    await t.bus.publish(t.channel, "2");
    await t.come(three, 1);
    same([one.texts, two.texts, three.texts], [[], ["1"], ["2"]]);
  });

  test("stopping twice stops nobody else", async (t) => {
    const one = await t.listen();
    one.stop();
    const two = await t.listen();
    one.stop();
    await t.bus.publish(t.channel, "1");
    await t.come(two, 1);
    same(two.texts, ["1"]);
  });

  test("after stopping nothing is told, neither texts nor connections", async (t) => {
    const one = await t.listen();
    const told = one.all.length;
    const sent = t.bus.publish(t.channel, "1");
    one.stop();
    await sent;
    const two = await t.listen();
    await t.bus.publish(t.channel, "2");
    await t.come(two, 1);
    same(one.all.length, told);
  });
});
