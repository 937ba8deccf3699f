/**
 * ioredis and iovalkey, which have the same shape: a server, what Sentinels watch over, or a Cluster.
 *
 * Commands go by `callBuffer`, with names in small letters: by these the library finds the keys in them, to put its `keyPrefix`
 * before them and to know their slot. In a Cluster many commands go as one pipeline to each server; those that a server
 * refuses since it does not have the slot (any more) go again, one by one, by way of the library's own redirections.
 */
import { toArgument, toReply } from "../arguments.js";
import { slotOf } from "../slot.js";
import type { IoredisLike, RedisArgument, RedisReply, RedisRequest } from "../types.js";
import type { RedisClient, RedisConnection, RedisNode } from "./client.js";
import { Health } from "./health.js";

interface Pipeline {
  callBuffer(command: string, ...args: (string | Buffer)[]): unknown;
  exec(): Promise<[Error | null, unknown][] | null>;
}

/** What is used of the library beyond what a client is known by. */
interface Ioredis extends IoredisLike {
  readonly isCluster: boolean;
  readonly options: { readonly keyPrefix?: string | Buffer; readonly host?: string; readonly port?: number };
  readonly slots: readonly (readonly string[])[];
  pipeline(): Pipeline;
  connect(): Promise<void>;
  quit(): Promise<unknown>;
  nodes(role: "all" | "master"): Ioredis[];
  off(event: string, listener: (...args: never[]) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
}

/** Refused before anything was done. */
const ELSEWHERE = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /;

export class IoredisClient implements RedisClient {
  readonly keyPrefix: string;
  readonly isCluster: boolean;
  readonly health: Health;
  readonly #client: Ioredis;

  constructor(client: IoredisLike) {
    this.#client = client as Ioredis;
    this.health = new Health(this.#client, () => this.isReady);
    this.isCluster = this.#client.isCluster === true;
    this.keyPrefix = `${this.#client.options.keyPrefix ?? ""}`;
  }

  get isReady(): boolean {
    // One that was told to connect when it is used is told so by its first command.
    return this.#client.status === "ready" || this.#client.status === "wait";
  }

  get ended(): string | undefined {
    return this.#client.status === "end" ? "its client was closed" : undefined;
  }

  send(request: RedisRequest): Promise<RedisReply> {
    return sendBy(this.#client, request);
  }

  sendAll(requests: readonly RedisRequest[]): Promise<(RedisReply | Error)[]> {
    if (!this.isCluster) return pipelined(this.#client, requests);
    return this.#sendByServers(requests);
  }

  async masters(): Promise<readonly RedisNode[]> {
    const nodes = this.isCluster ? this.#client.nodes("master") : [this.#client];
    return nodes.map((node) => ({
      address: `${node.options.host}:${node.options.port}`,
      send: (request) => sendBy(node, request),
    }));
  }

  async connect({ key }: { readonly key: RedisArgument | undefined }): Promise<RedisConnection> {
    const connection = this.#duplicate(key !== undefined);
    const opened = new IoredisConnection(connection);
    try {
      await connection.connect();
    } catch (error) {
      connection.disconnect();
      throw opened.lastError ?? error;
    }
    return opened;
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }

  /** A channel is on every server of a Cluster; a key has one of its own, which only the library knows to follow. */
  #duplicate(isForKey: boolean): Ioredis {
    const alone = {
      lazyConnect: true,
      retryStrategy: () => null,
      enableOfflineQueue: true,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      readOnly: false,
      socketTimeout: undefined,
    };
    if (!this.isCluster) return this.#client.duplicate(alone) as Ioredis;
    if (isForKey) {
      const options = { lazyConnect: true, enableOfflineQueue: true, clusterRetryStrategy: () => null };
      return this.#client.duplicate([], options) as Ioredis;
    }
    const nodes = this.#client.nodes("all");
    const ready = nodes.filter(({ status }) => status === "ready");
    const among = ready.length > 0 ? ready : nodes;
    if (among.length === 0) throw new Error("no server of the cluster is known");
    return among[Math.floor(Math.random() * among.length)].duplicate(alone) as Ioredis;
  }

  async #sendByServers(requests: readonly RedisRequest[]): Promise<(RedisReply | Error)[]> {
    const replies: (RedisReply | Error)[] = new Array(requests.length);
    await Promise.all(
      this.#byServer(requests).map(async (indexes) => {
        const own = indexes.map((index) => requests[index]);
        const found = await pipelined(this.#client, own);
        await Promise.all(
          found.map(async (reply, index) => {
            const isElsewhere = reply instanceof Error && ELSEWHERE.test(reply.message);
            replies[indexes[index]] = isElsewhere ? await settled(this.send(own[index])) : reply;
          }),
        );
      }),
    );
    return replies;
  }

  /** Indexes of the requests that go to the same server. */
  #byServer(requests: readonly RedisRequest[]): number[][] {
    const groups = new Map<string, number[]>();
    for (const [index, { key }] of requests.entries()) {
      const prefixed = key === undefined ? "" : this.keyPrefix + key;
      const slot = slotOf(typeof key === "string" || this.keyPrefix !== "" ? prefixed : (key ?? ""));
      const server = (this.#client.slots[slot] ?? [`slot ${slot}`]).join();
      const group = groups.get(server);
      if (group === undefined) groups.set(server, [index]);
      else group.push(index);
    }
    return [...groups.values()];
  }
}

class IoredisConnection implements RedisConnection {
  lastError: Error | undefined;
  readonly #client: Ioredis;
  readonly #channels = new Map<string, (message: string) => void>();
  #isDestroyed = false;

  constructor(client: Ioredis) {
    this.#client = client;
    client.on("message", (channel: string, message: string) => this.#channels.get(channel)?.(message));
    client.on("error", (error: Error) => {
      this.lastError = error;
    });
  }

  send(request: RedisRequest): Promise<RedisReply> {
    return sendBy(this.#client, request);
  }

  async subscribe(channel: string, onMessage: (message: string) => void): Promise<void> {
    this.#channels.set(channel, onMessage);
    await this.#client.subscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#channels.delete(channel);
    await this.#client.unsubscribe(channel);
  }

  onEnd(listener: (reason: Error) => void): void {
    this.#client.on("end", () => {
      if (!this.#isDestroyed) listener(this.lastError ?? new Error("the connection has ended"));
    });
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#client.disconnect();
  }
}

function sendBy(client: Ioredis, { args }: RedisRequest): Promise<RedisReply> {
  const [name, ...rest] = args;
  return client.callBuffer(`${name}`.toLowerCase(), ...rest.map(toArgument)).then(toReply);
}

/** As one write. */
async function pipelined(
  client: Ioredis,
  requests: readonly RedisRequest[],
): Promise<(RedisReply | Error)[]> {
  if (requests.length === 1) return [await settled(sendBy(client, requests[0]))];
  const pipeline = client.pipeline();
  for (const { args } of requests) {
    const [name, ...rest] = args;
    pipeline.callBuffer(`${name}`.toLowerCase(), ...rest.map(toArgument));
  }
  try {
    const results = (await pipeline.exec()) ?? [];
    return results.map(([error, raw]) => error ?? toReply(raw));
  } catch (error) {
    return requests.map(() => error as Error);
  }
}

function settled(reply: Promise<RedisReply>): Promise<RedisReply | Error> {
  return reply.catch((error: unknown) => error as Error);
}
