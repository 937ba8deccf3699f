/**
 * The sizes that a run works with: the full ones, which the row names speak of, and smaller ones for a quick look
 * and for tests. Sequence lengths and chunks are powers of two, so that a position wraps with a mask.
 */
import { zipfSkew } from "../harness/sequences.js";
import type { Timing } from "../harness/timed.js";
import type { ZipfOptions } from "../harness/zipf.js";

export interface Settings extends Timing {
  /** Entries of the rows named 10k, 100k and 1m, and sets of the stall rows (2m). */
  small: number;
  middle: number;
  large: number;
  stall: number;
  /** Keys that get-or-set asks for; its cache holds a tenth. */
  universe: number;
  /** Length of the request sequences: over small and middle, and over the universe. */
  draws: number;
  universeDraws: number;
  /** Operations before get-or-set is timed: its cache has to be full and settled. */
  settleOps: number;
}

/** What a request sequence is drawn over. */
export type SequenceSize = "small" | "middle" | "universe";

export function sequencesOf(settings: Settings): Record<SequenceSize, Omit<ZipfOptions, "seed">> {
  const over = (size: SequenceSize) => {
    const draws = size === "universe" ? settings.universeDraws : settings.draws;
    return { items: settings[size], draws, skew: zipfSkew };
  };
  return { small: over("small"), middle: over("middle"), universe: over("universe") };
}

export const fullSettings: Settings = {
  small: 10_000,
  middle: 100_000,
  large: 1_000_000,
  stall: 2_000_000,
  universe: 1_000_000,
  draws: 2 ** 18,
  universeDraws: 2 ** 22,
  settleOps: 2 ** 20,
  batchOps: 2 ** 18,
  batchMsMax: 100,
  warmupBatches: 2,
  batches: 5,
};

/** A tenth of the large sizes: shows a gross mistake within a minute, and is not for quoting. */
export const quickSettings: Settings = {
  small: 10_000,
  middle: 20_000,
  large: 100_000,
  stall: 200_000,
  universe: 100_000,
  draws: 2 ** 17,
  universeDraws: 2 ** 18,
  settleOps: 2 ** 17,
  batchOps: 2 ** 15,
  batchMsMax: 10,
  warmupBatches: 2,
  batches: 3,
};

/**
 * For libraries that need microseconds an operation: filling and settling a million entries over and over would take
 * most of the run. Only the rows marked as reducible depend on what is smaller here, and their cells say so.
 */
export function reduced(settings: Settings): Settings {
  return {
    ...settings,
    large: Math.ceil(settings.large / 5),
    stall: Math.ceil(settings.stall / 5),
    settleOps: Math.ceil(settings.settleOps / 2),
    batchOps: Math.ceil(settings.batchOps / 8),
  };
}
