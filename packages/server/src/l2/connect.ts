/**
 * A worker's connections to L2, and all that stands on them. Nothing here waits for Redis: a server starts without it, and goes on
 * without it, as its settings say.
 */
import { systemClock } from "stowage";
import { RedisBus, RedisStore, redisCommands } from "stowage/stores/redis";
import type { SharedTable } from "stowage/table";
import { Stamps, StoreGuard } from "stowage/tiered";
import type { Config } from "../config/settings.js";
import type { LeaseBoard } from "../feed/lease-board.js";
import type { Log } from "../observe/types.js";
import { openRedis } from "./client.js";
import { Coherence } from "./coherence.js";
import { L2Counts } from "./figures.js";
import { Records } from "./records.js";
import { Shelf } from "./shelf.js";
import { Tier } from "./tier.js";

export interface TierConnection {
  readonly tier: Tier;
  /** To be called before the table is closed. */
  close(): Promise<void>;
}

export interface ConnectParts {
  /** With `l2`. */
  readonly config: Config;
  readonly table: SharedTable;
  readonly leases: LeaseBoard;
  /** Of `createL2Memory`. */
  readonly memory: SharedArrayBuffer;
  readonly worker: number;
  /** Of eight characters, the same for all workers of the server, and of no other. */
  readonly serverId: string;
  readonly log: Log;
  readonly now: () => number;
}

/** Failures in a row after which Redis is left alone, and for how long: a cache does better to ask again soon. */
const FAILURES = 5;
const COOLDOWN = "250ms";
const COOLDOWN_MAX = "2s";
const BEAT_MS = 500;
/** How often it is looked whether the connection of the bus still answers, and how long that may take. */
const PING = "1s";
const HELLO_MS = 250;
/** Stamps of tags that a worker remembers; of others it asks. */
const STAMPS = 50_000;
/** Beyond what an answer may take, what is done with it. */
const TICKET_SPARE_MS = 1_000;

export function connectTier(parts: ConnectParts): TierConnection {
  const { config, table, leases, memory, worker, serverId, log, now } = parts;
  const name = config["l2-name"]!;
  const timeoutMs = config["l2-timeout"]!;
  const counts = new L2Counts(memory, worker);
  const client = openRedis(config);
  let wasUp = true;
  const commands = redisCommands(client);
  const guard = new StoreGuard(new RedisStore({ client, prefix: `${name}:` }), {
    timeout: timeoutMs,
    failures: FAILURES,
    cooldown: COOLDOWN,
    cooldownMax: COOLDOWN_MAX,
    onState: (state) => {
      if (state === "half-open") return;
      const isUp = state === "closed";
      counts.set("up", isUp ? 1 : 0);
      // It opens again and again, as long as L2 is away.
      if (isUp !== wasUp) log[isUp ? "info" : "warn"](isUp ? "L2 answers again" : "L2 does not answer");
      wasUp = isUp;
    },
  });
  const shelf = new Shelf({
    table,
    leases,
    ttlMs: config["l1-ttl"]!,
    ticketMs: timeoutMs + TICKET_SPARE_MS,
    now,
  });
  const stamps = new Stamps({
    guard,
    epochKey: "e",
    stampKey: (tag) => `s:${tag}`,
    capacity: STAMPS,
    clock: systemClock,
    whenBehind: { ttlMs: 0 },
  });
  const bus = new RedisBus({ client, ping: PING, pingTimeout: PING });
  const coherence = new Coherence({
    bus,
    channel: name,
    serverId,
    shelf,
    stamps,
    counts,
    boundMs: config["l2-bound"]!,
    beatMs: BEAT_MS,
    told: (level, text) => log[level](text),
  });
  const records = new Records(commands, guard, name, () => counts.add("failures"));
  const tier = new Tier({ records, shelf, stamps, coherence, counts, whenDown: config["when-l2-down"]! });
  const stop = greet(stamps, counts, log);
  return { tier, close };

  async function close(): Promise<void> {
    stop();
    await coherence.close();
    await Promise.allSettled([guard.close(), commands.close(), bus.close()]);
    client.disconnect();
  }
}

/** Until L2 has answered once: from then on the server is ready. Returns what ends that. */
function greet(stamps: Stamps, counts: L2Counts, log: Log): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isTold = false;
  const hello = (): void => {
    stamps.start().then(
      () => {
        counts.set("up", 1);
        counts.set("reached", 1);
      },
      (error: unknown) => {
        if (!isTold) log.warn({ err: error }, "L2 cannot be reached; it is tried again");
        isTold = true;
        timer = setTimeout(hello, HELLO_MS);
      },
    );
  };
  hello();
  return () => clearTimeout(timer);
}
