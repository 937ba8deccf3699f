/** The sizes and times that a run works with: the full ones, and shorter ones for a quick look. */
import type { ZipfOptions } from "../harness/zipf.js";

export interface Settings {
  /** Keys that are there, each with a value of some 100 bytes of JSON. */
  keys: number;
  /** Length of the sequence of requests; a power of two, so that a position wraps with a mask. */
  draws: number;
  /** After connecting, in rows about L1: what a library does once in its first seconds (emptying L1, say) is not measured. */
  startMs: number;
  /** Before the clock runs, so that everything is compiled. */
  settleMs: number;
  /** How long each figure is measured. */
  measuredMs: number;
  /** Entries that bear the tag which is invalidated. */
  tagged: number;
  /** How long L2 hangs in the probe about that; an answer has to be there in half of it. */
  hangMs: number;
}

export const fullSettings: Settings = {
  keys: 10_000,
  draws: 2 ** 16,
  startMs: 6_000,
  settleMs: 1_000,
  measuredMs: 2_000,
  tagged: 100,
  hangMs: 4_000,
};
export const quickSettings: Settings = {
  keys: 1_000,
  draws: 2 ** 13,
  startMs: 6_000,
  settleMs: 200,
  measuredMs: 300,
  tagged: 100,
  hangMs: 4_000,
};

export const lasting = (settings: Settings, seconds: number): Settings => ({
  ...settings,
  measuredMs: seconds * 1_000,
});

/** Every key as often as every other. */
export function sequencesOf({ keys, draws }: Settings): Record<"keys", Omit<ZipfOptions, "seed">> {
  return { keys: { items: keys, draws, skew: 0 } };
}
