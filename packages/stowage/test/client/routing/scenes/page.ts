/** The cluster of a page: one server at once, and all else once it has been loaded. */
import type { Node } from "../../../../src/client/nodes/types.js";
import * as full from "../../../../src/client/routing/cluster.js";
import { createPageCluster } from "../../../../src/client/routing/page-cluster.js";
import { mod } from "../../../../src/client/routing/routers/mod.js";
import { ring } from "../../../../src/client/routing/routers/ring.js";
import { identical, ok, same, throws } from "../../../../src/testing/check.js";
import { deferred } from "../../../../src/testing/deferred.js";
import { settle } from "../../../../src/testing/fake-clock.js";
import { drainMs, keys, type SetupOptions, setup, urlsOf } from "./fakes.js";
import { rejection, type Scene } from "./scene.js";

const three = ["http://a:1", "http://b:1", "http://c:1"];
type Servers = Parameters<typeof setup>[0];

/** A page whose chunk comes when the scene says so. */
function page(servers: Servers, options: SetupOptions = {}) {
  let asked = 0;
  let chunk = deferred<typeof full>();
  const load = (): Promise<typeof full> => {
    asked++;
    return chunk.promise;
  };
  const made = setup(servers, { ...options, create: (parts) => createPageCluster(parts, load) });
  return {
    ...made,
    asked: () => asked,
    async comes() {
      chunk.resolve(full);
      await settle();
    },
    async fails() {
      chunk.reject(new Error("no network"));
      chunk = deferred<typeof full>();
      await settle();
    },
  };
}

