/**
 * The longest time for which the event loop stood still while a cache takes many sets, 64 a turn: the time that a
 * request arriving then would have waited. Growing, rehashing, evicting and collecting garbage all show here.
 *
 * Where Linux tells for how long the main thread was ready but had no core (schedstat), that is taken off: it is
 * other processes' doing. `worstSetMs` is the slowest single set and `wallMs` the longest turn by the clock.
 */
import { closeSync, openSync, readSync } from "node:fs";
import type { BenchCache } from "../contenders/contender.js";
import { collect, ensure, type Measurement, turn } from "./context.js";
import { makeKey, makeKeys, makeValues } from "./data.js";

/** Few enough that a turn of ordinary sets is a small fraction of a millisecond even in slow libraries. */
const setsATurn = 64;

export interface StallOptions {
  /** The bound is half of the sets, so that the second half of them evicts; otherwise there is none. */
  bounded: boolean;
  /** Key strings made on the way, as requests bring them: they are garbage, or promoted, while the cache grows. */
  fresh: boolean;
}

export function stalling({ bounded, fresh }: StallOptions): Measurement {
  return async ({ contender, settings }) => {
    const sets = settings.stall;
    const keys = fresh ? [] : makeKeys("user", sets);
    const values = makeValues(sets);
    const keyOf = fresh ? (i: number) => makeKey("user", i) : (i: number) => keys[i];
    collect();
    await turn();

    const opened = performance.now();
    const cache = contender.create(bounded ? { max: sets / 2 } : {});
    const openMs = performance.now() - opened;
    if (cache === undefined) return undefined;
    const worst = await new StallRun(cache, keyOf, values).measure(sets);
    const last = keyOf(sets - 1);
    const held = await cache.get(last);
    ensure(
      held === values[sets - 1] || (bounded && held === undefined),
      `${last} reads back as what was set`,
    );
    return { figure: worst.ownMs, extra: { wallMs: worst.wallMs, worstSetMs: worst.setMs, openMs } };
  };
}

class StallRun {
  readonly #scheduler = new SchedulerWait();
  #setMs = 0;

  constructor(
    private readonly cache: BenchCache,
    private readonly keyOf: (i: number) => string,
    private readonly values: readonly unknown[],
  ) {}

  async measure(sets: number) {
    const worst = { ownMs: 0, wallMs: 0, setMs: 0 };
    let waited = this.#scheduler.readMs();
    let began = performance.now();
    for (let i = 0; i < sets; i += setsATurn) {
      this.#setMs = 0;
      const end = Math.min(sets, i + setsATurn);
      if (this.cache.async) await this.#turnAsync(this.cache, i, end);
      else this.#turn(this.cache, i, end);
      await turn();

      const wallMs = performance.now() - began;
      const waitedNow = this.#scheduler.readMs();
      const waitMs = waitedNow - waited;
      worst.wallMs = Math.max(worst.wallMs, wallMs);
      worst.ownMs = Math.max(worst.ownMs, wallMs - waitMs);
      worst.setMs = Math.max(worst.setMs, this.#setMs - waitMs);
      waited = waitedNow;
      began = performance.now();
    }
    this.#scheduler.close();
    return worst;
  }

  #turn(cache: BenchCache, from: number, to: number): void {
    let before = performance.now();
    for (let i = from; i < to; i++) {
      cache.set(this.keyOf(i), this.values[i]);
      const now = performance.now();
      if (now - before > this.#setMs) this.#setMs = now - before;
      before = now;
    }
  }

  async #turnAsync(cache: BenchCache, from: number, to: number): Promise<void> {
    let before = performance.now();
    for (let i = from; i < to; i++) {
      await cache.set(this.keyOf(i), this.values[i]);
      const now = performance.now();
      if (now - before > this.#setMs) this.#setMs = now - before;
      before = now;
    }
  }
}

/** How long this thread has waited for a core since it began; always 0 where the system does not say. */
class SchedulerWait {
  readonly #buffer = Buffer.alloc(128);
  readonly #file: number | undefined;

  constructor() {
    this.#file = openIfThere("/proc/thread-self/schedstat");
  }

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
