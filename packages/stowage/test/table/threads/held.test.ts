/**
 * Calls held up at each of their statements while something else happens. In CI each third place is tried, another third each
 * time; STOWAGE_SOAK=3 or more tries all of them.
 */
import { describe, expect, it } from "vitest";
import { bundle } from "../support/bundle.js";
import { soak } from "../support/soak.js";
import { heldEverywhere } from "./held.js";
import { heldCases } from "./held-cases.js";

const worker = new URL("./held.worker.ts", import.meta.url);
const STRIDE = 3;
const from = Number(process.env.STOWAGE_SEED ?? Date.now() % 1_000);

describe(`held up anywhere (STOWAGE_SEED=${from})`, () => {
  for (const [name, one] of Object.entries(heldCases)) {
    it(name, { timeout: 120_000 }, async () => {
      const script = await bundle(worker, { steps: true });
      const places = await heldEverywhere({ ...one, script, stride: soak >= STRIDE ? 1 : STRIDE, from });
      expect(places).toBeGreaterThan(10);
    });
  }
});
