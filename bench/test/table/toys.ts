/** Sizes at which a whole run takes seconds. */
import type { Settings } from "../../src/table/settings.js";

export const toySettings: Settings = {
  small: 300,
  large: 1_000,
  huge: 20_000,
  saved: 500,
  draws: 2 ** 12,
  batchOps: 2 ** 11,
  batchMsMax: 5,
  warmupBatches: 1,
  batches: 2,
  threadBatches: 2,
};
