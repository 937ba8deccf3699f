/** A fleet on a fake server: several clients' loading, each as in a process of its own, and a source that counts its loads. */
import { FakeClock } from "stowage/testing";
import { Loading } from "../../../../src/client/loading/loading.js";
import type { LoadDefaults } from "../../../../src/client/loading/options.js";
import { loadDefaults } from "../../../../src/client/loading/options.js";
import type { LoadingHost } from "../../../../src/client/loading/types.js";
import type { Near } from "../../../../src/client/near/types.js";
import type { Node, NodeRequest } from "../../../../src/client/nodes/types.js";
import type { Cluster } from "../../../../src/client/routing/types.js";
import type { TransportResponse } from "../../../../src/client/transport/transport.js";
import { type Answer, LeaseServer } from "./lease-server.js";

/** What happens on the way of a request to the server, and of its answer back: waits, throws, or nothing. */
export type Way = (to: "there" | "back", what: string) => void | Promise<void>;

const atOnce: Way = () => undefined;

export class Fleet {
  readonly clock = new FakeClock();
  readonly server = new LeaseServer(this.clock);
  /** `get a`, `POST a/lease`, `wait a/lease`, `PUT a`, in the order in which they were sent. */
  readonly sent: string[] = [];
  readonly faults: unknown[] = [];
  way: Way = atOnce;
  luck = 0.5;
  readonly loadings: Loading[] = [];

  client(
    options: { fetch?: LoadDefaults; ttlMs?: number | null; near?: Near; waitsMax?: number } = {},
  ): Loading {
    const host: LoadingHost = {
      cluster: this.#cluster(),
      near: options.near ?? null,
      clock: this.clock,
      random: () => this.luck,
      ttlMs: options.ttlMs,
      fetch: loadDefaults.bind(options.fetch, "new Client"),
      onFault: (error) => void this.faults.push(error),
    };
    const loading = new Loading(host, options.waitsMax ?? 32);
    this.loadings.push(loading);
    return loading;
  }

  /** A client's write: loading hears of it as the facade tells it. */
  async write(loading: Loading, op: Parameters<LeaseServer["operate"]>[0]): Promise<void> {
    loading.written(op.key);
    await this.#travel(`${op.op} ${op.key}`, () => this.server.operate(op));
    loading.written(op.key);
  }

  close(): void {
    for (const loading of this.loadings) loading.close();
  }

  #cluster(): Cluster {
    const node = this.#node();
    const only = {
      nodes: [node],
      ready: undefined,
      nodeOf: () => node,
      close: () => undefined,
    };
    return only as unknown as Cluster;
  }

  #node(): Node {
    const node = {
      url: "http://fake",
      state: "closed",
      operate: ({ text }: { text: string }) => {
        const op = JSON.parse(text);
        return this.#travel(`${op.op} ${op.key}`, () => this.server.operate(op));
      },
      request: async (request: NodeRequest) => {
        const never = new AbortController().signal;
        return response(await this.#travel(nameOf(request), () => this.#answer(request, never)));
      },
      open: async (request: NodeRequest, options: { signal: AbortSignal }) => {
        const name = nameOf(request).replace("POST", "wait");
        const answer = await this.#travel(name, () => {
          options.signal.throwIfAborted(); // its connection is closed: the server sees nothing of it
          return this.#answer(request, options.signal);
        });
        options.signal.throwIfAborted();
        const { status, header, text } = response(answer);
        return { status, header, close: () => undefined, pieces: inPieces(text) };
      },
    };
    return node as unknown as Node;
  }

  async #travel<T>(what: string, answer: () => T | Promise<T>): Promise<T> {
    this.sent.push(what);
    await this.way("there", what);
    const given = await answer();
    await this.way("back", what);
    return given;
  }

  #answer(
    { method, path, headers = {}, body = "" }: NodeRequest,
    signal: AbortSignal,
  ): Answer | Promise<Answer> {
    const [, key, isLease] = /^\/v1\/keys\/([^/]*)(\/lease)?$/.exec(path) ?? [];
    const name = decodeURIComponent(key);
    if (isLease === undefined) return this.server.fill(name, body, headers);
    if (method === "DELETE") return this.server.release(name, headers);
    return this.server.lease(name, JSON.parse(body), signal);
  }
}

function nameOf({ method, path }: NodeRequest): string {
  return `${method} ${decodeURIComponent(path.slice("/v1/keys/".length))}`;
}

async function* inPieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 3) yield text.slice(at, at + 3);
}

function response({ status, fields, text }: Answer): TransportResponse {
  return { status, text, header: (name) => fields[name] };
}
