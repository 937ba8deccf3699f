/** warm: runs warmers now. */
import { warmOptions } from "../options.js";
import { type Counts, verbIndex } from "../services/stats.js";

/** What warming by hand needs of a cache. */
export interface Warming {
  readonly warmers: { warm(only: readonly string[] | null): Promise<Record<string, number | undefined>> };
  readonly stats: Pick<Counts, "calls">;
}

export async function warm(
  s: Warming,
  options?: { only?: readonly string[]; wait?: boolean },
): Promise<Record<string, number | undefined>> {
  const { only, wait } = warmOptions.bind(options, "warm");
  s.stats.calls[verbIndex.warm]++;
  const counts = s.warmers.warm(only);
  if (wait) return await counts;
  // Unknown names are reported at once, before anything runs; failures of warmers never reject.
  await Promise.race([counts, Promise.resolve()]);
  return {};
}
