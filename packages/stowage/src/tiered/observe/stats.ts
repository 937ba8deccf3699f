/** What was counted, tier by tier, as plain data. */

import type { TieredState } from "../state.js";
import type { BusStats, L2Stats, TieredStats } from "../types.js";

export function stats(s: TieredState): TieredStats {
  const { bus, l2, stats: counts } = s.hub;
  const { stale, ...loads } = s.flights.counts;
  return {
    l1: s.l1.keeps ? s.near.stats() : null,
    l2: l2Stats(s),
    bus: bus === null ? null : (bus.stats() as BusStats),
    loads,
    stale,
    owed: l2?.debts.size ?? 0,
    errors: { ...counts.errors },
  };
}

function l2Stats({ hub, records }: TieredState): L2Stats | null {
  if (hub.l2 === null || records === null) return null;
  return { ...hub.l2.guard.stats(), ...records.counts, frame: hub.l2.framer.counts() };
}
