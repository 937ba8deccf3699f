/** Who was seen when, wherever it stands: in memory, or in a sorted set of Redis whose scores are times. */
import type { Clock } from "../../base/clock.js";
import { listOf, NOW, numberOf, type RedisAsking, textOf } from "../common/redis.js";

export interface Room {
  /** Whether the member was not there before. */
  seen(member: string): Promise<boolean>;
  /** Whether it was there. */
  leave(member: string): Promise<boolean>;
  /** Milliseconds since it was seen; undefined: it is not there. */
  age(member: string): Promise<number | undefined>;
  /** The one that was seen last comes first. */
  list(count: number): Promise<readonly string[]>;
  count(): Promise<number>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** In the order in which they were seen, so that those who are gone stand at the beginning. */
export class MemoryRoom implements Room {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #max: number;
  readonly #seen = new Map<string, number>();

  constructor(clock: Clock, timeoutMs: number, max: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#max = max;
  }

  async seen(member: string): Promise<boolean> {
    this.#drop();
    const isNew = !this.#seen.delete(member);
    this.#seen.set(member, this.#clock.now());
    const [first] = this.#seen.keys();
    if (this.#seen.size > this.#max && first !== undefined) this.#seen.delete(first);
    return isNew;
  }

  async leave(member: string): Promise<boolean> {
    this.#drop();
    return this.#seen.delete(member);
  }

  async age(member: string): Promise<number | undefined> {
    this.#drop();
    const at = this.#seen.get(member);
    return at === undefined ? undefined : this.#clock.now() - at;
  }

  async list(count: number): Promise<readonly string[]> {
    this.#drop();
    return [...this.#seen.keys()].reverse().slice(0, count);
  }

  async count(): Promise<number> {
    this.#drop();
    return this.#seen.size;
  }

  async clear(): Promise<void> {
    this.#seen.clear();
  }

  async close(): Promise<void> {
    this.#seen.clear();
  }

  #drop(): void {
    const until = this.#clock.now() - this.#timeoutMs;
    for (const [member, at] of this.#seen) {
      if (at > until) return;
      this.#seen.delete(member);
    }
  }
}

/** KEYS[1]; the timeout. Those who are gone leave with whoever asks; the key goes with the last of them. */
const BEGIN = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[1]))
`;
/** KEYS[1]; the timeout, the bound, the member. */
const SEEN = `${BEGIN}
local added = redis.call('ZADD', KEYS[1], now, ARGV[3])
local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[2])
if over > 0 then redis.call('ZREMRANGEBYRANK', KEYS[1], 0, over - 1) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return added`;
const LEAVE = `${BEGIN} return redis.call('ZREM', KEYS[1], ARGV[2])`;
const AGE = `${BEGIN}
local at = redis.call('ZSCORE', KEYS[1], ARGV[2])
if not at then return -1 end
return math.max(0, now - tonumber(at))`;
const LIST = `${BEGIN} return redis.call('ZREVRANGE', KEYS[1], 0, tonumber(ARGV[2]) - 1)`;
const COUNT = `${BEGIN} return redis.call('ZCARD', KEYS[1])`;

export class RedisRoom implements Room {
  readonly #redis: RedisAsking;
  readonly #key: string;
  readonly #timeoutMs: number;
  readonly #max: number;

  constructor(redis: RedisAsking, key: string, timeoutMs: number, max: number) {
    this.#redis = redis;
    this.#key = key;
    this.#timeoutMs = timeoutMs;
    this.#max = max;
  }

  async seen(member: string): Promise<boolean> {
    return numberOf(await this.#ask("seen", SEEN, `${this.#max}`, member)) === 1;
  }

  async leave(member: string): Promise<boolean> {
    return numberOf(await this.#ask("leave", LEAVE, member)) === 1;
  }

  async age(member: string): Promise<number | undefined> {
    const ageMs = numberOf(await this.#ask("age", AGE, member));
    return ageMs < 0 ? undefined : ageMs;
  }

  async list(count: number): Promise<readonly string[]> {
    return listOf(await this.#ask("list", LIST, `${count}`)).map(textOf);
  }

  async count(): Promise<number> {
    return numberOf(await this.#ask("count", COUNT));
  }

  async clear(): Promise<void> {
    await this.#ask("clear", "return redis.call('DEL', KEYS[1])");
  }

  close(): Promise<void> {
    return this.#redis.close();
  }

  #ask(where: string, lua: string, ...args: readonly string[]) {
    return this.#redis.script(where, lua, [this.#key], [`${this.#timeoutMs}`, ...args]);
  }
}
