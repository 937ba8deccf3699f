/**
 * invalidateTag, invalidateTags, clear: many entries at the cost of one. L2 counts a number up (tiered/tags), everybody's L1 drops what
 * it has, and whatever is being read or loaded is void.
 *
 * L1 drops twice: before, so that a reader in this process does not see the old values while L2 is being told; and after, since what was
 * read from L2 meanwhile may be old. What L2 does not take is owed (l2/parts.ts).
 */
import { InvalidArgumentError } from "../../base/errors.js";
import { dropSpace, dropTags } from "../l1/drops.js";
import { isAway } from "../l2/trouble.js";
import type { TieredState } from "../state.js";
import { checkTags } from "./write.js";

/** Without L2, nobody counts. */
const NO_EPOCH = 0;

export function invalidateTag(s: TieredState, tag: string): Promise<void> {
  return invalidateAll(s, [tag], "invalidateTag");
}

export function invalidateTags(s: TieredState, tags: Iterable<string>): Promise<void> {
  return invalidateAll(s, tags, "invalidateTags");
}

async function invalidateAll(s: TieredState, given: Iterable<string>, where: string): Promise<void> {
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given))
    throw new InvalidArgumentError(where, "tags", given, "a list of texts");
  const tags = [...new Set(given)];
  for (const tag of tags)
    if (typeof tag !== "string") throw new InvalidArgumentError(where, "tag", tag, "a text");
  checkTags(s, where);
  if (tags.length === 0) return;
  const marks = tags.map((tag) => s.keys.tagMark(tag));
  await invalidate(s, marks, () => dropTags(s, tags));
}

/** The namespace, and all namespaces in it; counters stay. */
export async function clear(s: TieredState): Promise<void> {
  await invalidate(s, [s.keys.mark], () => dropSpace(s));
}

async function invalidate(s: TieredState, marks: readonly string[], drop: () => void): Promise<void> {
  const { bus, l2, isStrict } = s.hub;
  drop();
  let epoch = NO_EPOCH;
  try {
    if (l2 !== null) epoch = await l2.validity.invalidate(marks);
  } catch (error) {
    if (!isAway(error)) throw error;
    l2?.debts.oweMarks(marks);
    if (isStrict) throw error;
  } finally {
    if (!s.hub.isClosed) drop();
    bus?.publishTags(marks, epoch);
  }
}
