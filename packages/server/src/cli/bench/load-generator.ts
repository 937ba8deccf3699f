/**
 * Sends requests over many connections and measures the answers. Over node:net and with a reader of its own, so that the
 * generator costs less than what it measures; for comparisons to the last percent it still wants a core of its own.
 *
 * Each connection sends the next request when the answer to the one before is there (closed loop). So while the server
 * stands still, fewer requests are sent, and latencies say less about that than they would about steady arrivals.
 */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Address } from "../../client/index.js";
import { UnreachableError } from "../../client/index.js";
import { BUCKETS, bucketOf, latenciesOf } from "../../observe/histogram.js";
import type { Latencies } from "../../observe/types.js";
import { mixes, type Verb } from "../kinds.js";
import { Responses } from "./responses.js";
import type { Prepared } from "./workload.js";

export interface Load {
  readonly address: Address;
  readonly connections: number;
  /** Requests under way on a connection at one time. */
  readonly pipeline: number;
  /** undefined: that was the last one. */
  next(): Prepared | undefined;
  now(): number;
  readonly signal: AbortSignal;
  /** Called after each answer. */
  onAnswer?(): void;
}

export interface Measured {
  readonly latencies: Latencies;
  /** By status, but those of success. */
  readonly failures: ReadonlyMap<number, number>;
}

export interface Result {
  readonly ms: number;
  readonly all: Measured;
  readonly byVerb: ReadonlyMap<Verb, Measured>;
}

/** Runs until `next` has no more. Rejects with UnreachableError when a connection breaks. */
export async function generate(load: Load): Promise<Result> {
  const tallies = new Map<Verb, Tally>(mixes.map((verb) => [verb, new Tally()]));
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(load)));
  const stop = () => {
    for (const socket of sockets) socket.destroy(load.signal.reason);
  };
  load.signal.addEventListener("abort", stop);
  if (load.signal.aborted) stop();
  const begunMs = load.now();
  try {
    await Promise.all(sockets.map((socket) => drive(socket, load, tallies)));
  } finally {
    load.signal.removeEventListener("abort", stop);
    for (const socket of sockets) socket.destroy();
  }
  const used = [...tallies].filter(([, { count }]) => count > 0);
  const all = new Tally();
  for (const [, tally] of used) all.add(tally);
  const byVerb = new Map(used.map(([verb, tally]) => [verb, tally.measured()]));
  return { ms: load.now() - begunMs, all: all.measured(), byVerb };
}

function open({ address }: Load): Promise<Socket> {
  const { host, port, socketPath, isTls } = address;
  return new Promise((resolve, reject) => {
    const socket = isTls
      ? connectTls({ host, port, servername: host })
      : socketPath === undefined
        ? connect({ host, port, noDelay: true })
        : connect(socketPath);
    socket.once(isTls ? "secureConnect" : "connect", () => {
      socket.off("error", fail);
      resolve(socket);
    });
    const fail = (error: Error) => reject(new UnreachableError(address.text, error));
    socket.once("error", fail);
  });
}

function drive(socket: Socket, load: Load, tallies: ReadonlyMap<Verb, Tally>): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(new UnreachableError(load.address.text, error));
    /** What is under way, oldest first. */
    const sent: { verb: Verb; atMs: number }[] = [];
    /** Written at once: what one piece of answers makes room for. */
    let batch: Buffer[] = [];
    const send = (): boolean => {
      const request = load.next();
      if (request === undefined) return false;
      sent.push({ verb: request.verb, atMs: load.now() });
      batch.push(request.bytes);
      return true;
    };
    const flush = () => {
      if (batch.length > 0) socket.write(batch.length === 1 ? batch[0] : Buffer.concat(batch));
      batch = [];
    };
    const responses = new Responses((status) => {
      const { verb, atMs } = sent.shift()!;
      tallies.get(verb)!.note(load.now() - atMs, isFailure(verb, status) ? status : 0);
      load.onAnswer?.();
      if (!send() && sent.length === 0) resolve();
    });
    socket.on("data", (chunk: Buffer) => {
      try {
        responses.push(chunk);
        flush();
      } catch (error) {
        fail(error);
      }
    });
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("the server closed the connection")));
    let any = false;
    for (let i = 0; i < load.pipeline; i++) any = send() || any;
    flush();
    if (!any) resolve();
  });
}

function isFailure(verb: Verb, status: number): boolean {
  return status >= 300 && !(verb === "miss" && status === 404);
}

/** What came back on requests of one kind. */
class Tally {
  count = 0;
  readonly #cells = new Float64Array(BUCKETS);
  readonly #failures = new Map<number, number>();
  #sumMs = 0;
  #maxMs = 0;

  /** @param failure the status of an answer that was none of success; 0: it was */
  note(ms: number, failure: number): void {
    this.count++;
    this.#cells[bucketOf(ms)]++;
    this.#sumMs += ms;
    if (ms > this.#maxMs) this.#maxMs = ms;
    if (failure !== 0) this.#failures.set(failure, (this.#failures.get(failure) ?? 0) + 1);
  }

  add(other: Tally): void {
    this.count += other.count;
    other.#cells.forEach((number, at) => {
      this.#cells[at] += number;
    });
    this.#sumMs += other.#sumMs;
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
    for (const [status, number] of other.#failures)
      this.#failures.set(status, (this.#failures.get(status) ?? 0) + number);
  }

  measured(): Measured {
    return { latencies: latenciesOf(this.#cells, this.#sumMs, this.#maxMs), failures: this.#failures };
  }
}
