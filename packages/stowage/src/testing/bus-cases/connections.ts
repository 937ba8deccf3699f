/** What listeners are told of the connection, and that it can be relied on. */
import { Heard } from "../bus-subject.js";
import { identical, ok, same } from "../check.js";
import { busGroup, numbered } from "./group.js";

const ROUNDS = 20;

export const connections = busGroup("connection", [], (test) => {
  test("is told at the start, once, to each listener", async (t) => {
    const all = [await t.listen(), await t.listen(), await t.listen(t.bus, `${t.channel}:other`)];
    await t.bus.publish(t.channel, "1");
    await t.come(all[0], 1);
    for (const { states } of all) {
      same(
        states.map(({ isConnected }) => isConnected).filter((one, index, list) => one !== list[index - 1]),
        states.map(({ isConnected }) => isConnected),
        "the same is not told twice in a row",
      );
      identical(states.at(-1)?.isConnected, true);
    }
  });

  test("once told, all that is published from then on comes", ["another"], async (t) => {
    const other = await t.another();
    for (let round = 0; round < ROUNDS; round++) {
      const channel = `${t.channel}:${round}`;
      const heard = await t.listen(t.bus, channel);
      await other.publish(channel, `${round}`);
      await t.come(heard, 1);
      heard.stop();
      same(heard.texts, [`${round}`]);
    }
  });

  test("a listener may stop, publish and listen while it is told", async (t) => {
    const inner = new Heard();
    const outer = new Heard();
    let begun = 0;
    const stop = t.bus.subscribe(t.channel, {
      message: (text) => outer.message(text),
      connected: (isConnected) => {
        if (!isConnected || begun++ > 0) return;
        inner.stop = t.bus.subscribe(t.channel, inner);
      },
    });
    await t.until("both are connected", () => inner.isConnected);
    await t.bus.publish(t.channel, "1");
    await t.come(outer, 1);
    stop();
    await t.come(inner, 1);
  });

  test(
    "when it breaks, that is told, and it comes back by itself",
    ["cuts", "another"],
    async (t, subject) => {
      const other = await t.another();
      const [heard, elsewhere] = [await t.listen(), await t.listen(other)];
      await t.cut();
      await t.until("the cut is told", () => !heard.isConnected);
      const missed = numbered("missed", 5);
      for (const text of missed) await other.publish(t.channel, text);
      await t.come(elsewhere, missed.length);
      await t.mend();
      await t.until("the bus is connected again", () => heard.isConnected);
      identical(heard.states.at(-1)?.replayed, subject.replays === true, "replayed");
      await other.publish(t.channel, '"after"');
      await t.until('"after" has come', () => heard.texts.includes('"after"'));
      same(heard.texts, subject.replays === true ? [...missed, '"after"'] : ['"after"']);
    },
  );

  test("breaks more than once", ["cuts", "another"], async (t) => {
    const other = await t.another();
    const heard = await t.listen();
    for (let round = 0; round < 3; round++) {
      await t.cut();
      await t.until("the cut is told", () => !heard.isConnected);
      await t.mend();
      await t.until("the bus is connected again", () => heard.isConnected);
      await other.publish(t.channel, `${round}`);
      await t.until(`${round} has come`, () => heard.texts.includes(`${round}`));
    }
    same(heard.texts, ["0", "1", "2"]);
    ok(heard.states.length >= 7, "each cut is told");
  });

  test(
    "a publish while it is broken settles, and comes before later ones or not at all",
    ["cuts"],
    async (t) => {
      const heard = await t.listen();
      await t.cut();
      await t.until("the cut is told", () => !heard.isConnected);
      const sent = t.bus.publish(t.channel, '"during"').catch(() => undefined);
      await t.mend();
      await sent;
      await t.until("the bus is connected again", () => heard.isConnected);
      await t.bus.publish(t.channel, '"after"');
      await t.until('"after" has come', () => heard.texts.includes('"after"'));
      same(
        heard.texts.filter((text) => text !== '"during"'),
        ['"after"'],
      );
      identical(heard.texts.at(-1), '"after"');
    },
  );
});
