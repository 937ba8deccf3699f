/**
 * What the server asks of Redis: one script a verb, on one key, so that each is atomic, in a cluster too, and costs one round
 * trip. An entry is a hash:
 *
 *     v f      its bytes as they lie in the table, and their flags (stored/layout.ts)
 *     n        version: the time of Redis in microseconds, or one more than the last; so it is another one after a delete too
 *     x g t    end of its life (ms of Redis' clock; empty: none), the grace that is part of it, the time that it was given
 *     m e      tags (JSON; empty: none), and the epoch that its writer knew when it began
 *     l u le   a lease: token, end, epoch when it was granted
 *     o om oe  that there is nothing to load: until when, with which tags, as of which epoch
 *
 * Only Redis' own clock counts, so those of the servers need not agree. What is over by that clock is over, whenever Redis gives
 * its memory back (PEXPIREAT, at the latest of all these times).
 */

const BEGIN = `
local K = KEYS[1]
local T = redis.call('TIME')
local US = T[1] * 1000000 + T[2]
local NOW = math.floor(US / 1000)
local H = redis.call('HMGET', K, 'v', 'f', 'n', 'x', 'g', 't', 'm', 'e', 'l', 'u', 'le', 'o', 'om', 'oe')
local live = H[1] and (H[4] == '' or tonumber(H[4]) > NOW)
local leased = H[9] and tonumber(H[10]) > NOW
local nothing = H[12] and tonumber(H[12]) > NOW
local current = live and H[3] or '0'
local function text(number) return string.format('%.0f', number) end
local function nextVersion()
  local last = tonumber(H[3] or '0')
  if last >= US then return text(last + 1) end
  return text(US)
end
local function entry(withValue)
  local left = ''
  if H[4] ~= '' then left = text(tonumber(H[4]) - NOW) end
  return { withValue and H[1] or '', H[2], H[3], left, H[5], H[7], H[8] }
end
local function write(v, f, ttl, g, m, e)
  local n, x = nextVersion(), ''
  if ttl ~= '' then x = text(NOW + tonumber(ttl)) end
  -- First, since Redis refuses for lack of memory only what has changed nothing yet.
  redis.call('HSET', K, 'v', v, 'f', f, 'n', n, 'x', x, 'g', g, 't', ttl, 'm', m, 'e', e)
  if H[9] or H[12] then redis.call('HDEL', K, 'l', 'u', 'le', 'o', 'om', 'oe') end
  if x ~= '' then redis.call('PEXPIREAT', K, x) else redis.call('PERSIST', K) end
  return n
end
local function before() return live and '1' or '0', H[7] or '', H[8] or '' end
`;

const script = (body: string): string => `${BEGIN}${body}`;

/** ARGV: whether the value is wanted. Nil: there is none. */
const read = script(`
if not live then return nil end
return entry(ARGV[1] == '1')
`);

/** ARGV: v f ttl g m e, version that has to be there (0: none, empty: any). */
const put = script(`
if ARGV[7] ~= '' and ARGV[7] ~= current then return { '0' } end
local was, m, e = before()
return { write(ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]), was, m, e }
`);

/** ARGV: version that has to be there (empty: any). Ends a lease over nothing too. */
const remove = script(`
if ARGV[1] ~= '' and (not live or ARGV[1] ~= current) then return { '0', '', '' } end
local was, m, e = before()
redis.call('DEL', K)
return { was, m, e }
`);

/** ARGV: whole number to add, text of the sum if there is none, ttl of a new one, epoch. Empty list: not so simple. */
const add = script(`
if not live then return { ARGV[2], write(ARGV[2], '0', ARGV[3], '0', '', ARGV[4]) } end
local v = H[1]
if H[2] ~= '0' or H[7] ~= '' or #v > 20 then return {} end
if v ~= '0' and not string.match(v, '^%-?[1-9]%d*$') then return {} end
local sum = redis.pcall('HINCRBY', K, 'v', ARGV[1])
if type(sum) == 'table' then return {} end
local n = nextVersion()
redis.call('HSET', K, 'n', n)
if H[9] or H[12] then
  redis.call('HDEL', K, 'l', 'u', 'le', 'o', 'om', 'oe')
  if H[4] == '' then redis.call('PERSIST', K) else redis.call('PEXPIREAT', K, H[4]) end
end
return { redis.call('HGET', K, 'v'), n }
`);

/** ARGV: touch, persist or expire; its ttl (empty: for ever); version whose tags were found valid (empty: none was). */
const live = script(`
if not live or (H[4] ~= '' and tonumber(H[4]) - tonumber(H[5]) <= NOW) then return { '0' } end
if H[7] ~= '' and ARGV[3] ~= H[3] then return { 'tags', H[3], H[7], H[8] } end
local t = H[6]
if ARGV[1] == 'persist' then t = '' end
if ARGV[1] == 'expire' then t = ARGV[2] end
if t ~= '' and ARGV[1] == 'expire' then t = text(tonumber(t) + tonumber(H[5])) end
local x = ''
if t ~= '' then x = text(NOW + tonumber(t)) end
redis.call('HSET', K, 'x', x, 't', t)
if x == '' then redis.call('PERSIST', K)
else redis.call('PEXPIREAT', K, (leased and tonumber(H[10]) > tonumber(x)) and H[10] or x) end
return { '1' }
`);

/** ARGV: token, ttl, version that is known (0: none), whether that there is nothing counts for nothing, epoch. */
const lease = script(`
if ARGV[3] ~= current then return { 'changed', live and entry(true) or false } end
if leased then return { 'held', text(tonumber(H[10]) - NOW) } end
if nothing and ARGV[4] ~= '1' then return { 'nothing', H[13], H[14] } end
if H[1] and not live then redis.call('HDEL', K, 'v', 'f', 'x', 'g', 't', 'm', 'e') end
local u = text(NOW + tonumber(ARGV[2]))
redis.call('HDEL', K, 'o', 'om', 'oe')
redis.call('HSET', K, 'l', ARGV[1], 'u', u, 'le', ARGV[5])
if not live or (H[4] ~= '' and tonumber(H[4]) < tonumber(u)) then redis.call('PEXPIREAT', K, u) end
return { 'granted' }
`);

/** ARGV: token v f ttl g m. The entry is of the epoch that the lease was granted at. */
const fill = script(`
if not leased or H[9] ~= ARGV[1] then return { '0' } end
local was, m, e = before()
return { write(ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], H[11]), was, m, e, H[11] }
`);

/** ARGV: token. What it was to replace stays. */
const release = script(`
if not leased or H[9] ~= ARGV[1] then return { '0' } end
if not live then redis.call('DEL', K) return { '1' } end
redis.call('HDEL', K, 'l', 'u', 'le')
if H[4] ~= '' then redis.call('PEXPIREAT', K, H[4]) end
return { '1' }
`);

/** ARGV: token, for how long that is remembered (empty: not at all), tags. What it was to replace goes. */
const foundNothing = script(`
if not leased or H[9] ~= ARGV[1] then return { '0' } end
redis.call('DEL', K)
if ARGV[2] ~= '' then
  local o = text(NOW + tonumber(ARGV[2]))
  redis.call('HSET', K, 'n', nextVersion(), 'o', o, 'om', ARGV[3], 'oe', H[11])
  redis.call('PEXPIREAT', K, o)
end
return { '1', H[11] }
`);

export const scripts = { read, put, remove, add, live, lease, fill, release, foundNothing } as const;
