/** The options of `PostgresStore` and `PostgresBus`, each declared once. */
import { formatBytes, parseBytes } from "../../base/byte-size.js";
import { type Clock, systemClock } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import {
  checked,
  duration,
  flag,
  type OptionType,
  objectWith,
  refused,
  wholeNumber,
} from "../../base/option-types.js";
import { type ConflictRule, type Declares, declareOptions, option } from "../../base/options.js";
import { isPglite, isPool, type PGliteLike, type PgClient, type PgPool } from "./database.js";
import { TABLE_DEFAULT } from "./schema.js";

/** Where the database is: exactly one of the two. */
export interface PostgresConnectOptions {
  /** A Pool of pg, or PGlite; a store takes a connected Client of pg as well. It stays open when the store is closed. */
  client?: PgPool | PgClient | PGliteLike;
  /** `postgres://user:password@host:5432/database`; needs the package pg. */
  url?: string;
}

/** What `new PostgresStore(options)` takes: a `client` or a `url` has to be there. */
export interface PostgresStoreOptions extends PostgresConnectOptions {
  /** Connections at most, with `url`. Default 10. */
  connections?: number;
  /** How long a connection may take to be made, with `url`. Default `"5s"`. */
  connectTimeout?: Duration;
  /** The schema of the table; made where it is not there. Default: the first of the search path. */
  schema?: string;
  /** Default `"stowage_cache"`. Stores of the same table are one. */
  table?: string;
  /**
   * Whether a table that is made is UNLOGGED: written about twice as fast, but empty after a crash of the server and not there on its
   * replicas. Default true: it is a cache. A table that is there stays as it is.
   */
  unlogged?: boolean;
  /**
   * Whether statements are prepared, each once a connection. Faster by what planning takes; not for pgbouncer in transaction mode before
   * its version 1.21, nor for PGlite. Default false.
   */
  prepare?: boolean;
  /** How often rows that have expired are deleted; they are invisible before. Default `"1m"`. Infinity: only by `cleanup()`. */
  cleanupEvery?: Duration | typeof Infinity;
  /** Rows that are deleted by one statement at most, so that none takes long. Default 1,000. */
  cleanupBatch?: number;
  /** The longest value. Default and at most `"64mb"`. */
  maxValueSize?: number | `${number}${"b" | "kb" | "mb" | "gb"}`;
  /** Where timers come from; lifetimes go by the database's clock. Default: the system. */
  clock?: Clock;
}

/** What `new PostgresBus(options)` takes: a `client` (a Pool or PGlite) or a `url` has to be there. */
export interface PostgresBusOptions extends PostgresConnectOptions {
  /** How long a connection may take to be made. Default `"5s"`. */
  connectTimeout?: Duration;
  /** How often it is looked whether the connection still answers. Default `"2s"`. */
  ping?: Duration;
  /** After this time without an answer it counts as broken. Default `"2s"`. */
  pingTimeout?: Duration;
  /** Where time comes from. Default: the system. */
  clock?: Clock;
}

const CONNECTIONS = 10;
const CONNECT_MS = 5_000;
const CLEANUP_MS = 60_000;
const CLEANUP_ROWS = 1_000;
const PING_MS = 2_000;
/** Of an identifier; PostgreSQL cuts longer ones, and two could become one. */
const NAME_BYTES_MAX = 63;
/** Values go as bytes and come as hexadecimal digits: at 64 MiB, a text of 128 MiB. */
const VALUE_BYTES_MAX = 64 * 1_024 * 1_024;

const client: OptionType<PgPool | PgClient | PGliteLike> = checked(
  "a Pool or Client of pg, or PGlite",
  (value) => typeof value === "object" && value !== null && typeof (value as PgClient).query === "function",
);

const url: OptionType<string> = checked(
  'a URL such as "postgres://localhost:5432/app"',
  (value) => typeof value === "string" && /^postgres(ql)?:\/\/./.test(value),
);

const name: OptionType<string> = checked(
  `a name of 1 to ${NAME_BYTES_MAX} bytes`,
  (value) =>
    typeof value === "string" &&
    value !== "" &&
    !value.includes("\0") &&
    Buffer.byteLength(value) <= NAME_BYTES_MAX,
);

const byteSize: OptionType<number> = {
  text: `a number of bytes from 1 to ${formatBytes(VALUE_BYTES_MAX)}, such as 1048576 or "16mb"`,
  parse(value) {
    const bytes = typeof value === "string" ? parseBytes(value) : value;
    const isSize =
      Number.isSafeInteger(bytes) && (bytes as number) >= 1 && (bytes as number) <= VALUE_BYTES_MAX;
    return isSize ? (bytes as number) : refused;
  },
};

const rarely: OptionType<number> = {
  text: `${duration.text}, or Infinity`,
  parse: (value, where, option) =>
    value === Number.POSITIVE_INFINITY ? value : duration.parse(value, where, option),
};

const connect = {
  client: option<PgPool | PgClient | PGliteLike, undefined>({ type: client, default: undefined }),
  url: option<string, undefined>({ type: url, default: undefined }),
} satisfies Declares<PostgresConnectOptions>;

interface BoundConnect {
  readonly client: PgPool | PgClient | PGliteLike | undefined;
  readonly url: string | undefined;
}

const oneOf: ConflictRule<BoundConnect> = {
  options: ["client", "url"],
  when: (bound) => (bound.client === undefined) === (bound.url === undefined),
  right: "exactly one of them has to be there",
};

const withUrl = (option: string): ConflictRule<BoundConnect> => ({
  options: [option, "url"],
  when: (bound, given) => bound.url === undefined && given.has(option),
  right: `a client has been made already; ${option} goes with url`,
});

const clock = option({
  type: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"),
  default: systemClock,
});

export const storeOptions = declareOptions(
  {
    ...connect,
    connections: option({ type: wholeNumber({ min: 1, max: 1_000 }), default: CONNECTIONS }),
    connectTimeout: option({ type: duration, default: CONNECT_MS }),
    schema: option<string, undefined>({ type: name, default: undefined }),
    table: option<string>({ type: name, default: TABLE_DEFAULT }),
    unlogged: option<boolean>({ type: flag, default: true }),
    prepare: option<boolean>({ type: flag, default: false }),
    cleanupEvery: option<number>({ type: rarely, default: CLEANUP_MS }),
    cleanupBatch: option({ type: wholeNumber({ min: 1, max: 100_000 }), default: CLEANUP_ROWS }),
    maxValueSize: option({ type: byteSize, default: VALUE_BYTES_MAX }),
    clock,
  } satisfies Declares<PostgresStoreOptions>,
  [
    oneOf,
    withUrl("connections"),
    withUrl("connectTimeout"),
    {
      options: ["prepare", "client"],
      when: ({ prepare, client }) => prepare && client !== undefined && isPglite(client),
      right: "PGlite prepares nothing",
    },
  ],
);

export const busOptions = declareOptions(
  {
    ...connect,
    connectTimeout: option({ type: duration, default: CONNECT_MS }),
    ping: option({ type: duration, default: PING_MS }),
    pingTimeout: option({ type: duration, default: PING_MS }),
    clock,
  } satisfies Declares<PostgresBusOptions>,
  [
    oneOf,
    {
      options: ["client"],
      when: ({ client }) => client !== undefined && !isPglite(client) && !isPool(client),
      right:
        "a bus makes its connection again when it breaks, which a Client cannot; a Pool, PGlite or a url can",
    },
    {
      options: ["connectTimeout", "client"],
      when: ({ client }, given) => client !== undefined && isPglite(client) && given.has("connectTimeout"),
      right: "PGlite has no connections",
    },
  ],
);
