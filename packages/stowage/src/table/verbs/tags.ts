/** invalidateTag. */
import { C_WATCHERS } from "../memory/layout.js";
import type { TableState } from "../state.js";
import { hashTag } from "../tags.js";
import { stat } from "../threads/stats.js";

const TAGS = stat("tagsInvalidated");

export function invalidateTag(t: TableState, tag: string): void {
  const [lo, hi] = hashTag(tag, "invalidateTag");
  t.tags.invalidate(lo, hi);
  t.own[TAGS]++;
  if (t.control[C_WATCHERS] !== 0) t.ring?.noteTag(lo, hi, Buffer.from(tag, "utf8"));
}
