/**
 * Finds the Node that is measured on, and the cores that processes are pinned to.
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

/** Words before a command that pin it to a core. */
export interface Pinning {
  prefix: string[];
  /** null: there are none, and it is not pinned. */
  core: number | null;
}

const unpinned: Pinning = { prefix: [], core: null };

/** To the last core that this process may use (the first serves interrupts). */
export function pinning(): Pinning {
  const [last] = allowedCores().slice(-1);
  return last === undefined ? unpinned : pinnedTo(last);
}

/** To two cores, the last for what is measured; unpinned where there are no two. */
export function pinnings(): { measured: Pinning; other: Pinning } {
  const cores = allowedCores();
  if (cores.length < 2) return { measured: unpinned, other: unpinned };
  return { measured: pinnedTo(cores[cores.length - 1]), other: pinnedTo(cores[0]) };
}

const pinnedTo = (core: number): Pinning => ({ prefix: ["taskset", "-c", String(core)], core });

/** The first and the last that this process may use, as `taskset` lists them ("0-3,6"); empty where there is no taskset. */
function allowedCores(): number[] {
  const asked = spawnSync("taskset", ["-cp", String(process.pid)], { encoding: "utf8" });
  const listed = asked.status === 0 ? /: *(\d+)(?:.*?(\d+))?\s*$/.exec(asked.stdout) : null;
  return (listed?.slice(1) ?? []).filter((core) => core !== undefined).map(Number);
}
