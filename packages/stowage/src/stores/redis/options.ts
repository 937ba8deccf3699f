/** The options of all that speaks to Redis here, each declared once. */
import { formatBytes, parseBytes } from "../../base/byte-size.js";
import { type Clock, systemClock } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import {
  checked,
  choice,
  duration,
  flag,
  type OptionType,
  objectWith,
  refused,
  wholeNumber,
} from "../../base/option-types.js";
import { type Bound, type ConflictRule, type Declares, declareOptions, option } from "../../base/options.js";
import type { RedisCommands } from "./commands.js";
import type { RedisClientLike } from "./types.js";

/** A library of clients, which has to be installed beside Stowage. */
export type RedisLibrary = "ioredis" | "iovalkey" | "redis";

/** How a connection is made where no client is given. */
export interface RedisUrlOptions {
  /** `redis://user:password@host:6379/0`, `rediss://` for TLS; of a Cluster, those of some of its servers. */
  url: string | readonly string[];
  /** Whether they are servers of a Cluster. Default: where there are several URLs. */
  cluster?: boolean;
  /** What connects. Default: the first of ioredis, iovalkey and redis that is installed. */
  library?: RedisLibrary;
  /** How long a connection may take to be made. Default `"5s"`. */
  connectTimeout?: Duration;
  /** A connection on which a command waits for so long without any answer is given up and made anew. Default `"5s"`. */
  answerTimeout?: Duration;
}

/** A client that the user has, or how to make one. */
export interface RedisConnectOptions extends Partial<RedisUrlOptions> {
  /**
   * A client of ioredis, iovalkey or node-redis (4 and later): of a server, of Sentinel, or of a Cluster. It stays open when this
   * is closed. Instead of `url` and what belongs to it.
   *
   * How it heals is up to its own options. Of ioredis, `socketTimeout` finds connections that are half open, and
   * `autoResendUnfulfilledCommands: false` with `enableOfflineQueue: false` keeps writes from being sent when their caller has
   * given up, and counters from being counted twice. What is opened for a `url` has all that.
   */
  client?: RedisClientLike;
  /** What `redisCommands` gave: its connection is used, and stays open when this is closed. Instead of `client` or `url`. */
  commands?: RedisCommands;
}

/** What `new RedisStore(options)` takes: a `client` or a `url` has to be there. */
export interface RedisStoreOptions extends RedisConnectOptions {
  /** Stands before every key: for a server that others use as well. Default: nothing. */
  prefix?: string;
  /** The longest value. Default and at most `"512mb"`, which is what Redis takes. */
  maxValueSize?: number | `${number}${"b" | "kb" | "mb" | "gb"}`;
}

/** What `new RedisBus(options)` takes: a `client` or a `url` has to be there. */
export interface RedisBusOptions extends RedisConnectOptions {
  /** How often it is looked whether the connection still answers. Default `"2s"`. */
  ping?: Duration;
  /** After this time without an answer it counts as broken, and a text that was to be published as not sent. Default `"2s"`. */
  pingTimeout?: Duration;
  /** Where time comes from. Default: the system. */
  clock?: Clock;
}

/** What `new RedisStreamBus(options)` takes: a `client` or a `url` has to be there. */
export interface RedisStreamBusOptions extends RedisConnectOptions {
  /** Messages that a stream keeps, about: who was cut off for longer than these last is told so. Default 10,000. */
  maxLength?: number;
  /** How long a read waits for messages; then it is asked anew, which shows that the connection lives. Default `"2s"`. */
  block?: Duration;
  /**
   * So long after the end of that time a read that is not answered counts as broken, and a text that is to be published as not sent.
   * Default `"2s"`.
   */
  pingTimeout?: Duration;
  /** Where time comes from. Default: the system. */
  clock?: Clock;
}

const TIMEOUT_MS = 5_000;
const PING_MS = 2_000;
const PING_TIMEOUT_MS = 2_000;
const STREAM_MAX = 10_000;
/** proto-max-bulk-len of Redis. What is stored is a little longer than the value. */
const STRING_BYTES_MAX = 512 * 1_024 * 1_024;
const OVERHEAD_BYTES = 1_024;
const VALUE_BYTES_MAX = STRING_BYTES_MAX - OVERHEAD_BYTES;

const client: OptionType<RedisClientLike> = checked(
  "a client of ioredis, iovalkey or node-redis",
  isRedisClient,
);

const url: OptionType<string | readonly string[]> = {
  text: 'a URL such as "redis://localhost:6379", or a list of such URLs',
  parse(value) {
    const urls: unknown[] = Array.isArray(value) ? value : [value];
    if (urls.length === 0 || !urls.every(isRedisUrl)) return refused;
    return Array.isArray(value) ? Object.freeze([...(urls as string[])]) : (value as string);
  },
};

