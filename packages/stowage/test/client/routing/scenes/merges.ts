/** Calls that concern more than one server. */

import { TooManyPendingError } from "../../../../src/client/errors.js";
import type { Node } from "../../../../src/client/nodes/types.js";
import { everyNode } from "../../../../src/client/routing/every-node.js";
import { local } from "../../../../src/client/routing/routers/local.js";
import { identical, rejects, same } from "../../../../src/testing/check.js";
import { type Deferred, deferred } from "../../../../src/testing/deferred.js";
import { settle } from "../../../../src/testing/fake-clock.js";
import { setup } from "./fakes.js";
import type { Scene } from "./scene.js";

const three = ["http://a:1", "http://b:1", "http://c:1"];
const refused = (node: Node) => new TooManyPendingError({ node: node.url, what: "size" }, 1);

/** Answers when the scene says so. */
function asked(): { ask(node: Node): Promise<string>; readonly asked: Map<string, Deferred<string>> } {
  const all = new Map<string, Deferred<string>>();
  return {
    asked: all,
    ask({ url }) {
      const answer = deferred<string>();
      all.set(url, answer);
      return answer.promise;
    },
  };
}

export const mergeScenes: readonly Scene[] = [
  {
    name: "everyNode asks all at once and gives their answers in the order of the nodes",
    async run() {
      const { cluster } = setup(three);
      const nodes = asked();
      const answer = everyNode(cluster, nodes.ask);
      await settle();
      same([...nodes.asked.keys()], three);
      for (const url of [...three].reverse()) nodes.asked.get(url)?.resolve(url);
      same(await answer, three);
    },
  },
  {
    name: "everyNode asks only those that the router chooses from, or the one that is named",
    async run() {
      const url = async (node: Node) => node.url;
      const { cluster } = setup(three, { router: local() });
      same(await everyNode(cluster, url), ["http://a:1"]);
      same(await everyNode(cluster, url, "http://c:1"), ["http://c:1"]);
      await rejects(everyNode(cluster, url, "http://d:1"), "UnknownNodeError");
    },
  },
  {
    name: "everyNode fails with the first failure, once all have ended",
    async run() {
      const { cluster } = setup(three);
      const nodes = asked();
      let ended = false;
      const answer = everyNode(cluster, nodes.ask).finally(() => {
        ended = true;
      });
      answer.catch(() => undefined);
      await settle();
      nodes.asked.get("http://c:1")?.reject(refused(cluster.nodes[2]));
      nodes.asked.get("http://b:1")?.reject(refused(cluster.nodes[1]));
      await settle();
      identical(ended, false);
      nodes.asked.get("http://a:1")?.resolve("a");
      await rejects(answer, { name: "TooManyPendingError", says: ["http://b:1"] });
    },
  },
  {
    name: "everyNode waits for servers that are still being looked for",
    async run() {
      const found = deferred<readonly string[]>();
      const { cluster } = setup({ find: () => found.promise, everyMs: 1_000 });
      const all = everyNode(cluster, async ({ url }) => url);
      await settle();
      found.resolve(["http://a:1"]);
      same(await all, ["http://a:1"]);
    },
  },
  {
    name: "everyNode fails where no server is known",
    async run() {
      const { cluster } = setup({ find: () => Promise.reject(new Error("ENOTFOUND")), everyMs: 1_000 });
      await rejects(
        everyNode(cluster, async () => 1),
        "ServerUnavailableError",
      );
      await settle();
      await rejects(
        everyNode(cluster, async () => 1),
        "ServerUnavailableError",
      );
    },
  },
];
