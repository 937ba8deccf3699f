/** The sizes that a run works with: the full ones, which the row names speak of, and smaller ones for a quick look. */
import { zipfSkew } from "../harness/sequences.js";
import type { Timing } from "../harness/timed.js";
import type { ZipfOptions } from "../harness/zipf.js";

export interface Settings extends Timing {
  /** Items of the rows named 100k, 1m and 5m. */
  small: number;
  large: number;
  huge: number;
  /** Values of 1 KiB that are saved and loaded. */
  saved: number;
  /** Length of the request sequences; a power of two, so that a position wraps with a mask. */
  draws: number;
  /** How often one thread alone, and all threads together, are timed in the rows with threads. */
  threadBatches: number;
}

export type Size = "small" | "large" | "huge";

export const fullSettings: Settings = {
  small: 100_000,
  large: 1_000_000,
  huge: 5_000_000,
  saved: 1_000_000,
  draws: 2 ** 21,
  batchOps: 2 ** 18,
  batchMsMax: 100,
  warmupBatches: 2,
  batches: 5,
  threadBatches: 10,
};

/** A tenth of the large sizes: shows a gross mistake within a minute or two, and is not for quoting. */
export const quickSettings: Settings = {
  small: 20_000,
  large: 100_000,
  huge: 500_000,
  saved: 100_000,
  draws: 2 ** 18,
  batchOps: 2 ** 15,
  batchMsMax: 20,
  warmupBatches: 2,
  batches: 3,
  threadBatches: 4,
};

export function sequencesOf(settings: Settings): Record<Size, Omit<ZipfOptions, "seed">> {
  const over = (size: Size) => ({ items: settings[size], draws: settings.draws, skew: zipfSkew });
  return { small: over("small"), large: over("large"), huge: over("huge") };
}

/** Every key is `user:` and fifteen digits. */
export const keyBytes = 20;
