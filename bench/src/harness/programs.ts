/** Peers that are programs of the system: whether they are there, in which version, and which package has them. */
import { spawnSync } from "node:child_process";

export interface InstalledProgram {
  program: string;
  /** What makes it tell its version and end. */
  args: readonly string[];
  version: RegExp;
  /** What is said where it is missing, naming the package. */
  howToInstall: string;
}

/** undefined: it is not on this machine. */
export function versionOfProgram({ program, args, version }: InstalledProgram): string | undefined {
  const asked = spawnSync(program, args, { encoding: "utf8" });
  if (asked.error !== undefined) return undefined;
  const told = version.exec(asked.stdout + asked.stderr)?.[1];
  return told ?? (asked.status === 0 ? "of unknown version" : undefined);
}

/** For results, where there has to be something. */
export function versionOrNone(program: InstalledProgram): string {
  return versionOfProgram(program) ?? "not installed";
}
