/** The routes below /v1 in the OpenAPI document. */
import {
  answer,
  arrayOf,
  body,
  count,
  empty,
  json,
  object,
  type Part,
  ref,
  responses,
  schema,
  text,
  value,
} from "./parts.js";

const parameter = (name: string): Part => ref("parameters", name);
const conditions = [parameter("if-match"), parameter("if-none-match")];
const anyBody: Part = { "*/*": { schema: {} } };
const entry = ["etag", "stowage-ttl", "stowage-grace", "accept-ranges"];
const tagged = (tag: string, operation: Part): Part => ({ tags: [tag], ...operation });

const keyPath: Part = {
  parameters: [parameter("keySegment")],
  get: tagged("keys", {
    operationId: "v1_get",
    summary: "Read a value, as the bytes it was stored as",
    parameters: conditions,
    responses: responses({
      "200": value("The value, with the content type that it was stored with.", entry),
      "304": empty("If-None-Match names this value.", entry.slice(0, 3)),
      "404": ref("responses", "NotFound"),
      "412": ref("responses", "PreconditionFailed"),
    }),
  }),
  put: tagged("keys", {
    operationId: "v1_put",
    summary: "Store a value",
    description: "With conditions: compare-and-set. With the token of a lease: what the lease is for.",
    parameters: [
      ...conditions,
      ...["stowage-ttl", "stowage-grace", "stowage-tags", "stowage-lease-token"].map(parameter),
    ],
    requestBody: body(
      false,
      anyBody,
      "Any bytes. What claims to be JSON has to be JSON. Without a content type: application/octet-stream.",
    ),
    responses: responses(
      {
        "201": empty("Stored; there was no entry.", ["etag"]),
        "204": empty("Stored in another one's place.", ["etag"]),
        "409": ref("responses", "LeaseLost"),
        "412": ref("responses", "PreconditionFailed"),
      },
      [413, 415, 507],
    ),
  }),
  delete: tagged("keys", {
    operationId: "v1_delete",
    summary: "Remove an entry",
    description:
      "A load of the key that is under way is refused its fill, whether or not there was an entry.",
    parameters: conditions,
    responses: responses({
      "204": empty("Removed."),
      "404": ref("responses", "NotFound"),
      "412": ref("responses", "PreconditionFailed"),
    }),
  }),
};

const leasePath: Part = {
  parameters: [parameter("keySegment")],
  post: tagged("leases", {
    operationId: "v1_lease",
    summary: "The value, or the right to fill it",
    requestBody: body(
      false,
      json(
        object({
          "ttl?": schema("Duration"),
          "wait?": { anyOf: [schema("Duration"), { const: 0 }] },
          "stale?": { type: "boolean", default: true },
          "seen?": { type: "string", pattern: "^(\\*|[0-9]{1,16})$" },
        }),
      ),
    ),
    responses: responses(
      {
        "200": value("The value (`stowage-lease: hit`), or an old one while somebody fills it (`stale`).", [
          "stowage-lease",
          "stowage-stale",
          "stowage-expired",
          ...entry,
        ]),
        "201": value("The lease, and the old value, if there is one.", [
          "stowage-lease",
          "stowage-lease-token",
          "stowage-stale",
          "stowage-expired",
          ...entry,
        ]),
        "204": empty("Whoever filled it last found nothing to fill it with.", ["stowage-lease"]),
        "202": answer("Somebody else fills it. Ask again.", object({ lease: { const: "wait" } }), [
          "stowage-lease",
          "retry-after",
        ]),
      },
      [413, 415],
    ),
  }),
  delete: tagged("leases", {
    operationId: "v1_release",
    summary: "Give a lease back without a value",
    description:
      "With `stowage-nothing`: since there is nothing to fill it with. What the lease was to replace goes, and for so long nobody is granted it.",
    parameters: ["stowage-lease-token", "stowage-nothing", "stowage-tags"].map(parameter),
    responses: responses({ "204": empty("Another one may have it."), "409": ref("responses", "LeaseLost") }),
  }),
};

const batchPath: Part = {
  post: tagged("batches", {
    operationId: "v1_batch",
    summary: "Many operations on JSON values in one request",
    description:
      "All are checked first: one that is malformed, and none is done. Results are in order. Of reads alone (get, has, ttl), it needs the scope read.",
    requestBody: body(
      true,
      json(object({ operations: arrayOf(schema("V1Operation")) }, { additionalProperties: true })),
    ),
    responses: responses(
      { "200": answer("Results in order.", object({ results: arrayOf(schema("V1Result")) })) },
      [413, 415],
    ),
  }),
};

const invalidatePath: Part = {
  post: tagged("invalidation", {
    operationId: "v1_invalidate",
    summary: "Remove what keys, a prefix or tags name",
    requestBody: body(
      true,
      json(
        object(
          { "keys?": arrayOf(text), "prefix?": { type: "string", minLength: 1 }, "tags?": arrayOf(text) },
          { minProperties: 1 },
        ),
      ),
    ),
    responses: responses(
      {
        "200": answer(
          "How many entries went by key and by prefix, and how many tags were invalidated.",
          object({ keys: count, prefix: count, tags: count }),
        ),
      },
      [413, 415],
    ),
  }),
};

const changesPath: Part = {
  get: tagged("changes", {
    operationId: "v1_changes",
    summary: "Follow what changes, as server-sent events",
    description:
      "Events: set, delete, expire, evict (data: `key`, or `keyStart` and `keyLength` of a key longer than 48 bytes), clear, tag (data: `tag`), and reset: something was missed, so anything may have changed. With `heartbeat` also alive (data: `at`, milliseconds of the server's clock): every change that was made before has been told. The id is where to resume.",
    parameters: ["followPrefix", "from", "heartbeat", "last-event-id"].map(parameter),
    responses: responses({
      "200": {
        description: "Without an end.",
        headers: {
          "x-request-id": ref("headers", "x-request-id"),
          "cache-control": { schema: { const: "no-store" } },
        },
        content: { "text/event-stream": { schema: text } },
      },
    }),
  }),
};

export const v1Paths: Part = {
  "/v1/keys/{key}": keyPath,
  "/v1/keys/{key}/lease": leasePath,
  "/v1/batch": batchPath,
  "/v1/invalidate": invalidatePath,
  "/v1/changes": changesPath,
};
