/** Bodies that are wrong, and what is said of them. */
import { type Case, get, gone, one, post, refused, set } from "./steps.js";

export const bodies: Case[] = [
  one("a key is missing", refused("set", '{"value":1}', /key is missing; it must be a string/)),
  one("a value is missing", refused("set", '{"key":"a"}', /value is missing/), gone("a")),
  ...[
    ["1", "a number"],
    ["null", "null"],
    ["true", "true"],
    ["[]", "an array"],
    ["{}", "an object"],
  ].map(([key, what]) =>
    one(
      `a key that is ${what}`,
      refused("set", `{"key":${key},"value":1}`, new RegExp(`key must be a string, not ${what}`)),
      { send: "GET /cache/scan?keys_only=true", status: 200, text: '{"keys":[],"count":0}' },
    ),
  ),
  one(
    "half a surrogate pair is no key",
    refused("set", '{"key":"\\ud800","value":1}', /key must be Unicode/),
  ),
  ...[
    ["[]", "an array"],
    ['"x"', "a string"],
    ["1", "a number"],
    ["null", "null"],
  ].map(([body, what]) =>
    one(
      `a body that is ${what}`,
      ...["set", "incr", "decr", "batch"].map((verb) =>
        refused(verb, body, new RegExp(`body must be a JSON object, not ${what}`)),
      ),
    ),
  ),
  one("no body", refused("set", "", /not JSON: the text ends too soon at byte 0/)),
  one(
    "bad JSON says where",
    refused("set", '{"key":"a",}', /not JSON: .* at byte 11","code":"invalid_json","position":11/),
    refused("set", '{"key":"a","value":1} x', /something follows the value at byte 22/),
    refused("set", '{"key":"a","value":01}', /at byte 20/),
  ),
  one(
    "bad UTF-8 says where",
    refused(
      "set",
      Buffer.from('{"key":"a\xff","value":1}', "latin1"),
      /it is not UTF-8 at byte 9","code":"invalid_json","position":9/,
    ),
    refused("batch", Buffer.from('{"operations":[]}\xc3', "latin1"), /it is not UTF-8 at byte 17/),
  ),
  one(
    "nested too deep",
    refused("set", `{"key":"a","value":${"[".repeat(600)}${"]".repeat(600)}}`, /nested more than 512 deep/),
  ),
  one(
    "after a bad body the connection is used again",
    refused("set", "{", /not JSON/),
    set('{"key":"a","value":1}'),
    get("a", "1"),
  ),
  ...[
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    "application/vnd.api+json",
    "application/problem+json;x=y",
  ].map((type) =>
    one(
      `takes ${type}`,
      { ...set('{"key":"a","value":1}'), headers: { "content-type": type } },
      get("a", "1"),
    ),
  ),
  ...[
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "text/json+xml",
    "application/json2",
  ].map((type) =>
    one(
      `does not take ${type}`,
      {
        ...post("set", '{"key":"a","value":1}', 415, /content-type must be application\/json, not /),
        headers: { "content-type": type },
      },
      gone("a"),
    ),
  ),
  one(
    "a value that is too long",
    post("set", `{"key":"a","value":"${"x".repeat(4_200_000)}"}`, 413, /value must be at most/),
    gone("a"),
  ),
  one("a body that is too long", {
    ...post("set", `{"key":"a","value":"${"x".repeat(8_000_000)}"}`, 413, /larger/),
    fields: { connection: "close", "x-request-id": /^.{20}$/ },
  }),
];
