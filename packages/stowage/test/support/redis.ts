/**
 * Real servers for tests: one, a Cluster of three masters and three replicas, or a master and a replica with three Sentinels. They
 * listen on loopback, on ports that the system gives, keep nothing, and have a folder of their own.
 *
 * Each runs under a shell that waits for the end of its input, which is a pipe to this process: however this one ends, the shell
 * ends the server and removes the folder.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const WAIT_MS_MAX = 30_000;
const PAUSE_MS = 5;
/** Runs what it is given, says its process id, and ends it when nobody holds the other end of the input any more. */
const KEEPER =
  'trap "" INT TERM HUP; folder="$1"; shift; "$@" >"$folder/log" 2>&1 & server=$!; echo $server; read _; kill -9 $server 2>/dev/null; wait $server; rm -rf "$folder"';
/** How the answer to a PING ends, also of a server that wants a password first. */
const ANSWERED = /(\+PONG|-NOAUTH.*)\r\n$/;
const QUIET = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--protected-mode", "no"];

/** Answers true, or throws when that takes too long. */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + WAIT_MS_MAX;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`${what}: still not so after ${WAIT_MS_MAX} ms`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = net.createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export interface ServerOptions {
  readonly args?: readonly string[];
  readonly port?: number;
  /** Name and text of files in its folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Instead of the arguments of a server that keeps nothing. */
  readonly config?: string;
}

export class RedisServer {
  readonly port: number;
  pid = 0;
  readonly #options: ServerOptions;
  #keeper: ChildProcess | undefined;

  private constructor(port: number, options: ServerOptions) {
    this.port = port;
    this.#options = options;
  }

