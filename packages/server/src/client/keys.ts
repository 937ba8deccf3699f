/** All keys of a server, page after page. */
import type { Client } from "./client.js";

/**
 * @param limit keys at most; null: all
 * @param pageSize keys a request
 */
export async function* keysOf(
  client: Client,
  prefix: string,
  limit: number | null,
  pageSize: number,
): AsyncGenerator<readonly string[]> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ prefix, keys_only: "true", limit: String(Math.min(left, pageSize)) });
    if (cursor !== null) query.set("cursor", cursor);
    const { body } = await client.expect({ method: "GET", path: `/cache/scan?${query}` });
    const page = JSON.parse(body.toString("utf8")) as { keys: string[]; cursor: string | null };
    // What stands in the index together is returned together, so a page may be longer than was asked for.
    const keys = page.keys.slice(0, left);
    if (keys.length > 0) yield keys;
    left -= keys.length;
    cursor = page.cursor;
  } while (cursor !== null && left > 0);
}
