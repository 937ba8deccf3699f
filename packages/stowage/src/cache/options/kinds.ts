/** Kinds of value that several declarations share. */
import {
  choice,
  duration,
  either,
  listOf,
  type OptionType,
  realNumber,
  refused,
} from "../../base/option-types.js";

const never = choice(null);
export const ratio = realNumber({ min: 0, max: 1 });
export const durationOrNever = either(duration, never);
export const tagList: OptionType<readonly string[]> = listOf({
  text: "a text",
  parse: (value) => (typeof value === "string" ? value : refused),
});
export const weightType = realNumber({ min: 0 });
