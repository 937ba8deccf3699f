/**
 * What a row's measurement gets to work with, and what it hands back; and the opening of caches, the one place
 * that knows which bound a row asks for.
 */
import type { BenchCache, Contender, Needs } from "../contenders/contender.js";
import type { SequenceSize, Settings } from "../settings.js";

export interface Context {
  contender: Contender;
  settings: Settings;
  /** The request sequence over so many items, the same for every contender. */
  sequence(size: SequenceSize): Uint32Array;
}

export interface Outcome {
  /** In the row's unit. */
  figure: number;
  /** Anything else worth keeping, by name. */
  extra?: Record<string, number>;
}

/** undefined: this contender cannot do that row. */
export type Measurement = (context: Context) => Promise<Outcome | undefined>;

/** A cache with room for `entries`: bounded there as users do, or without a bound where the library has none. */
export function openWithRoom(
  contender: Contender,
  entries: number,
  needs: Omit<Needs, "max"> = {},
): BenchCache | undefined {
  if (contender.boundOnlyToEvict) return contender.create(needs);
  return contender.create({ ...needs, max: entries }) ?? contender.create(needs);
}

/** Sets every key, one after another. */
export async function fill(
  cache: BenchCache,
  keys: readonly string[],
  values: readonly unknown[],
): Promise<void> {
  if (cache.async) for (let i = 0; i < keys.length; i++) await cache.set(keys[i], values[i]);
  else for (let i = 0; i < keys.length; i++) cache.set(keys[i], values[i]);
}

/** Stops the run: a contender that did not do the work must not be given a figure. */
export function ensure(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`sanity check failed: ${what}`);
}

/** Lets the event loop turn once: timers and I/O callbacks run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A full collection; the children always run with --expose-gc. */
export function collect(): void {
  ensure(typeof gc === "function", "the child runs with --expose-gc");
  gc();
  gc();
}
