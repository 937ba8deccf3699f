/** POST /v1/invalidate of a fleet: what is named is gone in L2, and told to all servers, when the answer comes. */
import type { WorkerContext } from "../../context.js";
import type { Exchange } from "../../http/exchange.js";
import { removePrefix, type Tier } from "../../l2/index.js";
import { namedIn } from "../v1/invalidate.js";
import { checkKeySize, tierOf } from "./entry.js";

/** Keys that are removed at a time. */
const SLICE = 512;

export async function invalidate(exchange: Exchange, context: WorkerContext): Promise<void> {
  const { keys, prefix, tags } = namedIn(exchange);
  for (const key of keys) checkKeySize(key);
  const tier = tierOf(context);
  if (tags.length > 0) await tier.invalidateTags(tags);
  const byKey = await removeKeys(tier, keys);
  const byPrefix = prefix === undefined ? 0 : await removePrefix(tier, prefix);
  exchange.json(200, { keys: byKey, prefix: byPrefix, tags: tags.length });
}

async function removeKeys(tier: Tier, keys: readonly string[]): Promise<number> {
  const unique = [...new Set(keys)];
  let count = 0;
  for (let at = 0; at < unique.length; at += SLICE) {
    const removed = await Promise.all(unique.slice(at, at + SLICE).map((key) => tier.remove(key)));
    count += removed.filter((wasThere) => wasThere).length;
  }
  return count;
}
