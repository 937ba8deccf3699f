/** POST /v1/batch as a table: what is sent, and what has to come back. Conditions stand in batch-scenes.ts. */
import { type Case, one, type Step, wait } from "../cache/cases/steps.js";

const PATH = "POST /v1/batch";
const send = (operations: string, text: string | RegExp, status = 200): Step => ({
  send: PATH,
  body: `{"operations":${operations}}`,
  status,
  text,
});
/** Results are compared to the byte, but for versions. */
const batch = (operations: string, results: string): Step =>
  send(operations, new RegExp(`^${escaped(`{"results":${results}}`).replaceAll("VERSION", "[1-9]\\d*")}$`));
const refused = (operations: string, text: RegExp, status = 400): Step => send(operations, text, status);
const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

const absent = '{"found":false}';
const there = '{"found":true}';
const stored = '{"stored":true,"version":"VERSION"}';
const put = (key: string, body: string, headers: Record<string, string>): Step => ({
  send: `PUT /v1/keys/${key}`,
  body,
  headers,
});

const reading: Case[] = [
  one("an empty batch", batch("[]", "[]")),
  one(
    "nothing is there",
    batch(
      '[{"op":"get","key":"a"},{"op":"get","key":"a","meta":true},{"op":"has","key":"a"},{"op":"ttl","key":"a"},{"op":"touch","key":"a"},{"op":"persist","key":"a"},{"op":"expire","key":"a","ttl":5},{"op":"delete","key":"a"}]',
      `[${absent},${absent},${absent},${absent},${absent},${absent},${absent},{"deleted":false}]`,
    ),
  ),
  one(
    "a value, as the bytes that came",
    batch('[{"op":"set","key":"a","value":{"x" : 1.0, "y":[null]}}]', `[${stored}]`),
    batch(
      '[{"op":"get","key":"a"},{"op":"has","key":"a"},{"op":"ttl","key":"a"},{"op":"get","key":"a","meta":false}]',
      `[{"value":{"x" : 1.0, "y":[null]}},${there},{"found":true,"ttl":null},{"value":{"x" : 1.0, "y":[null]}}]`,
    ),
    batch(
      '[{"op":"get","key":"a","meta":true}]',
      '[{"value":{"x" : 1.0, "y":[null]},"ttl":null,"version":"VERSION"}]',
    ),
  ),
  one(
    "a stored null is found",
    batch('[{"op":"set","key":"a","value":null},{"op":"get","key":"a"}]', `[${stored},{"value":null}]`),
  ),
  one(
    "keys with escapes",
    batch(
      '[{"op":"set","key":"\\u00fc\\/","value":1},{"op":"get","key":"ü/"},{"op":"get","key":"\\u00fc/"},{"op":"delete","key":"\\u00fc/"},{"op":"has","key":"ü/"}]',
      `[${stored},{"value":1},{"value":1},{"deleted":true},${absent}]`,
    ),
  ),
  one(
    "members in any order, the last of a name, ops with escapes",
    batch(
      '[ {"value":1,"key":"x","key":"a","op":"\\u0073et"} , {"key":"a","op":"get"} ]',
      `[${stored},{"value":1}]`,
    ),
  ),
  one(
    "values of other kinds",
    put("bytes", "\0", { "content-type": "application/octet-stream" }),
    put("text", 'h"é', { "content-type": "text/plain" }),
    put("json", "[1]", { "content-type": "application/ld+json", "stowage-ttl": "5s", "stowage-grace": "5s" }),
    batch(
      '[{"op":"get","key":"bytes"},{"op":"has","key":"bytes"},{"op":"get","key":"text","meta":true},{"op":"get","key":"json","meta":true}]',
      `[{"found":true,"error":"the value is not JSON; read it with GET /v1/keys/{key}","code":"not_json"},${there},{"value":"h\\"é","ttl":null,"version":"VERSION"},{"value":[1],"ttl":5000,"version":"VERSION"}]`,
    ),
  ),
  one(
    "whether it bears tags",
    batch(
      '[{"op":"set","key":"a","value":1,"tags":["x"]},{"op":"set","key":"b","value":2,"tags":[]},{"op":"get","key":"a","meta":true},{"op":"get","key":"b","meta":true}]',
      `[${stored},${stored},{"value":1,"ttl":null,"version":"VERSION","tagged":true},{"value":2,"ttl":null,"version":"VERSION"}]`,
    ),
  ),
];

