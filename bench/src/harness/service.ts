/**
 * Servers that a benchmark starts itself: on a free port of the loopback interface, ended by their process id, at the latest
 * when this process exits. What runs on this machine already is left alone.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Service } from "./suite.js";

export interface ServiceOptions {
  /** For error messages. */
  name: string;
  /** The program and its arguments, once the port is known. */
  command(port: number): readonly string[];
  env?: NodeJS.ProcessEnv;
}

export interface RunningService extends Service {
  pid: number;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const server of running) server.kill();
});

const startMsMax = 15_000;
/** Of what it wrote last, for the message where it does not start. */
const outputMax = 2_000;

export async function startService({ name, command, env }: ServiceOptions): Promise<RunningService> {
  const port = await freePort();
  const [program, ...args] = command(port);
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...(env && { env }) });
  const failed = new Promise<never>((_, reject) => server.once("error", reject));
  running.add(server);
  const output = lastOutputOf(server);
  const end = async () => {
    running.delete(server);
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill();
    await ended;
  };
  try {
    await Promise.race([untilListening(name, server, port, output), failed]);
  } catch (error) {
    await end();
    throw error;
  }
  return { port, pid: server.pid ?? 0, end };
}

function lastOutputOf(server: ChildProcess): () => string {
  let text = "";
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-outputMax);
  };
  server.stdout?.on("data", keep);
  server.stderr?.on("data", keep);
  return () => text.trim();
}

/** Of a program that works in processes of its own (Linux). */
export function childrenOf(pid: number): number[] {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return listed === "" ? [] : listed.split(" ").map(Number);
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string")
    throw new Error("a TCP server has an address with a port");
  return address.port;
}

async function untilListening(
  name: string,
  server: ChildProcess,
  port: number,
  output: () => string,
): Promise<void> {
  const deadline = performance.now() + startMsMax;
  while (performance.now() < deadline) {
    if (server.exitCode !== null)
      throw new Error(`${name} ended at once, with code ${server.exitCode}: ${output()}`);
    if (await accepts(port)) return;
    await sleep(20);
  }
  throw new Error(`${name} did not listen within ${startMsMax} ms: ${output()}`);
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
