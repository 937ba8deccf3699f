/** The closing line of `npm test` counts what vitest reported, and never hides a failed run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { countOfReport, lineOf, sum } from "../count.js";

const folder = mkdtempSync(join(tmpdir(), "stowage-count-"));
const report = join(folder, "report.json");
afterAll(() => rmSync(folder, { recursive: true }));

describe("the count of a report", () => {
  it("is what vitest says", () => {
    writeFileSync(report, JSON.stringify({ numPassedTests: 7, numFailedTests: 2 }));
    expect(countOfReport(report, false)).toEqual({ passed: 7, failed: 2 });
  });

  it("has a failure when the run failed although no test did", () => {
    writeFileSync(report, JSON.stringify({ numPassedTests: 7, numFailedTests: 0 }));
    expect(countOfReport(report, false)).toEqual({ passed: 7, failed: 1 });
    expect(countOfReport(report, true)).toEqual({ passed: 7, failed: 0 });
  });

  it("has a failure when there is no report", () => {
    expect(countOfReport(join(folder, "none.json"), false)).toEqual({ passed: 0, failed: 1 });
  });
});

describe("the line", () => {
  it("adds up all counts", () => {
    const counts = [
      { passed: 1, failed: 0 },
      { passed: 10, failed: 2 },
    ];
    expect(lineOf(sum(counts))).toBe("11 passed, 2 failed");
  });
});
