/**
 * `npm run bench:cache`: measures Stowage and its peers, prints the tables, writes the JSON. Ends with 0 even where
 * a bar is missed, with 1 where a contender failed, and with 2 where the flags are wrong.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type NodeBinary, resolveNode } from "../harness/node-binary.js";
import { runBench } from "./bench.js";
import { buildStowageIfOutdated } from "./bundle.js";
import { contenderNames } from "./contenders/index.js";
import { type Plan, parseFlags, usage } from "./flags.js";
import { report } from "./report.js";
import type { BenchResult } from "./result.js";
import { rowNames } from "./rows.js";

function readPlan(): { plan: Plan; node: NodeBinary } {
  try {
    const plan = parseFlags(process.argv.slice(2));
    if (plan !== undefined) return { plan, node: resolveNode(plan.node) };
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

/**
 * A given path is relative to where the user called npm. Without one results lie in bench/results, where a part of
 * the table, or a quick one, does not take the place of a whole one.
 */
function resultPath(plan: Plan, { node, quick }: BenchResult): string {
  if (plan.json !== undefined) return resolve(process.env.INIT_CWD ?? process.cwd(), plan.json);
  const whole =
    !quick && plan.rows.length === rowNames.length && plan.contenders.length === contenderNames.length;
  const name = `cache-node${/\d+/.exec(node)?.[0]}${whole ? "" : "-partial"}.json`;
  return fileURLToPath(new URL(`../../results/${name}`, import.meta.url));
}

const { plan, node } = readPlan();
buildStowageIfOutdated();
const result = await runBench({
  plan,
  node,
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
