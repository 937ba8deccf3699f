/**
 * `npm test`: the static checks, then every test (sources, docs, built package), then one line that counts:
 * `N passed, N failed`. A static check counts as one test. All of them run even when an early one fails, so one
 * run tells everything.
 *
 * Arguments are handed to vitest: `npm test -- --reporter=dot`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Count, countOfReport, lineOf, sum } from "./count.js";
import { installRequirements } from "./requirements.js";

const staticChecks = ["check:types", "check:lint", "check:layers"];

function runCheck(script: string): Count {
  const ok = run("npm", ["run", "--silent", script]);
  console.log(`${ok ? "ok" : "FAILED"} ${script}`);
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function runTests(args: string[]): Count {
  const folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
  const report = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  try {
    const ok = run("npx", ["vitest", "run", ...reporters, ...args]);
    return countOfReport(report, ok);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}

const missing = installRequirements();
if (missing !== undefined) console.error(missing);

const total = sum([...staticChecks.map(runCheck), runTests(process.argv.slice(2))]);
console.log(`\n${lineOf(total)}`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
