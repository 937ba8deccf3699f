/** The promises of checks.ts, and the mistakes that they find. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bundle, type Edit, misfits } from "../support/bundle.js";
import { type CheckName, checkNames, checks } from "./checks.js";
import { mutants } from "./mutants.js";

/** Many times what any check takes. A table that hangs is found as well. */
const LIMIT_MS = 20_000;
const FOUND = 3;

/** Runs a check over a build with these edits, in a process of its own: a broken table may loop for ever. */
async function finds(check: CheckName, edits: readonly Edit[]): Promise<boolean> {
  const program = await bundle(new URL("./checks.program.ts", import.meta.url), { edits });
  const { status, signal, stderr } = spawnSync(process.execPath, [program, check], { timeout: LIMIT_MS });
  if (signal === null && status !== 0 && status !== FOUND) throw new Error(String(stderr));
  return signal !== null || status === FOUND;
}

describe("reclaim", () => {
  for (const name of checkNames) it(name, { timeout: 60_000 }, checks[name]);
});

describe("a check finds a table", () => {
  for (const { name, edits, foundBy } of mutants) {
    it(name, { timeout: 2 * LIMIT_MS }, async () => {
      expect(await finds(foundBy, edits), `"${foundBy}" found nothing`).toBe(true);
    });
  }

  it("only if there is something to find", { timeout: checkNames.length * LIMIT_MS }, async () => {
    for (const name of checkNames) expect(await finds(name, []), name).toBe(false);
  });

  it("that fits the sources", () => {
    expect(misfits(mutants.flatMap(({ edits }) => edits))).toEqual([]);
  });
});
