/**
 * Redis, asked by its own redis-benchmark: the figures that people know. It ends near 105,000 requests a second on the
 * machine this was written on, which is its own limit and not Redis's; `redis` is the one to compare with.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type InstalledProgram, versionOfProgram, versionOrNone } from "../../harness/programs.js";
import type { Operation } from "../exchanges.js";
import type { LoadOutcome } from "../generator.js";
import { digits, keyOf, valueBytes } from "../items.js";
import type { AskOptions, Contender } from "./contender.js";
import { contender as redis } from "./redis.js";

const program: InstalledProgram = {
  program: "redis-benchmark",
  args: ["--version"],
  version: /redis-benchmark (\S+)/,
  howToInstall: "redis-benchmark is not installed; `apt-get install redis-tools` (Debian, Ubuntu) gets it",
};

/** What it does a second, so that it takes about the time that is wanted: it can only be given a number of requests. */
const assumedPerSecond = 90_000;

export const contender: Contender = {
  ...redis,
  version: () => versionOrNone(program),
  heading: "by redis-benchmark",
  missing: () =>
    redis.missing() ?? (versionOfProgram(program) === undefined ? program.howToInstall : undefined),
  generator: { canAsk: (operation) => commandFor(operation) !== undefined, ask },
};

const execute = promisify(execFile);

async function ask({
  operation,
  port,
  connections,
  prefix,
  items,
  measuredMs,
}: AskOptions): Promise<LoadOutcome> {
  const words = commandFor(operation) ?? [];
  const flags = ["-h", "127.0.0.1", "-p", String(port), "-c", String(connections), "--csv"];
  const requests = ["-n", String(Math.ceil((assumedPerSecond * measuredMs) / 1000)), "-r", String(items)];
  const [first, ...args] = [...prefix, "redis-benchmark", ...flags, ...requests, ...words];
  const { stdout } = await execute(first, args);
  return outcomeOf(stdout);
}

/** undefined: it has no way to say that, or to draw keys so. */
function commandFor(operation: Operation): string[] | undefined {
  // Its own placeholder is twelve digits.
  const key = (family: "small" | "counter") => keyOf(family, `${"0".repeat(digits - 12)}__rand_int__`);
  if (operation.verb === "incr") return ["INCR", key("counter")];
  if (!("family" in operation) || operation.family !== "small") return undefined;
  if (operation.verb === "get") return ["GET", key("small")];
  return ["SET", key("small"), "x".repeat(valueBytes.small)];
}

/** Of its CSV: the test, requests a second, then average, minimum, p50, p95, p99 and maximum in ms. */
function outcomeOf(csv: string): LoadOutcome {
  const last = csv.trim().split("\n").at(-1) ?? "";
  const [perSecond, mean, , p50, , p99, max] = (last.match(/"([\d.]+)"/g) ?? []).map((text) =>
    Number(text.slice(1, -1)),
  );
  if (!(perSecond > 0)) throw new Error(`redis-benchmark says ${JSON.stringify(csv)}`);
  return { perSecond, latencyMs: { mean, p50, p99, max } };
}
