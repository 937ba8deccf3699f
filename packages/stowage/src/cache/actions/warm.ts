/** warm: runs warmers now. */
import { warmOptions } from "../options.js";
import { verbIndex } from "../services/stats.js";
import type { State } from "../state.js";

export async function warm<K, V>(
  s: State<K, V>,
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
