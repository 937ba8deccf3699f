/** The routes below /cache in the OpenAPI document: Lix Cache's. */
import {
  answer,
  arrayOf,
  body,
  count,
  json,
  number,
  object,
  type Part,
  ref,
  responses,
  schema,
  text,
  yes,
} from "./parts.js";

const tags = ["cache"];
const key = schema("Key");
const anything: Part = {};
const success = answer("Done.", object({ success: yes }));
const amount: Part = { type: "number", default: 1 };
const found: Part = object({ value: anything });

const counter = (verb: string, summary: string): Part => ({
  post: {
    operationId: `cache_${verb}`,
    tags,
    summary,
    description: "An absent key counts as 0. Integers are exact within 64 bits. The expiry is kept.",
    requestBody: body(true, json(object({ key, "amount?": amount }, { additionalProperties: true }))),
    responses: responses({ "200": answer("The sum.", object({ value: number })) }, [413, 415]),
  },
});

export const cachePaths: Part = {
  "/cache/get": {
    get: {
      operationId: "cache_get",
      tags,
      summary: "Read a value",
      parameters: [ref("parameters", "key")],
      responses: responses({
        "200": answer("The value, as it was stored.", found),
        "404": ref("responses", "NotFound"),
        "409": ref("responses", "NotJson"),
      }),
    },
  },
  "/cache/set": {
    post: {
      operationId: "cache_set",
      tags,
      summary: "Store a JSON value",
      requestBody: body(
        true,
        json(object({ key, value: anything, "ttl?": schema("TtlSeconds") }, { additionalProperties: true })),
      ),
      responses: responses({ "200": success }, [413, 415, 507]),
    },
  },
  "/cache/delete": {
    delete: {
      operationId: "cache_delete",
      tags,
      summary: "Remove an entry, whether or not it is there",
      parameters: [ref("parameters", "key")],
      responses: responses({ "200": success }),
    },
  },
  "/cache/incr": counter("incr", "Add to a number"),
  "/cache/decr": counter("decr", "Take from a number"),
  "/cache/batch": {
    post: {
      operationId: "cache_batch",
      tags,
      summary: "Many operations in one request",
      description:
        "All are checked first: one that is malformed, and none is done. Of gets alone, it needs the scope read.",
      requestBody: body(
        true,
        json(object({ operations: arrayOf(schema("Operation")) }, { additionalProperties: true })),
      ),
      responses: responses(
        { "200": answer("Results in order.", object({ results: arrayOf(schema("Result")) })) },
        [413, 415],
      ),
    },
  },
  "/cache/scan": {
    get: {
      operationId: "cache_scan",
      tags,
      summary: "List entries",
      parameters: ["prefix", "keys_only", "limit", "cursor"].map((name) => ref("parameters", name)),
      responses: responses({
        "200": answer(
          "Keys with keys_only=true, else items. `cursor` only of pages: null after the last one.",
          {
            oneOf: [
              object({ keys: arrayOf(text), count, "cursor?": schema("Cursor") }),
              object({ items: arrayOf(schema("Item")), count, "cursor?": schema("Cursor") }),
            ],
          },
        ),
      }),
    },
  },
  "/cache/clear": {
    post: {
      operationId: "cache_clear",
      tags,
      summary: "Remove every entry",
      description: "Needs the scope admin. A body is not looked at.",
      responses: responses({ "200": answer("How many went.", object({ success: yes, cleared: count })) }),
    },
  },
  "/cache/stats": {
    get: {
      operationId: "cache_stats",
      tags,
      summary: "What the cache and the server did so far",
      responses: responses({ "200": answer("Counts of all workers together.", schema("Stats")) }),
    },
  },
};

const result = (op: string, more: Part): Part => object({ op: { const: op }, key: text, ...more });
const failed = { error: text, "code?": text, "message?": text };

export const cacheSchemas: Part = {
  Key: { type: "string", description: "Any text, the empty one too; at most 64 KiB of UTF-8." },
  TtlSeconds: {
    description: "Seconds to live, fractions too; 0, negative, false, null or left out: for ever.",
    anyOf: [{ type: "number" }, { const: false }, { type: "null" }],
  },
  Cursor: { anyOf: [{ type: "string", pattern: "^[0-9]+$" }, { type: "null" }] },
  Operation: {
    type: "object",
    properties: {
      op: { enum: ["get", "set", "delete", "incr", "decr"] },
      key,
      value: anything,
      ttl: schema("TtlSeconds"),
      amount,
    },
    required: ["op", "key"],
    if: { properties: { op: { const: "set" } } },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
    then: { required: ["value"] },
  },
  Result: {
    oneOf: [
      result("get", { value: anything, found: { type: "boolean" }, "error?": { const: "not_json" } }),
      ...["set", "delete"].map((op) => result(op, { success: yes })),
      ...["incr", "decr"].map((op) => result(op, { value: number })),
      ...["set", "incr", "decr"].map((op) => result(op, failed)),
    ],
  },
  Item: object({ key: text, value: anything, "error?": { const: "not_json" } }),
  Latencies: object(
    { count, mean: number, p50: number, p99: number, p999: number, max: number },
    { description: "Milliseconds." },
  ),
  Connections: object({ open: count, accepted: count, turned_away: count }),
  Worker: object(
    {
      worker: count,
      starts: count,
      quiet_ms: number,
      connections: schema("Connections"),
      requests: count,
      errors: count,
      bytes_in: count,
      bytes_out: count,
      heap_bytes: count,
      loop_delay_ms: number,
      latencies: schema("Latencies"),
    },
    { additionalProperties: true },
  ),
  Stats: object({
    size: count,
    limit: { type: ["integer", "null"] },
    stats: object(
      Object.fromEntries(
        "hits misses hit_rate miss_rate operations writes updates deletes evictions expirations invalidations cleared since"
          .split(" ")
          .map((name) => [name, number]),
      ),
    ),
    memory: { type: "object", additionalProperties: number },
    connections: schema("Connections"),
    latencies: schema("Latencies"),
    uptime: number,
    workers: arrayOf(schema("Worker")),
  }),
};
