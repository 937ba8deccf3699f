/** A router is a pure function of servers and key. */
import type { Router, RouterNode } from "../../client/routing/types.js";
import { identical, ok, same } from "../check.js";
import { numberedServers } from "../router-measure.js";
import type { RouterCase } from "../router-suite.js";
import { allKeys, mixedServers } from "./support.js";

export const purity: readonly RouterCase[] = [
  {
    name: "gives every key to a server of the list",
    needs: [],
    run(create) {
      for (let count = 1; count <= mixedServers.length; count++) {
        const nodes = mixedServers.slice(0, count);
        const router = create();
        const known = new Set(nodes.map(({ url }) => url));
        for (const url of routesOf(router, nodes)) ok(known.has(url), `${url} is not in the list`);
      }
    },
  },
  {
    name: "nodes() has each server that route() chooses, once, and none that is not in the list",
    needs: [],
    run(create) {
      const router = create();
      const urls = router.nodes(router.init(mixedServers)).map(({ url }) => url);
      const known = new Set(mixedServers.map(({ url }) => url));
      identical(new Set(urls).size, urls.length, "servers that nodes() gives, less those it gives twice");
      ok(urls.length > 0, "nodes() gives no server");
      for (const url of urls) ok(known.has(url), `nodes() gives ${url}, which is not in the list`);
      for (const url of routesOf(router, mixedServers))
        ok(urls.includes(url), `route() chooses ${url}, which nodes() does not give`);
    },
  },
  {
    name: "nodes() gives all servers",
    needs: ["spreads"],
    run(create) {
      const router = create();
      const urls = router.nodes(router.init(mixedServers)).map(({ url }) => url);
      same([...urls].sort(), mixedServers.map(({ url }) => url).sort());
    },
  },
  {
    name: "gives the same answers however often it is asked",
    needs: [],
    run(create) {
      const router = create();
      const state = router.init(mixedServers);
      const first = allKeys.map((key) => router.route(state, key).url);
      const backwards = [...allKeys].reverse().map((key) => router.route(state, key).url);
      same(backwards.reverse(), first);
    },
  },
  {
    name: "two routers made alike agree, as those of two processes have to",
    needs: [],
    run(create) {
      same(routesOf(create(), mixedServers), routesOf(create(), copyOf(mixedServers)));
    },
  },
  {
    name: "a state does not depend on those made before it, nor change with those made after it",
    needs: [],
    run(create) {
      const router = create();
      const state = router.init(mixedServers);
      const before = allKeys.map((key) => router.route(state, key).url);
      const others = numberedServers(4);
      same(routesOf(router, others), routesOf(create(), others), "of another list");
      same(
        allKeys.map((key) => router.route(state, key).url),
        before,
      );
      same(routesOf(router, mixedServers), before);
    },
  },
  {
    name: "leaves the list that it is given as it is, and does not look at it again",
    needs: [],
    run(create) {
      const router = create();
      const frozen = Object.freeze(mixedServers.map((node) => Object.freeze({ ...node })));
      const expected = routesOf(router, frozen);
      const nodes = copyOf(mixedServers);
      const state = router.init(nodes);
      same(nodes, mixedServers, "the list after init()");
      const given = [...router.nodes(state)];
      nodes.length = 0;
      same(router.nodes(state), given, "nodes() after the list was emptied");
      same(
        allKeys.map((key) => router.route(state, key).url),
        expected,
        "after the list was emptied",
      );
    },
  },
  {
    name: "gives the same answers whatever the order of the list",
    needs: ["anyOrder"],
    run(create) {
      const expected = routesOf(create(), mixedServers);
      for (let turn = 1; turn < mixedServers.length; turn++) {
        const turned = [...mixedServers.slice(turn), ...mixedServers.slice(0, turn)];
        same(routesOf(create(), turned), expected);
        same(routesOf(create(), turned.reverse()), expected);
      }
    },
  },
  {
    name: "has a name",
    needs: [],
    run(create) {
      const { name } = create();
      ok(typeof name === "string" && name !== "", "the name is no text, or empty");
    },
  },
];

function routesOf(router: Router, nodes: readonly RouterNode[]): string[] {
  const state = router.init(nodes);
  return allKeys.map((key) => router.route(state, key).url);
}

function copyOf(nodes: readonly RouterNode[]): RouterNode[] {
  return nodes.map((node) => ({ ...node }));
}
