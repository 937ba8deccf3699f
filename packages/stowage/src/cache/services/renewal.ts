/**
 * When a live entry is renewed before it expires. Early refresh is XFetch (Vattani, Chierichetti, Lowenstein: Optimal
 * Probabilistic Cache Stampede Prevention, VLDB 2015): now - cost * beta * ln(1 - random) >= expiry.
 */
import type { Life } from "./loading.js";

/**
 * @param early XFetch's beta; true means 1, false not to
 * @param ahead the share of the ttl after which a read renews; 0: none
 */
export function isRenewalDue(
  { leftMs, ttlMs, costMs }: Life,
  early: boolean | number,
  ahead: number,
  random: () => number,
): boolean {
  if (ahead > 0 && ttlMs - leftMs >= ahead * ttlMs) return true;
  const beta = early === true ? 1 : Number(early);
  return beta > 0 && -costMs * beta * Math.log(1 - random()) >= leftMs;
}