export const pageScenes: readonly Scene[] = [
  {
    name: "one server needs nothing more",
    run() {
      const { cluster, made, asked } = page(["http://A:1/"]);
      identical(cluster.ready, undefined);
      same(urlsOf(cluster.nodes), ["http://a:1"]);
      for (const local of [undefined, "http://a:1", "http://A:1/"])
        identical(cluster.nodeOf("a", local), made[0]);
      same([...cluster.split(["a", "b"])], [[made[0], [0, 1]]]);
      identical(cluster.split([]).size, 0);
      identical(cluster.oneNodeOf(["a", "b"]), made[0]);
      identical(asked(), 0);
    },
  },
  {
    name: "a server that is not there, and a url that is none, are errors at once",
    run() {
      const { cluster } = page(["http://a:1"]);
      const expected = { name: "UnknownNodeError", says: ["http://b:1", "http://a:1"] };
      throws(() => cluster.nodeOf("a", "http://b:1"), expected);
      throws(() => cluster.split([], "http://b:1"), expected);
      throws(() => cluster.oneNodeOf([], "http://b:1"), expected);
      throws(() => page(["nonsense"]), "InvalidOptionError");
      throws(() => page(["http://a:1", "nonsense"]), "InvalidOptionError");
      throws(() => page([]), "InvalidOptionError");
    },
  },
  {
    name: "several are there once the full cluster is, and then all is as there",
    async run() {
      const { cluster, comes, asked, made } = page(three);
      const { ready } = cluster;
      ok(ready !== undefined, "nothing to wait for");
      same([...cluster.nodes], []);
      throws(() => cluster.nodeOf("a"), "ServerUnavailableError");
      await comes();
      await ready;
      identical(cluster.ready, undefined);
      same(urlsOf(cluster.nodes), three);
      const router = ring();
      const state = router.init(three.map((url) => ({ url, weight: 1 })));
      for (const key of keys) identical(cluster.nodeOf(key).url, router.route(state, key).url);
      identical(cluster.split(keys).size, 3);
      throws(() => cluster.oneNodeOf(keys, undefined, "batch"), { name: "CrossSlotError", says: ["batch"] });
      cluster.setServers(["http://a:1"]);
      same(urlsOf(cluster.nodes), ["http://a:1"]);
      same([asked(), made.length], [1, 3]);
    },
  },
  {
    name: "one server becomes several: it goes on with its node, and all hear of it",
    async run() {
      const { cluster, comes, made, events, clock } = page(["http://a:1"]);
      const heard: string[][] = [];
      cluster.onChange((nodes) => heard.push(urlsOf(nodes)));
      const stop = cluster.onChange(() => heard.push(["stopped"]));
      cluster.setServers(["http://x:1"]);
      cluster.setServers(three);
      ok(cluster.ready !== undefined, "nothing to wait for");
      identical(cluster.nodeOf("a"), made[0], "until then the one has all keys");
      stop();
      await comes();
      same(urlsOf(cluster.nodes), three);
      identical(cluster.nodes[0], made[0]);
      same(heard, [three]);
      same([...events], [{ type: "nodes", nodes: three }]);
      cluster.setServers(three.slice(1));
      clock.advance(drainMs);
      cluster.setServers(three);
      ok(cluster.nodes[0] !== made[0], "a node that was closed came back");
      same(
        made.map(({ closed }) => closed),
        [1, 0, 0, 0],
      );
    },
  },
  {
    name: "listeners hear of servers that were not there before, can stop, and come late",
    async run() {
      const { cluster, comes } = page(three);
      const heard: string[] = [];
      const stop = cluster.onChange((nodes) => heard.push(`one ${nodes.length}`));
      await comes();
      stop();
      const stopOther = cluster.onChange((nodes) => heard.push(`other ${nodes.length}`));
      cluster.setServers(["http://a:1"]);
      stopOther();
      cluster.setServers(three);
      same(heard, ["one 3", "other 1"]);
    },
  },
  {
    name: "searches are the full cluster's",
    async run() {
      const found = deferred<readonly string[]>();
      const { cluster, comes, events } = page({ find: () => found.promise, everyMs: 1_000 });
      const heard: string[][] = [];
      cluster.onChange((nodes) => heard.push(urlsOf(nodes)));
      const { ready } = cluster;
      await comes();
      same([...cluster.nodes], []);
      found.resolve(["http://b:1", "http://a:1"]);
      await ready;
      same(urlsOf(cluster.nodes), ["http://a:1", "http://b:1"]);
      same(heard, [["http://a:1", "http://b:1"]]);
      identical(events.length, 1);
      cluster.close();
    },
  },
  {
    name: "a list that is wrong changes nothing; what only the router finds wrong is a fault",
    async run() {
      const { cluster, comes, events, made } = page(["http://a:1"], { router: mod() });
      throws(() => cluster.setServers(["nonsense"]), { name: "InvalidOptionError", says: ["servers[0]"] });
      identical(cluster.ready, undefined);
      cluster.setServers(["http://a:1", { url: "http://b:1", weight: 2 }]);
      const { ready } = cluster;
      await comes();
      await ready;
      identical(cluster.nodeOf("a"), made[0]);
      same(
        events.map(({ type }) => type),
        ["fault"],
      );
      throws(
        () => cluster.setServers(["http://a:1", { url: "http://b:1", weight: 2 }]),
        "InvalidOptionError",
      );
    },
  },
  {
    name: "what the router finds wrong from the start is an error of every call",
    async run() {
      const { cluster, comes, events, asked } = page(["http://a:1", { url: "http://b:1", weight: 2 }], {
        router: mod(),
      });
      const waiting = rejection(cluster.ready, "InvalidOptionError");
      await comes();
      await waiting;
      for (let time = 0; time < 3; time++) throws(() => cluster.nodeOf("a"), "InvalidOptionError");
      await settle();
      same([events.length, asked()], [1, 1]);
    },
  },
  {
    name: "a chunk that does not come is asked for again at the next call",
    async run() {
      const { cluster, comes, fails, events, asked } = page(three);
      const waiting = rejection(cluster.ready, {
        name: "ServerUnavailableError",
        says: ["not loaded"],
      });
      await fails();
      identical(String((await waiting).cause), "Error: no network");
      identical(asked(), 1);
      throws(() => cluster.nodeOf("a"), "ServerUnavailableError");
      identical(asked(), 2);
      throws(() => cluster.nodeOf("a"), "ServerUnavailableError");
      identical(asked(), 2);
      const { ready } = cluster;
      await comes();
      await ready;
      same(urlsOf(cluster.nodes), three);
      same(
        events.map(({ type }) => type),
        ["fault"],
      );
    },
  },
  {
    name: "the one server goes on when the chunk for more does not come; the next setServers asks again",
    async run() {
      const { cluster, comes, fails, made, events } = page(["http://a:1"]);
      cluster.setServers(three);
      const { ready } = cluster;
      await fails();
      await ready;
      identical(cluster.nodeOf("a"), made[0]);
      same(
        events.map(({ type }) => type),
        ["fault"],
      );
      cluster.setServers(three);
      await comes();
      same(urlsOf(cluster.nodes), three);
    },
  },
  {
    name: "close: of one server, while the chunk comes, and of several",
    async run() {
      const one = page(["http://a:1"]);
      one.cluster.close();
      identical(one.made[0].closed, 1);
      throws(() => one.cluster.nodeOf("a"), "ClosedError");
      throws(() => one.cluster.setServers(three), "ClosedError");
      const coming = page(three);
      const { ready } = coming.cluster;
      coming.cluster.close();
      await coming.comes();
      await ready;
      identical(coming.made.length, 0);
      throws(() => coming.cluster.nodeOf("a"), "ClosedError");
      const several = page(three);
      await several.comes();
      several.cluster.close();
      same(
        several.made.map(({ closed }) => closed),
        [1, 1, 1],
      );
      throws(() => several.cluster.nodeOf("a"), "ClosedError");
    },
  },
  {
    name: "the chunk is the full cluster",
    async run() {
      const made: Node[] = [];
      const createNode = ({ url }: { url: string }): Node => {
        const node = { url, close() {} } as unknown as Node;
        made.push(node);
        return node;
      };
      const cluster = createPageCluster({ servers: three, createNode });
      await cluster.ready;
      same(urlsOf(cluster.nodes), three);
      identical(made.length, 3);
      cluster.close();
    },
  },
];