const living: Case[] = [
  one(
    "times to live, as numbers and texts",
    batch(
      '[{"op":"set","key":"a","value":1,"ttl":1000},{"op":"set","key":"b","value":2,"ttl":"2s"},{"op":"set","key":"c","value":3,"ttl":null},{"op":"set","key":"d","value":4,"ttl":"500","grace":null}]',
      `[${stored},${stored},${stored},${stored}]`,
    ),
    wait(400),
    batch(
      '[{"op":"ttl","key":"a"},{"op":"ttl","key":"b"},{"op":"ttl","key":"c"},{"op":"ttl","key":"d"},{"op":"get","key":"b","meta":true}]',
      '[{"found":true,"ttl":600},{"found":true,"ttl":1600},{"found":true,"ttl":null},{"found":true,"ttl":100},{"value":2,"ttl":1600,"version":"VERSION"}]',
    ),
    wait(600),
    batch(
      '[{"op":"get","key":"a"},{"op":"get","key":"b"},{"op":"get","key":"c"}]',
      `[${absent},{"value":2},{"value":3}]`,
    ),
  ),
  one(
    "a set takes an older time to live away",
    batch(
      '[{"op":"set","key":"a","value":1,"ttl":100},{"op":"set","key":"a","value":2},{"op":"ttl","key":"a"}]',
      `[${stored},${stored},{"found":true,"ttl":null}]`,
    ),
  ),
  one(
    "touch, expire, persist",
    batch('[{"op":"set","key":"a","value":1,"ttl":1000}]', `[${stored}]`),
    wait(900),
    batch('[{"op":"touch","key":"a"},{"op":"ttl","key":"a"}]', `[${there},{"found":true,"ttl":1000}]`),
    batch(
      '[{"op":"expire","key":"a","ttl":"10s"},{"op":"ttl","key":"a"},{"op":"persist","key":"a"},{"op":"ttl","key":"a"},{"op":"expire","key":"a","ttl":50},{"op":"expire","key":"a","ttl":null},{"op":"ttl","key":"a"},{"op":"expire","key":"a","ttl":50}]',
      `[${there},{"found":true,"ttl":10000},${there},{"found":true,"ttl":null},${there},${there},{"found":true,"ttl":null},${there}]`,
    ),
    wait(50),
    batch('[{"op":"touch","key":"a"},{"op":"has","key":"a"}]', `[${absent},${absent}]`),
  ),
  one(
    "what is only kept for its grace is not there",
    batch(
      '[{"op":"set","key":"a","value":1,"ttl":1000,"grace":"5s"},{"op":"ttl","key":"a"},{"op":"get","key":"a","meta":true}]',
      `[${stored},{"found":true,"ttl":1000},{"value":1,"ttl":1000,"version":"VERSION"}]`,
    ),
    wait(1_000),
    batch(
      '[{"op":"get","key":"a"},{"op":"has","key":"a"},{"op":"ttl","key":"a"},{"op":"touch","key":"a"},{"op":"persist","key":"a"},{"op":"expire","key":"a","ttl":1000},{"op":"get","key":"a"}]',
      `[${absent},${absent},${absent},${absent},${absent},${absent},${absent}]`,
    ),
    { send: "POST /v1/keys/a/lease", status: 201, text: "1", fields: { "stowage-expired": "0" } },
    batch('[{"op":"incr","key":"a"},{"op":"get","key":"a"}]', '[{"value":1},{"value":1}]'),
  ),
  one(
    "a grace comes after whatever time there is",
    batch(
      '[{"op":"set","key":"g","value":1,"ttl":1000,"grace":500},{"op":"expire","key":"g","ttl":2000},{"op":"ttl","key":"g"}]',
      `[${stored},${there},{"found":true,"ttl":2000}]`,
    ),
    wait(1_500),
    batch('[{"op":"touch","key":"g"},{"op":"ttl","key":"g"}]', `[${there},{"found":true,"ttl":2000}]`),
    wait(2_499),
    { send: "POST /v1/keys/g/lease", status: 201, text: "1", fields: { "stowage-expired": "499" } },
  ),
  one(
    "the longest times there are",
    batch(
      '[{"op":"set","key":"a","value":1,"ttl":"1000y","grace":"1y"},{"op":"ttl","key":"a"},{"op":"set","key":"b","value":1,"ttl":1,"grace":"1000y"},{"op":"ttl","key":"b"}]',
      `[${stored},{"found":true,"ttl":31536000000000},${stored},{"found":true,"ttl":1}]`,
    ),
    put("c", "1", { "stowage-ttl": "1000y", "stowage-grace": "1000y" }),
    batch('[{"op":"has","key":"c"}]', `[${there}]`),
  ),
  one(
    "tags",
    batch(
      '[{"op":"set","key":"a","value":1,"tags":["x","ü","x"]},{"op":"set","key":"b","value":2,"tags":["y"],"ttl":100}]',
      `[${stored},${stored}]`,
    ),
    { send: "POST /v1/invalidate", body: '{"tags":["ü"]}', status: 200 },
    batch('[{"op":"has","key":"a"},{"op":"has","key":"b"}]', `[${absent},${there}]`),
  ),
];

