/**
 * `npm run bench:cache`: measures Stowage and its peers, prints the tables, writes the JSON. Ends with 0 even where
 * a bar is missed, with 1 where a contender failed, and with 2 where the flags are wrong.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runBench } from "./bench.js";
import { buildStowageIfOutdated } from "./bundle.js";
import { type Plan, parseFlags, usage } from "./flags.js";
import { report } from "./report.js";
import type { BenchResult } from "./result.js";

function readPlan(): Plan {
  try {
    const plan = parseFlags(process.argv.slice(2));
    if (plan !== undefined) return plan;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

/** A given path is relative to where the user called npm; without one, results lie in bench/results. */
function resultPath(plan: Plan, { node }: BenchResult): string {
  if (plan.json !== undefined) return resolve(process.env.INIT_CWD ?? process.cwd(), plan.json);
  const major = /\d+/.exec(node)?.[0];
  return fileURLToPath(new URL(`../../results/cache-node${major}.json`, import.meta.url));
}

const plan = readPlan();
if (plan.contenders.includes("stowage")) buildStowageIfOutdated();
const result = await runBench({
  plan,
  stowageFrom: "package",
  progress: (message) => process.stderr.write(`${message}\n`),
});
process.stdout.write(`\n${report(result)}`);

const path = resultPath(plan, result);
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`\nwritten to ${path}\n`);

const cells = Object.values(result.rows).flatMap((row) => Object.values(row.contenders));
if (cells.some((cell) => "failed" in cell)) process.exitCode = 1;
