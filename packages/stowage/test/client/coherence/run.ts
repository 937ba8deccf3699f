/** One run: a server, writers and readers as processes, and a proxy between each reader and the server. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bundleEdited, type Edit } from "../../../../../scripts/build/edited.js";
import { buildPrograms } from "../../../../server/test/cli/programs.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import { check, type Loss, type Verdict } from "./checker.js";
import {
  nowMs,
  type ReaderJob,
  type ReaderReport,
  randomFrom,
  type WriterJob,
  type WriterReport,
} from "./protocol.js";
import { mild, weather } from "./weather.js";

export interface RunOptions {
  readonly seconds: number;
  readonly boundMs: number;
  readonly seed: number;
  /** Whether the network is in trouble now and then; else it is only a little late. */
  readonly isStormy: boolean;
  /** Whether it is not even late. */
  readonly isDirect?: boolean;
  /** Whether the server is killed and started anew half-way. */
  readonly restarts?: boolean;
  readonly readers?: number;
  readonly writers?: number;
  /** Of the sources below client/near. */
  readonly edits?: readonly Edit[];
}

export interface RunReport extends Verdict {
  readonly readers: readonly ReaderReport[];
  readonly writers: readonly WriterReport[];
  readonly troubles: number;
}

const sources = fileURLToPath(new URL("../../../src/", import.meta.url));
/** Nothing of this one's: servers and clients would take their settings from it. */
const environment = { PATH: process.env.PATH };
const KEYS = 20;
const SHORT_LIVED_MS = 300;

export async function run(options: RunOptions): Promise<RunReport> {
  const { boundMs, seed, readers = 3, writers = 2 } = options;
  const [server, readerProgram, writerProgram] = await Promise.all([
    Server.start(),
    bundle("reader.program.ts", options.edits),
    bundle("writer.program.ts"),
  ]);
  const proxies = await Promise.all(
    Array.from({ length: readers }, () => FaultProxy.start({ port: server.port })),
  );
  // Long ones among them, which the feed does not tell whole.
  const keysOf = (writer: number) =>
    Array.from({ length: KEYS }, (_, n) => `${n % 4 === 0 ? "long/".repeat(12) : ""}${writer}:${n}`);
  const keys = Array.from({ length: writers }, (_, writer) => keysOf(writer));
  const children = [
    ...proxies.map(({ url }, n) =>
      Child.start<ReaderReport>(readerProgram, {
        role: "reader",
        url: options.isDirect ? server.url : url,
        keys: keys.flat(),
        maxStalenessMs: boundMs,
        whenBehind: n === 2 ? { ttl: SHORT_LIVED_MS } : "off",
        own: `own:${n}`,
      } satisfies ReaderJob),
    ),
    ...keys.map((own, n) =>
      Child.start<WriterReport>(writerProgram, {
        role: "writer",
        url: server.url,
        keys: own,
        seed: seed + n,
      } satisfies WriterJob),
    ),
  ];
  try {
    const running = await Promise.all(children);
    const { troubles, losses } = await disturb(options, server, proxies);
    const reports = await Promise.all(running.map((child) => child.stop()));
    const readerReports = reports.slice(0, readers) as ReaderReport[];
    const writerReports = reports.slice(readers) as WriterReport[];
    const verdict = check(writerReports, readerReports, boundMs, losses);
    return { ...verdict, readers: readerReports, writers: writerReports, troubles };
  } finally {
    for (const child of await Promise.allSettled(children))
      if (child.status === "fulfilled") child.value.kill();
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await server.kill();
  }
}

/** For as long as the run is to last; then all is well for a moment, so that everybody can end. */
async function disturb(
  { seconds, seed, isStormy, restarts = false }: RunOptions,
  server: Server,
  proxies: readonly FaultProxy[],
): Promise<{ troubles: number; losses: Loss[] }> {
  const calm = new AbortController();
  const losses: Loss[] = [];
  for (const [n, proxy] of proxies.entries()) mild(proxy, randomFrom(seed + n));
  const storms = isStormy ? proxies.map((proxy, n) => weather(proxy, seed * 31 + n, calm.signal)) : [];
  await pause(seconds * 500);
  if (restarts) {
    await server.kill();
    losses.push({ atMs: nowMs() });
    await server.begin();
  }
  await pause(seconds * 500);
  calm.abort();
  const counts = await Promise.all(storms);
  for (const proxy of proxies) {
    proxy.heal();
    proxy.reset();
  }
  return { troubles: counts.reduce((sum, count) => sum + count, 0), losses };
}

function bundle(program: string, edits: readonly Edit[] = []): Promise<string> {
  return bundleEdited(new URL(`./${program}`, import.meta.url), {
    sources: join(sources, "client/near"),
    edits,
  });
}

class Child<Report> {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start<Report>(program: string, job: object): Promise<Child<Report>> {
    const process = fork(program, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      execArgv: [],
      env: environment,
    });
    const child = new Child<Report>(process);
    await child.#message();
    process.send(job);
    return child;
  }

  async stop(): Promise<Report> {
    const report = this.#message();
    this.#process.send("stop");
    return report as Promise<Report>;
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  async #message(): Promise<unknown> {
    const gone = once(this.#process, "exit").then(([code]) => {
      throw new Error(`a child ended with ${code}`);
    });
    gone.catch(() => {}); // it ends some day; here it only matters before its message
    const [message] = await Promise.race([once(this.#process, "message"), gone]);
    return message;
  }
}

class Server {
  port = 0;
  #process: ChildProcess | undefined;
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  static async start(): Promise<Server> {
    const { stowageServer } = await buildPrograms();
    const server = new Server(stowageServer);
    await server.begin();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async begin(): Promise<void> {
    const settings = ["--port", `${this.port}`, "--host", "127.0.0.1", "--workers", "2", "--memory", "32mb"];
    const process = spawn(globalThis.process.execPath, [this.#program, ...settings], {
      stdio: ["ignore", "pipe", "inherit"],
      env: environment,
    });
    this.#process = process;
    for await (const line of createInterface({ input: process.stdout })) {
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (!msg.startsWith("ready on ")) continue;
      this.port = Number(new URL(url as string).port);
      process.stdout.resume();
      return;
    }
    throw new Error("the server ended before it was ready");
  }

  async kill(): Promise<void> {
    const process = this.#process;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    const exited = once(process, "exit");
    process.kill("SIGKILL");
    await exited;
  }
}
