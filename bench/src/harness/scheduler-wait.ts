/**
 * For how long this thread was ready to run but had no core, since it began: the doing of other processes, which the
 * figures that are wall time take off. Linux tells it; elsewhere it is always 0, and so is it for a thread that waits
 * for a lock or for an answer, since that is no readiness.
 */
import { closeSync, openSync, readSync } from "node:fs";

export class SchedulerWait {
  readonly #buffer = Buffer.alloc(128);
  readonly #file = openIfThere("/proc/thread-self/schedstat");

  readMs(): number {
    if (this.#file === undefined) return 0;
    const length = readSync(this.#file, this.#buffer, 0, this.#buffer.length, 0);
    // "time on a core, time waiting for one, number of slices", the times in nanoseconds.
    return Number(this.#buffer.toString("latin1", 0, length).split(" ")[1]) / 1e6;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch {
    return undefined;
  }
}
