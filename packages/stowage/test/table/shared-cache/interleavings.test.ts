/** Invariants 1 and 2 over random interleavings; and that broken leases are found by them. */
import { describe, expect, it } from "vitest";
import { bundle, type Edit } from "../support/bundle.js";
import { Hand } from "../support/crew.js";
import { soak } from "../support/soak.js";
import { holdsInAny } from "./interleavings.js";

const RUNS = 200;
/** A broken table is found in a few of them; always the same, since chance has no business here. */
const MUTANT_RUNS = 3_000;
const seed = Number(process.env.STOWAGE_SEED ?? Date.now() % 1_000_000);
const worker = new URL("./interleavings.worker.ts", import.meta.url);

const mutants: Readonly<Record<string, readonly Edit[]>> = {
  "do not learn of writes": [
    { file: "leases/leases.ts", find: "Atomics.add(words, at + L_MARK, 1);", replace: "{}" },
  ],
  "do not learn of clear": [
    { file: "leases/leases.ts", find: "Atomics.add(this.#words, at + L_MARK, 1);", replace: "{}" },
  ],
  "are had by all who ask": [
    { file: "leases/leases.ts", find: "return this.#refusal(held);", replace: "{}" },
  ],
  "are not asked when a value is stored": [
    {
      file: "shared-cache/shelf.ts",
      find: "const guard = (): boolean => s.t.leases.isGood(this.#token);",
      replace: "const guard = undefined;",
    },
  ],
  "do not look at tags, neither before a fill nor in it": [
    {
      file: "shared-cache/shelf.ts",
      find: 'return this.#state.t.tags.invalidatedSince(hashTags(tags, "fetch"), this.#sequence);',
      replace: "return false;",
    },
    { file: "shared-cache/shelf.ts", find: "tagSequence: this.#sequence", replace: "" },
  ],
  "remember nothing found although it was written": [
    {
      file: "leases/leases.ts",
      find: "return this.#words[at + L_MARK] !== 0 || this.#isInvalid(at);",
      replace: "return false;",
    },
  ],
};

async function interleave(edits: readonly Edit[]): Promise<void> {
  const hand = await Hand.start({ script: await bundle(worker, { edits }) });
  try {
    await hand.call("interleave", { runs: MUTANT_RUNS, seed: 1 });
  } finally {
    await hand.kill();
  }
}

describe(`invariants 1 and 2 (STOWAGE_SEED=${seed})`, () => {
  it("hold whatever three attachments do in whatever order", { timeout: 60_000 * soak }, async () => {
    await holdsInAny(RUNS * soak, seed);
  });

  for (const [name, edits] of Object.entries(mutants)) {
    it(`are seen to break with leases that ${name}`, { timeout: 60_000 }, async () => {
      await expect(interleave(edits)).rejects.toThrow(/Property failed/);
    });
  }
});
