/** The sizes and times that a run works with: the full ones, and shorter ones for a quick look. */
import { zipfSkew } from "../harness/sequences.js";
import type { ZipfOptions } from "../harness/zipf.js";

export interface Settings {
  /** Items of 100 bytes and of 1 KiB, and counters. */
  items: number;
  /** Items of 10 KiB. */
  blobs: number;
  /** Items of the rows about memory, named 100k and 1m. */
  memorySmall: number;
  memoryLarge: number;
  /** Length of the request sequences. */
  draws: number;
  /** What a server is asked for when it has just been started and filled, so that it is compiled. */
  settleMs: number;
  /** Before each figure, off the clock. */
  warmupMs: number;
  /** How long each figure is measured. */
  measuredMs: number;
}

export const fullSettings: Settings = {
  items: 100_000,
  blobs: 20_000,
  memorySmall: 100_000,
  memoryLarge: 1_000_000,
  draws: 2 ** 20,
  settleMs: 1_000,
  warmupMs: 200,
  measuredMs: 1_000,
};

export const quickSettings: Settings = {
  ...fullSettings,
  items: 20_000,
  blobs: 2_000,
  memorySmall: 20_000,
  memoryLarge: 100_000,
  draws: 2 ** 17,
  settleMs: 300,
  warmupMs: 100,
  measuredMs: 300,
};

export const lasting = (settings: Settings, seconds: number): Settings => ({
  ...settings,
  measuredMs: seconds * 1_000,
});

/** How the keys of requests are drawn. */
export type Keys = "uniform" | "zipf";

/** By `sequenceName`. */
export function sequencesOf({ items, blobs, draws }: Settings): Record<string, Omit<ZipfOptions, "seed">> {
  return {
    [sequenceName("uniform", items)]: { items, draws, skew: 0 },
    [sequenceName("zipf", items)]: { items, draws, skew: zipfSkew },
    [sequenceName("uniform", blobs)]: { items: blobs, draws, skew: 0 },
    [sequenceName("zipf", blobs)]: { items: blobs, draws, skew: zipfSkew },
  };
}

export function sequenceName(keys: Keys, items: number): string {
  return `${keys}-${items}`;
}
