/** Keys on the command line. */
import { usage } from "./failure.js";

/** @throws Failure for what no URL can say */
export function checkedKey(key: string): string {
  if ((key as string & { isWellFormed(): boolean }).isWellFormed()) return key;
  throw usage(`the key ${JSON.stringify(key)} has half of a surrogate pair; it must be Unicode`);
}

/** As it is, or quoted where it would disturb a terminal or what reads lines. */
export function shownKey(key: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return /[\x00-\x1f\x7f-\x9f]/.test(key) ? JSON.stringify(key) : key;
}
