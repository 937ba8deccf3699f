/** What concerns many keys of L2: each of its servers is walked, page by page. */
import type { Found, Marked } from "./records.js";
import type { Tier } from "./tier.js";

export interface Listed {
  readonly key: string;
  readonly found: Found;
}

export interface Page {
  readonly entries: readonly Listed[];
  /** Where to go on; null: that was all. */
  readonly cursor: string | null;
}

const CURSOR = /^(\d{1,4})\.(\d{1,20})$/;

/** Removes all keys that begin so; how many entries went. Those who load one of them are overtaken. */
export async function removePrefix(tier: Tier, prefix: string): Promise<number> {
  let count = 0;
  try {
    await walk(tier, prefix, async (keys) => {
      count += await countOf(tier, await tier.records.removeAll(keys));
    });
  } finally {
    await tier.shelf.dropPrefix(prefix);
    await tier.coherence.wrotePrefix(prefix);
  }
  return count;
}

/** Removes everything that is this fleet's. */
export async function removeAll(tier: Tier): Promise<number> {
  let count = 0;
  try {
    await walk(tier, "", async (keys) => {
      count += await countOf(tier, await tier.records.removeAll(keys));
    });
  } finally {
    tier.shelf.clear();
    await tier.coherence.wroteAll();
  }
  return count;
}

/** A part of the entries whose keys begin so, in no order. @param cursor that of the page before; null: the first one */
export async function pageOf(
  tier: Tier,
  prefix: string,
  cursor: string | null,
  withValues: boolean,
): Promise<Page> {
  const [, at, place] = CURSOR.exec(cursor ?? "0.0") ?? ["", "0", "0"];
  const masters = await tier.records.masters();
  const index = Number(at);
  if (index >= masters.length) return { entries: [], cursor: null };
  const page = await tier.records.scan(masters[index], prefix, place);
  const keys = [...new Set(page.keys)];
  const found = keys.length === 0 ? [] : await tier.records.read(keys, withValues);
  const valid = await validOf(tier, found);
  const entries = keys.flatMap((key, n): Listed[] => (valid[n] ? [{ key, found: found[n]! }] : []));
  const next = page.cursor === "0" ? [index + 1, "0"] : [index, page.cursor];
  return { entries, cursor: next[0] === masters.length ? null : next.join(".") };
}

export function isCursor(text: string): boolean {
  return CURSOR.test(text);
}

async function walk(
  tier: Tier,
  prefix: string,
  visit: (keys: readonly string[]) => Promise<void>,
): Promise<void> {
  const { records } = tier;
  for (const master of await records.masters()) {
    for (let cursor = "0"; ; ) {
      const page = await records.scan(master, prefix, cursor);
      if (page.keys.length > 0) await visit(page.keys);
      cursor = page.cursor;
      if (cursor === "0") break;
    }
  }
}

/** Those that were there, and not invalid by a tag. */
async function countOf(tier: Tier, before: readonly (Marked | undefined)[]): Promise<number> {
  return (await validOf(tier, before)).filter((isValid) => isValid).length;
}

async function validOf(tier: Tier, all: readonly (Marked | undefined)[]): Promise<readonly boolean[]> {
  const marked = all.map((each) => ({ epoch: each?.epoch ?? 0, marks: each?.tags ?? [] }));
  const valid = await tier.stamps.check(marked);
  return valid.map((isValid, index) => isValid && all[index] !== undefined);
}
