/** Real processes: pipes, signals, exit codes; a server with a data directory that is stopped, killed, started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashOf } from "../../src/access/index.js";
import { buildPrograms } from "./programs.js";
import { temporaryFile } from "./support.js";

let program: string;
let serverProgram: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  ({ stowage: program, stowageServer: serverProgram } = await buildPrograms());
});
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Neither what the machine has in its environment, nor a terminal. */
const environment = (more: object = {}) => ({ PATH: process.env.PATH, ...more });

async function ended(child: ChildProcess): Promise<Ended> {
  let out = "";
  let err = "";
  child.stdout!.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr!.on("data", (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, "close");
  return { code, out, err };
}

function stowage(url: string, ...argv: string[]): Promise<Ended> {
  return ended(spawn(process.execPath, [program, ...argv], { env: environment({ STOWAGE_URL: url }) }));
}

/** A line of the shell, in which "$@" is the program. */
function shell(url: string, line: string): Promise<Ended> {
  const argv = ["--norc", "-o", "pipefail", "-c", line, "bash", process.execPath, program];
  return ended(spawn("bash", argv, { env: environment({ STOWAGE_URL: url }) }));
}

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  readonly log: Record<string, unknown>[];
  /** Sends a signal; resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves with the line of the log. */
  logged(text: RegExp): Promise<Record<string, unknown>>;
}

function start(...argv: string[]): { child: ChildProcess; running: Promise<Running> } {
  const settings = ["--port", "0", "--workers", "1", "--memory", "16mb", ...argv];
  const child = spawn(process.execPath, [serverProgram, ...settings], {
    env: environment(),
  });
  children.add(child);
  return { child, running: begun(child) };
}

async function begun(child: ChildProcess): Promise<Running> {
  const log: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout! }).on("line", (line) => {
    log.push(JSON.parse(line));
    for (const each of waiting) each();
  });
  const logged = (text: RegExp) =>
    new Promise<Record<string, unknown>>((resolve) => {
      const look = () => {
        const found = log.find(({ msg }) => text.test(String(msg)));
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
    });
  const end = async (signal: NodeJS.Signals) => {
    const closed = once(child, "exit");
    child.kill(signal);
    const [code] = await closed;
    children.delete(child);
    return code as number | null;
  };
  const { url } = await logged(/^ready on /);
  return { url: url as string, child, log, end, logged };
}

describe("commands in a shell", () => {
  let server: Running;
  beforeAll(async () => {
    server = await start().running;
  });
  afterAll(() => server.end("SIGKILL"));

  it("take values from pipes, and give them byte for byte", async () => {
    expect((await shell(server.url, `printf 'a\\000b\\n' | "$@" set bytes`)).code).toBe(0);
    expect((await shell(server.url, `"$@" get bytes | od -An -c | tr -d ' '`)).out).toBe("a\\0b\\n\n");
    expect((await shell(server.url, `"$@" set empty < /dev/null && "$@" get empty | wc -c`)).out.trim()).toBe(
      "0",
    );
  });

  it("end quietly when whoever reads has seen enough", async () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => `{"key":"k${i}","value":"${"x".repeat(200)}"}`);
    const file = temporaryFile("many.jsonl", lines.join("\n"));
    expect((await stowage(server.url, "load", file)).code).toBe(0);
    for (const command of ["scan --page 50", "scan --values --page 50", "dump"])
      expect(await shell(server.url, `"$@" ${command} | head -n 2 | wc -l`)).toEqual({
        code: 0,
        out: "2\n",
        err: "",
      });
  });

  it("end with codes that scripts can trust", async () => {
    expect(await stowage(server.url, "get", "nothing")).toEqual({
      code: 1,
      out: "",
      err: "there is no entry nothing\n",
    });
    expect((await stowage(server.url, "gett")).code).toBe(2);
    expect((await stowage("http://127.0.0.1:1", "ping")).code).toBe(3);
    expect((await shell(server.url, `"$@" set n 1 && "$@" incr n && "$@" del n && ! "$@" get n`)).code).toBe(
      0,
    );
  });

  it("end at Ctrl-C, also while they wait for a value", async () => {
    const child = spawn(process.execPath, [program, "set", "k"], {
      env: environment({ STOWAGE_URL: server.url }),
    });
    const end = ended(child);
    // More than a pipe holds: when it is written, the program reads.
    await new Promise((resolve) => child.stdin.write("x".repeat(2 ** 20), resolve));
    child.kill("SIGINT");
    expect((await end).code).toBe(130);
    expect((await stowage(server.url, "get", "k")).code).toBe(1);
  });
});

