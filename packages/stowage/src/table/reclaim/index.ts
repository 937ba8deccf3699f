/** Eviction, cleaning of the logs, and the janitor: what the rest of the table needs of it. */
import type { Reclaim, TableState } from "../state.js";
import { TableReclaim } from "./reclaim.js";

export { historyBytes } from "./words.js";

/** The state must be complete but for this. */
export function createReclaim(t: TableState): Reclaim {
  return new TableReclaim(t);
}
