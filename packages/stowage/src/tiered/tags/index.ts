/** What other parts of tiers use of epochs, stamps and repairs. */

export { type Repaired, Repairs, type RepairsParts, type RepairsStats } from "./repairs.js";
export { type Marked, Stamps, type StampsParts, type StampsStats } from "./stamps.js";
