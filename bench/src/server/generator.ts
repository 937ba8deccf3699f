/**
 * The load generator (load/*.c): compiled when the benchmark starts, because it has to be as fast as nginx and Redis are, and
 * run once for each figure. What it is to do goes into a plan file; load/plan.h says what it makes of it.
 */
import { execFile, spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Protocol } from "./contenders/contender.js";
import type { Exchange } from "./exchanges.js";

/** Its source. */
export const loadSources = fileURLToPath(new URL("./load/", import.meta.url));

export interface LoadPlan {
  protocol: Protocol;
  port: number;
  connections: number;
  /** Requests under way on each connection; absent: 1. */
  depth?: number;
  /** For so long, after a warm-up... */
  warmupMs?: number;
  measuredMs?: number;
  /** ... or so many requests. */
  requests?: number;
  /** Given up where no answer comes for so long; absent: 5 s. */
  silenceMs?: number;
  /** A file of item numbers, 32 bits each. */
  sequence: string;
  /** The server's processes, whose use of the cores is told. */
  pids?: readonly number[];
  /** Chosen at random in proportion to their weights. */
  operations: readonly (Exchange & { weight: number })[];
}

export interface LoadOutcome {
  /** Requests. */
  perSecond: number;
  latencyMs: { mean: number; p50: number; p99: number; p999?: number; max: number };
  /** Use of the cores in the measured time: microseconds a request, and shares of the time. */
  cores?: { serverUs: number; loadUs: number; serverBusy: number; loadBusy: number; waited: number };
}

/**
 * Into that folder.
 *
 * @throws Error naming the package where there is no compiler
 */
export function compileGenerator(folder: string, sources: string = loadSources): string {
  const program = join(folder, "load");
  const files = readdirSync(sources).filter((name) => name.endsWith(".c"));
  const flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-o", program];
  const made = spawnSync("cc", [...flags, ...files], { cwd: sources, encoding: "utf8" });
  if (made.error !== undefined) {
    throw new Error(
      "the load generator is written in C, and there is no compiler; `apt-get install gcc libc6-dev` (Debian, Ubuntu) gets one",
      { cause: made.error },
    );
  }
  if (made.status !== 0) throw new Error(`the load generator does not compile: ${made.stderr}`);
  return program;
}

/** A field is a line `name length`, so many bytes, and a line feed. */
export function planText({ operations, pids, ...scalars }: LoadPlan): string {
  const fields = Object.entries({ host: "127.0.0.1", ...scalars, ...(pids && { pids: pids.join(" ") }) });
  const lines = fields.filter(([, value]) => value !== undefined).map(([name, value]) => field(name, value));
  const opened = operations.map(({ weight, status = 0, request, answer }) =>
    [
      field("operation", ""),
      field("weight", weight),
      field("status", status),
      field("request", request),
      field("answer", answer),
    ].join(""),
  );
  return lines.concat(opened).join("");
}

const field = (name: string, value: unknown) =>
  `${name} ${Buffer.byteLength(String(value), "latin1")}\n${value}\n`;

/** As the program prints it. */
interface Printed {
  elapsedMs: number;
  answers: number;
  wrong: number;
  closed: number;
  lost: number;
  firstWrongStatus: number;
  firstWrong: string;
  latencyMs: { mean: number; p50: number; p99: number; p999: number; max: number };
  load: { ranMs: number; waitedMs: number };
  server: { ranMs: number; waitedMs: number };
}

const execute = promisify(execFile);

export class Generator {
  #plans = 0;

  /** `prefix`: words that pin it to a core. */
  constructor(
    private readonly program: string,
    private readonly folder: string,
  ) {}

  /** @throws Error where any answer was not what it had to be, or a connection was ended by the server */
  async run(plan: LoadPlan, prefix: readonly string[] = []): Promise<LoadOutcome> {
    const path = join(this.folder, `plan-${this.#plans++}`);
    writeFileSync(path, planText(plan), "latin1");
    const [first, ...args] = [...prefix, this.program, path];
    const { stdout } = await execute(first, args).catch((error: { stderr?: string; message: string }) => {
      throw new Error(error.stderr?.trim() || error.message, { cause: error });
    });
    return outcomeOf(JSON.parse(stdout) as Printed);
  }
}

function outcomeOf({ elapsedMs, answers, latencyMs, load, server, ...mistakes }: Printed): LoadOutcome {
  const { wrong, closed, lost, firstWrong, firstWrongStatus } = mistakes;
  if (wrong > 0)
    throw new Error(`${wrong} wrong answers, the first: ${firstWrongStatus || ""} ${firstWrong}`);
  if (closed > 0) throw new Error(`the server ended ${closed} connections, with ${lost} requests under way`);
  return {
    perSecond: (answers / elapsedMs) * 1e3,
    latencyMs,
    cores: {
      serverUs: (server.ranMs / answers) * 1e3,
      loadUs: (load.ranMs / answers) * 1e3,
      serverBusy: server.ranMs / elapsedMs,
      loadBusy: load.ranMs / elapsedMs,
      waited: (load.waitedMs + server.waitedMs) / elapsedMs,
    },
  };
}
