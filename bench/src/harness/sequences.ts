/** Draws the request sequences once and puts them into files, for all children to read the same. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ZipfOptions, zipfSequence } from "./zipf.js";

const seed = 20;

/** Zipf's exponent everywhere: that of the YCSB benchmark, and of many a web trace. */
export const zipfSkew = 0.99;

export interface SequenceFiles {
  /** Where they lie. */
  folder: string;
  paths: Record<string, string>;
  remove(): void;
}

export function writeSequences(wanted: Record<string, Omit<ZipfOptions, "seed">>): SequenceFiles {
  const folder = mkdtempSync(join(tmpdir(), "stowage-bench-"));
  const paths = Object.entries(wanted).map(([name, options]) => {
    const path = join(folder, name);
    writeFileSync(path, zipfSequence({ ...options, seed }));
    return [name, path];
  });
  return {
    folder,
    paths: Object.fromEntries(paths),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** In a child: the sequence in that file. */
export function readSequence(path: string): Uint32Array {
  const bytes = readFileSync(path);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / Uint32Array.BYTES_PER_ELEMENT);
}
