/**
 * Runs a documentation example in a process of its own, in an empty folder of its own, with `stowage` resolved
 * to the sources, and other packages as the workspace has them. An example must end by itself: one that leaves a timer or a handle open fails by its deadline.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { withExpectations } from "./expectations.js";
import type { Program } from "./programs.js";

/** A slow, loaded CI machine takes some seconds to start a process that compiles TypeScript. */
const deadlineMs = 60_000;

export interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

export async function runProgram(root: string, program: Program): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "stowage-example-"));
  const file = join(folder, program.lang === "ts" ? "example.mts" : "example.mjs");
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(file, withExpectations(program.code, program.pageLines));
  try {
    return await runFile(root, folder, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runFile(root: string, cwd: string, file: string): Promise<Outcome> {
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const runtimes = ["expect-runtime.mjs", "thread-runtime.mjs"].map((name) =>
    join(import.meta.dirname, name),
  );
  const imports = [...runtimes, tsx];
  const args = imports.flatMap((path) => ["--import", pathToFileURL(path).href]);
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, "tsconfig.json") };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...args, file],
      { cwd, env, timeout: deadlineMs },
      (error, stdout, stderr) => {
        const late = error?.killed ? `still running after ${deadlineMs} ms\n` : "";
        resolve({ ok: error === null, output: `${late}${stderr}${stdout}` });
      },
    );
  });
}
