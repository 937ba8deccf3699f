/** Two servers of one fleet: what is written at one is seen at the other. */
import { afterAll, describe, it } from "vitest";
import * as scenes from "./scenes.js";
import { endSharedRedis } from "./support.js";

afterAll(endSharedRedis);

describe("a fleet", () => {
  it("sees what is written, at once at the server that wrote it", () => scenes.writesAreSeen());
  it("is answered by the tables", () => scenes.copiesAnswer());
  it("sees tags, prefixes and clear", () => scenes.invalidationsAreSeen());
  it("counts together", () => scenes.countsTogether());
  it("compares and sets together", () => scenes.comparesAndSets());
  it("does not keep what was overtaken on its way", () => scenes.overtakenIsNotKept());
  it("keeps the last of many writes", () => scenes.tableKeepsTheLast());
  it("has the entry's times, and looks again after --l1-ttl", () => scenes.timesAreThoseOfTheEntry());
  it("is listed as a whole", () => scenes.pagesAreOfTheFleet());
  it("tells of L2", () => scenes.tellsOfL2());
  it("keeps answers apart", () => scenes.answersAreKeptApart());
  it("goes on reading when Redis is full", () => scenes.fullIsNotAway());
  it("leaves others' keys alone", () => scenes.otherKeysStay());
});
