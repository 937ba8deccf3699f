/** The conformance suite, and where exactly keys go: what other versions and other languages have to agree with. */
import { finish } from "../../../../src/client/routing/hash.js";
import { jump } from "../../../../src/client/routing/routers/jump.js";
import { mod } from "../../../../src/client/routing/routers/mod.js";
import { rendezvous } from "../../../../src/client/routing/routers/rendezvous.js";
import { ring } from "../../../../src/client/routing/routers/ring.js";
import type { Router, RouterNode } from "../../../../src/client/routing/types.js";
import { identical, same } from "../../../../src/testing/check.js";
import { failingRouterCases } from "../../../../src/testing/router-suite.js";
import { subjects } from "../subjects.js";
import { keys } from "./fakes.js";
import { jumpOf, murmur3Of } from "./reference.js";
import type { Scene } from "./scene.js";

const servers: readonly RouterNode[] = [
  { url: "http://cache-10:4000", weight: 1 },
  { url: "http://cache-2:4000", weight: 1 },
  { url: "http://cache-1:4000", weight: 1 },
];
const weighted = servers.map((node, index) => ({ ...node, weight: [1, 2.5, 0.3][index] }));
/** By url, numbers as numbers. */
const row = [...servers].reverse();

/** Each router once more, as docs/routing.md tells it to other languages. */
const told: Readonly<Record<string, (nodes: readonly RouterNode[], key: string) => string>> = {
  mod: (_, key) => row[murmur3Of(key) % row.length].url,
  jump: (_, key) => row[jumpOf(BigInt(murmur3Of(key)), row.length)].url,
  ring(nodes, key) {
    const points = nodes
      .flatMap(({ url, weight }) =>
        Array.from({ length: Math.max(1, Math.round(512 * weight)) }, (_, index) => ({
          at: murmur3Of(`${url}#${index}`),
          url,
        })),
      )
      .sort((a, b) => a.at - b.at || (a.url < b.url ? -1 : 1));
    return (points.find(({ at }) => at >= murmur3Of(key)) ?? points[0]).url;
  },
  rendezvous(nodes, key) {
    const score = ({ url, weight }: RouterNode) =>
      -weight / Math.log((finish(murmur3Of(key) ^ murmur3Of(url)) + 0.5) / 2 ** 32);
    return [...nodes].sort((a, b) => score(b) - score(a))[0].url;
  },
};

function urlsOf(router: Router, nodes: readonly RouterNode[], some: readonly string[]): string[] {
  const state = router.init(nodes);
  return some.map((key) => router.route(state, key).url);
}

export const routerScenes: readonly Scene[] = [
  ...subjects.map((subject) => ({
    name: `the suite finds nothing wrong with ${subject.name}`,
    run: () =>
      same(
        failingRouterCases(subject).map(({ name, error }) => `${name}: ${error}`),
        [],
      ),
  })),
  ...[mod(), jump(), ring(), rendezvous()].map((router) => ({
    name: `${router.name} is what its description says`,
    run() {
      const lists = router.name === "ring" || router.name === "rendezvous" ? [servers, weighted] : [servers];
      for (const nodes of lists)
        same(
          urlsOf(router, nodes, keys.slice(0, 60)),
          keys.slice(0, 60).map((key) => told[router.name](nodes, key)),
        );
    },
  })),
  {
    name: "a point belongs to its server",
    run() {
      const router = ring({ points: 4 });
      const state = router.init(servers);
      for (const { url } of servers)
        for (let index = 0; index < 4; index++) identical(router.route(state, `${url}#${index}`).url, url);
    },
  },
  {
    name: "after the last point comes the first one",
    run() {
      let differ = 0;
      for (let points = 1; points < 10; points++) {
        const router = ring({ points });
        const state = router.init(servers);
        const row = servers
          .flatMap(({ url }) =>
            Array.from({ length: points }, (_, index) => ({ at: murmur3Of(`${url}#${index}`), url })),
          )
          .sort((a, b) => a.at - b.at);
        const [first, last] = [row[0], row[row.length - 1]];
        if (first.url !== last.url) differ++;
        const beyond = keys.filter((key) => murmur3Of(key) > last.at);
        for (const key of beyond) identical(router.route(state, key).url, first.url, key);
      }
      identical(differ > 0, true, "the first and the last point are of one server in all of them");
    },
  },
];
