/** What is stored comes back, under whatever key, as long as it is meant to. */
import { type Case, done, get, gone, one, post, refused, set, wait } from "./steps.js";

/** Values that JSON.parse and JSON.stringify would change. */
const exactValues = [
  "123456789012345678901234567890",
  "-0",
  "1.0",
  "1e2",
  "0.1000000000000000055511151231257827",
  '{"b":1,"a":2,"b":3}',
  '"\\u0041\\/"',
  "[1, 2 ,\\n3]".replace("\\n", "\n"),
  "null",
  '""',
  '"ü€𝄞"',
  "{}",
];

export const storing: Case[] = [
  ...exactValues.map((value) =>
    one(`sends back ${value} as it came`, set(`{"key":"v","value": ${value} }`), get("v", value)),
  ),
  one("nothing is there at first", gone("a")),
  one("set writes over", set('{"key":"a","value":1}'), set('{"key":"a","value":"two"}'), get("a", '"two"')),
  one(
    "delete removes",
    set('{"key":"a","value":1}'),
    { send: "DELETE /cache/delete?key=a", status: 200, text: done },
    gone("a"),
  ),
  one("delete succeeds where nothing is", {
    send: "DELETE /cache/delete?key=nothing",
    status: 200,
    text: done,
  }),
  one(
    "the last of several members counts",
    set('{"key":"a","value":1,"key":"b","value":2,"ttl":1,"ttl":null}'),
    gone("a"),
    wait(5_000),
    get("b", "2"),
  ),
  one(
    "names of members may be written with escapes",
    set('{"k\\u0065y":"a","\\u0076alue":1}'),
    get("a", "1"),
  ),
  one(
    "other members do not matter",
    set('{"x":[{"key":"no"}],"key":"a","value":1,"ttls":1}'),
    wait(5_000),
    get("a", "1"),
  ),
  one("space around everything", set(' \n{\t"key" : "a" ,\r\n "value" : [ 1 ] } '), get("a", "[ 1 ]")),
];

export const keys: Case[] = [
  one(
    "the empty key",
    set('{"key":"","value":1}'),
    get("", "1"),
    { send: "DELETE /cache/delete?key=", status: 200, text: done },
    gone(""),
  ),
  one("NUL in a key", set('{"key":"a\\u0000b","value":1}'), get("a%00b", "1"), gone("a")),
  one(
    "any Unicode",
    set('{"key":"ü€𝄞","value":1}'),
    get("%C3%BC%E2%82%AC%F0%9D%84%9E", "1"),
    get("%c3%bc%e2%82%ac%f0%9d%84%9e", "1"),
  ),
  one("escapes in a body's key", set('{"key":"\\u00fc\\n\\"","value":1}'), get("%C3%BC%0A%22", "1")),
  one(
    "plus is a space, %2B a plus",
    set('{"key":"a b","value":1}'),
    set('{"key":"a+b","value":2}'),
    get("a+b", "1"),
    get("a%20b", "1"),
    get("a%2Bb", "2"),
  ),
  one(
    "the last of several parameters counts",
    set('{"key":"b","value":1}'),
    get("a&key=b", "1"),
    get("a&x=1&key=%62&y", "1"),
  ),
  one("parameter names may be encoded", set('{"key":"b","value":1}'), {
    send: "GET /cache/get?%6bey=b",
    status: 200,
    text: '{"value":1}',
  }),
  one("= in a key", set('{"key":"a=b=c","value":1}'), get("a=b=c", "1")),
  one("a parameter without = is empty", set('{"key":"","value":1}'), {
    send: "GET /cache/get?key",
    status: 200,
    text: '{"value":1}',
  }),
  one(
    "keys of other programs' objects",
    set('{"key":"__proto__","value":1}'),
    get("__proto__", "1"),
    gone("constructor"),
  ),
  one(
    "no key in the query: get",
    { send: "GET /cache/get", status: 400, text: /key is missing/ },
    { send: "GET /cache/get?kex=a", status: 400, text: /key is missing/ },
  ),
  one("no key in the query: delete", { send: "DELETE /cache/delete?", status: 400, text: /key is missing/ }),
  ...["%", "%4", "%zz", "a%4"].map((key) =>
    one(`a malformed percent: ${key}`, {
      send: `GET /cache/get?key=${key}`,
      status: 400,
      text: /two hexadecimal digits/,
    }),
  ),
  ...["%ff", "%C3", "%c0%80", "%ed%a0%80"].map((key) =>
    one(`no UTF-8: ${key}`, { send: `GET /cache/get?key=${key}`, status: 400, text: /must be UTF-8/ }),
  ),
  one(
    "a key that is too long",
    refused("set", JSON.stringify({ key: "x".repeat(65_537), value: 1 }), /at most 65536 bytes/),
  ),
  one("the longest key", set(JSON.stringify({ key: "x".repeat(65_536), value: 1 })), {
    send: "GET /cache/scan?keys_only=true",
    status: 200,
    text: /^\{"keys":\["x{65536}"\],"count":1\}$/,
  }),
];

export const expiry: Case[] = [
  one(
    "ttl is in seconds",
    set('{"key":"a","value":1,"ttl":2}'),
    wait(1_999),
    get("a", "1"),
    wait(1),
    gone("a"),
  ),
  one(
    "ttl with a fraction",
    set('{"key":"a","value":1,"ttl":0.5}'),
    wait(499),
    get("a", "1"),
    wait(1),
    gone("a"),
  ),
  one("ttl with an exponent", set('{"key":"a","value":1,"ttl":1e-1}'), wait(100), gone("a")),
  ...["0", "-1", "-0.5", "false", "null", "1e300", "99999999999999999999"].map((ttl) =>
    one(
      `ttl ${ttl} is for ever`,
      set(`{"key":"a","value":1,"ttl":${ttl}}`),
      wait(100_000_000),
      get("a", "1"),
    ),
  ),
  one(
    "set without ttl removes an older one",
    set('{"key":"a","value":1,"ttl":1}'),
    set('{"key":"a","value":2}'),
    wait(10_000),
    get("a", "2"),
  ),
  ...['"1"', "true", "[]", "{}"].map((ttl) =>
    one(
      `ttl ${ttl} is refused`,
      refused("set", `{"key":"a","value":1,"ttl":${ttl}}`, /ttl must be a number of seconds/),
      gone("a"),
    ),
  ),
  one(
    "incr keeps the expiry",
    set('{"key":"n","value":1,"ttl":1}'),
    wait(500),
    post("incr", '{"key":"n"}', 200, '{"value":2}'),
    wait(499),
    get("n", "2"),
    wait(1),
    gone("n"),
  ),
  one(
    "an expired counter starts anew",
    set('{"key":"n","value":5,"ttl":1}'),
    wait(1_000),
    post("incr", '{"key":"n"}', 200, '{"value":1}'),
  ),
  one(
    "what has expired is not scanned",
    set('{"key":"a","value":1,"ttl":1}'),
    set('{"key":"b","value":2}'),
    wait(1_000),
    { send: "GET /cache/scan", status: 200, text: '{"items":[{"key":"b","value":2}],"count":1}' },
  ),
];
