/** The suite runs under runners that know nothing of vitest: node:test here, in a process of its own. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("runs under node:test", { timeout: 60_000 }, () => {
  const script = fileURLToPath(new URL("./node-test-run.ts", import.meta.url));
  const root = fileURLToPath(new URL("../../../../", import.meta.url));
  const run = spawnSync(process.execPath, ["--import", "tsx", "--test", "--test-reporter=tap", script], {
    cwd: root,
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  expect(run.stdout).toMatch(/# pass [1-9]\d\d/);
  expect(run.stdout).toMatch(/# fail 0/);
  expect(run.status).toBe(0);
});
