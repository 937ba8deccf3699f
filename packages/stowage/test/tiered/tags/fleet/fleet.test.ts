/** Several processes over one store and one bus, in every order that random scripts find: nobody believes what is out of date. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultOfLateReader } from "./late-reader.js";
import { faultOfScript, healthy, troubled } from "./property.js";

describe("a fleet", () => {
  it("keeps nothing that was read while the news of a change were lost", async () =>
    expect(await faultOfLateReader()).toBe(undefined));

  it("believes nothing that is out of date, in any order of what is under way", () =>
    fc.assert(
      fc.asyncProperty(healthy, async (steps) => {
        expect((await faultOfScript(steps)).fault).toBe(undefined);
      }),
      { numRuns: 300 },
    ));

  it("nor while messages are lost, doubled, refused, connections break, L2 fails, loses its epoch, and processes die", () =>
    fc.assert(
      fc.asyncProperty(troubled, async (steps) => {
        expect((await faultOfScript(steps)).fault).toBe(undefined);
      }),
      { numRuns: 700 },
    ));
});
