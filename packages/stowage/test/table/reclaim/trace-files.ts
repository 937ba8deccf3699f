/** The traces beside the simulator, as numbers of keys; the long ones cut. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const REQUESTS_MAX = 300_000;
/** Tests run in the root of the workspace. */
const FOLDER = join(process.cwd(), "simulator/traces");

export type TraceName = keyof typeof sizes;

/** Five sizes each are those of the simulator's summary; the others a twentieth, a fifth and seven tenths of the keys. */
export const sizes = {
  "lirs-cpp": [25, 50, 61, 100, 245, 250, 500, 856],
  "lirs-gli": [50, 100, 126, 250, 500, 506, 1_000, 1_770],
  "lirs-loop": [25, 50, 51, 100, 202, 250, 512, 708],
  "lirs-multi1": [50, 100, 130, 250, 500, 521, 1_000, 1_824],
  "lirs-multi2": [100, 250, 284, 500, 1_000, 1_137, 2_500, 3_979],
  "lirs-scan": [50, 100, 250, 400, 500, 1_000, 1_401],
  "lirs-sprite": [100, 250, 354, 400, 1_000, 1_415, 2_500, 4_953],
  "lirs-zigzag": [50, 100, 250, 400, 500, 1_000],
  "cache2k-web07": [500, 1_000, 1_024, 2_500, 4_097, 5_000, 10_000, 14_339],
  "cache2k-orm-night": [500, 1_000, 1_021, 2_500, 4_082, 5_000, 10_000, 14_287],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export const traceNames = Object.keys(sizes) as TraceName[];

export function readTrace(name: TraceName): number[] {
  const lines = gunzipSync(readFileSync(join(FOLDER, `${name}.txt.gz`))).toString("latin1");
  return lines.trimEnd().split("\n").slice(0, REQUESTS_MAX).map(Number);
}
