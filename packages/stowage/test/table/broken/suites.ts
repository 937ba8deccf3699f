/** Runs the suites against a build of the table with edits, each in a process that is ended when it takes too long. */
import { spawn } from "node:child_process";
import { bundle, type Edit } from "../support/bundle.js";
import type { SuiteOrder } from "./suites.program.js";

/** The worker scripts that suites need; those with Steps in a build of steps. */
const workers = {
  history: new URL("../threads/history.worker.ts", import.meta.url),
  historySteps: new URL("../threads/history.worker.ts", import.meta.url),
  stress: new URL("../threads/stress.worker.ts", import.meta.url),
  heldSteps: new URL("../threads/held.worker.ts", import.meta.url),
  kill: new URL("../kill/kill.worker.ts", import.meta.url),
  killSteps: new URL("../kill/kill.worker.ts", import.meta.url),
} as const;

export type WorkerName = keyof typeof workers;

const needs = {
  model: [],
  free: ["history"],
  paced: ["historySteps"],
  pacedSegments: ["historySteps"],
  append: ["historySteps"],
  moved: ["historySteps"],
  held: ["heldSteps"],
  killed: ["historySteps"],
  collisions: [],
  growth: ["stress"],
  stress: ["stress"],
  expiry: ["stress"],
  kill: ["kill", "killSteps"],
} as const satisfies Record<string, readonly WorkerName[]>;

export type SuiteName = keyof typeof needs;

/** `kill: delete` is the suite kill with the argument delete. */
export type Suite = SuiteName | `${"model" | "held" | "kill"}: ${string}`;

export interface Verdict {
  /** Whether the suite found something wrong: it failed, or hung. */
  readonly found: boolean;
  readonly output: string;
}

const FOUND = 3;

export async function judgeBuild(suite: Suite, edits: readonly Edit[], limitMs: number): Promise<Verdict> {
  const [name, argument = ""] = suite.split(": ") as [SuiteName, string?];
  const [program, ...built] = await Promise.all([
    bundle(new URL("./suites.program.ts", import.meta.url), { edits }),
    ...needs[name].map((worker) => bundle(workers[worker], { steps: worker.endsWith("Steps"), edits })),
  ]);
  const scripts = Object.fromEntries(needs[name].map((worker, index) => [worker, built[index]]));
  return runProgram(program, { suite: name, argument, scripts }, limitMs);
}

/**
 * Node 20 now and then aborts where a thread ends while V8 still compiles for it: a fault akin to nodejs/node#56312. That says
 * nothing about the table, so the suite runs again.
 */
const NODES_OWN_CRASH = "NodePlatform::ForIsolate";

function runProgram(program: string, order: SuiteOrder, limitMs: number, mayCrash = true): Promise<Verdict> {
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    let hung = false;
    const limit = setTimeout(() => {
      hung = true;
      child.kill("SIGKILL");
    }, limitMs);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(limit);
      if (hung) resolve({ found: true, output: `hung: not done within ${limitMs} ms\n${output}` });
      else if (code === 0 || code === FOUND) resolve({ found: code === FOUND, output });
      else if (mayCrash && output.includes(NODES_OWN_CRASH))
        resolve(runProgram(program, order, limitMs, false));
      else reject(new Error(`${order.suite} ended with ${code}: ${output}`));
    });
  });
}
