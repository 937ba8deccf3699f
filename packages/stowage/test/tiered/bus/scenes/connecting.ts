/** When it is behind, and how it comes back. */
import type { BusListener } from "../../../../src/stores/bus.js";
import { identical, same } from "../../../../src/testing/check.js";
import { settle } from "../../../../src/testing/fake-clock.js";
import type { Scene } from "../../../support/scenes.js";
import { BEAT_MS, coherent, other, stage, Wire } from "./wire.js";

export const connectingScenes: readonly Scene[] = [
  {
    name: "it begins behind; when its first beat has come back everything is dropped, and then it is coherent",
    async run() {
      const { wire, feed, news, beats } = stage();
      identical(feed.isBehind, true);
      await beats(5);
      same(news(), [], "nothing is told before it is connected");
      await wire.connect();
      same(news(), ["flush reconnected", "coherent"]);
      identical(feed.isBehind, false);
    },
  },
  {
    name: "one who told of a change that was lost, and died before he was ever heard, is thought of, once",
    async run() {
      const { wire, news, beats } = stage();
      await wire.connect();
      news();
      await beats(3);
      same(news(), []);
      await beats(1);
      same(news(), ["flush strangers"]);
      await beats(20);
      same(news(), []);
      await wire.cut();
      await wire.connect(true);
      await beats(4);
      same(news(), ["behind", "coherent", "flush strangers"]);
    },
  },
  {
    name: "being connected is not enough: the beat has to come back",
    async run() {
      const { wire, news, beats } = stage();
      wire.echoes = false;
      await wire.connect();
      await beats(10);
      same(news(), []);
      wire.echoes = true;
      await beats(1);
      same(news(), ["flush reconnected", "coherent"]);
    },
  },
  {
    name: "a bus that tells of its connection within subscribe will do",
    async run() {
      class Prompt extends Wire {
        override subscribe(channel: string, listener: BusListener): () => void {
          const stop = super.subscribe(channel, listener);
          this.isConnected = true;
          listener.connected(true, false);
          return stop;
        }
      }
      const { news } = stage({ wire: new Prompt() });
      await settle();
      same(news(), ["flush reconnected", "coherent"]);
    },
  },
  {
    name: "without a connection it is behind at once; when it is back everything is dropped",
    async run() {
      const { wire, news, beats, feed } = await coherent();
      await wire.cut();
      same(news(), ["behind"]);
      identical(feed.isBehind, true);
      await beats(10);
      same(news(), []);
      await wire.connect();
      same(news(), ["flush reconnected", "coherent"]);
    },
  },
  {
    name: "nothing is dropped where the bus delivered what was missed",
    async run() {
      const { wire, news } = await coherent();
      wire.deliver(other.keys(1, "x"));
      await wire.cut();
      wire.isConnected = true;
      wire.listener?.connected(true, true);
      wire.deliver(other.keys(2, "y"), other.keys(3, "z"));
      await settle();
      same(news(), ["keys x", "behind", "keys y", "keys z", "coherent"]);
    },
  },
  {
    name: "it is dropped where it did so only the second time",
    async run() {
      const { wire, news } = await coherent();
      await wire.cut();
      wire.echoes = false;
      await wire.connect(false);
      await wire.cut();
      wire.echoes = true;
      await wire.connect(true);
      same(news(), ["behind", "flush reconnected", "coherent"]);
      await wire.cut();
      await wire.connect(true);
      same(news(), ["behind", "coherent"]);
    },
  },
  {
    name: "beats of the old connection tell nothing of the new one",
    async run() {
      const { wire, news, beats } = await coherent();
      wire.echoes = false;
      await beats(2);
      const old = wire.texts.slice(-2);
      await wire.cut();
      await wire.connect();
      wire.deliver(...old);
      same(news(), ["behind"]);
      wire.echoes = true;
      await beats(1);
      same(news(), ["flush reconnected", "coherent"]);
    },
  },
  {
    name: "a connection that is half open is found out by beats that do not come back",
    async run() {
      const { wire, news, beats, feed } = await coherent();
      wire.echoes = false;
      await beats(3);
      same(news(), []);
      await beats(1);
      same(news(), ["behind"]);
      await beats(100);
      same(news(), []);
      wire.echoes = true;
      await beats(1);
      same(news(), ["flush reconnected", "coherent"]);
      identical(feed.stats().lagMs, 0);
    },
  },
  {
    name: "a bus that is slow is behind while its lag is above three beats",
    async run() {
      const { wire, news, beats } = await coherent();
      wire.echoes = false;
      const late = async (count: number, lag: number): Promise<void> => {
        for (let beat = 0; beat < count; beat++) {
          await beats(1);
          const text = wire.texts.at(-1 - lag);
          if (text !== undefined) wire.deliver(text);
        }
      };
      await late(10, 2);
      same(news(), []);
      await late(10, 5);
      same(news(), ["behind"]);
      await late(10, 2);
      same(news(), ["flush reconnected", "coherent", "flush strangers"]);
    },
  },
  {
    name: "nobody is silent while nobody could be heard",
    async run() {
      const { wire, news, beats } = await coherent();
      wire.deliver(other.beat(0));
      await wire.cut();
      await beats(20);
      await wire.connect();
      wire.deliver(other.beat(0));
      await beats(2);
      same(news(), ["behind", "flush reconnected", "coherent"]);
    },
  },
  {
    name: "nobody is silent before he had the time to speak on the new connection",
    async run() {
      const { wire, news, beats } = await coherent();
      wire.deliver(other.beat(0));
      await wire.cut();
      await beats(10);
      await wire.connect();
      news();
      await beats(3);
      same(news(), []);
      await beats(1);
      same(news(), ["flush strangers", "flush silent"]);
    },
  },
  {
    name: "a blocked event loop does not make it behind",
    async run() {
      const { wire, news, clock, beats } = await coherent();
      await beats(2);
      wire.echoes = false;
      await beats(1);
      const last = wire.texts.at(-1) ?? "";
      wire.echoes = true;
      clock.sleep(BEAT_MS * 30);
      wire.deliver(last);
      same(news(), []);
      await beats(5);
      same(news(), []);
    },
  },
  {
    name: "a machine that slept has missed what was told meanwhile",
    async run() {
      const { clock, news, beats } = await coherent();
      await beats(2);
      clock.shiftWall(3_600_000);
      await beats(2);
      same(news(), ["behind", "flush reconnected", "coherent"]);
      clock.shiftWall(-3_600_000);
      await beats(5);
      news();
      clock.shiftWall(BEAT_MS * 2);
      await beats(5);
      same(news(), [], "a clock that is set is no sleep");
    },
  },
];
