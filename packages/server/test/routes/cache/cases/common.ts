/** Clearing, and what all routes have in common. */
import { absent, type Case, get, gone, one, set, two } from "./steps.js";

export const rest: Case[] = [
  one(
    "clear says how many",
    ...two,
    { send: "POST /cache/clear", status: 200, text: '{"success":true,"cleared":2}' },
    gone("user:1"),
    { send: "POST /cache/clear", body: "{}", status: 200, text: '{"success":true,"cleared":0}' },
  ),
  one("health", { send: "GET /health", status: 200, text: '{"status":"healthy"}' }),
  ...[
    "GET /",
    "GET /cache",
    "GET /cache/",
    "GET /cache/get/",
    "GET /cache/GET?key=a",
    "GET /Cache/get?key=a",
    "POST /cache/get?key=a",
    "GET /cache/set",
    "PUT /cache/set",
    "GET /nothing",
    "OPTIONS /cache/get",
  ].map((send) => one(`${send} is nothing`, ...two, { send, status: 404, text: absent })),
  one(
    "HEAD is GET without a body",
    set('{"key":"a","value":"12345"}'),
    { send: "HEAD /cache/get?key=a", status: 200, text: "", fields: { "content-length": "17" } },
    { send: "HEAD /cache/get?key=b", status: 404, text: "", fields: { "content-length": "21" } },
    { send: "HEAD /health", status: 200 },
    { send: "HEAD /cache/scan", status: 200 },
    { send: "HEAD /cache/set", status: 404 },
  ),
  one("the types and the date", set('{"key":"a","value":1}'), {
    ...get("a", "1"),
    fields: {
      "content-type": /^application\/json/,
      date: /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/,
      "access-control-allow-origin": "*",
      "x-request-id": /^[\w-]{20}$/,
    },
  }),
  one("a request line that is too long", { send: `GET /cache/get?key=${"x".repeat(10_000)}`, status: 414 }),
  one(
    "absolute targets",
    set('{"key":"a","value":1}'),
    { send: "GET http://elsewhere:81/cache/get?key=a", status: 200, text: '{"value":1}' },
    { send: "GET http://elsewhere", status: 404, text: absent },
  ),
];
