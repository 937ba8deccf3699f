/** Servers that come and go at run time. */
import { local } from "../../../../src/client/routing/routers/local.js";
import { mod } from "../../../../src/client/routing/routers/mod.js";
import { ring } from "../../../../src/client/routing/routers/ring.js";
import { identical, same, throws } from "../../../../src/testing/check.js";
import { drainMs, keys, setup, urlsOf } from "./fakes.js";
import type { Scene } from "./scene.js";

const two = ["http://a:1", "http://b:1"];
const three = [...two, "http://c:1"];

export const changeScenes: readonly Scene[] = [
  {
    name: "a server that comes has its keys at once, and those that stay keep their nodes",
    run() {
      const { cluster, made, events } = setup(two);
      const [a, b] = cluster.nodes;
      cluster.setServers(three);
      same(urlsOf(cluster.nodes), three);
      identical(cluster.nodes[0], a);
      identical(cluster.nodes[1], b);
      identical(made.length, 3);
      const router = ring();
      const state = router.init(three.map((url) => ({ url, weight: 1 })));
      for (const key of keys) identical(cluster.nodeOf(key).url, router.route(state, key).url, key);
      same([...events], [{ type: "nodes", nodes: three }]);
    },
  },
  {
    name: "a server that goes is asked nothing any more, and closed when its calls have had their time",
    run() {
      const { cluster, made, clock } = setup(three);
      cluster.setServers(two);
      for (const key of keys) identical(cluster.nodeOf(key) === made[2], false, key);
      throws(() => cluster.nodeOf("a", "http://c:1"), "UnknownNodeError");
      clock.advance(drainMs - 1);
      same(
        made.map(({ closed }) => closed),
        [0, 0, 0],
      );
      clock.advance(1);
      same(
        made.map(({ closed }) => closed),
        [0, 0, 1],
      );
      identical(clock.pending, 0);
    },
  },
  {
    name: "a server that comes back in time goes on with its node; later it gets a new one",
    run() {
      const { cluster, made, clock } = setup(three);
      cluster.setServers(two);
      clock.advance(drainMs - 1);
      cluster.setServers(three);
      identical(cluster.nodes[2], made[2]);
      clock.advance(10 * drainMs);
      same(
        made.map(({ closed }) => closed),
        [0, 0, 0],
      );
      cluster.setServers(two);
      clock.advance(drainMs);
      cluster.setServers(three);
      identical(made.length, 4);
      identical(cluster.nodes[2], made[3]);
    },
  },
  {
    name: "the same list changes nothing and tells nobody; another order or weight does",
    run() {
      const { cluster, events, made } = setup(two);
      let told = 0;
      cluster.onChange(() => told++);
      cluster.setServers(["http://A:1/", { url: "http://b:1", weight: 1 }]);
      same([told, events.length], [0, 0]);
      cluster.setServers(["http://a:1", { url: "http://b:1", weight: 2 }]);
      cluster.setServers([{ url: "http://b:1", weight: 2 }, "http://a:1"]);
      same([told, events.length, made.length], [2, 2, 2]);
      same(urlsOf(cluster.nodes), ["http://b:1", "http://a:1"]);
    },
  },
  {
    name: "a change of weight moves keys, and keeps the node",
    run() {
      const { cluster, made } = setup(two);
      const before = keys.filter((key) => cluster.nodeOf(key).url === "http://b:1").length;
      cluster.setServers(["http://a:1", { url: "http://b:1", weight: 10 }]);
      const after = keys.filter((key) => cluster.nodeOf(key).url === "http://b:1").length;
      identical(after > before * 1.3, true, `${before} keys before, ${after} after`);
      identical(made.length, 2);
    },
  },
  {
    name: "a list that is wrong leaves the old one in force",
    run() {
      const { cluster, events, made } = setup(two, { fails: "http://z:1", router: mod() });
      const nodes = cluster.nodes;
      throws(() => cluster.setServers([]), { name: "InvalidOptionError", says: ["setServers", "servers"] });
      throws(() => cluster.setServers(["nonsense"]), { name: "InvalidOptionError", says: ["servers[0]"] });
      throws(
        () => cluster.setServers(["http://a:1", { url: "http://b:1", weight: 2 }]),
        "InvalidOptionError",
      );
      let fault: unknown;
      try {
        cluster.setServers(["http://c:1", "http://z:1", "http://a:1"]);
      } catch (error) {
        fault = error;
      }
      identical(String(fault), "Error: no node for http://z:1");
      identical(cluster.nodes, nodes);
      same(
        made.map(({ url, closed }) => [url, closed]),
        [
          ["http://a:1", 0],
          ["http://b:1", 0],
          ["http://c:1", 1],
        ],
      );
      same(events, []);
    },
  },
  {
    name: "nodes that were made before one failed are closed, when the cluster is made",
    run() {
      const made: { url: string; closed: number }[] = [];
      let fault: unknown;
      try {
        setup(["http://a:1", "http://z:1"], { fails: "http://z:1", made });
      } catch (error) {
        fault = error;
      }
      identical(String(fault), "Error: no node for http://z:1");
      same(
        made.map(({ url, closed }) => [url, closed]),
        [["http://a:1", 1]],
      );
    },
  },
  {
    name: "listeners hear the new list, also after one that throws, and not after they have stopped",
    run() {
      const { cluster, events } = setup(two);
      const heard: string[][] = [];
      cluster.onChange(() => {
        throw new Error("mine");
      });
      const stop = cluster.onChange((nodes) => heard.push(urlsOf(nodes)));
      cluster.setServers(three);
      stop();
      cluster.setServers(two);
      same(heard, [three]);
      const faults = events.filter(({ type }) => type === "fault");
      same(
        faults.map((event) => String("error" in event && event.error)),
        ["Error: mine", "Error: mine"],
      );
      identical(events.filter(({ type }) => type === "nodes").length, 2);
    },
  },
  {
    name: "the first server of the list may change for who takes that one",
    run() {
      const { cluster } = setup(two, { router: local() });
      cluster.setServers(["http://b:1", "http://a:1"]);
      identical(cluster.nodeOf("a").url, "http://b:1");
      same(urlsOf(cluster.nodes), ["http://b:1"]);
    },
  },
  {
    name: "after close nothing is open, nothing is told, and every call says so",
    run() {
      const { cluster, made, clock } = setup(three);
      cluster.onChange(() => {
        throw new Error("told");
      });
      cluster.setServers(two);
      cluster.close();
      cluster.close();
      same(
        made.map(({ closed }) => closed),
        [1, 1, 1],
      );
      identical(clock.pending, 0);
      throws(() => cluster.nodeOf("a"), "ClosedError");
      throws(() => cluster.nodeOf("a", "http://a:1"), "ClosedError");
      throws(() => cluster.split(["a"]), "ClosedError");
      throws(() => cluster.setServers(three), "ClosedError");
      same([...cluster.nodes], []);
      identical(cluster.ready, undefined);
    },
  },
];
