/**
 * Limits in Redis, each a script that does what rules.ts does: a text for a fixed window, a sorted set of uses by their times
 * for a sliding one, a hash for a bucket. Redis tells the time, so that the clocks of those who ask do not matter.
 *
 * All scripts take limit, window in ms, burst and cost, and answer {allowed, remaining, resetMs, retryMs}; -1: never. Numbers go as
 * texts of whole numbers, since Lua's own form of large ones loses digits.
 */
import { listOf, NOW, numberOf, type RedisAsking } from "../common/redis.js";
import type { Limits } from "./limits.js";
import type { LimitAnswer, LimitKind, LimitRules } from "./rules.js";

const BEGIN = `${NOW}
local key, limit, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local burst, cost = tonumber(ARGV[3]), tonumber(ARGV[4])
local function whole(number) return string.format('%.0f', number) end
local function answer(allowed, remaining, resetMs, retryMs)
  return {allowed and 1 or 0, whole(remaining), whole(resetMs), whole(retryMs)}
end
`;

/** The end of the window is kept too: the key may outlive it by a moment, as Redis has it. */
const FIXED = `${BEGIN}
local kept = redis.call('HMGET', key, 'count', 'end')
local ends = tonumber(kept[2])
local isRunning = ends and ends > now
local before = isRunning and tonumber(kept[1]) or 0
if not isRunning then ends = now + window end
local allowed = before + cost <= limit
local count = allowed and before + cost or before
local resetMs = count > 0 and ends - now or 0
if allowed and cost > 0 then
  redis.call('HSET', key, 'count', whole(count), 'end', whole(ends))
  redis.call('PEXPIRE', key, math.max(1, ends - now))
end
local retryMs = 0
if not allowed then retryMs = cost > limit and -1 or resetMs end
return answer(allowed, limit - count, resetMs, retryMs)`;

/** A member is "number:cost", its score the time; the number makes two uses at one moment two members. */
const SLIDING = `${BEGIN}
redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
local uses = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
local used, last = 0, nil
for index = 1, #uses, 2 do
  used = used + tonumber(string.match(uses[index], ':(%d+)$'))
  last = tonumber(uses[index + 1])
end
local allowed = used + cost <= limit
local retryMs = 0
if allowed and cost > 0 then
  local number = 0
  if #uses > 0 then number = (tonumber(string.match(uses[#uses - 1], '^(%d+):')) + 1) % 1000000000 end
  redis.call('ZADD', key, now, string.format('%09d', number) .. ':' .. whole(cost))
  redis.call('PEXPIRE', key, window)
  last = now
elseif not allowed then
  local gone, index = 0, 1
  retryMs = -1
  while retryMs < 0 and index <= #uses do
    gone = gone + tonumber(string.match(uses[index], ':(%d+)$'))
    if gone >= used + cost - limit then retryMs = tonumber(uses[index + 1]) + window - now end
    index = index + 2
  end
end
local remaining = limit - used
if allowed then remaining = remaining - cost end
return answer(allowed, remaining, last and last + window - now or 0, retryMs)`;

const BUCKET = `${BEGIN}
local full = burst * window
local kept = redis.call('HMGET', key, 'level', 'at')
local before = full
if kept[1] then before = math.min(full, tonumber(kept[1]) + math.max(0, now - tonumber(kept[2])) * limit) end
local wanted = cost * window
local allowed = before >= wanted
local level = allowed and before - wanted or before
local resetMs = math.ceil((full - level) / limit)
if allowed and cost > 0 then
  redis.call('HSET', key, 'level', whole(level), 'at', whole(now))
  redis.call('PEXPIRE', key, math.max(1, resetMs))
end
local retryMs = 0
if not allowed then retryMs = wanted > full and -1 or math.ceil((wanted - level) / limit) end
return answer(allowed, math.floor(level / window), resetMs, retryMs)`;

const scripts: Readonly<Record<LimitKind, string>> = { fixed: FIXED, sliding: SLIDING, bucket: BUCKET };

export class RedisLimits implements Limits {
  readonly #redis: RedisAsking;
  readonly #name: string;
  readonly #rules: LimitRules;

  constructor(redis: RedisAsking, name: string, rules: LimitRules) {
    this.#redis = redis;
    this.#name = name;
    this.#rules = rules;
  }

  async take(key: string, cost: number): Promise<LimitAnswer> {
    const { kind, limit, windowMs, burst } = this.#rules;
    const args = [limit, windowMs, burst, cost].map(String);
    const reply = listOf(await this.#redis.script("take", scripts[kind], [this.#keyOf(key)], args));
    const [allowed, remaining, resetMs, retryMs] = reply.map(numberOf);
    return {
      allowed: allowed === 1,
      remaining,
      resetMs,
      retryMs: retryMs < 0 ? Number.POSITIVE_INFINITY : retryMs,
    };
  }

  async reset(key: string): Promise<void> {
    await this.#redis.script("reset", "return redis.call('DEL', KEYS[1])", [this.#keyOf(key)], []);
  }

  close(): Promise<void> {
    return this.#redis.close();
  }

  #keyOf(key: string): string {
    return `${this.#name}:${key}`;
  }
}
