/**
 * The suites fail on a table that is broken: each mutant is the real table with one mistake, made by an edit of its source,
 * and each is found by the suite that stands beside it. An edit that does not fit the source any more is an error, so the list
 * keeps up with the code.
 */
import { describe, expect, it } from "vitest";
import { misfits } from "../support/bundle.js";
import { mutants } from "./mutants.js";
import { judgeBuild, type Suite } from "./suites.js";

/** Many times what the unbroken table takes. A mutant that makes a suite hang is found as well. */
const LIMIT_MS = 12_000;

/** Threads run as the system lets them: now and then one is through before the other has come to the place that is broken. */
const RUNS_MAX = 3;

describe("the suites find a table", () => {
  for (const { name, edits, foundBy } of mutants) {
    it(name, { timeout: 2 * RUNS_MAX * LIMIT_MS }, async () => {
      let verdict = await judgeBuild(foundBy, edits, LIMIT_MS);
      for (let runs = 1; runs < RUNS_MAX && !verdict.found; runs++)
        verdict = await judgeBuild(foundBy, edits, LIMIT_MS);
      expect(verdict.found, `${foundBy} found nothing. ${verdict.output}`).toBe(true);
    });
  }
});

describe("the list of mutants", () => {
  it("fits the sources", () => {
    expect(misfits(mutants.flatMap(({ edits }) => edits))).toEqual([]);
  });

  it("names suites that find nothing wrong with the real table", { timeout: 300_000 }, async () => {
    for (const suite of oneOfEach(mutants.map(({ foundBy }) => foundBy))) {
      const { found, output } = await judgeBuild(suite, [], 10 * LIMIT_MS);
      expect(found, `${suite}: ${output}`).toBe(false);
    }
  });
});

/** One suite of each kind; of the others, the tests beside them say it. */
function oneOfEach(suites: readonly Suite[]): Suite[] {
  return [...new Map(suites.map((suite) => [suite.split(":")[0], suite])).values()];
}
