/**
 * Counts of passed and failed tests, read from vitest's JSON report, and the line they are printed as.
 *
 * A run that failed although no test did (an unhandled rejection, a file that did not load, no report at all)
 * counts as one failure: the line must never claim success for it. Skipped tests are in vitest's own summary.
 */
import { existsSync, readFileSync } from "node:fs";

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Report {
  numPassedTests: number;
  numFailedTests: number;
}

export function countOfReport(path: string, ok: boolean): Count {
  const found = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Report) : undefined;
  const failed = found?.numFailedTests ?? 0;
  return { passed: found?.numPassedTests ?? 0, failed: ok ? failed : Math.max(failed, 1) };
}

export function sum(counts: readonly Count[]): Count {
  return counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), {
    passed: 0,
    failed: 0,
  });
}

export function lineOf({ passed, failed }: Count): string {
  return `${passed} passed, ${failed} failed`;
}
