/**
 * A real PostgreSQL for tests, in a temporary folder, on loopback, on a port that the system gives. It keeps nothing beyond the test:
 * nothing is flushed. Its programs refuse to run as root, so where we are root they run as the user postgres, whom Debian's package
 * makes.
 *
 * It runs under a shell that waits for the end of its input, which is a pipe to this process: however this one ends, the shell ends
 * the server and removes the folder.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { accessSync, chownSync, constants, existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";
import { eventually, freePorts } from "./redis.js";

const KEEPER =
  'folder="$1"; shift; "$@" >"$folder/log" 2>&1 & server=$!; echo $server; read _; kill -QUIT $server 2>/dev/null; wait $server';
/** Debian keeps the programs out of PATH, one folder a version. */
const DEBIAN = "/usr/lib/postgresql";
const QUIET = [
  "fsync=off",
  "full_page_writes=off",
  "synchronous_commit=off",
  "autovacuum=off",
  "shared_buffers=16MB",
  "max_connections=60",
  "log_min_messages=panic",
];

export class PostgresServer {
  readonly port: number;
  readonly #folder: string;
  #keeper: ChildProcess | undefined;
  #pid = 0;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "stowage-postgres-"));
    const user = userOf();
    if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
    const args = [
      "-D",
      join(folder, "data"),
      "-U",
      "postgres",
      "-A",
      "trust",
      "-E",
      "UTF8",
      "--locale=C",
      "-N",
    ];
    execFileSync(program("initdb"), args, { ...user, cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    const server = new PostgresServer((await freePorts(1))[0], folder);
    await server.up();
    return server;
  }

  get url(): string {
    return this.urlAt(this.port);
  }

  /** Through a proxy, say. */
  urlAt(port: number): string {
    return `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  /** Again, after `down`: with what it had. */
  async up(): Promise<void> {
    const settings = [
      ...QUIET,
      `port=${this.port}`,
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
    ];
    const command = [
      program("postgres"),
      "-D",
      join(this.#folder, "data"),
      ...settings.flatMap((one) => ["-c", one]),
    ];
    this.#keeper = spawn("sh", ["-c", KEEPER, "sh", this.#folder, ...command], {
      ...userOf(),
      cwd: this.#folder,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const said = await new Promise<Buffer>((resolve) => this.#keeper?.stdout?.once("data", resolve));
    this.#pid = Number(`${said}`);
    await eventually(`PostgreSQL on ${this.port}`, () => this.#answers());
  }

  /** Ends it, and every connection: "fast", as an administrator does, or "immediate", as a crash. */
  async down(how: "fast" | "immediate" = "fast"): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = undefined;
    if (keeper === undefined) return;
    process.kill(this.#pid, how === "fast" ? "SIGINT" : "SIGQUIT");
    // The shell would hurry it.
    await eventually(
      "the end of PostgreSQL",
      () => !existsSync(join(this.#folder, "data", "postmaster.pid")),
    );
    const ended = new Promise((resolve) => keeper.once("exit", resolve));
    keeper.stdin?.end();
    await ended;
  }

  async stop(): Promise<void> {
    await this.down("immediate");
    execFileSync("rm", ["-rf", this.#folder]);
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  }
}

function userOf(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"]));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

function program(name: string): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  try {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
    folders.push(...versions.map((version) => join(DEBIAN, version, "bin")));
  } catch {
    // Not Debian: then it is on PATH.
  }
  const found = folders.map((folder) => join(folder, name)).find(isProgram);
  if (found === undefined) throw new Error(`${name} is neither on PATH nor below ${DEBIAN}`);
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
