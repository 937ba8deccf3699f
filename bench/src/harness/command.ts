/**
 * `npm run bench:<name>`: measures, prints the tables, writes the JSON. Ends with 0 even where a bar is missed, with 1
 * where a contender failed, and with 2 where the flags are wrong.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runBench } from "./bench.js";
import { buildIfOutdated } from "./bundle.js";
import { type NodeBinary, resolveNode } from "./node-binary.js";
import { type Choices, type Plan, parseFlags, usageOf } from "./plan.js";
import { report } from "./report.js";
import type { BenchResult } from "./result.js";
import type { Suite } from "./suite.js";

export async function runCommand<Settings extends object>(suite: Suite<Settings>): Promise<void> {
  const { plan, node } = readPlan(choicesOf(suite));
  // So that what was started is ended, too: servers are, when this process exits.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  buildIfOutdated(suite.packages ?? ["stowage"]);
  const result = await runBench(suite, {
    plan,
    node,
    stowageFrom: "package",
    progress: (message) => process.stderr.write(`${message}\n`),
  });
  process.stdout.write(`\n${report(suite, result)}`);

  const path = resultPath(suite, plan, result);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`\nwritten to ${path}\n`);

  const cells = Object.values(result.rows).flatMap((row) => Object.values(row.contenders));
  if (cells.some((cell) => "failed" in cell)) process.exitCode = 1;
}

export function choicesOf<Settings extends object>(suite: Suite<Settings>): Choices {
  const [rows, contenders] = [Object.keys(suite.rows), Object.keys(suite.contenders)];
  const { quick, seconds } = suite.text;
  return { name: suite.name, rows, contenders, quick, ...(suite.lasting && { seconds }) };
}

function readPlan(choices: Choices): { plan: Plan; node: NodeBinary } {
  try {
    const plan = parseFlags(process.argv.slice(2), choices);
    if (plan !== undefined) return { plan, node: resolveNode(plan.node) };
    process.stdout.write(usageOf(choices));
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usageOf(choices)}`);
    process.exit(2);
  }
}

/**
 * A given path is relative to where the user called npm. Without one results lie in bench/results, where a part of
 * the table, or a quick one, does not take the place of a whole one.
 */
function resultPath<Settings extends object>(
  suite: Suite<Settings>,
  plan: Plan,
  { node, quick }: BenchResult,
): string {
  if (plan.json !== undefined) return resolve(process.env.INIT_CWD ?? process.cwd(), plan.json);
  const { rows, contenders } = choicesOf(suite);
  const whole = !quick && plan.rows.length === rows.length && plan.contenders.length === contenders.length;
  const name = `${suite.name}-node${/\d+/.exec(node)?.[0]}${whole ? "" : "-partial"}.json`;
  return fileURLToPath(new URL(`../../results/${name}`, import.meta.url));
}
