/**
 * node-redis, from version 4 on: a client, a Sentinel (from 5 on) or a Cluster. It writes what is asked for in one turn of the
 * event loop at once, so there are no pipelines here; and of `sendCommand` it puts its `keyPrefix` before nothing.
 */
import { toArgument, toReply } from "../arguments.js";
import type { NodeRedisLike, RedisArgument, RedisReply, RedisRequest } from "../types.js";
import type { RedisClient, RedisConnection, RedisNode } from "./client.js";
import { Health } from "./health.js";

type Listener = (...args: never[]) => void;

/** What is used of the library beyond what a client is known by. */
interface NodeRedis extends NodeRedisLike {
  readonly isReady?: boolean;
  readonly options?: { readonly socket?: object };
  off(event: string, listener: Listener): unknown;
  connect(): Promise<unknown>;
  disconnect?(): Promise<unknown>;
  destroy?(): unknown;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  /** Of a Cluster only. */
  readonly masters?: readonly ClusterNode[];
  nodeClient?(node: ClusterNode): NodeRedis | Promise<NodeRedis>;
}

interface ClusterNode {
  readonly address: string;
}

type Kind = "client" | "sentinel" | "cluster";

/** Bytes for texts of every kind, lists for maps and sets: by the numbers of RESP's types for 5 and later, by the flag for 4. */
const AS_BYTES = Object.freeze({
  returnBuffers: true,
  typeMapping: Object.freeze({ 36: Buffer, 43: Buffer, 61: Buffer, 37: Array, 126: Array, 44: String }),
});

export class NodeRedisClient implements RedisClient {
  readonly keyPrefix = "";
  readonly isCluster: boolean;
  readonly health: Health;
  readonly #client: NodeRedis;
  readonly #kind: Kind;

  constructor(client: NodeRedisLike) {
    this.#client = client as NodeRedis;
    this.health = new Health(this.#client, () => this.isReady);
    this.#kind = kindOf(this.#client);
    this.isCluster = this.#kind === "cluster";
  }

  get isReady(): boolean {
    // A Cluster of version 4 does not say; it is open once it has found its servers.
    return this.#client.isReady ?? (this.#client.isOpen && (this.#client.masters?.length ?? 1) > 0);
  }

  get ended(): string | undefined {
    return this.#client.isOpen ? undefined : "its client is not connected: call connect() of it first";
  }

  send(request: RedisRequest): Promise<RedisReply> {
    return sendBy(this.#client, this.#kind, request);
  }

  sendAll(requests: readonly RedisRequest[]): Promise<(RedisReply | Error)[]> {
    return Promise.all(requests.map((one) => this.send(one).catch((error: unknown) => error as Error)));
  }

  async masters(): Promise<readonly RedisNode[]> {
    const { masters, nodeClient } = this.#client;
    if (masters === undefined || nodeClient === undefined)
      return [{ address: "server", send: (request) => this.send(request) }];
    return Promise.all(
      masters.map(async (master) => {
        const client = await nodeClient.call(this.#client, master);
        return { address: master.address, send: (request) => sendBy(client, "client", request) };
      }),
    );
  }

  async connect({ key }: { readonly key: RedisArgument | undefined }): Promise<RedisConnection> {
    const { client, kind } = await this.#duplicate(key !== undefined);
    const connection = new NodeRedisConnection(client, kind);
    try {
      await client.connect();
    } catch (error) {
      connection.destroy();
      throw error;
    }
    return connection;
  }

  async close(): Promise<void> {
    await end(this.#client);
  }

  /** A channel is on every server of a Cluster; a key has one of its own, which only the library knows to follow. */
  async #duplicate(isForKey: boolean): Promise<{ client: NodeRedis; kind: Kind }> {
    const { masters, nodeClient } = this.#client;
    if (this.#kind !== "cluster" || isForKey || masters === undefined || nodeClient === undefined)
      return { client: duplicateOf(this.#client), kind: this.#kind };
    if (masters.length === 0) throw new Error("no server of the cluster is known");
    const master = masters[Math.floor(Math.random() * masters.length)];
    const client = await nodeClient.call(this.#client, master);
    return { client: duplicateOf(client), kind: "client" };
  }
}

/** Where it would reconnect by itself all the same, its first end is its end here. */
class NodeRedisConnection implements RedisConnection {
  readonly #client: NodeRedis;
  readonly #kind: Kind;
  #onEnd: ((reason: Error) => void) | undefined;
  #ended: Error | undefined;
  #isDestroyed = false;

  constructor(client: NodeRedis, kind: Kind) {
    this.#client = client;
    this.#kind = kind;
    client.on("error", (error: Error) => this.#end(error));
    client.on("end", () => this.#end(new Error("the connection has ended")));
  }

  send(request: RedisRequest): Promise<RedisReply> {
    return sendBy(this.#client, this.#kind, request);
  }

  async subscribe(channel: string, onMessage: (message: string) => void): Promise<void> {
    await this.#client.subscribe(channel, (message) => {
      if (!this.#isDestroyed) onMessage(message);
    });
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#client.unsubscribe(channel);
  }

  onEnd(listener: (reason: Error) => void): void {
    this.#onEnd = listener;
    if (this.#ended !== undefined && !this.#isDestroyed) listener(this.#ended);
  }

  destroy(): void {
    this.#isDestroyed = true;
    void end(this.#client);
  }

  #end(reason: Error): void {
    if (this.#ended !== undefined || this.#isDestroyed) return;
    this.#ended = reason;
    this.#onEnd?.(reason);
  }
}

/** One that does not reconnect by itself. What a Cluster and a Sentinel are made with they do not tell. */
function duplicateOf(client: NodeRedis): NodeRedis {
  const socket = client.options?.socket;
  const alone = { socket: { ...socket, socketTimeout: undefined, reconnectStrategy: false } };
  return client.duplicate(socket === undefined ? undefined : alone) as NodeRedis;
}

function kindOf(client: NodeRedis): Kind {
  if (typeof client.nodeClient === "function") return "cluster";
  return "getSentinelNode" in client || "getMasterNode" in client ? "sentinel" : "client";
}

async function sendBy(client: NodeRedis, kind: Kind, { key, args }: RedisRequest): Promise<RedisReply> {
  const reply = toReply(await rawBy(client, kind, key, args.map(toArgument)));
  // Of newer protocols, members and their scores come in pairs.
  return Array.isArray(reply) && args.includes("WITHSCORES") ? (reply.flat() as RedisReply) : reply;
}

function rawBy(
  client: NodeRedis,
  kind: Kind,
  key: RedisArgument | undefined,
  args: readonly (string | Buffer)[],
): Promise<unknown> {
  if (kind === "client") return client.sendCommand(args, AS_BYTES);
  if (kind === "sentinel") return client.sendCommand(false, args, AS_BYTES);
  return client.sendCommand(key === undefined ? undefined : toArgument(key), false, args, AS_BYTES);
}

/** Whatever it is called in that version; one that is closed already says so, and is. */
async function end(client: NodeRedis): Promise<void> {
  try {
    await (client.destroy === undefined ? client.disconnect?.() : client.destroy());
  } catch (error) {
    if (client.isOpen) throw error;
  }
}
