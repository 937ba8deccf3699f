/** What single calls take: size, prune, transaction, warm, stream. */
import { flag, functionOf, wholeNumber } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import type { StreamQuery } from "../types.js";
import { ratio, tagList } from "./kinds.js";

// biome-ignore lint/suspicious/noExplicitAny: options are declared once for caches of all types of key and value
type Any = any;

export const sizeOptions = declareOptions({
  expired: option({
    type: flag,
    default: true,
    meaning: "whether entries that expired but are still there count",
  }),
});
export const pruneOptions = declareOptions({
  reclaim: option({ type: ratio, default: 0.1, meaning: "the share of the size to evict beyond it" }),
});
export const transactionOptions = declareOptions({
  retries: option({
    type: wholeNumber({ min: 0, max: 1_000 }),
    default: 5,
    meaning: "how often it runs again after a conflict",
  }),
});
export const warmOptions = declareOptions({
  only: option<readonly string[], null>({
    type: tagList,
    default: null,
    defaultText: "all",
    meaning: "the warmers to run",
  }),
  wait: option({ type: flag, default: true, meaning: "whether the promise waits until they have run" }),
});
export const streamOptions = declareOptions({
  where: option<((entry: Any) => boolean) | null>({
    type: functionOf("(entry) => boolean"),
    default: null,
    meaning: "which entries",
  }),
  select: option<((entry: Any) => unknown) | null>({
    type: functionOf("(entry) => unknown"),
    default: null,
    meaning: "what of them",
  }),
  expired: option({ type: flag, default: false, meaning: "also entries that expired but are still there" }),
  buffer: option({
    type: wholeNumber({ min: 1 }),
    default: 256,
    meaning: "entries looked at before other work has a turn",
  }),
} satisfies Declares<StreamQuery<Any, Any, Any>>);
