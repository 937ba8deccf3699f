/** Collections and values: typed, validated access to keys that belong together, and to single ones. */
export { createCollection } from "./collection.js";
export type { StandardIssue, StandardResult, StandardSchema } from "./standard-schema.js";
export type {
  Collection,
  CollectionClient,
  CollectionCounters,
  CollectionLoading,
  CollectionVerbs,
  SchemaOptions,
  Value,
  ValueCounters,
  ValueUnder,
  ValueVerbs,
} from "./types.js";
export { createValue } from "./value.js";
