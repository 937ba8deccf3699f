/**
 * Where a process runs, as far as its number means the same process to another one: the machine since its last boot, and on
 * Linux the namespace of process numbers, which each container has to itself. Restarted containers are number 1 every time.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface Place {
  /** Processes with the same text can judge each other's numbers. */
  readonly name: string;
  readonly pid: number;
  /** When the process of that number was started, in whatever unit; undefined: there is none, null: it cannot be told. */
  startOf(pid: number): string | null | undefined;
}

export function thisPlace(): Place {
  const boot = readOr(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const namespace = readOr(() => readlinkSync("/proc/self/ns/pid"));
  return { name: [hostname(), boot, namespace].join(" ").trim(), pid: process.pid, startOf };
}

function readOr(read: () => string): string {
  try {
    return read();
  } catch {
    return ""; // not Linux
  }
}

function startOf(pid: number): string | null | undefined {
  if (!isAlive(pid)) return undefined;
  // Field 22 of /proc/<pid>/stat: clock ticks from boot to start. Names before it may hold spaces and brackets.
  const stat = readOr(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z") return undefined; // killed, and its parent has not looked yet
  return fields[19] ?? null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === "EPERM"; // it is somebody else's, but it is
  }
}
