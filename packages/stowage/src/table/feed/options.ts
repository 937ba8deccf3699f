/** The options of `follow`, declared once. */
import { checked, wholeNumber } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import type { Key } from "../types.js";
import type { FollowOptions } from "./types.js";

export const followOptions = declareOptions({
  from: option({
    type: wholeNumber({ min: 0 }),
    default: undefined,
    defaultText: "now",
    meaning: "the sequence to begin behind: the `position` of an earlier follower",
  }),
  prefix: option({
    type: checked<Key>(
      "a string or bytes",
      (value) => typeof value === "string" || value instanceof Uint8Array,
    ),
    default: undefined,
    meaning: "only changes of keys that begin so, and those of no one key",
  }),
} satisfies Declares<FollowOptions>);
