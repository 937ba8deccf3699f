/** The options of `snapshot` and `load`, declared once, and the check of their path. */
import { InvalidArgumentError } from "../../base/errors.js";
import { functionOf } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import type { SnapshotOptions, SnapshotProgress } from "./types.js";

export const snapshotOptions = declareOptions({
  onProgress: option({
    type: functionOf<(progress: SnapshotProgress) => void>("(progress)"),
    default: undefined,
    meaning: "called after each block; throw in it to give up",
  }),
} satisfies Declares<SnapshotOptions>);

export function checkPath(path: unknown, where: string): asserts path is string {
  if (typeof path !== "string" || path === "")
    throw new InvalidArgumentError(where, "the path", path, "a file name");
}
