/**
 * Servers with real workers for tests: little memory, small waits, and the routes of test-routes.ts. Workers run a bundle,
 * which starts in a tenth of the time that the sources take.
 */
import { pathToFileURL } from "node:url";
import pino from "pino";
import { loadConfig } from "../../../src/config/load.js";
import { type LaunchOptions, launch } from "../../../src/process/launch.js";
import type { RunningServer } from "../../../src/process/server.js";
import { broken, bundled, type Edit } from "../../support/mutants.js";

export interface Line {
  readonly level: number;
  readonly msg: string;
  readonly worker?: number;
  readonly [fact: string]: unknown;
}

export interface TestServer extends AsyncDisposable {
  readonly server: RunningServer;
  readonly url: string;
  readonly port: number;
  /** All that was logged so far, by the workers too. */
  readonly lines: readonly Line[];
}

export interface StartOptions extends LaunchOptions {
  /** What is broken in the supervisor. */
  readonly edits?: readonly Edit[];
  /** What is broken in the workers. */
  readonly workerEdits?: readonly Edit[];
}

type Launch = typeof launch;

/** A crash is followed by a restart within a test. */
const backoff = { firstMs: 20, maxMs: 200, stableMs: 60_000 };

let workers: Promise<string> | undefined;

/** `args` as on the command line; port 0 of 127.0.0.1 and two workers, unless they say otherwise. */
export async function start(args: readonly string[] = [], options: StartOptions = {}): Promise<TestServer> {
  const lines: Line[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const listening = args.includes("--socket") ? [] : ["--port", "0"];
  const all = [...listening, "--workers", "2", "--memory", "16mb", "--log-level", "info", ...args];
  const { config } = loadConfig({ args: all, env: {} });
  const { edits = [], workerEdits = [], ...rest } = options;
  const workerModule = pathToFileURL(await workersWith(workerEdits));
  const run = edits.length === 0 ? launch : await brokenLaunch(edits);
  const server = (await run(config, { log, workerModule, backoff, ...rest })) as RunningServer;
  const port = typeof server.address === "string" ? 0 : server.address.port;
  const end = () => (server.state === "ready" ? server.kill() : server.close());
  return { server, url: server.url, port, lines, [Symbol.asyncDispose]: end };
}

function workersWith(edits: readonly Edit[]): Promise<string> {
  const entry = new URL("./testing.worker.ts", import.meta.url);
  if (edits.length > 0) return bundled(entry, edits);
  workers ??= bundled(entry);
  return workers;
}

async function brokenLaunch(edits: readonly Edit[]): Promise<Launch> {
  const entry = new URL("../../../src/process/launch.ts", import.meta.url);
  return (await broken<{ launch: Launch }>(entry, ...edits)).launch;
}
