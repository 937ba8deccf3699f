/** Does one call while it is held up (in a build of steps), or what happens meanwhile; run by held.ts. */
import { SharedTable, type TableHandle } from "stowage/table";
import { SharedClock } from "../support/shared-clock.js";
import { type Scene, serve } from "../support/worker-side.js";
import { type HistoryBuffers, Recorder } from "./history.js";
import { perform, type Style } from "./operations.js";
import type { RegisterCall } from "./register.js";

/** What goes on beside the recorded calls. */
export type Event = "grow" | "recycle" | "clean" | "evict" | "age";

export interface HeldJob {
  readonly handle: TableHandle;
  readonly buffers: HistoryBuffers;
  readonly style: Style;
  /** Where to stand still first; 0 for nowhere. */
  readonly steps: number;
  readonly script: readonly (RegisterCall | Event)[];
}

const EVENTS: Readonly<Record<Event, (table: SharedTable, clock: SharedClock) => void>> = {
  /** The index becomes four times as large: every bucket is split twice. */
  grow(table) {
    for (let n = 0; n < 1_500; n += 1) table.set(`grow:${n}`, "");
  },

  /** Every free segment is used, emptied and used again; nothing that lives is moved. */
  recycle(table) {
    for (let n = 0; n < 150; n += 1)
      table.set(`recycle:${n % 2}`, new Uint8Array(n % 3 === 0 ? 9_000 : 3_900).fill(n));
  },

  /** Segments that are mostly dead are emptied: what lives in them is moved. */
  clean(table) {
    for (let n = 0; n < 330; n += 1) {
      table.set(n % 9 === 0 ? `clean:${n}` : "clean", new Uint8Array(1_900).fill(n));
    }
    for (let n = 0; n < 330; n += 9) table.delete(`clean:${n}`);
  },

  /** So much that is new that everything else is evicted. */
  evict(table) {
    for (let n = 0; n < 700; n += 1) table.set(`evict:${n}`, new Uint8Array(3_900).fill(n));
  },

  /** Five seconds pass, and the janitor takes out what has expired. */
  age(_table, clock) {
    clock.advance(5 * JANITOR_MS);
    clock.ring();
  },
};

/** How often a thread looks for what has expired, when the test lets its timers ring. */
const JANITOR_MS = 1_000;

const attached = new Map<SharedArrayBuffer, SharedTable>();

function tableOf({ handle }: HeldJob, clock: SharedClock): SharedTable {
  let table = attached.get(handle.control);
  if (table === undefined) {
    for (const old of attached.values()) old.close();
    attached.clear();
    table = SharedTable.attach(handle, { janitor: JANITOR_MS, clock });
    attached.set(handle.control, table);
  }
  return table;
}

serve({
  play({ index, pace, clock = new SharedClock() }: Scene, job: HeldJob): number {
    const table = tableOf(job, clock);
    const recorder = new Recorder(job.buffers, index);
    const finish = pace.begin(job.steps);
    let taken = 0;
    try {
      for (const one of job.script) {
        if (typeof one === "string") EVENTS[one](table, clock);
        else recorder.record(0, one, () => perform(table, 0, one, job.style));
      }
    } finally {
      taken = finish();
    }
    return taken;
  },
});
