/**
 * Programs of the system that tests need. On Debian and Ubuntu, what is missing is installed; where that cannot be done, it is
 * said which packages have it, and the tests that need it fail.
 */
import { spawnSync } from "node:child_process";

/** Program -> the packages that bring it. */
const needed: Readonly<Record<string, readonly string[]>> = {
  // The load generator of bench:server is written in C, and tested.
  cc: ["gcc", "libc6-dev"],
  // The client is tested in a browser.
  chromium: ["chromium"],
};

type Run = (command: string, args: readonly string[]) => boolean;

/**
 * @param runs whether a command could be run, and ended well
 * @returns what is wrong, or undefined
 */
export function installRequirements(runs: Run = runsQuietly): string | undefined {
  const packages = Object.entries(needed).flatMap(([program, names]) =>
    runs(program, ["--version"]) ? [] : names,
  );
  if (packages.length === 0) return undefined;
  const installed =
    runs("apt-get", ["update"]) &&
    runs("apt-get", ["install", "--yes", "--no-install-recommends", ...packages]);
  return installed ? undefined : `the tests need ${packages.join(", ")} (names of Debian's packages)`;
}

function runsQuietly(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, [...args], { stdio: "ignore", env }).status === 0;
}
