/**
 * Locks in Redis: a hash of owner, end and fence, changed by one script at a time. The fence is at least the server's time, so that
 * it goes on growing also where the hash was lost; and it is kept a day longer than the lock.
 */
import { listOf, NOW, numberOf, type RedisAsking } from "../common/redis.js";
import type { LockPlace, Taken } from "./place.js";

const DAY_MS = 86_400_000;

/** KEYS[1]; the owner, the milliseconds. */
const BEGIN = `${NOW}
local kept = redis.call('HMGET', KEYS[1], 'owner', 'until', 'fence')
local owner, ends, fence = kept[1], tonumber(kept[2]) or 0, tonumber(kept[3]) or 0
local isHeld = owner and owner ~= '' and ends > now
local function whole(number) return string.format('%.0f', number) end
local function keep(ttl) redis.call('PEXPIRE', KEYS[1], whole(ttl + ${DAY_MS})) end
`;
/** {1, fence} or {0, ms left}. */
const TAKE = `${BEGIN}
if isHeld then return {0, whole(ends - now)} end
fence = math.max(fence + 1, now)
local ttl = tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'until', whole(now + ttl), 'fence', whole(fence))
keep(ttl)
return {1, whole(fence)}`;
const RENEW = `${BEGIN}
if not isHeld or owner ~= ARGV[1] then return 0 end
local ttl = tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'until', whole(now + ttl))
keep(ttl)
return 1`;
const RELEASE = `${BEGIN}
if not isHeld or owner ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'owner', '')
keep(0)
return 1`;

export class RedisLocks implements LockPlace {
  readonly #redis: RedisAsking;
  readonly #name: string;

  constructor(redis: RedisAsking, name: string) {
    this.#redis = redis;
    this.#name = name;
  }

  async take(key: string, owner: string, ttlMs: number): Promise<Taken> {
    const [isTaken, number] = listOf(await this.#ask("acquire", TAKE, key, owner, ttlMs)).map(numberOf);
    return isTaken === 1 ? { isTaken: true, fence: number } : { isTaken: false, leftMs: number };
  }

  async renew(key: string, owner: string, ttlMs: number): Promise<boolean> {
    return numberOf(await this.#ask("renew", RENEW, key, owner, ttlMs)) === 1;
  }

  async release(key: string, owner: string): Promise<boolean> {
    return numberOf(await this.#ask("release", RELEASE, key, owner, 0)) === 1;
  }

  close(): Promise<void> {
    return this.#redis.close();
  }

  #ask(where: string, lua: string, key: string, owner: string, ttlMs: number) {
    return this.#redis.script(where, lua, [`${this.#name}:${key}`], [owner, `${ttlMs}`]);
  }
}
