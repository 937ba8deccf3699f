/** `stowage/client/core`: the verbs of keys over one server, in less than 10 KB gzipped. */
export type { Clock, TimerHandle } from "../../base/clock.js";
export type { Duration } from "../../base/duration.js";
export * from "../../base/errors.js";
export * from "../errors.js";
export type {
  AnyEntries,
  CallOptions,
  EntryPair,
  IncrOptions,
  KeyOf,
  Unset,
  ValueOf,
  WriteOptions,
} from "../types.js";
export { CoreClient } from "./core-client.js";
export type { CoreClientOptions } from "./options.js";
