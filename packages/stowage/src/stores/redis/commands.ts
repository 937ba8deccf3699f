/**
 * Commands to Redis in one form, whatever the library, and whether there is one server, a Sentinel or a Cluster. The store, the
 * buses and the patterns stand on it.
 *
 * A command goes out when there is a connection: it waits for the first one, and while there has been one that broke it fails at
 * once, so that nothing is sent later that its caller has given up by then.
 */
import { createHash } from "node:crypto";
import { ClosedError } from "../../base/errors.js";
import { onAbort } from "../../base/on-abort.js";
import type { RedisClient, RedisConnection, RedisNode } from "./clients/client.js";
import { openClient, wrapClient } from "./clients/open.js";
import { codeOf, explained, reasonOf, unavailable } from "./errors.js";
import { type BoundConnect, connectOptions, isRedisClient, type RedisConnectOptions } from "./options.js";
import type { RedisArgument, RedisReply, RedisRequest, RedisSource } from "./types.js";

/** A call of a script, for `scripts`: its first key says which server it is for. */
export interface ScriptCall {
  readonly lua: string;
  readonly keys: readonly RedisArgument[];
  readonly args: readonly RedisArgument[];
}

/** How long a caller waits. */
export interface RedisCall {
  /** Its abort ends the call with its reason; what was sent may have been done. */
  readonly signal?: AbortSignal;
  /** As `StoreCall`'s: whoever calls ends his call by himself. */
  readonly endsItself?: boolean;
}

/** What {@link redisCommands} gives. */
export interface RedisCommands {
  /** Whether keys are spread over servers: then those of one command or script have to be in one slot. */
  isCluster(): Promise<boolean>;
  /** @param key says which server of a Cluster it is for; undefined: any */
  command(key: RedisArgument | undefined, ...args: RedisArgument[]): Promise<RedisReply>;
  /** Runs a script that the server keeps by its hash; sent whole where it has forgotten it. */
  script(
    lua: string,
    keys: readonly RedisArgument[],
    args: readonly RedisArgument[],
    call?: RedisCall,
  ): Promise<RedisReply>;
  /** Many scripts at a time, as one write per server, each with its own end. */
  scripts(calls: readonly ScriptCall[], call?: RedisCall): Promise<(RedisReply | Error)[]>;
  send(request: RedisRequest, call?: RedisCall): Promise<RedisReply>;
  /** Many at a time, as one write per server, each with its own end. */
  sendAll(requests: readonly RedisRequest[], call?: RedisCall): Promise<(RedisReply | Error)[]>;
  /** Each server of a Cluster that holds keys; a single one is the only one. */
  masters(call?: RedisCall): Promise<readonly RedisNode[]>;
  /** Closes what was opened for it; a client that the user passed stays open. */
  close(): Promise<void>;
}

/**
 * Commands over a client of ioredis, iovalkey or node-redis, or over a URL.
 *
 * @throws InvalidOptionError for what is neither
 * @example
 * const redis = redisCommands("redis://localhost:6379");
 * await redis.command("visits", "INCR", "visits"); // 1
 * await redis.script("return redis.call('ZCARD', KEYS[1])", ["board"], []);
 */
export function redisCommands(source: RedisSource): RedisCommands {
  return new Commands(connectOptions.bind(optionsOf(source), "redisCommands"));
}

function optionsOf(source: RedisSource): RedisConnectOptions {
  if (isRedisClient(source)) return { client: source };
  return typeof source === "string" || Array.isArray(source)
    ? { url: source as string | readonly string[] }
    : (source as RedisConnectOptions);
}

const hashes = /* @__PURE__ */ new Map<string, string>();

function sha1Of(lua: string): string {
  const known = hashes.get(lua);
  if (known !== undefined) return known;
  const sha1 = createHash("sha1").update(lua).digest("hex");
  hashes.set(lua, sha1);
  return sha1;
}

