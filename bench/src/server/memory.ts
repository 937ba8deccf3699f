/** What processes hold of the machine's memory: resident set sizes, as Linux tells them, added up. */
import { readFileSync } from "node:fs";

/** Of shared pages every process has its own count, so several processes seem to have a little more than they do. */
export function residentBytes(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    const told = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    if (told === undefined) throw new Error(`process ${pid} does not run any more`);
    sum += Number(told) * 1024;
  }
  return sum;
}
