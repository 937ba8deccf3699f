/** Collections and values: typed, validated access to keys that belong together, and to single ones. */
export { createCollection, createValue } from "./shell.js";
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
