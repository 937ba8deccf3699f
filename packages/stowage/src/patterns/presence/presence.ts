/** Who is there: each is for as long as he says so from time to time. */
import type { Clock } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import { duration } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import { checkCount, checkMember } from "../common/check.js";
import { clockOption, maxOption, nameOption, redisOption, timeoutOption } from "../common/options.js";
import { RedisAsking, type RedisPlace } from "../common/redis.js";
import { MemoryRoom, RedisRoom, type Room } from "./room.js";

/** What `new Presence(options)` takes; everything may be left out. */
export interface PresenceOptions {
  /** The key of the sorted set in Redis; a room of its own has a name of its own. Default `"presence"`. */
  name?: string;
  /** Who was not seen for so long is gone. Default `"30s"`. */
  away?: Duration;
  /** So many at most; the one who was not seen for longest goes. Default 100,000. */
  max?: number;
  /** Where Redis or Valkey is. Default: none; the room is this process's own. */
  redis?: RedisPlace;
  /** How long Redis may take to answer. Default `"1s"`. */
  timeout?: Duration;
  /** Default: the system's. With Redis, its own time counts. */
  clock?: Clock;
}

const AWAY_MS = 30_000;
const LIST_MAX = 1_000;

const presenceOptions = declareOptions({
  name: nameOption("presence"),
  away: option({
    type: duration,
    default: AWAY_MS,
    defaultText: '`"30s"`',
    meaning: "who was not seen for so long is gone",
  }),
  max: maxOption,
  redis: redisOption,
  timeout: timeoutOption,
  clock: clockOption,
} satisfies Declares<PresenceOptions>);

/**
 * All calls reject with StoreUnavailableError where Redis does not answer.
 *
 * @throws InvalidOptionError for an option that is unknown or wrong
 * @example
 * const room = new Presence({ name: "room:7", away: "45s", redis: "redis://localhost:6379" });
 * await room.seen("ada"); // with each message, and every 20 s
 * await room.list(); // ["ada"]
 */
export class Presence {
  readonly #room: Room;

  constructor(options?: PresenceOptions) {
    const { name, away, max, redis, timeout, clock } = presenceOptions.bind(options, "new Presence");
    this.#room =
      redis === undefined
        ? new MemoryRoom(clock, away, max)
        : new RedisRoom(new RedisAsking(redis, clock, timeout), name, away, max);
  }

  /** The member is there, from now on for as long as `away` says. Whether it was not there before. */
  async seen(member: string): Promise<boolean> {
    checkMember("seen", member);
    return this.#room.seen(member);
  }

  /** Whether it was there. */
  async leave(member: string): Promise<boolean> {
    checkMember("leave", member);
    return this.#room.leave(member);
  }

  async has(member: string): Promise<boolean> {
    return (await this.age(member)) !== undefined;
  }

  /** Milliseconds since it was seen; undefined: it is not there. */
  async age(member: string): Promise<number | undefined> {
    checkMember("age", member);
    return this.#room.age(member);
  }

  /** Who is there; the one who was seen last comes first. */
  async list(count = LIST_MAX): Promise<readonly string[]> {
    checkCount("list", "the count", count);
    return this.#room.list(count);
  }

  count(): Promise<number> {
    return this.#room.count();
  }

  clear(): Promise<void> {
    return this.#room.clear();
  }

  /** A client that was given stays open. */
  close(): Promise<void> {
    return this.#room.close();
  }
}
