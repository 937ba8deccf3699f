/**
 * How long to wait before something is tried again: full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture
 * Blog, 2015): a random time between 0 and a bound that doubles. Of all ways that he measured it needs the fewest calls, since
 * those who failed together do not come back together.
 */

export interface BackoffOptions {
  /** The first bound. Default 25 ms: some round trips in one datacentre. */
  readonly baseMs?: number;
  /** No bound is above. Default 1,000 ms. */
  readonly capMs?: number;
  /** From 0 to 1, 1 excluded. Default Math.random. */
  readonly random?: () => number;
  /** What the other side asks for; nobody comes back before. The jitter comes on top, so that not all come back at that moment. */
  readonly retryAfterMs?: number | undefined;
}

const BASE_MS = 25;
const CAP_MS = 1_000;

/**
 * Milliseconds, with fractions.
 *
 * @param attempt how often it was tried: 1 after the first failure
 * @example fullJitter(3) // between 0 and 100 ms
 */
export function fullJitter(
  attempt: number,
  { baseMs = BASE_MS, capMs = CAP_MS, random = Math.random, retryAfterMs = 0 }: BackoffOptions = {},
): number {
  const boundMs = Math.min(capMs, baseMs * 2 ** Math.max(0, attempt - 1));
  return retryAfterMs + random() * boundMs;
}