  static async start(options: ServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(options.port ?? (await freePorts(1))[0], options);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Again, after `kill`: empty, on the same port. */
  async start(): Promise<void> {
    const { args = [], files = {}, config } = this.#options;
    const folder = mkdtempSync(join(tmpdir(), "stowage-redis-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const first = config === undefined ? QUIET : [config, "--sentinel"];
    const own = ["--port", `${this.port}`, "--dir", folder, ...args];
    const command = [
      "redis-server",
      ...(config === undefined ? first : [join(folder, config), "--sentinel"]),
    ];
    this.#keeper = spawn(
      "sh",
      ["-c", KEEPER, "sh", folder, ...command, ...(config === undefined ? own : [])],
      {
        stdio: ["pipe", "pipe", "ignore"],
      },
    );
    const said = await new Promise<Buffer>((resolve) => this.#keeper?.stdout?.once("data", resolve));
    this.pid = Number(`${said}`);
    await eventually(`redis-server on ${this.port}`, async () => ANSWERED.test(await this.ask("PING")));
  }

  /** What it answers to one command on a connection of its own, as it says it; a text that is empty: nothing. */
  ask(...args: readonly string[]): Promise<string> {
    return askRedis(this.port, args);
  }

  /** Crashes it. */
  async kill(): Promise<void> {
    process.kill(this.pid, "SIGKILL");
    await eventually(`the end of ${this.pid}`, async () => (await this.ask("PING")) === "");
  }

  /** Neither answers nor ends, until `resume`. */
  pause(): void {
    process.kill(this.pid, "SIGSTOP");
  }

  resume(): void {
    process.kill(this.pid, "SIGCONT");
  }

  async stop(): Promise<void> {
    const keeper = this.#keeper;
    if (keeper === undefined || keeper.exitCode !== null) return;
    const ended = new Promise((resolve) => keeper.once("exit", resolve));
    keeper.stdin?.end();
    await ended;
  }
}

const SLOTS = 16_384;
const SHARDS = 3;
const NODE_TIMEOUT_MS = 1_000;

/** Three masters (the first three) and a replica of each. */
export class RedisCluster {
  private constructor(readonly servers: readonly RedisServer[]) {}

  /** Its table of slots is written down before it starts, so that nothing has to be agreed on. */
  static async start(): Promise<RedisCluster> {
    const ports = await freePorts(SHARDS * 4);
    const servers = await Promise.all(
      ports.slice(0, SHARDS * 2).map((port, index) =>
        RedisServer.start({
          port,
          files: { "nodes.conf": tableFor(index, ports) },
          args: [
            ...["--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"],
            ...[
              "--cluster-port",
              `${ports[index + SHARDS * 2]}`,
              "--cluster-node-timeout",
              `${NODE_TIMEOUT_MS}`,
            ],
            ...["--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"],
          ],
        }),
      ),
    );
    const cluster = new RedisCluster(servers);
    await cluster.settled();
    return cluster;
  }

  get urls(): string[] {
    return this.servers.map(({ url }) => url);
  }

  /** All servers that run know all slots, and all replicas have a master. */
  async settled(): Promise<void> {
    for (const server of this.servers)
      await eventually(`the cluster, seen from ${server.port}`, async () => {
        const info = await server.ask("CLUSTER", "INFO");
        if (info === "") return true;
        const role = await server.ask("INFO", "replication");
        return (
          info.includes("cluster_state:ok") &&
          (role.includes("role:master") || role.includes("link_status:up"))
        );
      });
  }

  /** Which of those that run are masters. */
  async masters(): Promise<RedisServer[]> {
    const roles = await Promise.all(this.servers.map((server) => server.ask("ROLE")));
    return this.servers.filter((_, index) => roles[index].includes("master"));
  }

  /** Crashes the master of the first slots; @returns it, when its replica has its place */
  async failover(): Promise<RedisServer> {
    const [master] = this.servers;
    await master.kill();
    await eventually("a replica in its place", async () =>
      (await this.servers[SHARDS].ask("ROLE")).includes("master"),
    );
    return master;
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}

/** Two servers, of which one is the other's replica, watched over by three Sentinels. */
export class RedisSentinels {
  private constructor(
    readonly servers: readonly RedisServer[],
    readonly sentinels: readonly RedisServer[],
  ) {}

  static readonly group = "cache";

  static async start(): Promise<RedisSentinels> {
    const master = await RedisServer.start();
    const replica = await RedisServer.start({ args: ["--replicaof", "127.0.0.1", `${master.port}`] });
    const { group } = RedisSentinels;
    const ports = await freePorts(SHARDS);
    const sentinels = await Promise.all(
      ports.map((port) =>
        RedisServer.start({
          port,
          config: "sentinel.conf",
          files: {
            "sentinel.conf": [
              `port ${port}`,
              "bind 127.0.0.1",
              `sentinel monitor ${group} 127.0.0.1 ${master.port} 2`,
              `sentinel down-after-milliseconds ${group} 500`,
              `sentinel failover-timeout ${group} 2000`,
              "",
            ].join("\n"),
          },
        }),
      ),
    );
    const group3 = new RedisSentinels([master, replica], sentinels);
    await group3.#settled();
    return group3;
  }

  /** Crashes the master; comes back when the other one is it. */
  async failover(): Promise<void> {
    await this.servers[0].kill();
    await eventually("another master", async () => (await this.servers[1].ask("ROLE")).includes("master"));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((server) => server.stop()));
  }

  /** Each Sentinel knows the replica and both others. */
  async #settled(): Promise<void> {
    for (const sentinel of this.sentinels)
      await eventually(`the sentinel on ${sentinel.port}`, async () => {
        const info = await sentinel.ask("INFO", "sentinel");
        return info.includes("status=ok") && info.includes("slaves=1,sentinels=3");
      });
  }
}

/** A server's nodes.conf: who is who, and who has which slots. */
function tableFor(myself: number, ports: readonly number[]): string {
  const idOf = (index: number) => `${index}`.padStart(40, "a");
  const lines = Array.from({ length: SHARDS * 2 }, (_, index) => {
    const flag = index < SHARDS ? "master" : "slave";
    const master = index < SHARDS ? "-" : idOf(index - SHARDS);
    const epoch = (index % SHARDS) + 1;
    const [from, to] = [index, index + 1].map((shard) => Math.floor((shard * SLOTS) / SHARDS));
    return [
      idOf(index),
      `127.0.0.1:${ports[index]}@${ports[index + SHARDS * 2]}`,
      index === myself ? `myself,${flag}` : flag,
      master,
      ...["0", "0", `${epoch}`, "connected"],
      ...(index < SHARDS ? [`${from}-${to - 1}`] : []),
    ].join(" ");
  });
  return [...lines, `vars currentEpoch ${SHARDS} lastVoteEpoch 0`, ""].join("\n");
}

/** One command on a connection of its own, and a PING behind it, whose answer ends the first one's. */
export function askRedis(port: number, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = net.connect(port, "127.0.0.1");
    const end = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("error", end);
    socket.on("close", end);
    socket.on("data", (bytes) => {
      answer += bytes;
      if (ANSWERED.test(answer)) end();
    });
    const line = (parts: readonly string[]) =>
      `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join("")}`;
    socket.write(line(args) + line(["PING"]));
  });
}