const counting: Case[] = [
  one(
    "counters",
    batch(
      '[{"op":"incr","key":"n"},{"op":"incr","key":"n","amount":1.5},{"op":"decr","key":"n","amount":2},{"op":"decr","key":"n"},{"op":"incr","key":"n","amount":-1},{"op":"get","key":"n"}]',
      '[{"value":1},{"value":2.5},{"value":0.5},{"value":-0.5},{"value":-1.5},{"value":-1.5}]',
    ),
  ),
  one(
    "where a counter is new: its beginning and its time",
    batch(
      '[{"op":"incr","key":"n","default":10,"ttl":1000},{"op":"decr","key":"m","amount":2,"default":1e3},{"op":"ttl","key":"m"}]',
      '[{"value":11},{"value":998},{"found":true,"ttl":null}]',
    ),
    wait(400),
    batch(
      '[{"op":"incr","key":"n","default":10,"ttl":1000},{"op":"ttl","key":"n"}]',
      '[{"value":12},{"found":true,"ttl":600}]',
    ),
  ),
  one(
    "integers beyond doubles",
    batch(
      '[{"op":"incr","key":"n","amount":9007199254740993},{"op":"incr","key":"n"},{"op":"get","key":"n"}]',
      '[{"value":9007199254740993},{"value":9007199254740994},{"value":9007199254740994}]',
    ),
  ),
  one(
    "what the cache refuses stands at its operation, the others are done",
    batch(
      '[{"op":"set","key":"s","value":"x"},{"op":"incr","key":"s"},{"op":"set","key":"a","value":1},{"op":"incr","key":"n","amount":9223372036854775807},{"op":"incr","key":"n"},{"op":"get","key":"a"}]',
      `[${stored},{"error":"the value is not a number within the range of 64-bit integers and doubles","code":"non_numeric_value"},${stored},{"value":9223372036854775807},{"error":"the sum would leave the range of 64-bit integers; it is unchanged","code":"counter_overflow"},{"value":1}]`,
    ),
  ),
];

