/**
 * A client from whatever was given: the user's own, or one that is made for a URL with a library that is installed beside Stowage,
 * imported when it is wanted and not before.
 *
 * A client that is made here fails what it cannot send: it keeps no queue for later and sends nothing twice, since a write that
 * comes when its caller has long given up would overwrite a newer one.
 */
import { systemClock } from "../../../base/clock.js";
import { InvalidOptionError, UnavailableError } from "../../../base/errors.js";
import { fullJitter } from "../../../resilience/backoff.js";
import type { BoundConnect, RedisLibrary } from "../options.js";
import type { IoredisLike, NodeRedisLike, RedisClientLike } from "../types.js";
import type { RedisClient } from "./client.js";
import { IoredisClient } from "./ioredis.js";
import { NodeRedisClient } from "./node-redis.js";
import { Watch } from "./watch.js";

interface IoredisModule {
  readonly Redis: new (options: object) => IoredisLike;
  readonly Cluster: new (nodes: readonly object[], options: object) => IoredisLike;
}

type OpenedNodeRedis = NodeRedisLike & { connect(): Promise<unknown> };

interface NodeRedisModule {
  createClient(options: object): OpenedNodeRedis;
  createCluster(options: object): OpenedNodeRedis;
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: object;
}

const LIBRARIES: readonly RedisLibrary[] = ["ioredis", "iovalkey", "redis"];
const PORT_DEFAULT = 6_379;
/** node-redis on bytes that are not of Redis' protocol. */
const NOISE = /RESP/;
/** Between two attempts to connect, at most. */
const RETRY_MS_MAX = 1_000;

const known = /* @__PURE__ */ new WeakMap<RedisClientLike, RedisClient>();

/** The same one for the same client, so that many stores on one listen to it once. */
export function wrapClient(client: RedisClientLike): RedisClient {
  const wrapped =
    known.get(client) ?? ("callBuffer" in client ? new IoredisClient(client) : new NodeRedisClient(client));
  known.set(client, wrapped);
  return wrapped;
}

/** Connects in its own time: it is not ready yet. */
export async function openClient(options: BoundConnect & { readonly url: string | readonly string[] }) {
  const urls = typeof options.url === "string" ? [options.url] : options.url;
  const addresses = urls.map(addressOf);
  const isCluster = options.cluster ?? urls.length > 1;
  if (isCluster && addresses.some(({ db }) => db !== undefined && db !== 0))
    throw InvalidOptionError.conflict("redis", ["url", "cluster"], "a cluster has one database, 0");
  const [library, module] = await importLibrary(options.library);
  return library === "redis"
    ? openNodeRedis(module as NodeRedisModule, addresses, isCluster, options)
    : openIoredis(module as IoredisModule, addresses, isCluster, options);
}

function openIoredis(
  { Redis, Cluster }: IoredisModule,
  addresses: readonly Address[],
  isCluster: boolean,
  { connectTimeout, answerTimeout }: BoundConnect,
): RedisClient {
  const [{ host, port, ...access }] = addresses;
  const each = {
    connectTimeout,
    socketTimeout: answerTimeout,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  };
  const client = isCluster
    ? new Cluster(addresses, {
        clusterRetryStrategy: pauseMs,
        enableOfflineQueue: false,
        redisOptions: { ...each, ...access },
      })
    : new Redis({ ...each, host, port, ...access, retryStrategy: pauseMs, enableOfflineQueue: false });
  // Said by the calls that meet them; the library would write them out where nobody listens.
  client.on("error", () => undefined);
  return new IoredisClient(client);
}

function openNodeRedis(
  { createClient, createCluster }: NodeRedisModule,
  addresses: readonly Address[],
  isCluster: boolean,
  { connectTimeout, answerTimeout }: BoundConnect,
): RedisClient {
  const optionsOf = ({ host, port, username, password, db, tls }: Address) => ({
    username,
    password,
    database: db,
    disableOfflineQueue: true,
    socket: {
      host,
      port,
      connectTimeout,
      reconnectStrategy: pauseMs,
      ...(tls && { tls: true }),
    },
  });
  const client = isCluster
    ? createCluster({
        rootNodes: addresses.map(optionsOf),
        defaults: (({ socket: { host, port, ...socket }, ...rest }) => ({ ...rest, socket }))(
          optionsOf(addresses[0]),
        ),
      })
    : createClient(optionsOf(addresses[0]));
  return new OwnNodeRedis(client, answerTimeout, connectTimeout);
}

/** One that connects anew where it has to: where there is no answer, and where it was told what it does not understand. */
class OwnNodeRedis extends NodeRedisClient {
  readonly #client: OpenedNodeRedis;
  readonly #watch: Watch;

  constructor(client: OpenedNodeRedis, answerMs: number, connectMs: number) {
    super(client);
    this.#client = client;
    // What was lost in what it did not understand it would wait for, and take other answers for it.
    client.on("error", (error: Error) => {
      if (NOISE.test(error.message)) void this.#reopen();
    });
    this.#watch = new Watch(this, () => void this.#reopen(), systemClock, answerMs, connectMs);
    this.#connect();
  }

  override close(): Promise<void> {
    this.#watch.stop();
    return super.close();
  }

  async #reopen(): Promise<void> {
    await super.close();
    this.#connect();
  }

  #connect(): void {
    // Its errors are events as well, and it goes on trying.
    this.#client.connect().catch(() => undefined);
  }
}

/** The library asked for, or the first that is there. */
async function importLibrary(wanted: RedisLibrary | undefined): Promise<[RedisLibrary, object]> {
  for (const library of wanted === undefined ? LIBRARIES : [wanted]) {
    const module = await importAny(library);
    if (module !== undefined) return [library, module];
  }
  throw new UnavailableError(
    "A URL of Redis",
    wanted === undefined ? "ioredis, iovalkey or redis to be installed" : `${wanted} to be installed`,
  );
}

async function importAny(library: RedisLibrary): Promise<object | undefined> {
  try {
    // Not a text of its own, so that bundlers do not look for what is not there.
    return (await import(`${library}`)) as object;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

function addressOf(text: string): Address {
  const url = new URL(text);
  const path = url.pathname.slice(1);
  const db = Number(path);
  if (!Number.isSafeInteger(db) || db < 0)
    throw new InvalidOptionError({
      where: "redis",
      option: "url",
      received: text,
      expected: "a URL that ends with the number of a database, as redis://localhost:6379/0",
    });
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1") || "localhost",
    port: url.port === "" ? PORT_DEFAULT : Number(url.port),
    ...(url.username !== "" && { username: decodeURIComponent(url.username) }),
    ...(url.password !== "" && { password: decodeURIComponent(url.password) }),
    ...(path !== "" && { db }),
    ...(url.protocol === "rediss:" && { tls: {} }),
  };
}

function pauseMs(attempt: number): number {
  return Math.ceil(fullJitter(attempt, { capMs: RETRY_MS_MAX }));
}
