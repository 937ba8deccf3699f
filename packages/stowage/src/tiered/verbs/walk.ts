/** keys, entries: what L2 has, page by page; without L2, what L1 has. For maintenance, not for the way of a request. */
import { UnsupportedError } from "../../base/errors.js";
import type { Records } from "../l2/records.js";
import type { TieredState } from "../state.js";
import { isFresh } from "./read.js";

/** Records read at a time. */
const PAGE = 256;

/** Live entries; one that is written meanwhile may come twice, or not at all. */
export async function* entries(s: TieredState): AsyncGenerator<[string, unknown], void, void> {
  const { records } = s;
  if (records === null) yield* s.near.entries();
  else for await (const page of pages(s)) yield* liveOf(records, page);
}

export async function* keys(s: TieredState): AsyncGenerator<string, void, void> {
  for await (const [key] of entries(s)) yield key;
}

async function* liveOf(
  records: Records,
  page: readonly string[],
): AsyncGenerator<[string, unknown], void, void> {
  const reads = await records.readMany(page);
  for (const [index, { found }] of reads.entries())
    if (found !== undefined && isFresh(found)) yield [page[index], found.value];
}

async function* pages(s: TieredState): AsyncGenerator<readonly string[], void, void> {
  const guard = s.hub.l2?.guard;
  if (guard === undefined) return;
  const { name, scans } = guard.abilities;
  if (!scans)
    throw new UnsupportedError(
      "keys",
      "walking over its keys",
      "another store has to hold them",
      `the store ${name}`,
    );
  const prefix = s.keys.records;
  let cursor: string | undefined;
  do {
    const page = await guard.scan(prefix, { limit: PAGE, ...(cursor !== undefined && { cursor }) });
    if (page.keys.length > 0) yield [...new Set(page.keys)].map((key) => key.slice(prefix.length));
    cursor = page.cursor;
  } while (cursor !== undefined);
}