const mistakes: [operation: string, said: RegExp][] = [
  ['{"op":"mul","key":"a"}', /operations\[1\]\.op must be one of .*\\"persist\\", not \\"mul\\""/],
  ['{"key":"a"}', /operations\[1\]\.op must be one of .*; it is missing/],
  ['{"op":"get"}', /operations\[1\]\.key is missing/],
  ['{"op":"has","key":1}', /operations\[1\]\.key must be a string, not a number/],
  ['{"op":"get","key":"\\udfff"}', /operations\[1\]\.key must be Unicode/],
  [`{"op":"get","key":"${"x".repeat(65_537)}"}`, /operations\[1\]\.key must be at most 65536 bytes/],
  ['{"op":"set","key":"a"}', /operations\[1\]\.value is missing/],
  ['{"op":"set","key":"a","value":1,"ttl":0}', /operations\[1\]\.ttl must be a duration .* not 0"/],
  ['{"op":"set","key":"a","value":1,"ttl":"5x"}', /operations\[1\]\.ttl must be a duration/],
  ['{"op":"set","key":"a","value":1,"ttl":true}', /operations\[1\]\.ttl must be a duration/],
  ['{"op":"set","key":"a","value":1,"ttl":1e400}', /operations\[1\]\.ttl must be a duration/],
  ['{"op":"set","key":"a","value":1,"grace":"5m"}', /operations\[1\]\.grace must be together with ttl/],
  ['{"op":"set","key":"a","value":1,"ttl":1,"grace":"x"}', /operations\[1\]\.grace must be a duration/],
  ['{"op":"set","key":"a","value":1,"ttl":1,"grace":0}', /operations\[1\]\.grace must be a duration/],
  ['{"op":"set","key":"a","value":1,"tags":"x"}', /operations\[1\]\.tags must be an array of strings/],
  ['{"op":"set","key":"a","value":1,"tags":["x",5]}', /operations\[1\]\.tags\[1\] must be a string, not 5/],
  [
    `{"op":"set","key":"a","value":1,"tags":[${Array.from({ length: 256 }, (_, n) => `"${n}"`)}]}`,
    /operations\[1\]\.tags must be at most 255 tags/,
  ],
  ['{"op":"set","key":"a","value":1,"ifVersion":5}', /operations\[1\]\.ifVersion must be a version/],
  ['{"op":"set","key":"a","value":1,"ifVersion":"0"}', /operations\[1\]\.ifVersion must be a version/],
  ['{"op":"set","key":"a","value":1,"ifVersion":"9007199254740993"}', /operations\[1\]\.ifVersion must be/],
  ['{"op":"set","key":"a","value":1,"ifVersion":"1","ifAbsent":true}', /ifAbsent must not stand beside/],
  ['{"op":"set","key":"a","value":1,"ifAbsent":"x"}', /operations\[1\]\.ifAbsent must be true or false/],
  ['{"op":"get","key":"a","meta":1}', /operations\[1\]\.meta must be true or false, not 1/],
  ['{"op":"expire","key":"a"}', /operations\[1\]\.ttl is missing/],
  ['{"op":"expire","key":"a","ttl":-1}', /operations\[1\]\.ttl must be a duration/],
  ['{"op":"incr","key":"a","amount":"1"}', /operations\[1\]\.amount must be a number/],
  ['{"op":"incr","key":"a","default":"1"}', /operations\[1\]\.default must be a number/],
  ['{"op":"incr","key":"a","default":9007199254740993}', /operations\[1\]\.default must be a number/],
  ['{"op":"get","key":"a","ttl":1}', /operations\[1\]\.ttl is no member of get, which has op, key, meta"/],
  ['{"op":"delete","key":"a","value":1}', /operations\[1\]\.value is no member of delete/],
  ['{"op":"touch","key":"a","meta":true}', /operations\[1\]\.meta is no member of touch, which has op, key"/],
  ['{"op":"set","key":"a","value":1,"ifVersoin":"5"}', /operations\[1\]\.ifVersoin is no member of set/],
  ['{"op":"get","key":"a","x\\"\\u0079":"5"}', /operations\[1\]\.x\\"y is no member of get/],
  ["7", /operations\[1\] must be an object, not a number/],
];

const faults: Case[] = [
  ...mistakes.map(([operation, said]) =>
    one(
      `one bad operation, nothing done: ${operation.slice(0, 60)}${operation.length}`,
      batch('[{"op":"set","key":"a","value":1}]', `[${stored}]`),
      refused(`[{"op":"set","key":"a","value":2},${operation},{"op":"delete","key":"a"}]`, said),
      refused(`[{"op":"incr","key":"n"},${operation}]`, /"index":1\}$/),
      batch('[{"op":"get","key":"a"},{"op":"has","key":"n"}]', `[{"value":1},${absent}]`),
    ),
  ),
  one(
    "what is no batch",
    refused("{}", /operations must be an array.*not an object/),
    refused("[", /not JSON/),
    { send: PATH, body: "{}", status: 400, text: /operations must be an array.*it is missing/ },
    { send: PATH, body: "{}", headers: { "content-type": "text/plain" }, status: 415 },
    { send: "GET /v1/batch", status: 405, fields: { allow: "POST" } },
  ),
];

const long: Case[] = [
  one(
    "a long batch",
    send(
      `[${Array.from({ length: 9_000 }, (_, n) => `{"op":"incr","key":"n${n % 7}","ttl":"5m","amount":${(n % 7) + 1}}`)}]`,
      /^\{"results":\[(\{"value":\d+\},){8999}\{"value":6430\}\]\}$/,
    ),
    batch(
      '[{"op":"ttl","key":"n0"},{"op":"get","key":"n6"}]',
      '[{"found":true,"ttl":300000},{"value":8995}]',
    ),
  ),
  one(
    "long values",
    batch(`[{"op":"set","key":"a","value":"${"x".repeat(300_000)}"}]`, `[${stored}]`),
    send(
      '[{"op":"get","key":"a"},{"op":"get","key":"no"},{"op":"get","key":"a"},{"op":"has","key":"a"}]',
      `{"results":[{"value":"${"x".repeat(300_000)}"},${absent},{"value":"${"x".repeat(300_000)}"},${there}]}`,
    ),
    send(
      '[{"op":"get","key":"a","meta":true}]',
      /^\{"results":\[\{"value":"x+","ttl":null,"version":"\d+"\}\]\}$/,
    ),
  ),
];

export const batchCases: readonly Case[] = [...reading, ...living, ...counting, ...faults, ...long];
