/** fetch, fetchMany, wrap: what the rest of the tiers uses of this room. */
import type { TieredState } from "../state.js";
import { hostOf } from "./near.js";
import { TieredFlights } from "./tiered-flights.js";

export { TieredFlights } from "./tiered-flights.js";
export { type Wrapping, wrap } from "./wrap.js";

export function createFlights(s: TieredState): TieredFlights {
  return new TieredFlights(hostOf(s), s.l1.loading.outcomes);
}
