/** Redis as patterns ask it: one script or command at a time, each under a deadline, with the errors of a store. */
import type { Clock } from "../../base/clock.js";
import { StoreUnavailableError } from "../../base/errors.js";
import { Deadline, DeadlineExceeded } from "../../resilience/deadline.js";
import { type RedisCommands, redisCommands } from "../../stores/redis/commands.js";
import type { RedisArgument, RedisReply, RedisSource } from "../../stores/redis/types.js";

/** Where Redis or Valkey is: as `redisCommands` takes it, or what that gave, whose connection is used then and stays open. */
export type RedisPlace = RedisSource | RedisCommands;

export class RedisAsking {
  readonly #commands: RedisCommands;
  readonly #isOwn: boolean;
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  /** @throws InvalidOptionError for what is no place */
  constructor(place: RedisPlace, clock: Clock, timeoutMs: number) {
    this.#isOwn = !isCommands(place);
    this.#commands = isCommands(place) ? place : redisCommands(place);
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws StoreUnavailableError where there is no answer in time, or no connection */
  async script(
    where: string,
    lua: string,
    keys: readonly RedisArgument[],
    args: readonly RedisArgument[],
  ): Promise<RedisReply> {
    const deadline = new Deadline(this.#clock, this.#timeoutMs);
    try {
      return await this.#commands.script(lua, keys, args, { signal: deadline.signal });
    } catch (error) {
      if (!(error instanceof DeadlineExceeded)) throw error;
      const reason = `no answer within ${this.#timeoutMs} ms`;
      throw new StoreUnavailableError("redis", where, "timeout", reason, { cause: error });
    } finally {
      deadline.end();
    }
  }

  /** What was opened for it closes; a client that was given stays open. */
  async close(): Promise<void> {
    if (this.#isOwn) await this.#commands.close();
  }
}

function isCommands(place: RedisPlace): place is RedisCommands {
  if (typeof place !== "object" || Array.isArray(place)) return false;
  return (
    typeof (place as RedisCommands).script === "function" &&
    typeof (place as RedisCommands).sendAll === "function"
  );
}

export function textOf(reply: RedisReply | undefined): string {
  return reply instanceof Uint8Array
    ? Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength).toString("utf8")
    : String(reply);
}

export function numberOf(reply: RedisReply | undefined): number {
  return Number(textOf(reply));
}

export function listOf(reply: RedisReply): readonly RedisReply[] {
  return Array.isArray(reply) ? reply : [];
}

/** The server's own time in whole milliseconds, so that the clocks of those who ask do not matter. */
export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;
