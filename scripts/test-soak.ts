/**
 * `npm run test:soak [times]`: the shared table's tests, so many times as long as in `npm test` (20 by default): more
 * schedules, more kills, more random scripts. Everything is bounded by operations; 20 times takes about half an hour.
 *
 * Further arguments are handed to vitest: `npm run test:soak -- 50 -t "killed anywhere"`.
 */
import { spawnSync } from "node:child_process";

const MODEL_RUNS = 40;

const [first, ...rest] = process.argv.slice(2);
const times = Number(first ?? 20);
if (!(times >= 1))
  throw new RangeError(`test:soak: how many times as long? A number of at least 1, not ${first}`);

const { status } = spawnSync(
  "npx",
  ["vitest", "run", "--project", "unit", "packages/stowage/test/table", "--testTimeout=3600000", ...rest],
  {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, STOWAGE_SOAK: String(times), STOWAGE_MODEL_RUNS: String(times * MODEL_RUNS) },
  },
);
process.exitCode = status ?? 1;
