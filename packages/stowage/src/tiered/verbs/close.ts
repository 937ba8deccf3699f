/** close: everything that this cache began ends, and everything that it opened is closed. */
import type { Hub, TieredState } from "../state.js";

export function close({ hub }: TieredState): Promise<void> {
  hub.closing ??= closeAll(hub);
  return hub.closing;
}

/** In this order: nothing new begins, callers hear of it, then connections go. All are closed, whatever fails. */
async function closeAll(hub: Hub): Promise<void> {
  hub.isClosed = true;
  for (const space of hub.spaces.values()) space.observed = true;
  for (const end of hub.closers) end();
  hub.closers.clear();
  hub.hooks.close();
  for (const space of hub.spaces.values()) space.flights.close();
  await hub.payDebts();
  const outcomes = await Promise.allSettled([hub.closeBus(), hub.l2?.guard.close()]);
  for (const { l1, counters } of hub.spaces.values()) {
    if (l1.isOwn) l1.cache.close();
    counters?.close();
  }
  hub.spaces.clear();
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
