/** What must be so of every way to run the server. Each says what is not, so that the rules can be tried on files that are wrong. */
import { loadConfig } from "../../src/config/index.js";
import type { Config } from "../../src/config/settings.js";
import { routes } from "../../src/routes/index.js";
import type { Way } from "./files.js";

const MB = 2 ** 20;
/** What the process needs beside what it caches: docs/deployment.md has the measurements. */
export const ownBytes = 128 * MB;
export const workerBytes = 96 * MB;
/** Small entries: docs/server-durability.md. */
const snapshotBytesPerMs = (80 * MB) / 1_000;
const loadBytesPerMs = (60 * MB) / 1_000;
/** For what else there is to do at the end. */
const endMs = 5_000;

/** What is not as it must be, or an error for settings that are refused. */
export function problemsOf(way: Way): string[] {
  const env = Object.fromEntries(Object.entries(way.env).filter(([name]) => name !== "NODE_ENV"));
  const strangers = Object.keys(env).filter((name) => !name.startsWith("STOWAGE_"));
  // Whoever runs it brings the tokens; whether they are asked for is a setting of the file.
  const tokens = way.name === "fly.toml" ? { STOWAGE_TOKENS: "of-the-secret-0123456789abcdef" } : {};
  const { config } = loadConfig({ args: [], env: { ...env, ...tokens } });
  return [
    ...strangers.map((name) => `${name} is no setting`),
    ...networkProblems(way, config),
    ...resourceProblems(way, config),
    ...fileProblems(way, config),
    ...(way.isRoot ? ["it runs with more rights than it needs"] : []),
  ];
}

function networkProblems(way: Way, config: Config): string[] {
  const open = routes
    .filter(({ method, scope }) => method === "GET" && scope === "open")
    .map(({ path }) => path);
  const isContainer = way.ports.length > 0;
  return [
    ...way.ports.filter((port) => port !== config.port).map((port) => `port ${port} is not where it listens`),
    ...way.probes.filter((path) => !open.includes(path)).map((path) => `${path} is no open route`),
    ...(isContainer && config.host === "127.0.0.1" ? ["nobody reaches it in its container"] : []),
    ...(way.name !== "Dockerfile" && isContainer && !config["require-auth"]
      ? ["it would run without tokens"]
      : []),
  ];
}

function resourceProblems({ graceMs, startMs, memoryBytes, cpus }: Way, config: Config): string[] {
  const full = config["data-dir"] === null ? 0 : config.memory!;
  const stopMs = config["drain-timeout"]! + (config["drain-delay"] ?? 0) + full / snapshotBytesPerMs + endMs;
  // Without a say, it takes as many workers as there are processors: 8 is a usual machine.
  const workers = cpus === null ? 4 : config.workers!;
  const needed = config.memory! + ownBytes + workers * workerBytes;
  return [
    ...(stopMs > graceMs ? [`it may take ${stopMs} ms to stop, and is given ${graceMs}`] : []),
    ...(full / loadBytesPerMs > startMs
      ? [`it may take ${full / loadBytesPerMs} ms to start, and is given ${startMs}`]
      : []),
    ...(needed > memoryBytes ? [`it may need ${needed} bytes, and is given ${memoryBytes}`] : []),
    ...(cpus !== null && config.workers! > Math.max(1, cpus) ? ["it has more workers than processors"] : []),
  ];
}

function fileProblems({ volumes, files }: Way, config: Config): string[] {
  const dir = config["data-dir"];
  const file = config["tokens-file"];
  return [
    ...(dir !== null && !volumes.includes(dir) ? [`${dir} does not outlive it`] : []),
    ...volumes.filter((path) => path !== dir).map((path) => `${path} is kept for nothing`),
    ...(file !== null && !files.includes(file) ? [`nobody puts ${file} there`] : []),
    ...files.filter((path) => path !== file).map((path) => `${path} is there for nothing`),
  ];
}
