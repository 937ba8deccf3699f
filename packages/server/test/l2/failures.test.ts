/** L2 that fails, and what becomes of a fleet meanwhile and after. */
import { afterAll, describe, it } from "vitest";
import * as scenes from "./failure-scenes.js";
import { endSharedRedis } from "./support.js";

afterAll(endSharedRedis);

describe("a server whose L2", () => {
  it("is down answers with what it has, within the bound", () => scenes.toldWhileAway("down"));
  it("is half open does the same", () => scenes.toldWhileAway("blackhole"));
  it("is down says so, if it is to", () => scenes.saysSoIfAsked());
  it("is slow does not wait for it", () => scenes.slowIsAway());
  it("is cut off again and again loses nothing that was acknowledged", () => scenes.cutAgainAndAgain());
});
