/** The router suite fails on routers that are broken in the ways routers break. */
import { describe, expect, it } from "vitest";
import { murmur3 } from "../../../src/client/routing/hash.js";
import { jump } from "../../../src/client/routing/routers/jump.js";
import { local } from "../../../src/client/routing/routers/local.js";
import { mod } from "../../../src/client/routing/routers/mod.js";
import { rendezvous } from "../../../src/client/routing/routers/rendezvous.js";
import { ring } from "../../../src/client/routing/routers/ring.js";
import type { Router, RouterNode } from "../../../src/client/routing/types.js";
import {
  failingRouterCases,
  type RouterAbility,
  type RouterSubject,
  routerCases,
} from "../../../src/testing/router-suite.js";

/** Overrides parts of a sound router. */
function broken<State>(
  create: () => Router<State>,
  fault: (sound: Router<State>) => Partial<Router<State>>,
): () => Router {
  return () => {
    const sound = create();
    return { ...sound, ...fault(sound) };
  };
}

const even: readonly RouterAbility[] = ["spreads", "anyOrder"];
const full: readonly RouterAbility[] = ["spreads", "weights", "anyOrder", "appends", "anyMember"];
let salt = 0;

type Row = readonly RouterNode[];

const faults: Record<string, Omit<RouterSubject, "name">> = {
  "chooses at random": {
    abilities: ["spreads"],
    create: broken(mod, () => ({ route: (row) => row[Math.floor(Math.random() * row.length)] })),
  },
  "takes turns": {
    abilities: ["spreads"],
    create: broken(mod, () => {
      let turn = 0;
      return { route: (row) => row[turn++ % row.length] };
    }),
  },
  "hashes with a salt of its process": {
    abilities: even,
    create: broken(mod, () => {
      const own = String(salt++);
      return { route: (row, key) => row[murmur3(own + key) % row.length] };
    }),
  },
  "says that order does not matter, and numbers servers as they come": {
    abilities: even,
    create: broken(mod, () => ({ init: (nodes) => [...nodes] })),
  },
  "sorts the list that it is given": {
    abilities: even,
    create: broken(mod, () => ({
      init: (nodes) => (nodes as RouterNode[]).sort((a, b) => (a.url < b.url ? -1 : 1)),
    })),
  },
  "keeps the list that it is given": {
    abilities: [],
    create: broken(mod, () => ({ init: (nodes) => nodes })),
  },
  "knows one list only": {
    abilities: even,
    create: broken(mod, (sound) => {
      let first: Row | undefined;
      return {
        init(nodes) {
          first ??= sound.init(nodes);
          return first;
        },
      };
    }),
  },
  "mixes up its lists": {
    abilities: even,
    create: broken(mod, (sound) => {
      let last: Row = [];
      return {
        init(nodes) {
          last = sound.init(nodes);
          return last;
        },
        route: (_, key) => sound.route(last, key),
      };
    }),
  },
  "remembers where keys were": {
    abilities: full,
    create: broken(ring, (sound) => {
      const known = new Map<string, RouterNode>();
      return {
        route(state, key) {
          const node = known.get(key) ?? sound.route(state, key);
          known.set(key, node);
          return node;
        },
      };
    }),
  },
  "makes up a server": {
    abilities: [],
    create: broken(local, () => ({ route: () => ({ url: "http://nowhere", weight: 1 }) })),
  },
  "has no server for the empty key": {
    abilities: [],
    create: broken(mod, () => ({ route: (row, key) => row[key.length === 0 ? -1 : 0] })),
  },
  "fails on halves of pairs": {
    abilities: even,
    create: broken(mod, () => ({ route: (row, key) => row[murmur3(encodeURIComponent(key)) % row.length] })),
  },
  "looks at the start of keys only": {
    abilities: even,
    create: broken(mod, () => ({ route: (row, key) => row[murmur3(key.slice(0, 8)) % row.length] })),
  },
  "adds up characters": {
    abilities: even,
    create: broken(mod, () => ({
      route: (row, key) => row[[...key].reduce((sum, { length }) => sum + length, 0) % row.length],
    })),
  },
  "says that it gives all servers, and leaves one out": {
    abilities: full,
    create: broken(ring, (sound) => ({ nodes: (state) => sound.nodes(state).slice(1) })),
  },
  "gives servers that it was not given": {
    abilities: [],
    create: broken(local, (sound) => ({
      nodes: (state) => [...sound.nodes(state), { url: "http://nowhere", weight: 1 }],
    })),
  },
  "gives servers twice": {
    abilities: [],
    create: broken(local, () => ({ nodes: (state) => [state, state] })),
  },
  "gives no servers": { abilities: [], create: broken(local, () => ({ nodes: () => [] })) },
  "has no name": { abilities: [], create: broken(local, () => ({ name: "" })) },
  "takes weights and does not keep to them": {
    abilities: full,
    create: broken(rendezvous, (sound) => ({
      init: (nodes) => sound.init(nodes.map((node) => ({ ...node, weight: 1 }))),
    })),
  },
  "gives small weights too much": {
    abilities: full,
    create: broken(ring, (sound) => ({
      init: (nodes) => sound.init(nodes.map(({ url, weight }) => ({ url, weight: Math.ceil(weight) }))),
    })),
  },
  "takes weights without a word that it cannot keep to": {
    abilities: even,
    create: broken(mod, (sound) => ({
      init: (nodes) => sound.init(nodes.map(({ url }) => ({ url, weight: 1 }))),
    })),
  },
  "has too few points to be even": { abilities: full, create: () => ring({ points: 4 }) },
  "says that it moves little, and hashes modulo": { abilities: ["appends"], create: mod },
  "says that any server may go, and numbers them": { abilities: ["anyMember"], create: jump },
  "shares weights out anew when they change": {
    abilities: ["weights", "anyMember"],
    create: broken(ring, (sound) => ({
      // Points by the share of all weights: those of every server change with one weight.
      init(nodes) {
        const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
        return sound.init(nodes.map(({ url, weight }) => ({ url: `${url}/${total}`, weight })));
      },
      route(state, key) {
        const { url, weight } = sound.route(state, key);
        return { url: url.slice(0, url.lastIndexOf("/")), weight };
      },
    })),
  },
};

const failures = new Map(
  Object.entries(faults).map(([name, subject]) => [
    name,
    failingRouterCases({ name, ...subject }).map((failure) => failure.name),
  ]),
);

describe("the suite fails on a router that", () => {
  for (const [name, failed] of failures) it(name, () => expect(failed).not.toEqual([]));
});

it("each case of the suite fails on one of them", () => {
  const failed = new Set([...failures.values()].flat());
  expect(routerCases.map(({ name }) => name).filter((name) => !failed.has(name))).toEqual([]);
});

it("the suite passes on the sound ones that those were made from", () => {
  for (const [create, abilities] of [
    [mod, even],
    [ring, full],
    [rendezvous, full],
    [local, []],
    [jump, even],
  ] as const) {
    const name = create().name;
    expect(failingRouterCases({ name, create: create as () => Router, abilities })).toEqual([]);
  }
});