const byteSize: OptionType<number> = {
  text: `a number of bytes from 1 to ${formatBytes(STRING_BYTES_MAX)}, such as 1048576 or "64mb"`,
  parse(value) {
    const bytes = typeof value === "string" ? parseBytes(value) : value;
    if (!Number.isSafeInteger(bytes) || (bytes as number) < 1 || (bytes as number) > STRING_BYTES_MAX)
      return refused;
    return Math.min(bytes as number, VALUE_BYTES_MAX);
  },
};

const connect = {
  client: option<RedisClientLike, undefined>({ type: client, default: undefined }),
  commands: option<RedisCommands, undefined>({
    type: objectWith<RedisCommands>("what redisCommands gave", "command", "scripts", "masters"),
    default: undefined,
  }),
  url: option<string | readonly string[], undefined>({ type: url, default: undefined }),
  cluster: option<boolean, undefined>({ type: flag, default: undefined }),
  library: option<RedisLibrary, undefined>({
    type: choice("ioredis", "iovalkey", "redis"),
    default: undefined,
  }),
  connectTimeout: option({ type: duration, default: TIMEOUT_MS }),
  answerTimeout: option({ type: duration, default: TIMEOUT_MS }),
} satisfies Declares<RedisConnectOptions>;

/** As they are bound. */
export interface BoundConnect {
  readonly client: RedisClientLike | undefined;
  readonly commands: RedisCommands | undefined;
  readonly url: string | readonly string[] | undefined;
  readonly cluster: boolean | undefined;
  readonly library: RedisLibrary | undefined;
  readonly connectTimeout: number;
  readonly answerTimeout: number;
}

const together: readonly ConflictRule<BoundConnect>[] = [
  {
    options: ["client", "url", "commands"],
    when: ({ client, url, commands }) =>
      [client, url, commands].filter((one) => one !== undefined).length !== 1,
    right: "exactly one of them has to be there",
  },
  ...(["cluster", "library", "connectTimeout", "answerTimeout"] as const).map((name) => ({
    options: [name, "url"] as const,
    when: ({ url }: BoundConnect, given: ReadonlySet<string>) => url === undefined && given.has(name),
    right: `a client has been made already; ${name} goes with url`,
  })),
  {
    options: ["cluster", "url"],
    when: ({ cluster, url }) => cluster === false && Array.isArray(url) && url.length > 1,
    right: "several URLs are those of a cluster",
  },
];

const clock = option({
  type: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"),
  default: systemClock,
});

/** A connection that is silent for `answerTimeout` would count as broken between two answers. */
function shorter<Name extends "block" | "ping">(
  name: Name,
): ConflictRule<BoundConnect & { readonly [Each in Name]: number }> {
  return {
    options: [name, "answerTimeout"],
    when: (bound) => bound.url !== undefined && bound[name] >= bound.answerTimeout,
    right: `${name} has to be shorter`,
  };
}

export const connectOptions = declareOptions(connect, together);

export const storeOptions = declareOptions(
  {
    ...connect,
    prefix: option<string>({ type: checked("a text", (value) => typeof value === "string"), default: "" }),
    maxValueSize: option({ type: byteSize, default: VALUE_BYTES_MAX }),
  } satisfies Declares<RedisStoreOptions>,
  together,
);

export const busOptions = declareOptions(
  {
    ...connect,
    ping: option({ type: duration, default: PING_MS }),
    pingTimeout: option({ type: duration, default: PING_TIMEOUT_MS }),
    clock,
  } satisfies Declares<RedisBusOptions>,
  [...together, shorter("ping")],
);

export const streamBusOptions = declareOptions(
  {
    ...connect,
    maxLength: option({
      type: wholeNumber({ min: 1 }),
      default: STREAM_MAX,
    }),
    block: option({ type: duration, default: PING_MS }),
    pingTimeout: option({ type: duration, default: PING_TIMEOUT_MS }),
    clock,
  } satisfies Declares<RedisStreamBusOptions>,
  [...together, shorter("block")],
);

export type BoundBus = Bound<typeof busOptions.specs>;
export type BoundStreamBus = Bound<typeof streamBusOptions.specs>;

export function isRedisClient(value: unknown): value is RedisClientLike {
  if (typeof value !== "object" || value === null) return false;
  const { callBuffer, sendCommand, duplicate, on } = value as Record<string, unknown>;
  return [callBuffer ?? sendCommand, duplicate, on].every((method) => typeof method === "function");
}

function isRedisUrl(value: unknown): boolean {
  return typeof value === "string" && /^rediss?:\/\/./.test(value) && URL.canParse(value);
}
