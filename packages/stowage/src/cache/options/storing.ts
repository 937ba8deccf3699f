/** What storing a value takes: `set` and all verbs that store. How it is resolved stands in core/lifetime.ts. */
import { realNumber } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import type { SetOptions } from "../types.js";
import { durationOrNever, tagList, weightType } from "./kinds.js";

export const storing = {
  ttl: option<number | null, undefined>({
    type: durationOrNever,
    default: undefined,
    defaultText: "the cache's",
    meaning: "how long the entry lives; null: for ever",
  }),
  idle: option<number | null, undefined>({
    type: durationOrNever,
    default: undefined,
    defaultText: "the cache's",
    meaning: "how long it stays after its last use; null: for ever",
  }),
  tags: option<readonly string[]>({
    type: tagList,
    default: Object.freeze([]),
    meaning: "what invalidateTag finds it by",
  }),
  weight: option<number, undefined>({
    type: weightType,
    default: undefined,
    defaultText: "by the weigher, else 1",
    meaning: "its weight",
  }),
};

export const setOptions = declareOptions(storing satisfies Declares<SetOptions>);

export const counterOptions = declareOptions({
  ...storing,
  default: option({ type: realNumber(), default: 0, meaning: "where an absent key begins" }),
});
