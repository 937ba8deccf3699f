/** Every router of the client, and one as a user would write it. */

import { jump } from "../../../src/client/routing/routers/jump.js";
import { local } from "../../../src/client/routing/routers/local.js";
import { mod } from "../../../src/client/routing/routers/mod.js";
import { rendezvous } from "../../../src/client/routing/routers/rendezvous.js";
import { ring } from "../../../src/client/routing/routers/ring.js";
import type { Router, RouterNode } from "../../../src/client/routing/types.js";
import type { RouterSubject } from "../../../src/testing/router-suite.js";

/** By the first letter: what starts with a vowel to the first server by url, all else to the last. */
const byVowel = (): Router<readonly RouterNode[]> => ({
  name: "by-vowel",
  init: (nodes) => [...nodes].sort((a, b) => (a.url < b.url ? -1 : 1)),
  nodes: (state) => state,
  route: (state, key) => (/^[aeiou]/.test(key) ? state[0] : state[state.length - 1]),
});

export const subjects: readonly RouterSubject[] = [
  { name: "local", create: () => local(), abilities: [] },
  { name: "mod", create: () => mod(), abilities: ["spreads", "anyOrder"] },
  { name: "jump", create: () => jump(), abilities: ["spreads", "anyOrder", "appends"] },
  {
    name: "ring",
    create: () => ring(),
    abilities: ["spreads", "weights", "anyOrder", "appends", "anyMember"],
  },
  {
    name: "rendezvous",
    create: () => rendezvous(),
    abilities: ["spreads", "weights", "anyOrder", "appends", "anyMember"],
  },
  { name: "a user's own", create: byVowel, abilities: ["anyOrder"] },
];
