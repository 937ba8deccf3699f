/** Scans; and what was stored below /v1, seen from here. */
import { batch, type Case, get, gone, one, refused, type Step, scan, set, sum, two, wait } from "./steps.js";

const put = (type: string, body: string, headers: Record<string, string> = {}): Step => ({
  send: "PUT /v1/keys/a",
  body,
  headers: { "content-type": type, ...headers },
  status: 201,
});
const getInBatch = (rest: string): Step =>
  batch('[{"op":"get","key":"a"}]', `[{"op":"get","key":"a",${rest}}]`);

export const scans: Case[] = [
  one(
    "nothing to scan",
    { send: "GET /cache/scan", status: 200, text: '{"items":[],"count":0}' },
    { send: "GET /cache/scan?keys_only=true", status: 200, text: '{"keys":[],"count":0}' },
  ),
  one(
    "by prefix",
    ...two,
    {
      send: "GET /cache/scan?prefix=user:",
      status: 200,
      text: '{"items":[{"key":"user:1","value":1}],"count":1}',
    },
    {
      send: "GET /cache/scan?prefix=page&keys_only=true",
      status: 200,
      text: '{"keys":["page:1"],"count":1}',
    },
    { send: "GET /cache/scan?prefix=nothing", status: 200, text: '{"items":[],"count":0}' },
  ),
  one("an empty prefix is all", ...two, {
    send: "GET /cache/scan?prefix=&keys_only=true",
    status: 200,
    text: /"count":2/,
  }),
  one("a star is a star", ...two, set('{"key":"user:*","value":3}'), {
    send: "GET /cache/scan?prefix=user:*",
    status: 200,
    text: '{"items":[{"key":"user:*","value":3}],"count":1}',
  }),
  one(
    "keys_only is true or it is not",
    ...two,
    ...["TRUE", "1", "yes", "false", ""].map((word) => ({
      send: `GET /cache/scan?prefix=user&keys_only=${word}`,
      status: 200,
      text: /^\{"items":/,
    })),
  ),
  one(
    "prefixes are bytes of UTF-8",
    set('{"key":"ü1","value":1}'),
    { send: "GET /cache/scan?prefix=%C3%BC&keys_only=true", status: 200, text: '{"keys":["ü1"],"count":1}' },
    { send: "GET /cache/scan?prefix=%C3", status: 400, text: /UTF-8/ },
  ),
  one("keys that have to be escaped", set('{"key":"a\\"\\\\\\u0001\\u007f","value":1}'), {
    send: "GET /cache/scan",
    status: 200,
    text: /^\{"items":\[\{"key":"a\\"\\\\\\u0001\x7f","value":1\}\],"count":1\}$/,
  }),
  one(
    "limits",
    ...["0", "-1", "1.5", "x", "99999999999"].map((limit) => ({
      send: `GET /cache/scan?limit=${limit}`,
      status: 400,
      text: /limit must be a whole number/,
    })),
    { send: "GET /cache/scan?cursor=x", status: 400, text: /cursor must be/ },
  ),
];

export const otherKinds: Case[] = [
  one(
    "JSON that was stored below /v1",
    put("application/json", "[1.0]"),
    get("a", "[1.0]"),
    getInBatch('"value":[1.0],"found":true'),
    scan('{"items":[{"key":"a","value":[1.0]}],"count":1}'),
  ),
  one(
    "texts are strings",
    put("text/plain; charset=utf-8", 'ä"\n'),
    get("a", '"ä\\"\\n"'),
    getInBatch('"value":"ä\\"\\n","found":true'),
    scan('{"items":[{"key":"a","value":"ä\\"\\n"}],"count":1}'),
  ),
  one(
    "bytes are refused",
    put("image/png", "x"),
    { send: "GET /cache/get?key=a", status: 409, text: /"code":"not_json"/ },
    getInBatch('"value":null,"found":true,"error":"not_json"'),
    scan('{"items":[{"key":"a","value":null,"error":"not_json"}],"count":1}'),
    { send: "GET /cache/scan?keys_only=true", status: 200, text: '{"keys":["a"],"count":1}' },
    refused("incr", '{"key":"a"}', /non_numeric_value/),
  ),
  one(
    "a type of its own",
    put("application/problem+json", '{"a":1}'),
    get("a", '{"a":1}'),
    getInBatch('"value":{"a":1},"found":true'),
    scan('{"items":[{"key":"a","value":{"a":1}}],"count":1}'),
  ),
  one(
    "what is kept for its grace only is gone",
    put("application/json", "5", { "stowage-ttl": "1s", "stowage-grace": "60s" }),
    get("a", "5"),
    wait(1_000),
    gone("a"),
    getInBatch('"value":null,"found":false'),
    scan('{"items":[],"count":0}'),
    { send: "GET /cache/scan?keys_only=true", status: 200, text: '{"keys":[],"count":0}' },
    sum("incr", '{"key":"a"}', "1"),
    get("a", "1"),
  ),
];
