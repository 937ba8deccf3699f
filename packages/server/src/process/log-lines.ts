/** Puts lines that workers logged into the log of the program that the server is embedded in. */
import type { Log } from "../observe/index.js";

export function forwardTo(log: Log): (line: string) => void {
  return (line) => {
    // What the embedding program's logger writes by itself is left out.
    const { level, time: _time, pid: _pid, msg, ...facts } = JSON.parse(line) as Line;
    log[level](facts, msg);
  };
}

interface Line {
  readonly level: "fatal" | "error" | "warn" | "info" | "debug";
  readonly msg: string;
  readonly time: number;
  readonly pid: number;
}
