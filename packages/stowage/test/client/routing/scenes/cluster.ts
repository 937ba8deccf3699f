/** Which node has which key. */
import type { CrossSlotError } from "../../../../src/client/errors.js";
import { jump } from "../../../../src/client/routing/routers/jump.js";
import { local } from "../../../../src/client/routing/routers/local.js";
import { mod } from "../../../../src/client/routing/routers/mod.js";
import { ring } from "../../../../src/client/routing/routers/ring.js";
import type { Router, RouterNode } from "../../../../src/client/routing/types.js";
import { identical, ok, same, throws } from "../../../../src/testing/check.js";
import { keys, setup, urlsOf } from "./fakes.js";
import type { Scene } from "./scene.js";

const three = ["http://a:1", "http://b:1", "http://c:1"];

/** Notes what it is asked. */
function spy(
  fault: Partial<Router<readonly RouterNode[]>> = {},
): Router<readonly RouterNode[]> & { asked: string[] } {
  const asked: string[] = [];
  return {
    name: "spy",
    asked,
    init: (nodes) => [...nodes],
    nodes: (state) => state,
    route(state, key) {
      asked.push(key);
      return state[key.length % state.length];
    },
    ...fault,
  };
}

export const clusterScenes: readonly Scene[] = [
  {
    name: "a node for each server, with its url and weight, in the order given",
    run() {
      const { cluster, made, events } = setup(["http://b:1", { url: "http://a:1", weight: 2 }]);
      same(urlsOf(cluster.nodes), ["http://b:1", "http://a:1"]);
      same(
        made.map(({ weight }) => weight),
        [1, 2],
      );
      same(events, []);
      identical(cluster.ready, undefined);
    },
  },
  {
    name: "keys go where the ring says, if no router is given",
    run() {
      const { cluster } = setup(three);
      const router = ring();
      const state = router.init(three.map((url) => ({ url, weight: 1 })));
      for (const key of keys) identical(cluster.nodeOf(key).url, router.route(state, key).url, key);
    },
  },
  {
    name: "a router hears the list as it is, and its weights",
    run() {
      let heard: readonly RouterNode[] = [];
      setup([{ url: "http://b:1", weight: 3 }, "http://a:1"], {
        router: spy({
          init(nodes) {
            heard = nodes;
            return nodes;
          },
        }),
      });
      same(
        [...heard],
        [
          { url: "http://b:1", weight: 3 },
          { url: "http://a:1", weight: 1 },
        ],
      );
      ok(Object.isFrozen(heard) && heard.every(Object.isFrozen), "a router can change the list");
    },
  },
  {
    name: "keys with one part in braces are together, and a router sees that part alone",
    run() {
      const router = spy();
      const { cluster } = setup(three, { router });
      for (const key of [
        "{user:1}:posts",
        "likes:{user:1}",
        "{user:1}",
        "plain",
        "{}:a",
        "a{b}{c}",
        "a{{b}}",
        "a}b{c",
      ])
        cluster.nodeOf(key);
      same(router.asked, ["user:1", "user:1", "user:1", "plain", "{}:a", "b", "{b", "a}b{c"]);
    },
  },
  {
    name: "local names the server, in any form of its url",
    run() {
      const { cluster } = setup(["http://a:80/", "http://b:1/base/", "unix:/run/s.sock"]);
      for (const [name, url] of [
        ["http://a", "http://a"],
        ["http://A:80/", "http://a"],
        ["http://b:1/base", "http://b:1/base"],
        ["unix:/run/s.sock", "unix:/run/s.sock"],
      ])
        for (const key of keys) identical(cluster.nodeOf(key, name).url, url);
    },
  },
  {
    name: "a server that is not there is an error which names those that are",
    run() {
      const { cluster } = setup(three);
      throws(() => cluster.nodeOf("a", "http://d:1"), {
        name: "UnknownNodeError",
        says: ["http://d:1", ...three],
      });
      throws(() => cluster.split(["a"], "nonsense"), { name: "UnknownNodeError", says: ["nonsense"] });
      throws(() => cluster.oneNodeOf(["a"], ""), "UnknownNodeError");
    },
  },
  {
    name: "one server is not looked up, and has every key",
    run() {
      const router = spy();
      const { cluster } = setup(["http://a:1"], { router });
      for (const key of keys) identical(cluster.nodeOf(key), cluster.nodes[0]);
      same(router.asked, []);
    },
  },
  {
    name: "split: every place once, with the node of its key, in order",
    run() {
      const { cluster } = setup(three);
      const twice = [...keys, ...keys];
      const split = cluster.split(twice);
      same(
        [...split.values()].flat().sort((a, b) => a - b),
        twice.map((_, index) => index),
      );
      for (const [node, places] of split) {
        same(
          [...places].sort((a, b) => a - b),
          [...places],
          "places in order",
        );
        for (const place of places) identical(cluster.nodeOf(twice[place]), node);
      }
      identical(cluster.split([]).size, 0);
      same([...cluster.split(["a", "b"], "http://b:1").values()], [[0, 1]]);
    },
  },
  {
    name: "oneNodeOf: the node, or an error that says which server has which keys",
    run() {
      const { cluster } = setup(three);
      const [one, other] = [cluster.nodes[0], cluster.nodes[1]].map((node) =>
        keys.filter((key) => cluster.nodeOf(key) === node),
      );
      identical(cluster.oneNodeOf(one), cluster.nodes[0]);
      identical(cluster.oneNodeOf(["{x}:1", "{x}:2", "{x}:3"]), cluster.nodeOf("x"));
      identical(cluster.oneNodeOf([...one, ...other], "http://c:1"), cluster.nodes[2]);
      ok(cluster.nodes.includes(cluster.oneNodeOf([])), "no key: any node");
      const error = throws(() => cluster.oneNodeOf([one[0], other[0], one[1]], undefined, "batch"), {
        name: "CrossSlotError",
        says: ["batch", "http://a:1", "http://b:1", one[0], other[0]],
      });
      same(
        [...(error as CrossSlotError).nodes],
        [
          ["http://a:1", [one[0], one[1]]],
          ["http://b:1", [other[0]]],
        ],
      );
    },
  },
  {
    name: "who routes to some servers only leaves the others to calls that name them",
    run() {
      const { cluster, made } = setup(three, { router: local({ url: "http://B:1/" }) });
      same(urlsOf(cluster.nodes), ["http://b:1"]);
      for (const key of keys) identical(cluster.nodeOf(key).url, "http://b:1");
      identical(cluster.nodeOf("a", "http://c:1").url, "http://c:1");
      cluster.close();
      same(
        made.map(({ closed }) => closed),
        [1, 1, 1],
      );
    },
  },
  {
    name: "a router that chooses, or names, what there is not is found out",
    run() {
      const elsewhere = { url: "http://z:1", weight: 1 };
      const lost = setup(three, { router: spy({ route: () => elsewhere }) });
      throws(() => lost.cluster.nodeOf("a"), { name: "UnknownNodeError", says: ["spy", "http://z:1"] });
      const silent = setup(three, { router: spy({ route: () => undefined as unknown as RouterNode }) });
      throws(() => silent.cluster.nodeOf("a"), { name: "UnknownNodeError", says: ["spy"] });
      for (const nodes of [() => [], () => [elsewhere]])
        throws(() => setup(three, { router: spy({ nodes }) }), {
          name: "InvalidOptionError",
          says: ["router"],
        });
    },
  },
  {
    name: "a router may make nodes of its own that look the same",
    run() {
      const { cluster } = setup(three, { router: spy({ route: () => ({ url: "http://c:1", weight: 9 }) }) });
      identical(cluster.nodeOf("a"), cluster.nodes[2]);
    },
  },
  {
    name: "routers without weights refuse them when the client is made",
    run() {
      const uneven = ["http://a:1", { url: "http://b:1", weight: 2 }];
      for (const router of [mod(), jump()])
        throws(() => setup(uneven, { router }), {
          name: "InvalidOptionError",
          says: [router.name, "http://b:1", "ring"],
        });
      throws(() => setup(three, { router: local({ url: "http://z:1" }) }), {
        name: "InvalidOptionError",
        says: ["http://z:1"],
      });
      throws(() => ring({ points: 0 }), "InvalidOptionError");
      throws(() => ring({ point: 1 } as object), { name: "InvalidOptionError", says: ["points"] });
    },
  },
];
