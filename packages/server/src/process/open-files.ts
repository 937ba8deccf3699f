/** Says when the system allows fewer connections than the settings do: else one learns it when they are refused. */
import { readFileSync } from "node:fs";
import type { Config } from "../config/settings.js";
import type { Log } from "../observe/index.js";

export function warnOfFewFiles(config: Config, log: Log, limits = readLimits()): void {
  const filesMax = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  const connectionsMax = config["max-connections"]!;
  if (connectionsMax <= filesMax) return;
  log.warn(
    { "max-connections": connectionsMax, filesMax },
    `the system allows ${filesMax} open files: raise that ("ulimit -n"), or lower max-connections`,
  );
}

/** Node has raised the limit to what it may be before any of our code runs. Empty where there is no such file. */
function readLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return "";
  }
}
