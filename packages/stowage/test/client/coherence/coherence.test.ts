/**
 * The bound on staleness, with real processes: writers, readers with near caches, a server with two workers, and between each
 * reader and the server a network that is cut, half open, slow, or stands still.
 *
 * STOWAGE_COHERENCE_SECONDS=300 looks for longer than CI's few seconds; STOWAGE_COHERENCE_SEED begins elsewhere.
 */
import { describe, expect, it } from "vitest";
import { quantile } from "./checker.js";
import { type RunOptions, type RunReport, run } from "./run.js";

const seconds = Number(process.env.STOWAGE_COHERENCE_SECONDS ?? 6);
const seed = Number(process.env.STOWAGE_COHERENCE_SEED ?? 1);
const BOUND_MS = 1_000;

/** What must hold in every run, and that it was a run in which something could have gone wrong. */
function expectCoherence(report: RunReport): void {
  expect(report.broken).toEqual([]);
  const { readers } = report;
  expect(readers.flatMap(({ ownStale }) => ownStale)).toEqual([]);
  expect(sum(readers.map(({ ownReads }) => ownReads))).toBeGreaterThan(5);
  for (const { near, reads, leftOut } of readers) {
    expect(near).toBeGreaterThan(100);
    expect(leftOut / reads).toBeLessThan(0.5);
  }
  expect(report.lingered.length).toBeGreaterThan(20);
}

function tell(what: string, { lingered, readers, writers, troubles }: RunReport): void {
  const figures = [0.5, 0.9, 0.99, 1].map((share) => `${quantile(lingered, share).toFixed(1)} ms`);
  const writes = sum(writers.map((report) => report.writes.length));
  const near = sum(readers.map((report) => report.near));
  const overtaken = sum(readers.map((report) => report.overtaken));
  console.log(
    `${what}: ${writes} writes, ${near} near hits, ${overtaken} fills refused, ${troubles} troubles, ${lingered.length} values seen that were changed; a value was still given out for (median, p90, p99, most) ${figures.join(", ")} after it had been changed`,
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

async function runAndTell(what: string, options: Partial<RunOptions>): Promise<RunReport> {
  const report = await run({ seconds, boundMs: BOUND_MS, seed, isStormy: false, ...options });
  tell(what, report);
  return report;
}

describe("readers of a near cache", { timeout: seconds * 4_000 + 60_000 }, () => {
  it("see nothing that is older than the bound, whatever the network does", async () => {
    expectCoherence(await runAndTell("storm", { isStormy: true }));
  });

  it("see nothing that is older than the bound when the server is killed and comes back empty", async () => {
    expectCoherence(await runAndTell("restart", { isStormy: true, restarts: true, seed: seed + 1 }));
  });

  it("see changes within some milliseconds in calm weather", async () => {
    const report = await runAndTell("calm", { isDirect: true });
    expectCoherence(report);
    expect(quantile(report.lingered, 0.5)).toBeLessThan(BOUND_MS / 4);
  });
});
