/** What runners.test.ts runs in a process of its own: the suite under node:test. */
import { describe, it } from "node:test";
import { Cache } from "stowage";
import { allAbilities, cacheSuite } from "stowage/testing";

cacheSuite(
  {
    name: "under node:test",
    create: (options) => new Cache<unknown, unknown>(options),
    abilities: allAbilities(),
  },
  { describe, it },
);
