/** What several operations of the OpenAPI document name: parameters, headers, faults. */
import { batchSchemas } from "./batch.js";
import { cacheSchemas } from "./cache.js";
import { answer, number, object, type Part, schema, text } from "./parts.js";

const inQuery = (name: string, description: string, of: Part, more: Part = {}): Part => ({
  name,
  in: "query",
  description,
  schema: of,
  ...more,
});
const inHeader = (name: string, description: string, of: Part): Part => ({
  name,
  in: "header",
  description,
  schema: of,
});
const entityTags: Part = { type: "string", pattern: '^\\*$|"' };

const parameters: Part = {
  key: inQuery("key", "The entry's key.", schema("Key"), { required: true }),
  keySegment: {
    name: "key",
    in: "path",
    required: true,
    description: "The entry's key: UTF-8, percent-encoded, `/` too. The empty segment is the empty key.",
    schema: schema("Key"),
  },
  prefix: inQuery("prefix", "Only keys that begin so. `*` is literal.", text),
  keys_only: inQuery("keys_only", "Keys without values.", text),
  limit: inQuery("limit", "About so many entries, as a page.", { type: "integer", minimum: 1 }),
  cursor: inQuery("cursor", "What the page before said.", { type: "string", pattern: "^[0-9]*$" }),
  followPrefix: inQuery("prefix", "Only keys that begin so; at most 48 bytes.", text),
  from: inQuery("from", "The id of the last event that was seen.", {
    type: "string",
    pattern: "^[0-9]{1,16}$",
  }),
  heartbeat: inQuery(
    "heartbeat",
    "How often to be told that one is up to date, from 100ms to 15s. Left out: not at all.",
    schema("DurationText"),
  ),
  "last-event-id": inHeader("last-event-id", "The same, as an EventSource sends it.", text),
  "if-match": inHeader(
    "if-match",
    "Only if the entry has one of these ETags; `*`: only if there is one.",
    entityTags,
  ),
  "if-none-match": inHeader(
    "if-none-match",
    "Only if it has none of these; `*`: only if there is none.",
    entityTags,
  ),
  "stowage-ttl": inHeader(
    "stowage-ttl",
    "How long it lives; `none`: for ever. Default: the server's.",
    schema("DurationText"),
  ),
  "stowage-grace": inHeader(
    "stowage-grace",
    "For how long after that it is kept for leases.",
    schema("DurationText"),
  ),
  "stowage-tags": inHeader(
    "stowage-tags",
    "What it can be invalidated by; separated by commas, percent-encoded.",
    text,
  ),
  "stowage-nothing": inHeader(
    "stowage-nothing",
    "For how long it is remembered that there is nothing; `none`: not at all.",
    schema("DurationText"),
  ),
  "stowage-lease-token": inHeader("stowage-lease-token", "The token that came with the lease.", text),
};

const header = (description: string, of: Part): Part => ({ description, schema: of });

const headers: Part = {
  "x-request-id": header("The request's own, if it had one of 20 to 200 characters.", {
    type: "string",
    minLength: 20,
  }),
  etag: header("The entry's version.", { type: "string", pattern: '^"[0-9]+"$' }),
  "stowage-ttl": header("Milliseconds left; 0: its grace runs; none: it lives for ever.", {
    type: "string",
    pattern: "^([0-9]+|none)$",
  }),
  "stowage-grace": header("Milliseconds, where it has any.", { type: "string", pattern: "^[0-9]+$" }),
  "accept-ranges": header("Values are read whole.", { const: "none" }),
  "stowage-lease": header("What became of the request.", {
    enum: ["hit", "granted", "stale", "wait", "nothing"],
  }),
  "stowage-lease-token": header("For the fill.", text),
  "stowage-stale": header("The value's time is over.", { const: "true" }),
  "stowage-expired": header("For how many milliseconds it has been.", {
    type: "string",
    pattern: "^[0-9]+$",
  }),
  "retry-after": header("Seconds.", { type: "string", pattern: "^[0-9]+$" }),
  allow: header("The methods that there are.", text),
  "www-authenticate": header("How to show who one is.", { const: "Bearer" }),
};

const fault = (description: string, names: readonly string[] = []): Part =>
  answer(description, schema("Fault"), names);

const responses: Part = {
  Fault: fault("Anything else: `error` says what is wrong, and what would be right.", [
    "allow",
    "retry-after",
  ]),
  Fault400: fault("Something is malformed; nothing was changed. `field` or `header` names it."),
  Fault401: answer(
    "No token, or none that is known.",
    object({ error: { const: "Unauthorized" }, message: text }),
    ["www-authenticate"],
  ),
  Fault403: fault("The token's scope or prefixes do not reach so far."),
  Fault413: fault("The content is longer than max-body, or the value than max-value."),
  Fault415: fault("The content type or encoding is not one that can be taken here."),
  Fault429: fault("More requests than the token may send.", ["retry-after"]),
  Fault507: fault("There is no room for the entry."),
  NotFound: answer("There is no entry.", object({ error: { const: "not found" } })),
  NotJson: fault("The value is not JSON; GET /v1/keys/{key} reads it."),
  LeaseLost: fault("The lease is over, or the key was written or invalidated since it was granted."),
  PreconditionFailed: fault("A condition does not hold; nothing was changed.", ["etag"]),
};

const durationText = "^([0-9]+|([0-9]+(\\.[0-9]+)?(ms|s|m|h|d|w|y))+)$";

const schemas: Part = {
  ...cacheSchemas,
  ...batchSchemas,
  Fault: object(
    {
      error: text,
      "code?": { type: "string", pattern: "^[a-z_]+$" },
      "message?": text,
      "header?": text,
      "field?": text,
      "position?": number,
    },
    { additionalProperties: true },
  ),
  Duration: {
    description: "Such as `30s`, or a number of milliseconds.",
    anyOf: [
      { type: "string", pattern: durationText },
      { type: "number", exclusiveMinimum: 0 },
    ],
  },
  DurationText: { type: "string", pattern: `${durationText}|^[nN][oO][nN][eE]$` },
};

export const components: Part = {
  securitySchemes: {
    token: { type: "http", scheme: "bearer", description: "Where the server asks for tokens." },
  },
  parameters,
  headers,
  responses,
  schemas,
};
