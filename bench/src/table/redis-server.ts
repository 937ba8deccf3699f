/**
 * The Redis that the benchmark talks to: a server of its own on a free port of the loopback interface, without
 * persistence, started for one measurement and ended after it by its process id. A Redis that runs on this machine
 * already is left alone.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Service } from "../harness/suite.js";

export const howToInstall =
  "redis-server is not installed; `apt-get install redis-server` (Debian, Ubuntu) or `brew install redis` gets it";

const startMsMax = 5_000;

/** undefined: there is none on this machine. */
export function findRedis(): string | undefined {
  const asked = spawnSync("redis-server", ["--version"], { encoding: "utf8" });
  return asked.status === 0 ? (/v=(\S+)/.exec(asked.stdout)?.[1] ?? "of unknown version") : undefined;
}

/** With that of the client. */
export function redisVersion(): string {
  return findRedis() ?? "not installed";
}

export async function startRedis(): Promise<Service> {
  const port = await freePort();
  const server = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"],
    { stdio: "ignore" },
  );
  const endWithUs = () => server.kill();
  process.once("exit", endWithUs);
  try {
    await untilListening(server, port);
  } catch (error) {
    server.kill();
    throw error;
  }
  return {
    port,
    async end() {
      process.off("exit", endWithUs);
      if (server.exitCode !== null) return;
      const ended = once(server, "exit");
      server.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string")
    throw new Error("a TCP server has an address with a port");
  return address.port;
}

async function untilListening(server: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + startMsMax;
  while (performance.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`redis-server ended at once, with code ${server.exitCode}`);
    if (await accepts(port)) return;
    await sleep(20);
  }
  throw new Error(`redis-server did not listen within ${startMsMax} ms`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
