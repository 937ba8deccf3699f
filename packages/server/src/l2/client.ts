/**
 * The connection of a worker to Redis, by ioredis, which the server brings along. It keeps no queue for when there is a connection
 * again, and sends nothing twice: what was answered 503 must not be done a minute later, over what was written since.
 */
import { Cluster, Redis } from "ioredis";
import type { Config } from "../config/settings.js";

export type RedisConnection = Redis | Cluster;

/** Between two attempts to connect: they come soon, since a cache is waited for. */
const RETRY_MS = 100;
const RETRY_MS_MAX = 1_000;
const CONNECT_MS_MAX = 5_000;
/** How often, and after what time, a command follows a slot to another server: all of it within the deadline of a call. */
const REDIRECTIONS = 6;
const REDIRECTION_MS = 50;
/** So many of a call's deadlines without an answer, and the connection is made anew. */
const SILENT_CALLS = 2;

export function openRedis(config: Config): RedisConnection {
  const urls = config.l2!.map((text) => new URL(text));
  const timeoutMs = config["l2-timeout"]!;
  const [first] = urls;
  const each = {
    connectTimeout: CONNECT_MS_MAX,
    socketTimeout: timeoutMs * SILENT_CALLS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectionName: "stowage",
    ...accessOf(first),
  };
  if (!isCluster(config))
    return new Redis({
      ...each,
      ...addressOf(first),
      db: Number(first.pathname.slice(1) || 0),
      retryStrategy: pauseMs,
      enableOfflineQueue: false,
    });
  return new Cluster(urls.map(addressOf), {
    clusterRetryStrategy: pauseMs,
    enableOfflineQueue: false,
    maxRedirections: REDIRECTIONS,
    retryDelayOnFailover: REDIRECTION_MS,
    retryDelayOnClusterDown: REDIRECTION_MS,
    retryDelayOnTryAgain: REDIRECTION_MS,
    slotsRefreshTimeout: timeoutMs,
    redisOptions: each,
  });
}

export function isCluster(config: Config): boolean {
  return config["l2-cluster"] ?? config.l2!.length > 1;
}

function addressOf({ hostname, port }: URL): { host: string; port: number } {
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? 6_379 : Number(port) };
}

function accessOf({ protocol, username, password }: URL): object {
  return {
    ...(username !== "" && { username: decodeURIComponent(username) }),
    ...(password !== "" && { password: decodeURIComponent(password) }),
    ...(protocol === "rediss:" && { tls: {} }),
  };
}

function pauseMs(times: number): number {
  return Math.min(RETRY_MS * times, RETRY_MS_MAX) * (0.5 + Math.random() / 2);
}
