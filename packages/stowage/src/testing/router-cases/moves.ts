/** Which keys move when servers come, go, or change their weight. */
import type { Router, RouterNode } from "../../client/routing/types.js";
import { between, identical, same } from "../check.js";
import { type Move, movesOf, numberedServers } from "../router-measure.js";
import type { RouterCase } from "../router-suite.js";
import { keyKinds, mixedServers } from "./support.js";

const keys = [...keyKinds.random, ...keyKinds.names];
/** How far the part of keys that move may be from the share of the server that came or went. */
const slack = 0.3;

export const moves: readonly RouterCase[] = [
  {
    name: "moves nothing when nothing changes",
    needs: [],
    run(create) {
      same(movesOf(create(), mixedServers, [...mixedServers], keys), []);
    },
  },
  {
    name: "moves to a server that comes last its share of the keys, and nothing else",
    needs: ["appends"],
    run(create) {
      for (const count of [1, 2, 3, 9, 20]) {
        const after = numberedServers(count + 1);
        const { url } = after[count];
        checkMoves(movesOf(create(), after.slice(0, count), after, keys), {
          to: url,
          share: 1 / (count + 1),
        });
      }
    },
  },
  {
    name: "moves from a server that was last and goes its keys, and nothing else",
    needs: ["appends"],
    run(create) {
      for (const count of [2, 3, 10, 20]) {
        const before = numberedServers(count);
        const { url } = before[count - 1];
        checkMoves(movesOf(create(), before, before.slice(0, -1), keys), { from: url, share: 1 / count });
      }
    },
  },
  {
    name: "moves to any server that comes its share of the keys, and nothing else",
    needs: ["anyMember"],
    run: (create) =>
      forEachMember(create, (one, all, others) => ({ before: others, after: all, ends: { to: one } })),
  },
  {
    name: "moves from any server that goes its keys, and nothing else",
    needs: ["anyMember"],
    run: (create) =>
      forEachMember(create, (one, all, others) => ({ before: all, after: others, ends: { from: one } })),
  },
  {
    name: "gives back every key when a server that left comes again",
    needs: [],
    run(create) {
      const router = create();
      const [, ...without] = mixedServers;
      const there = movesOf(router, mixedServers, without, keys);
      const back = movesOf(router, without, mixedServers, keys);
      same(
        back.map(({ key, from, to }) => ({ key, from: to, to: from })),
        there,
      );
    },
  },
  {
    name: "moves keys to no other server than the one whose weight grows, and from no other when it shrinks",
    needs: ["anyMember", "weights"],
    run(create) {
      for (const [from, to] of [
        [1, 2],
        [1, 1.25],
        [0.5, 4],
      ]) {
        const light = withWeight(mixedServers, from);
        const heavy = withWeight(mixedServers, to);
        const { url } = mixedServers[2];
        const total = mixedServers.length - 1;
        const share = to / (total + to) - from / (total + from);
        checkMoves(movesOf(create(), light, heavy, keys), { to: url, share });
        checkMoves(movesOf(create(), heavy, light, keys), { from: url, share });
      }
    },
  },
];

interface Ends {
  readonly from?: string;
  readonly to?: string;
}

function checkMoves(moved: readonly Move[], { from, to, share }: Ends & { share: number }): void {
  for (const move of moved) {
    if (from !== undefined) identical(move.from, from, `${move.key} moves from another server`);
    if (to !== undefined) identical(move.to, to, `${move.key} moves to another server`);
  }
  between(moved.length / keys.length / share, 1 - slack, 1 + slack, "keys that moved, over the share");
}

type Change = (
  one: string,
  all: readonly RouterNode[],
  others: readonly RouterNode[],
) => { before: readonly RouterNode[]; after: readonly RouterNode[]; ends: Ends };

function forEachMember(create: () => Router, change: Change): void {
  for (const all of [mixedServers, numberedServers(4)]) {
    for (const { url } of all) {
      const { before, after, ends } = change(
        url,
        all,
        all.filter((node) => node.url !== url),
      );
      checkMoves(movesOf(create(), before, after, keys), { ...ends, share: 1 / all.length });
    }
  }
}

function withWeight(nodes: readonly RouterNode[], weight: number): RouterNode[] {
  return nodes.map((node, index) => (index === 2 ? { ...node, weight } : node));
}
