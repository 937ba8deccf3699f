/**
 * Hit ratios of w-tinylfu on the traces beside the simulator, lest a change makes them worse unnoticed.
 *
 * The figures are the share of the optimum's hits (Belady's, exact, from the simulator), at sizes of a twentieth, a fifth
 * and seven tenths of a trace's keys: not the sizes that the simulator's summary looks at. Each is what was measured,
 * less one point; the seed is fixed. The long trace is cut to its first 300,000 requests.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LruPolicy } from "../../src/cache/policy/lru.js";
import type { Policy } from "../../src/cache/policy/policy.js";
import { TinyLfuPolicy } from "../../src/cache/policy/tiny-lfu.js";
import { hashOf, Replay } from "./tiny-lfu-workloads.js";

const REQUESTS_MAX = 300_000;
/** LRU may be ahead by this much at most; the bar is 6 points. */
const BEHIND_LRU_MAX = 0.045;

/** [capacity, the optimum's hit ratio, the share of it to reach] */
type Point = readonly [capacity: number, optimum: number, share: number];

const points: Record<string, readonly Point[]> = {
  "lirs-cpp": [
    [61, 0.7159, 0.895],
    [245, 0.8648, 0.97],
    [856, 0.8648, 0.988],
  ],
  "lirs-gli": [
    [126, 0.0946, 0.889],
    [506, 0.3473, 0.94],
    [1_770, 0.5796, 0.957],
  ],
  "lirs-loop": [
    [51, 0.0503, 0.969],
    [202, 0.1994, 0.979],
    [708, 0.6989, 0.976],
  ],
  "lirs-multi1": [
    [130, 0.4932, 0.909],
    [521, 0.5932, 0.935],
    [1_824, 0.8357, 0.984],
  ],
  "lirs-multi2": [
    [284, 0.487, 0.798],
    [1_137, 0.6424, 0.919],
    [3_979, 0.784, 0.987],
  ],
  "lirs-scan": [
    [100, 0.048, 0.978],
    [400, 0.1919, 0.975],
    [1_401, 0.6721, 0.976],
  ],
  "lirs-sprite": [
    [354, 0.8236, 0.799],
    [1_415, 0.9413, 0.949],
    [4_953, 0.9472, 0.979],
  ],
  "lirs-zigzag": [
    [100, 0.0481, 0.891],
    [400, 0.1923, 0.897],
    [1_401, 0.6735, 0.962],
  ],
  "cache2k-web07": [
    [1_024, 0.6372, 0.836],
    [4_097, 0.7172, 0.862],
    [14_339, 0.7309, 0.97],
  ],
  "cache2k-orm-night": [
    [1_021, 0.7954, 0.902],
    [4_082, 0.9157, 0.896],
    [14_287, 0.932, 0.986],
  ],
};

function read(name: string): number[] {
  const file = new URL(`../../../../simulator/traces/${name}.txt.gz`, import.meta.url);
  const lines = gunzipSync(readFileSync(file)).toString("latin1").trimEnd().split("\n");
  return lines.slice(0, REQUESTS_MAX).map(Number);
}

function hitRatio(policy: Policy, capacity: number, trace: readonly number[]): number {
  return new Replay(policy, capacity, hashOf).hitRatio(trace);
}

describe.each(Object.entries(points))("%s", (name, sizes) => {
  const trace = read(name);

  it.each(sizes)("at %i entries, of an optimum of %f: at least %f of it", (capacity, optimum, share) => {
    const ours = hitRatio(new TinyLfuPolicy({ random: () => 0.5 }), capacity, trace);
    expect(ours / optimum).toBeGreaterThan(share);
    expect(ours / optimum).toBeLessThan(1);
    expect(ours).toBeGreaterThan(hitRatio(new LruPolicy(), capacity, trace) - BEHIND_LRU_MAX);
  });
});
