/** close: nothing is told after it, and nothing waits for ever. */
import { Heard } from "../bus-subject.js";
import { identical, rejects, same, throws } from "../check.js";
import { busGroup, numbered } from "./group.js";

export const closing = busGroup("close", [], (test) => {
  test("publish and subscribe are refused after it", async (t) => {
    await t.bus.close();
    await rejects(t.bus.publish(t.channel, "1"), "ClosedError");
    throws(() => t.bus.subscribe(t.channel, new Heard()), "ClosedError");
  });

  test("twice is as once, with listeners and without", async (t) => {
    await t.listen();
    await Promise.all([t.bus.close(), t.bus.close()]);
    await t.bus.close();
  });

  test("stopping a listener after it is nothing", async (t) => {
    const heard = await t.listen();
    await t.bus.close();
    heard.stop();
    heard.stop();
  });

  test("ends what is under way, one way or the other", async (t) => {
    await t.listen();
    const sent = Promise.allSettled(numbered("a", 20).map((text) => t.bus.publish(t.channel, text)));
    await t.bus.close();
    identical((await sent).length, 20);
  });

  test("of a bus that has just begun to listen", async (t) => {
    const heard = new Heard();
    t.bus.subscribe(t.channel, heard);
    await t.bus.close();
    identical(heard.texts.length, 0);
  });

  test("nothing is told after it, and the other bus goes on", ["another"], async (t) => {
    const other = await t.another();
    const [closed, open] = [await t.listen(), await t.listen(other)];
    await t.bus.close();
    const told = closed.all.length;
    await other.publish(t.channel, "1");
    await t.come(open, 1);
    same([closed.texts, closed.all.length, open.texts], [[], told, ["1"]]);
  });
});
