/**
 * Programs of the system that tests need. On Debian and Ubuntu, what is missing is installed; where that cannot be done, it is
 * said which packages have it, and the tests that need it fail.
 *
 * Debian's packages of servers start them as services. Tests start their own, on ports and in folders of their own, so while packages
 * are installed services are refused, as Debian's policy-rc.d does it; one that is there already is left alone.
 */
import { spawnSync } from "node:child_process";

type Command = readonly [command: string, ...args: string[]];

interface Need {
  /** It is there where one of these can be run. */
  readonly there: readonly Command[];
  readonly packages: readonly string[];
}

/** Debian has PostgreSQL's programs in a folder for each version, and none of them on PATH. */
const POSTGRES = 'for each in /usr/lib/postgresql/*/bin/initdb; do "$each" --version && exit 0; done; exit 1';

const needed: readonly Need[] = [
  // The load generator of bench:server is written in C, and tested.
  { there: [["cc", "--version"]], packages: ["gcc", "libc6-dev"] },
  // The client is tested in a browser.
  { there: [["chromium", "--version"]], packages: ["chromium"] },
  // Tiers are tested on real servers.
  { there: [["redis-server", "--version"]], packages: ["redis-server"] },
  {
    there: [
      ["initdb", "--version"],
      ["sh", "-c", POSTGRES],
    ],
    packages: ["postgresql"],
  },
];

const POLICY = "/usr/sbin/policy-rc.d";
const MARK = "# By the tests of Stowage";
const REFUSE = `[ -e ${POLICY} ] || { printf '#!/bin/sh\\n${MARK}\\nexit 101\\n' > ${POLICY} && chmod +x ${POLICY}; }`;
const ALLOW = `if grep -qs '^${MARK}$' ${POLICY}; then rm ${POLICY}; fi`;

type Run = (command: string, args: readonly string[]) => boolean;

/**
 * @param runs whether a command could be run, and ended well
 * @returns what is wrong, or undefined
 */
export function installRequirements(runs: Run = runsQuietly): string | undefined {
  const missing = needed.filter(({ there }) => !there.some(([command, ...args]) => runs(command, args)));
  const packages = missing.flatMap((need) => need.packages);
  if (packages.length === 0) return undefined;
  return install(packages, runs)
    ? undefined
    : `the tests need ${packages.join(", ")} (names of Debian's packages)`;
}

function install(packages: readonly string[], runs: Run): boolean {
  if (!runs("apt-get", ["update"])) return false;
  // Where that cannot be written, nothing can be installed either.
  runs("sh", ["-c", REFUSE]);
  try {
    return runs("apt-get", ["install", "--yes", "--no-install-recommends", ...packages]);
  } finally {
    runs("sh", ["-c", ALLOW]);
  }
}

function runsQuietly(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, [...args], { stdio: "ignore", env }).status === 0;
}
