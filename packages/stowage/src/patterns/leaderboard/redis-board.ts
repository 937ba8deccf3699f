/** A leaderboard in a sorted set of Redis: whoever counts, from whichever process, counts on one board. */
import type { RedisReply } from "../../stores/redis/types.js";
import { listOf, numberOf, type RedisAsking, textOf } from "../common/redis.js";
import type { Board, BoardRules, Keep } from "./board.js";

/**
 * Beside the key: the bound, and what of the set is worst: the lowest of a board that begins with the highest. Scores come back with 17
 * digits, which say every double.
 */
const TRIM = `
local function trim(key, max, isDescending)
  local over = redis.call('ZCARD', key) - tonumber(max)
  if over <= 0 then return end
  if isDescending == '1' then redis.call('ZREMRANGEBYRANK', key, 0, over - 1)
  else redis.call('ZREMRANGEBYRANK', key, -over, -1) end
end
`;
/** KEYS[1]; max, 1 for descending, member, score, "best" or "last". */
const SET = `${TRIM}
if ARGV[5] == 'best' then
  local old = redis.call('ZSCORE', KEYS[1], ARGV[3])
  if old then
    local better = ARGV[2] == '1' and tonumber(ARGV[4]) > tonumber(old) or ARGV[2] ~= '1' and tonumber(ARGV[4]) < tonumber(old)
    if not better then return 0 end
  end
end
redis.call('ZADD', KEYS[1], ARGV[4], ARGV[3])
trim(KEYS[1], ARGV[1], ARGV[2])
return 1`;
/** KEYS[1]; max, 1 for descending, member, amount. */
const ADD = `${TRIM}
local sum = redis.call('ZINCRBY', KEYS[1], ARGV[4], ARGV[3])
trim(KEYS[1], ARGV[1], ARGV[2])
return sum`;
/** KEYS[1]; members. */
const REMOVE = `
local count = 0
for index = 1, #ARGV do count = count + redis.call('ZREM', KEYS[1], ARGV[index]) end
return count`;
/** KEYS[1]; ZRANK or ZREVRANK, member. */
const FIND = `
local place = redis.call(ARGV[1], KEYS[1], ARGV[2])
if not place then return {} end
return {place, redis.call('ZSCORE', KEYS[1], ARGV[2])}`;
/** KEYS[1]; ZRANGE or ZREVRANGE, first, last. */
const RANGE = `return redis.call(ARGV[1], KEYS[1], ARGV[2], ARGV[3], 'WITHSCORES')`;
/** KEYS[1]; ZRANK or ZREVRANK, ZRANGE or ZREVRANGE, member, count. */
const AROUND = `
local place = redis.call(ARGV[1], KEYS[1], ARGV[3])
if not place then return {} end
local from = math.max(0, place - tonumber(ARGV[4]))
return {from, redis.call(ARGV[2], KEYS[1], from, place + tonumber(ARGV[4]), 'WITHSCORES')}`;

export class RedisBoard implements Board {
  readonly #redis: RedisAsking;
  readonly #key: string;
  readonly #rules: BoardRules;

  constructor(redis: RedisAsking, key: string, rules: BoardRules) {
    this.#redis = redis;
    this.#key = key;
    this.#rules = rules;
  }

  async set(member: string, score: number, keep: Keep): Promise<boolean> {
    return numberOf(await this.#ask("set", SET, ...this.#bounds, member, digits(score), keep)) === 1;
  }

  async add(member: string, amount: number): Promise<number> {
    return numberOf(await this.#ask("add", ADD, ...this.#bounds, member, digits(amount)));
  }

  async remove(members: readonly string[]): Promise<number> {
    return numberOf(await this.#ask("remove", REMOVE, ...members));
  }

  async find(member: string): Promise<{ score: number; place: number } | undefined> {
    const [place, score] = listOf(await this.#ask("rank", FIND, this.#rank, member));
    return place === undefined ? undefined : { score: numberOf(score), place: numberOf(place) };
  }

  async range(from: number, count: number): Promise<readonly (readonly [string, number])[]> {
    return pairsOf(await this.#ask("top", RANGE, this.#range, `${from}`, `${from + count - 1}`));
  }

  async around(
    member: string,
    count: number,
  ): Promise<{ from: number; entries: readonly (readonly [string, number])[] } | undefined> {
    const reply = await this.#ask("around", AROUND, this.#rank, this.#range, member, `${count}`);
    const [from, entries] = listOf(reply);
    return entries === undefined ? undefined : { from: numberOf(from), entries: pairsOf(entries) };
  }

  async size(): Promise<number> {
    return numberOf(await this.#ask("size", "return redis.call('ZCARD', KEYS[1])"));
  }

  async clear(): Promise<void> {
    await this.#ask("clear", "return redis.call('DEL', KEYS[1])");
  }

  close(): Promise<void> {
    return this.#redis.close();
  }

  #ask(where: string, lua: string, ...args: readonly string[]): Promise<RedisReply> {
    return this.#redis.script(where, lua, [this.#key], args);
  }

  get #bounds(): [string, string] {
    const { max, isDescending } = this.#rules;
    return [max === Number.POSITIVE_INFINITY ? "1e308" : `${max}`, isDescending ? "1" : "0"];
  }

  get #rank(): string {
    return this.#rules.isDescending ? "ZREVRANK" : "ZRANK";
  }

  get #range(): string {
    return this.#rules.isDescending ? "ZREVRANGE" : "ZRANGE";
  }
}

/** As JavaScript writes it, which any reader of doubles understands. */
function digits(score: number): string {
  return `${score}`;
}

function pairsOf(reply: RedisReply): (readonly [string, number])[] {
  const list = listOf(reply);
  const pairs: (readonly [string, number])[] = [];
  for (let at = 0; at < list.length; at += 2) pairs.push([textOf(list[at]), numberOf(list[at + 1])]);
  return pairs;
}
