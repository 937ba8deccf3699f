/** The sizes and times that a run works with: the full ones, and shorter ones for a quick look. */
import type { ZipfOptions } from "../harness/zipf.js";

export interface Settings {
  /** Keys that are there, each with a value of some 100 bytes of JSON. */
  keys: number;
  /** Length of the sequence of requests; a power of two, so that a position wraps with a mask. */
  draws: number;
  /** Before the clock runs, so that client and server are compiled. */
  settleMs: number;
  /** How long each figure is measured. */
  measuredMs: number;
}

export const fullSettings: Settings = { keys: 10_000, draws: 2 ** 16, settleMs: 1_000, measuredMs: 2_000 };
export const quickSettings: Settings = { keys: 1_000, draws: 2 ** 13, settleMs: 200, measuredMs: 300 };

export const lasting = (settings: Settings, seconds: number): Settings => ({
  ...settings,
  measuredMs: seconds * 1_000,
});

/** Every key as often as every other. */
export function sequencesOf({ keys, draws }: Settings): Record<"keys", Omit<ZipfOptions, "seed">> {
  return { keys: { items: keys, draws, skew: 0 } };
}
