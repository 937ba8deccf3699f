/** prune: of L1; how much L2 may have is said where it runs. */
import type { TieredState } from "../state.js";

export async function prune(
  s: TieredState,
  size: number,
  options: { reclaim?: number } | undefined,
): Promise<number> {
  return s.near.prune(size, options);
}
