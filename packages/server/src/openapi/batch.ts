/** Operations and results of /v1/batch in the OpenAPI document. */
import { arrayOf, number, object, type Part, schema, text } from "./parts.js";

const key = schema("Key");
const yesOrNo: Part = { type: "boolean" };
/** Null: for ever; of a grace: none. */
const ttl: Part = { anyOf: [schema("Duration"), { type: "null" }] };
const ttlLeft: Part = { type: ["integer", "null"], minimum: 0 };
const version: Part = { type: "string", pattern: "^[1-9][0-9]{0,15}$" };
const operation = (op: Part, more: Part = {}): Part => object({ op, key, ...more } as Record<string, Part>);

export const batchSchemas: Part = {
  V1Operation: {
    oneOf: [
      operation({ const: "get" }, { "meta?": yesOrNo }),
      operation({ enum: ["has", "ttl", "touch", "persist"] }),
      operation(
        { const: "set" },
        {
          value: {},
          "ttl?": ttl,
          "grace?": ttl,
          "tags?": arrayOf(text),
          "ifVersion?": version,
          "ifAbsent?": yesOrNo,
        },
      ),
      operation({ const: "delete" }, { "ifVersion?": version }),
      operation({ const: "expire" }, { ttl }),
      operation({ enum: ["incr", "decr"] }, { "amount?": number, "default?": number, "ttl?": ttl }),
    ],
  },
  V1Result: {
    description:
      "Which it is depends on the operation. `error`: of this operation alone; the others are done.",
    oneOf: [
      object({ value: {} }),
      object({ value: {}, ttl: ttlLeft, version, "tagged?": { const: true } }),
      object({ found: yesOrNo }),
      object({ found: { const: true }, ttl: ttlLeft }),
      object({ stored: { const: true }, version }),
      object({ stored: { const: false }, "version?": version }),
      object({ deleted: yesOrNo }),
      object({ "found?": { const: true }, error: text, code: { type: "string", pattern: "^[a-z_]+$" } }),
    ],
  },
};
