/**
 * Every setting of the server, once: flags, environment, configuration file, `--help` and `config --print` all come from
 * this table.
 *
 * A setting `data-dir` is the flag `--data-dir`, the variable STOWAGE_DATA_DIR, and `"data-dir"` in the file. Names that
 * Lix Cache's users and hosting platforms set stand under `also`. Where several say something, the flag counts, then
 * STOWAGE_..., then the other names, then the file.
 */
import { availableParallelism } from "node:os";
import {
  bytes,
  duration,
  fileMode,
  flag,
  fleetName,
  host,
  type Kind,
  list,
  logLevel,
  oneOf,
  redisUrls,
  text,
  tokens,
  wait,
  whole,
} from "./kinds.js";

export interface Setting<T> {
  readonly kind: Kind<T>;
  /** What counts when nobody says anything. */
  readonly fallback: T | null;
  readonly about: string;
  /** Other environment variables that are heeded. */
  readonly also?: readonly string[];
  /** Shown as stars by `config --print`. */
  readonly secret?: boolean;
  /** What the fallback is, where it differs from machine to machine. */
  readonly fallbackText?: string;
  readonly group: Group;
}

export const groups = [
  "Listening",
  "Memory",
  "Fleet",
  "Access",
  "Durability",
  "Operation",
  "Limits",
] as const;
export type Group = (typeof groups)[number];

function setting<T>(
  group: Group,
  kind: Kind<T>,
  fallback: T | null,
  about: string,
  more: Pick<Setting<T>, "also" | "secret" | "fallbackText"> = {},
): Setting<T> {
  return Object.freeze({ group, kind, fallback, about, ...more });
}

const GB = 2 ** 30;
const MB = 2 ** 20;
const KB = 2 ** 10;

export const settings = Object.freeze({
  port: setting("Listening", whole(0, 65_535, "PORT"), 4000, "TCP port; 0 takes any free one", {
    also: ["PORT"],
  }),
  host: setting("Listening", host, "127.0.0.1", "address to listen on; 0.0.0.0 or :: for all"),
  socket: setting("Listening", text("PATH"), null, "Unix socket to listen on instead of a port"),
  "tls-cert": setting("Listening", text("FILE"), null, "certificate chain (PEM); read again on SIGHUP"),
  "tls-key": setting("Listening", text("FILE"), null, "private key (PEM); read again on SIGHUP"),
  "socket-mode": setting(
    "Listening",
    fileMode,
    "660",
    "permissions of the Unix socket, in octal: 660 for owner and group, 666 for everybody",
  ),
  workers: setting("Listening", whole(1, 240), availableParallelism(), "threads that serve requests", {
    fallbackText: "number of cores",
  }),
  memory: setting(
    "Memory",
    bytes(MB, 32 * GB),
    256 * MB,
    "bytes of everything that is cached, index included",
  ),
  max: setting(
    "Memory",
    whole(1, 2 ** 31 - 1),
    null,
    "entries at most, exactly; without it, as many as fit",
    {
      also: ["LIX_CACHE_LIMIT"],
    },
  ),
  ttl: setting(
    "Memory",
    duration(),
    null,
    "how long entries live that are set without a ttl; without it, for ever",
  ),
  "max-value": setting("Memory", bytes(KB, GB), 8 * MB, "the longest value, at most a quarter of the memory"),
  l2: setting(
    "Fleet",
    redisUrls,
    null,
    "Redis or Valkey that holds the truth for all servers that name it; several URLs are nodes of a cluster",
    { secret: true },
  ),
  "l2-cluster": setting("Fleet", flag, null, "the one URL of l2 is a node of a cluster"),
  "l2-name": setting(
    "Fleet",
    fleetName,
    "stowage",
    "what its keys and its channel begin with: servers of one name are one fleet",
  ),
  "l2-timeout": setting("Fleet", duration(10, 60_000), 1_000, "how long an answer of l2 is waited for"),
  "l2-bound": setting(
    "Fleet",
    wait(),
    5_000,
    "for how long a server that does not hear of the others' writes answers with what it has",
  ),
  "l1-ttl": setting(
    "Fleet",
    wait(100),
    30_000,
    "how long a server answers with what it has before it asks l2 again, come what may",
  ),
  "when-l2-down": setting(
    "Fleet",
    oneOf("miss", "error"),
    "miss",
    "what reads are told that l2 does not answer: that there is nothing (404), or so (503)",
  ),
  auth: setting("Access", flag, null, "ask for a token; on as soon as there are tokens", {
    also: ["LIX_AUTH_ENABLED"],
  }),
  tokens: setting("Access", tokens, null, "tokens that may do everything", {
    also: ["LIX_API_KEYS"],
    secret: true,
  }),
  "tokens-file": setting("Access", text("FILE"), null, "tokens with names, scopes and key prefixes (JSON)"),
  "require-auth": setting(
    "Access",
    flag,
    false,
    "refuse to start on an address other machines reach unless auth is on",
  ),
  "rate-limit": setting("Access", whole(1, 10_000_000), null, "requests a second for each token; 429 above"),
  "cors-origins": setting(
    "Access",
    list("ORIGIN,..."),
    Object.freeze(["*"]),
    "origins that browsers may call from",
    {
      also: ["LIX_CORS_ORIGINS"],
    },
  ),
  "data-dir": setting(
    "Durability",
    text("DIR"),
    null,
    "where snapshots are kept; without it, nothing outlives the process",
  ),
  "snapshot-every": setting("Durability", wait(1_000), 60_000, "time between snapshots"),
  "log-level": setting("Operation", logLevel, "info", "what is logged, as JSON lines", {
    also: ["LOG_LEVEL"],
  }),
  "access-log": setting("Operation", flag, false, "log every request"),
  "slow-ms": setting(
    "Operation",
    whole(1, 600_000, "MS"),
    100,
    "log requests that took longer than so many milliseconds",
  ),
  "drain-timeout": setting("Operation", wait(), 10_000, "time for requests under way when the server stops"),
  "drain-delay": setting(
    "Operation",
    wait(),
    null,
    "time between /ready turning 503 and the end of accepting, for load balancers that have to notice",
  ),
  "hang-timeout": setting(
    "Operation",
    wait(1_000),
    10_000,
    "a worker that is busy with one thing for so long is replaced, and its connections are lost",
  ),
  "max-connections": setting("Limits", whole(1, 1_000_000), 20_000, "connections at one time"),
  "max-body": setting("Limits", bytes(KB, GB), 8_000_000, "bytes of a request's content; 413 above"),
  "request-timeout": setting("Limits", wait(100), 60_000, "from the first byte of a request to its last"),
  "idle-timeout": setting("Limits", wait(100), 75_000, "between requests of a connection"),
});

export type SettingName = keyof typeof settings;

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** What the server runs with: null where a setting has no fallback and nobody said anything. */
export type Config = { readonly [Name in SettingName]: ValueOf<(typeof settings)[Name]> | null };

export const settingNames = Object.keys(settings) as SettingName[];

export function variableOf(name: string): string {
  return `STOWAGE_${name.replaceAll("-", "_").toUpperCase()}`;
}

/** Bytes of the longest value: what was said, but no more than the table takes. */
export function valueBytesMax(config: Config): number {
  return Math.min(config["max-value"]!, Math.floor(config.memory! / 4));
}
