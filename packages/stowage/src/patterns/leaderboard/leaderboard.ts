/** A leaderboard: members by their scores, in the memory of the process or in a sorted set of Redis. */
import type { Clock } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import { choice, wholeNumber } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import { checkCount, checkFinite, checkMember } from "../common/check.js";
import { clockOption, nameOption, redisOption, timeoutOption } from "../common/options.js";
import { RedisAsking, type RedisPlace } from "../common/redis.js";
import type { Board, Ranked } from "./board.js";
import { MemoryBoard } from "./memory-board.js";
import { RedisBoard } from "./redis-board.js";

/** What `new Leaderboard(options)` takes; everything may be left out. */
export interface LeaderboardOptions {
  /** The key of the sorted set in Redis. Default `"leaderboard"`. */
  name?: string;
  /** Which scores are the best. Default `"highest"`. */
  best?: "highest" | "lowest";
  /** So many of the best are kept. Default: all. */
  max?: number;
  /** Where Redis or Valkey is. Default: none; the board is this process's own. */
  redis?: RedisPlace;
  /** How long Redis may take to answer. Default `"1s"`. */
  timeout?: Duration;
  /** Default: the system's. */
  clock?: Clock;
}

const leaderboardOptions = declareOptions({
  name: nameOption("leaderboard"),
  best: option({
    type: choice("highest", "lowest"),
    default: "highest",
    meaning: "which scores are the best",
  }),
  max: option({
    type: wholeNumber({ min: 1, infinite: true }),
    default: Number.POSITIVE_INFINITY,
    defaultText: "all",
    meaning: "so many of the best are kept",
  }),
  redis: redisOption,
  timeout: timeoutOption,
  clock: clockOption,
} satisfies Declares<LeaderboardOptions>);

/**
 * Members are texts (well-formed UTF-16), scores finite numbers. Equal scores stand in the order of the members' bytes: the last
 * first where the highest is best, the first first where the lowest is. All calls reject with StoreUnavailableError where Redis does
 * not answer.
 *
 * @throws InvalidOptionError for an option that is unknown or wrong
 * @example
 * const board = new Leaderboard({ name: "scores", redis: "redis://localhost:6379" });
 * await board.add("ada", 10);
 * await board.top(3); // [{ member: "ada", score: 10, rank: 1 }]
 */
export class Leaderboard {
  readonly #board: Board;

  constructor(options?: LeaderboardOptions) {
    const { name, best, max, redis, timeout, clock } = leaderboardOptions.bind(options, "new Leaderboard");
    const rules = { isDescending: best === "highest", max };
    this.#board =
      redis === undefined
        ? new MemoryBoard(rules)
        : new RedisBoard(new RedisAsking(redis, clock, timeout), name, rules);
  }

  /** Gives the member this score, whatever it had. */
  async set(member: string, score: number): Promise<void> {
    checkEntry("set", member, score);
    await this.#board.set(member, score + 0, "last");
  }

  /** Gives the member this score if it is better than the one it has; whether it is. */
  async submit(member: string, score: number): Promise<boolean> {
    checkEntry("submit", member, score);
    return this.#board.set(member, score + 0, "best");
  }

  /** Adds to the member's score, which begins at 0; the sum. */
  async add(member: string, amount: number): Promise<number> {
    checkEntry("add", member, amount);
    return this.#board.add(member, amount + 0);
  }

  /** How many there were. */
  async remove(...members: readonly string[]): Promise<number> {
    for (const member of members) checkMember("remove", member);
    return members.length === 0 ? 0 : this.#board.remove(members);
  }

  /** undefined: it is not there. */
  async get(member: string): Promise<Ranked | undefined> {
    checkMember("get", member);
    const found = await this.#board.find(member);
    return found && { member, score: found.score, rank: found.place + 1 };
  }

  /** The best. @param from the rank to begin with */
  async top(count: number, from = 1): Promise<Ranked[]> {
    checkCount("top", "the count", count);
    checkCount("top", "the rank", from);
    return ranked(await this.#board.range(from - 1, count), from - 1);
  }

  /** The member, and so many above it and below, as they stand at one moment; undefined: it is not there. */
  async around(member: string, count: number): Promise<Ranked[] | undefined> {
    checkMember("around", member);
    checkCount("around", "the count", count, 0);
    const found = await this.#board.around(member, count);
    return found && ranked(found.entries, found.from);
  }

  size(): Promise<number> {
    return this.#board.size();
  }

  clear(): Promise<void> {
    return this.#board.clear();
  }

  /** A client that was given stays open. */
  close(): Promise<void> {
    return this.#board.close();
  }
}

function checkEntry(where: string, member: string, score: number): void {
  checkMember(where, member);
  checkFinite(where, "the score", score);
}

function ranked(entries: readonly (readonly [string, number])[], from: number): Ranked[] {
  return entries.map(([member, score], index) => ({ member, score, rank: from + index + 1 }));
}
