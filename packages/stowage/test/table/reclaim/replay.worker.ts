/** Replays traces through tables of its own: bundled, the table runs at its real speed, which it does not under vitest. */
import { SharedTable } from "stowage/table";
import { serve } from "../support/worker-side.js";
import { readTrace, type TraceName } from "./trace-files.js";

/** Long enough for the value "value"; getInto then copies it. */
const TARGET_BYTES = 16;
let latest: { name: TraceName; requests: readonly number[] } | undefined;

serve({
  /** The share of the trace's requests that a table of `max` entries hits: get, and on a miss set. */
  hitRatio(_scene, { name, max }: { name: TraceName; max: number }): number {
    if (latest?.name !== name) latest = { name, requests: readTrace(name) };
    const { requests } = latest;
    const table = SharedTable.create({ memory: "16mb", segmentSize: "64kb", max, janitor: false, feed: 0 });
    const target = new Uint8Array(TARGET_BYTES);
    let hits = 0;
    for (const number of requests) {
      const key = String(number);
      if (table.getInto(key, target) >= 0) hits++;
      else table.set(key, "value");
      if (table.size() > max) throw new Error(`${table.size()} entries, ${max} are allowed`);
    }
    table.verify();
    table.close();
    return hits / requests.length;
  },
});
