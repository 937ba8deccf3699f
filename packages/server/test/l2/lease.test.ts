/** Leases of a fleet: the races of two workers of one server, at two servers. */
import { afterAll, describe, it } from "vitest";
import * as batches from "../routes/v1/batch-scenes.js";
import * as scenes from "../routes/v1/lease-scenes.js";
import { withServers } from "../routes/v1/support.js";
import { endSharedRedis, useFleets } from "./support.js";

useFleets();
afterAll(endSharedRedis);

describe("in a fleet, a fill is refused after", () => {
  for (const by of ["delete", "lix", "keys", "prefix", "tag", "clear", "overwrite"] as const) {
    it(`${by}, at another server`, () => scenes.invalidatedWhileLoaded(by, false));
    it(`${by}, and that there was nothing is not believed`, () => scenes.nothingIsTooLate(by, false));
  }
  it("no change of other keys", () => scenes.untouchedWhileLoaded());
});

describe("of all who ask, at all servers,", () => {
  it("one loads", () => scenes.oneLoads());
  for (const what of ["fill", "release", "delete", "set"] as const)
    it(`those who wait are woken by ${what}`, () => scenes.wokenBy(what));
  it("those who wait are woken at once", () => scenes.wokenByBell());
  it("one who has gone gets nothing", () => scenes.waiterGone());
  it("one renews what is fresh", () => scenes.renewsFresh());
  it("those who want what is newer wait for it", () => scenes.waitsForNewer());
  it("a lease is bound to its key", () => scenes.tokensAreBound());
});

it("no write of many is lost, at two servers", () =>
  withServers([{}, {}], async (here, there) => {
    let turn = 0;
    await batches.losesNoWrite(async (operation) => {
      const client = turn++ % 2 ? here : there;
      return (await client.post("/v1/batch", { operations: [operation] })).json.results[0];
    });
  }));
