/**
 * Measures in child processes, one for each figure: the bundle and the request sequences are made once, then each child is
 * started with a job, and the last line of its output is its answer.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { bundleChild } from "./bundle.js";
import { pinning } from "./node-binary.js";
import { writeSequences } from "./sequences.js";
import type { Child, Measurer, OpenOptions, Part, Service } from "./suite.js";
import type { Job, JobAnswer, Missing, Outcome } from "./types.js";
import type { ZipfOptions } from "./zipf.js";

export interface ChildrenOptions<Settings extends object> {
  child: Child;
  sequences(settings: Settings): Record<string, Omit<ZipfOptions, "seed">>;
  /** Whether a row's child is given one core of its own. */
  pinned(row: string): boolean;
}

/** For a suite's `open`. */
export function inChildren<Settings extends object>({
  child,
  sequences: wanted,
  pinned,
}: ChildrenOptions<Settings>) {
  return async ({ settings, node, stowageFrom }: OpenOptions<Settings>): Promise<Measurer<Settings>> => {
    const { prefix, core } = pinning();
    const program = await bundleChild(child, stowageFrom);
    const { folder, paths: sequences, remove } = writeSequences(wanted(settings));
    const start = [node.path, "--expose-gc", ...child.flags, program.path];
    return {
      core,
      measure(row, contender, part) {
        const command = pinned(row) ? [...prefix, ...start] : start;
        const job = { contender, row, settings: part.settings, sequences, folder };
        return ask(command, job, part, child.limitMs);
      },
      close() {
        remove();
        program.remove();
      },
    };
  };
}

async function ask<Settings extends object>(
  command: readonly string[],
  job: Job<Settings>,
  { serve }: Part<Settings>,
  limitMs: number,
): Promise<Outcome | Missing> {
  let service: Service | undefined;
  try {
    service = await serve?.();
    const { outcome } = await runChild(command, { ...job, port: service?.port }, limitMs);
    return outcome ?? { cannot: true };
  } catch (error) {
    if ((error as { killed?: boolean }).killed) return { tooSlow: true };
    throw error;
  } finally {
    await service?.end();
  }
}

const execute = promisify(execFile);

async function runChild(command: readonly string[], job: Job, limitMs: number): Promise<JobAnswer> {
  const [program, ...args] = [...command, JSON.stringify(job)];
  const { stdout } = await execute(program, args, { timeout: limitMs, maxBuffer: 2 ** 24 });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}