describe("a server with a data directory", () => {
  it("keeps everything over SIGTERM, and over kill -9 what the last snapshot had", async () => {
    const dir = temporaryFile("data");
    const first = await start("--data-dir", dir, "--snapshot-every", "1s").running;
    await stowage(first.url, "set", "kept", "1", "--ttl", "1h");
    expect(await first.end("SIGTERM")).toBe(0);
    expect(readdirSync(dir)).toEqual(["table.snapshot"]);

    const second = await start("--data-dir", dir, "--snapshot-every", "1s").running;
    expect(await second.logged(/^warm start$/)).toMatchObject({ entries: 1 });
    expect((await stowage(second.url, "get", "kept")).out).toBe("1");
    await stowage(second.url, "set", "later", "2");
    const before = second.log.length;
    while (!second.log.slice(before + 1).some(({ msg, entries }) => msg === "snapshot" && entries === 2))
      await new Promise((resolve) => setTimeout(resolve, 20));

    const rival = start("--data-dir", dir);
    rival.running.catch(() => {});
    const refused = await ended(rival.child);
    expect([refused.code, refused.err]).toEqual([
      7,
      expect.stringMatching(/is in use: process \d+ is using it/),
    ]);

    expect(await second.end("SIGKILL")).toBe(null);
    expect(existsSync(`${dir}/lock`)).toBe(true);
    const third = await start("--data-dir", dir).running;
    expect((await stowage(third.url, "get", "later")).out).toBe("2");
    expect((await stowage(third.url, "get", "kept", "--json")).out).toMatch(/"expiresAt":\d+/);
    expect(await third.end("SIGINT")).toBe(0);
  });

  it("that cannot be used is said, and nothing is opened", async () => {
    const dir = temporaryFile("a-file", "x");
    const { child, running } = start("--data-dir", dir);
    running.catch(() => {});
    const { code, err } = await ended(child);
    expect([code, err]).toEqual([
      7,
      expect.stringMatching(/^stowage: cannot use the data directory .*it must be/),
    ]);
  });
});

describe("a server", () => {
  it("with wrong settings names them all, and ends with 2", async () => {
    const { child, running } = start("--prot", "1", "--ttl", "5");
    running.catch(() => {});
    const { code, out, err } = await ended(child);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/no option --prot; did you mean --port\?/);
    expect(err).toMatch(/--ttl must be a duration/);
  });

  it("speaks TLS, to those who trust its certificate", async () => {
    const fixture = (name: string) => fileURLToPath(new URL(`../process/fixtures/${name}`, import.meta.url));
    const server = await start("--tls-cert", fixture("first.crt"), "--tls-key", fixture("first.key")).running;
    expect(server.url).toMatch(/^https:/);
    const refused = await stowage(server.url, "ping");
    expect([refused.code, refused.err]).toEqual([
      3,
      expect.stringMatching(/NODE_EXTRA_CA_CERTS may name it/),
    ]);
    const env = environment({ STOWAGE_URL: server.url, NODE_EXTRA_CA_CERTS: fixture("first.crt") });
    const trusting = (...argv: string[]) => ended(spawn(process.execPath, [program, ...argv], { env }));
    expect((await trusting("set", "k", "v")).code).toBe(0);
    expect((await trusting("get", "k")).out).toBe("v");
    expect((await trusting("bench", "--duration", "50ms", "--keys", "5", "--connections", "2")).code).toBe(0);
    expect(await server.end("SIGTERM")).toBe(0);
  });

  it("listens on a Unix socket, and reads its tokens again at SIGHUP", async () => {
    const folder = temporaryFile("run");
    mkdirSync(folder);
    const socket = `${folder}/http.sock`;
    const tokens = `${folder}/tokens.json`;
    const token = "token-0123456789abcdef0123456789abcdef";
    writeFileSync(tokens, JSON.stringify({ tokens: [] }));
    const argv = [
      "--import",
      "tsx",
      serverProgram,
      "--socket",
      socket,
      "--workers",
      "1",
      "--tokens-file",
      tokens,
    ];
    const own = spawn(process.execPath, argv, { env: environment() });
    children.add(own);
    const server = await begun(own);
    expect(server.url).toBe(`unix:${socket}`);
    const get = () =>
      ended(
        spawn(process.execPath, [program, "get", "k"], {
          env: environment({ STOWAGE_URL: server.url, STOWAGE_TOKEN: token }),
        }),
      );
    expect((await stowage(server.url, "ping", "--ready")).code).toBe(0);
    expect((await stowage(server.url, "bench", "--duration", "50ms")).err).toMatch(/STOWAGE_TOKEN/);
    expect((await get()).code).toBe(4);
    writeFileSync(tokens, JSON.stringify({ tokens: [{ name: "t", sha256: hashOf(token) }] }));
    server.child.kill("SIGHUP");
    await server.logged(/read again/);
    while ((await get()).code !== 1) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await server.end("SIGTERM")).toBe(0);
    expect(existsSync(socket)).toBe(false);
  });
});
