/** Draws the request sequences once and puts them into files, for all children to read the same. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipfSequence } from "../harness/zipf.js";
import { type SequenceSize, type Settings, sequenceSizes, zipfSkew } from "./settings.js";

const seed = 20;

export interface SequenceFiles {
  paths: Record<SequenceSize, string>;
  remove(): void;
}

export function writeSequences(settings: Settings): SequenceFiles {
  const folder = mkdtempSync(join(tmpdir(), "stowage-bench-"));
  const write = (size: SequenceSize): [SequenceSize, string] => {
    const draws = size === "universe" ? settings.universeDraws : settings.draws;
    const path = join(folder, size);
    writeFileSync(path, zipfSequence({ items: settings[size], draws, skew: zipfSkew, seed }));
    return [size, path];
  };
  return {
    paths: Object.fromEntries(sequenceSizes.map(write)) as Record<SequenceSize, string>,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
