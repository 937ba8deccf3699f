/**
 * Threads terminated before any statement of what they do leave the table usable: others take over within a bounded time, and
 * at worst the item that was being written is lost.
 *
 * Each run tries other instants, chosen from a seed that a failure prints. STOWAGE_SOAK=20 tries twenty times as many.
 */
import { describe, expect, it } from "vitest";
import { bundle } from "../support/bundle.js";
import { soak } from "../support/soak.js";
import { killAmid } from "./kills.js";
import { scenarios } from "./scenarios.js";

const KILLS = 5;
/** What a takeover may take on a busy machine; without one an examination takes some milliseconds. */
const BOUND_MS = 2_000;

const worker = new URL("./kill.worker.ts", import.meta.url);
const seed = Number(process.env.STOWAGE_SEED ?? Date.now() % 1_000_000);

/** What threads are likely to wait for each other at. */
const twice = [
  "set over an old value",
  "set of a value over several segments",
  "delete",
  "a split of the index",
  "eviction for room",
] as const;

async function run(name: string, setting: { kills: number; twice?: boolean }): Promise<void> {
  const [stepped, plain] = await Promise.all([bundle(worker, { steps: true }), bundle(worker)]);
  const report = await killAmid(name, { stepped, plain, seed, ...setting });
  expect(report.kills).toBeGreaterThan(0);
  expect(report.slowestMs).toBeLessThan(BOUND_MS);
  expect(report.stats.takeovers).toBeGreaterThanOrEqual(name === "close" ? 1 : report.kills);
}

describe(`a thread killed anywhere (STOWAGE_SEED=${seed}) amid`, () => {
  for (const name of Object.keys(scenarios)) {
    it(name, { timeout: 60_000 * soak }, () => run(name, { kills: KILLS * soak }));
  }

  for (const name of twice) {
    it(`${name}, and so is the next one`, { timeout: 60_000 * soak }, () =>
      run(name, { kills: 3 * soak, twice: true }),
    );
  }
});
