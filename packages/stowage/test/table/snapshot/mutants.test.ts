/** The scenes hold, and would not if a load did not look at checksums or a snapshot left out its second pass. */
import { describe, expect, it } from "vitest";
import { bundle, type Edit } from "../support/bundle.js";
import { soak } from "../support/soak.js";
import * as scenes from "./scenes.js";

const sound = { lost: 0, wrong: 0 };
const script = new URL("./scenes.ts", import.meta.url);

async function broken(...edits: Edit[]): Promise<typeof scenes> {
  return import(await bundle(script, { edits }));
}

const noSecondPass: Edit = {
  file: "snapshot/snapshot.ts",
  find: "await run.index(survey);",
  replace: "",
};
const noChecksum: Edit = {
  file: "snapshot/block-reader.ts",
  find: "(await this.#checksum(content)) !== head.crc",
  replace: "false",
};

describe("entries that are moved while a snapshot is written", () => {
  it("are in it: those that are written anew", async () => {
    expect(await scenes.rewritten()).toEqual(sound);
  }, 30_000);

  it("are in it: those that the cleaner moves", async () => {
    expect(await scenes.cleaned()).toEqual(sound);
  }, 30_000);

  it("would be lost without the second pass", async () => {
    const { rewritten, cleaned } = await broken(noSecondPass);
    expect((await rewritten()).lost).toBeGreaterThan(0);
    expect((await cleaned()).lost).toBeGreaterThan(0);
  }, 30_000);
});

describe("a damaged file", () => {
  const seeds = Array.from({ length: 25 * soak }, (_, index) => index + 1);

  it.each(scenes.damages)(
    "is never believed where it is damaged, and the damage is told: %s",
    async (how) => {
      for (const seed of seeds) expect([seed, await scenes.loadDamaged(how, seed)]).toEqual([seed, sound]);
    },
    60_000,
  );

  it(
    "would be, if the checksum were not looked at",
    async () => {
      const { loadDamaged } = await broken(noChecksum);
      let wrong = 0;
      for (const seed of seeds) wrong += (await loadDamaged("flip", seed).catch(() => sound)).wrong;
      expect(wrong).toBeGreaterThan(0);
    },
    60_000 * soak,
  );
});
