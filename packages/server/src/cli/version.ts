/** The version of the package, from its package.json, which lies above the sources and above what is built of them. */
import { readFileSync } from "node:fs";

export function version(): string {
  for (const up of ["../package.json", "../../package.json"]) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(up, import.meta.url), "utf8"));
      if (name === "stowage-server") return version;
    } catch {
      // It is the other one.
    }
  }
  return "unknown";
}
