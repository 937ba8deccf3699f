/**
 * Finds the Node that the children run on, and the core that they are pinned to.
 *
 * `--node "npx -y node@24"` is asked once for its own path: the children start that binary directly, so that what
 * npx does before is neither measured nor pinned. Pinning needs Linux's `taskset`; elsewhere the children run
 * unpinned and the result says so.
 */
import { spawnSync } from "node:child_process";

export interface NodeBinary {
  path: string;
  version: string;
}

export function resolveNode(command?: string): NodeBinary {
  if (command === undefined) return { path: process.execPath, version: process.version };
  const [program, ...args] = command.trim().split(/\s+/);
  const asked = spawnSync(
    program,
    [...args, "-p", "JSON.stringify({ path: process.execPath, version: process.version })"],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
  );
  if (asked.status !== 0) {
    const reason = asked.error?.message ?? asked.stderr.trim();
    throw new Error(`--node "${command}" does not run Node: ${reason}`, { cause: asked.error });
  }
  return JSON.parse(asked.stdout.trim().split("\n").at(-1) ?? "");
}

/** The prefix that pins a command to one core: the last that this process may use (the first serves interrupts). */
export function pinning(): { prefix: string[]; core: number | null } {
  const asked = spawnSync("taskset", ["-cp", String(process.pid)], { encoding: "utf8" });
  const last = asked.status === 0 ? /(\d+)\s*$/.exec(asked.stdout) : null;
  if (last === null) return { prefix: [], core: null };
  return { prefix: ["taskset", "-c", last[1]], core: Number(last[1]) };
}
