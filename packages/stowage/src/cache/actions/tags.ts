/** invalidateTag: every entry that bears the tag is gone, at the cost of one. */
import { InvalidArgumentError } from "../../base/errors.js";
import { verbIndex } from "../services/stats.js";
import type { State } from "../state.js";

export function invalidateTag<K, V>(s: State<K, V>, tag: string): void {
  if (typeof tag !== "string") throw new InvalidArgumentError("invalidateTag", "tag", tag, "a text");
  s.stats.calls[verbIndex.invalidateTag]++;
  s.tags.invalidate(tag, s.watches.size > 0);
  if (s.outcomes.any) s.outcomes.invalidate(tag);
  s.janitor.wake();
}
