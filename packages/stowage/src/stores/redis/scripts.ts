/**
 * What has to be done in one step, in Lua on the server. All of them know the envelope (envelope.ts): `bare` takes a lease off it.
 *
 * They take the time from the server, so that clocks of clients do not matter. What has another type than a string, or is no envelope, is
 * somebody else's: it counts as nothing, and is overwritten as SET would overwrite it.
 */
import { LEASE_BYTES, TOKEN_CHARACTERS, VALUE_BYTES } from "./envelope.js";

const COMMON = `
local function read(key)
  local found = redis.pcall('GET', key)
  if type(found) == 'string' then return found end
  return ''
end
local function isLeased(found)
  return string.sub(found, 1, 1) == 'L' and #found >= ${LEASE_BYTES}
end
local function bare(found)
  if isLeased(found) then return string.sub(found, ${LEASE_BYTES + 1}) end
  return found
end
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function leftMs(found)
  if not isLeased(found) then return 0 end
  return tonumber(string.sub(found, ${2 + TOKEN_CHARACTERS}, ${LEASE_BYTES})) - now()
end
local function isHeldBy(found, token)
  return leftMs(found) > 0 and string.sub(found, 2, ${1 + TOKEN_CHARACTERS}) == token
end
`;

/**
 * KEYS[1]; the new token, its milliseconds, "1" if a value was seen, its SHA-1, the head of values of this key.
 * @returns 0, the value as it stands | 1, ms left, "1" if what was seen stands | 2, "1" if what was seen stands
 */
export const LEASE = `${COMMON}
local found = read(KEYS[1])
local old = bare(found)
local value = old
if string.sub(old, 1, ${VALUE_BYTES}) == ARGV[5] then value = string.sub(old, ${VALUE_BYTES + 1})
elseif not string.match(old, '^-?%d+$') then old = '' end
if old ~= '' then
  if ARGV[3] ~= '1' or redis.sha1hex(value) ~= ARGV[4] then return {0, old} end
end
local isSeen = old ~= '' and 1 or 0
local left = leftMs(found)
if left > 0 then return {1, left, isSeen} end
local head = 'L' .. ARGV[1] .. string.format('%013.0f', math.min(now() + tonumber(ARGV[2]), 9999999999999))
if old == '' then redis.call('SET', KEYS[1], head, 'PX', ARGV[2])
else redis.call('SET', KEYS[1], head .. old, 'KEEPTTL') end
return {2, isSeen}`;

/** KEYS[1]; token, what is to stand there, milliseconds or "" for ever. @returns whether it was stored */
export const FILL = `${COMMON}
if not isHeldBy(read(KEYS[1]), ARGV[1]) then return 0 end
if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`;

/** KEYS[1]; token. @returns whether it was given back */
export const RELEASE = `${COMMON}
local found = read(KEYS[1])
if not isHeldBy(found, ARGV[1]) then return 0 end
local old = bare(found)
if old == '' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], old, 'KEEPTTL') end
return 1`;

/** Any keys of one slot. @returns how many were values */
export const REMOVE = `
local count = 0
for _, key in ipairs(KEYS) do
  local length = redis.pcall('STRLEN', key)
  local isLease = length == ${LEASE_BYTES} and redis.call('GETRANGE', key, 0, 0) == 'L'
  if redis.call('UNLINK', key) == 1 and not isLease then count = count + 1 end
end
return count`;

/** KEYS[1]; milliseconds or "" for ever. @returns whether there was a value */
export const EXPIRE = `${COMMON}
local length = redis.pcall('STRLEN', KEYS[1])
if type(length) ~= 'number' or redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if length == ${LEASE_BYTES} and bare(read(KEYS[1])) == '' then return 0 end
if ARGV[1] == '' then redis.call('PERSIST', KEYS[1])
else redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1`;

/** KEYS[1]. @returns as PTTL: -2 there is no value, -1 for ever, else milliseconds */
export const TTL = `
local length = redis.pcall('STRLEN', KEYS[1])
if type(length) ~= 'number' then return -2 end
if length == ${LEASE_BYTES} and redis.call('GETRANGE', KEYS[1], 0, 0) == 'L' then return -2 end
return redis.call('PTTL', KEYS[1])`;

/**
 * KEYS[1]; amount, initial, milliseconds or "" for ever, the least that the sum is or "". The sum is a text, since Lua's numbers come back as whole ones of 32 bits on
 * some builds. A number that was stored as a value is taken as well, and is a counter from then on.
 * @returns 1, the sum | 0, what stands there instead of a number
 */
export const INCR = `${COMMON}
if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('TYPE', KEYS[1]).ok ~= 'string' then return {0, ''} end
local old = bare(read(KEYS[1]))
local digits = string.gsub(old, '^=....', '')
local base
if old == '' then base = tonumber(ARGV[2])
elseif string.match(digits, '^-?%d+$') and #digits <= 17 then base = tonumber(digits)
else return {0, digits} end
if math.abs(base) > 9007199254740991 then return {0, digits} end
local number = base + tonumber(ARGV[1])
if ARGV[4] ~= '' then number = math.max(number, tonumber(ARGV[4])) end
local sum = string.format('%.0f', number)
if old ~= '' then redis.call('SET', KEYS[1], sum, 'KEEPTTL')
elseif ARGV[3] == '' then redis.call('SET', KEYS[1], sum)
else redis.call('SET', KEYS[1], sum, 'PX', ARGV[3]) end
return {1, sum}`;
