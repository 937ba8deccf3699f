/**
 * The optimum: the most hits that any policy could have had, knowing the future (Belady '66), free to store nothing.
 *
 * On each request the key is worth keeping until its next one. If more keys are kept than there is room for, the one whose
 * next request is furthest away goes, be it the one just asked for. The next requests of two keys never coincide, so what is kept
 * is a set of moments, and a request is a hit exactly if its own moment is in the set. Exact; all sizes count as one.
 */
import { TopSet } from "./top-set.js";
import type { Trace } from "./trace.js";

const NEVER = -1;

export class Optimum {
  readonly #next: Int32Array;

  constructor(trace: Trace) {
    this.#next = nextRequests(trace);
  }

  hits(capacity: number): number {
    const next = this.#next;
    const kept = new TopSet(next.length);
    let hits = 0;
    let count = 0;
    for (let now = 0; now < next.length; now++) {
      if (kept.delete(now)) {
        hits++;
        count--;
      }
      if (next[now] === NEVER) continue;
      kept.add(next[now]);
      if (count < capacity) count++;
      else kept.delete(kept.top());
    }
    return hits;
  }
}

/** For each request, when its key is asked for next. */
function nextRequests({ requests, keys }: Trace): Int32Array {
  const next = new Int32Array(requests.length);
  const seen = new Int32Array(keys.length).fill(NEVER);
  for (let now = requests.length - 1; now >= 0; now--) {
    next[now] = seen[requests[now]];
    seen[requests[now]] = now;
  }
  return next;
}
