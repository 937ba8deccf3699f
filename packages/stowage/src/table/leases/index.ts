/** The leases of a table: their memory, and how they are put together with the rest of it. */
import { C_SEED, C_WATCHERS, LOCK_LEASES, R_OWNER, RECORD_WORDS } from "../memory/layout.js";
import type { TableState } from "../state.js";
import { isAlive } from "../threads/liveness.js";
import { lockNamed, unlockNamed } from "../threads/locks.js";
import { GENERATION_MAX } from "./layout.js";
import { LeaseTable } from "./leases.js";

export { leasesBytes } from "./layout.js";
export { LeaseTable } from "./leases.js";

/** Over `handle.parts.leases`, zeroed when the table was made. */
export function createLeases(t: TableState): LeaseTable {
  return new LeaseTable(t.parts.leases, {
    owner: t.owner,
    firstGeneration: (t.control[C_SEED] & GENERATION_MAX) | 1,
    isAlive: (owner) => isOwnerAlive(t, owner),
    now: () => t.timekeeper.now(),
    watch: (count) => void Atomics.add(t.control, C_WATCHERS, count),
    locked: (run) => locked(t, run),
    tagSequence: () => t.tags.sequence,
    isInvalid: (hashes, sequence) => t.tags.invalidatedSince(hashes, sequence),
  });
}

function locked<T>(t: TableState, run: () => T): T {
  lockNamed(t, LOCK_LEASES); // from a dead owner or not: he left nothing half done
  try {
    return run();
  } finally {
    unlockNamed(t, LOCK_LEASES);
  }
}

/** Whether an attachment is still there: its record is, under the same number, and so is its thread. */
function isOwnerAlive(t: TableState, owner: number): boolean {
  for (let thread = 0; thread < t.threads; thread++) {
    if (t.control[t.recordsAt + thread * RECORD_WORDS + R_OWNER] === owner) return isAlive(t, thread);
  }
  return false;
}
