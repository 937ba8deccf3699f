/** A node over a model server and a link: what the near cache follows, and what reads go to. */
import type { Node, NodeCallOptions, NodeRequest } from "../../../../src/client/nodes/types.js";
import type { Cluster } from "../../../../src/client/routing/types.js";
import type { TransportResponse, TransportStream } from "../../../../src/client/transport/transport.js";
import type { OperationResult } from "../../../../src/client/wire/operation.js";
import { Link, LinkBroken } from "./link.js";
import type { Answer, ModelServer } from "./model-server.js";
import { Pieces } from "./pieces.js";

export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export class FakeNode implements Node {
  readonly state = "closed";
  readonly link: Link;
  /** Answers `open` with this instead of the changes. */
  refusal: Refusal | undefined;
  /** What was asked for. */
  readonly opened: NodeRequest[] = [];
  #streams = 0;

  constructor(
    readonly server: ModelServer,
    readonly url = "http://one",
  ) {
    this.link = new Link(server.clock);
  }

  /** Streams that the client has not closed. */
  get streams(): number {
    return this.#streams;
  }

  async open(request: NodeRequest, { signal }: NodeCallOptions = {}): Promise<TransportStream> {
    this.opened.push(request);
    const pieces = new Pieces();
    let stop = (): void => {};
    let fail: (error: unknown) => void = () => {};
    const connection = this.link.connect(() => {
      stop();
      fail(new LinkBroken());
      pieces.fail(new LinkBroken());
    });
    this.#streams++;
    const close = (): void => {
      if (pieces.end()) this.#streams--;
      stop();
      connection.close();
    };
    const heartbeatMs = Number(/heartbeat=(\d+)ms/.exec(request.path)?.[1]);
    const from = request.headers?.["last-event-id"];
    return new Promise((resolve, reject) => {
      fail = (error) => {
        close();
        reject(error);
      };
      signal?.addEventListener("abort", () => fail(signal.reason), { once: true });
      connection.up(() => {
        const { status = 200, headers = { "content-type": "text/event-stream" } } = this.refusal ?? {};
        connection.down(() => {
          fail = () => {};
          resolve({ status, header: (name) => headers[name], pieces, close });
        });
        if (status !== 200) return;
        const send = (text: string): void => connection.down(() => pieces.push(text));
        stop = this.server.follow({ from: from === undefined ? undefined : Number(from), heartbeatMs }, send);
      });
    });
  }

  /** What a read brings: undefined where there is nothing. */
  get(key: string): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      const connection = this.link.connect(() => reject(new LinkBroken()));
      connection.up(() => {
        const answer = this.server.read(key);
        connection.down(() => {
          connection.close();
          resolve(answer);
        });
      });
    });
  }

  /** Does this at the server; resolves when the answer is there. */
  write(fn: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const connection = this.link.connect(() => reject(new LinkBroken()));
      connection.up(() => {
        fn();
        connection.down(() => {
          connection.close();
          resolve();
        });
      });
    });
  }

  operate(): Promise<OperationResult> {
    throw new Error("near caches do not operate");
  }

  request(): Promise<TransportResponse> {
    throw new Error("near caches do not request");
  }

  stats(): never {
    throw new Error("near caches do not ask for statistics");
  }

  close(): void {}
}

/** Nodes and which of them has which key: unless it is told otherwise, the first has them all. */
export class FakeCluster implements Cluster {
  readonly ready = undefined;
  readonly #listeners = new Set<(nodes: readonly Node[]) => void>();

  constructor(
    public nodes: readonly FakeNode[],
    public route: (key: string, nodes: readonly FakeNode[]) => FakeNode = (_key, all) => all[0],
  ) {}

  nodeOf(key: string): FakeNode {
    return this.route(key, this.nodes);
  }

  setNodes(nodes: FakeNode[]): void {
    this.nodes = nodes;
    for (const listener of this.#listeners) listener(nodes);
  }

  onChange(listener: (nodes: readonly Node[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  split(): ReadonlyMap<Node, readonly number[]> {
    throw new Error("near caches do not split");
  }

  oneNodeOf(): Node {
    throw new Error("near caches do not ask for one node");
  }

  setServers(): void {
    throw new Error("near caches do not set servers");
  }

  close(): void {}
}