export class Commands implements RedisCommands {
  /** What closing it closes: the client was opened for it, the user's was taken, or another's is used. */
  readonly #owns: "client" | "listeners" | "nothing";
  readonly #opening: Promise<RedisClient>;
  /** How to end what is under way. */
  readonly #open = new Set<(reason: unknown) => void>();
  #client: RedisClient | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: BoundConnect) {
    const { client, commands } = options;
    this.#owns = commands !== undefined ? "nothing" : client !== undefined ? "listeners" : "client";
    if (client !== undefined) this.#client = wrapClient(client);
    this.#client?.health.use();
    this.#opening = this.#clientOf(options);
    // Why it could not be opened is said by the calls that meet it.
    this.#opening.then(
      (client) => {
        this.#client = client;
      },
      () => undefined,
    );
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Commands go out now. */
  get isReady(): boolean {
    return this.#client?.isReady === true;
  }

  /** Waits for the connection, also for one that was lost: for what would rather be late than not sent. */
  async untilReady(where: string): Promise<void> {
    if (this.isClosed) throw new ClosedError(where);
    await this.#untilReady(await this.#untilEnd(this.#opening, undefined, where), where, undefined, true);
  }

  async isCluster(): Promise<boolean> {
    return (await this.client()).isCluster;
  }

  command(key: RedisArgument | undefined, ...args: RedisArgument[]): Promise<RedisReply> {
    return this.send({ key, args });
  }

  async script(
    lua: string,
    keys: readonly RedisArgument[],
    args: readonly RedisArgument[],
    call?: RedisCall,
  ): Promise<RedisReply> {
    const [reply] = await this.scripts([{ lua, keys, args }], call);
    if (reply instanceof Error) throw reply;
    return reply;
  }

  /** Many at a time, as one write per server, each with its own end. */
  async scripts(calls: readonly ScriptCall[], call?: RedisCall): Promise<(RedisReply | Error)[]> {
    const requestOf = ({ lua, keys, args }: ScriptCall, isWhole: boolean): RedisRequest => ({
      key: keys[0],
      args: [isWhole ? "EVAL" : "EVALSHA", isWhole ? lua : sha1Of(lua), keys.length, ...keys, ...args],
    });
    const replies = await this.sendAll(
      calls.map((call) => requestOf(call, false)),
      call,
    );
    const forgotten = [...replies.keys()].filter((index) => codeOf(replies[index]) === "NOSCRIPT");
    if (forgotten.length === 0) return replies;
    const again = await this.sendAll(
      forgotten.map((index) => requestOf(calls[index], true)),
      call,
    );
    for (const [at, index] of forgotten.entries()) replies[index] = again[at];
    return replies;
  }

  send(request: RedisRequest, call?: RedisCall): Promise<RedisReply> {
    return this.#run(`${request.args[0]}`, call, (client) => client.send(request));
  }

  sendAll(requests: readonly RedisRequest[], call?: RedisCall): Promise<(RedisReply | Error)[]> {
    if (requests.length === 0) return Promise.resolve([]);
    const where = `${requests[0].args[0]}`;
    return this.#run(where, call, async (client) => {
      const replies = await client.sendAll(requests);
      return replies.map((reply) => (reply instanceof Error ? (explained(where, reply) as Error) : reply));
    });
  }

  masters(call?: RedisCall): Promise<readonly RedisNode[]> {
    return this.#run("scan", call, async (client) => {
      const masters = await client.masters();
      if (masters.length === 0)
        throw unavailable("scan", "no server of the cluster is known", undefined, "away");
      return masters.map(({ address, send }) => ({
        address,
        send: (request: RedisRequest) => this.#run(`${request.args[0]}`, call, () => send(request)),
      }));
    });
  }

  /** A connection for one use only: it ends when it breaks. */
  async connect(use: { readonly key: RedisArgument | undefined }): Promise<RedisConnection> {
    const client = await this.client();
    return client.connect(use);
  }

  client(): Promise<RedisClient> | RedisClient {
    return this.#client ?? this.#opening;
  }

  /** What is under way rejects with ClosedError, at once. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #clientOf(options: BoundConnect): Promise<RedisClient> {
    if (options.commands !== undefined) return (options.commands as Commands).client();
    if (this.#client !== undefined) return this.#client;
    const client = await openClient(options as BoundConnect & { readonly url: string });
    client.health.use();
    return client;
  }

  async #close(): Promise<void> {
    for (const end of [...this.#open]) end(new ClosedError("redis"));
    if (this.#owns === "nothing") return;
    const client = await this.#opening.catch(() => undefined);
    client?.health.release();
    if (this.#owns === "client") await client?.close();
  }

  #run<T>(where: string, call: RedisCall | undefined, ask: (client: RedisClient) => Promise<T>): Promise<T> {
    if (this.isClosed) return Promise.reject(new ClosedError(where));
    const client = this.#client;
    if (client?.isReady && call?.endsItself)
      return ask(client).catch((error: unknown) => {
        throw explained(where, error);
      });
    const signal = call?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (client?.isReady) return this.#untilEnd(ask(client), signal, where);
    return this.#runWhenReady(where, signal, ask);
  }

  async #runWhenReady<T>(
    where: string,
    signal: AbortSignal | undefined,
    ask: (client: RedisClient) => Promise<T>,
  ): Promise<T> {
    const client = await this.#untilEnd(this.#opening, signal, where);
    await this.#untilReady(client, where, signal);
    return this.#untilEnd(ask(client), signal, where);
  }

  /** The first connection is waited for; one that was lost is not. */
  async #untilReady(
    client: RedisClient,
    where: string,
    signal: AbortSignal | undefined,
    isPatient = false,
  ): Promise<void> {
    const { health } = client;
    while (!client.isReady) {
      if (client.ended !== undefined) throw unavailable(where, client.ended, health.trouble, "away");
      if (health.trouble !== undefined && !isPatient)
        throw unavailable(where, reasonOf(health.trouble), health.trouble, "away");
      let stop: (() => void) | undefined;
      const changed = new Promise<void>((resolve) => {
        stop = health.onChange(resolve);
      });
      await this.#untilEnd(changed, signal, where).finally(() => stop?.());
    }
  }

  /** Settles as the promise does, with an error that says what is wrong; or rejects when the call or all of this has ended. */
  #untilEnd<T>(promise: Promise<T>, signal: AbortSignal | undefined, where: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const end = (reason: unknown): void => {
        this.#open.delete(end);
        reject(reason);
      };
      this.#open.add(end);
      const stop = signal && onAbort(signal, () => end(signal.reason));
      promise.then(
        (value) => {
          this.#open.delete(end);
          stop?.();
          resolve(value);
        },
        (error: unknown) => {
          stop?.();
          end(explained(where, error));
        },
      );
    });
  }
}
