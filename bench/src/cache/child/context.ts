/**
 * What a row's measurement gets to work with, and what it hands back; and the opening of caches, the one place
 * that knows which bound a row asks for.
 */
import type { Outcome } from "../../harness/types.js";
import type { BenchCache, Contender, Needs } from "../contenders/contender.js";
import type { SequenceSize, Settings } from "../settings.js";

export interface Context {
  contender: Contender;
  settings: Settings;
  /** The request sequence over so many items, the same for every contender. */
  sequence(size: SequenceSize): Uint32Array;
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
