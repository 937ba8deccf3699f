/** `stowage/client` for browsers and edge runtimes: over `fetch`, without anything of Node. */
export type { Clock, TimerHandle } from "../../base/clock.js";
export type { Duration } from "../../base/duration.js";
export * from "../../base/errors.js";
export { commit, ignore } from "../../cache/results.js";
export type {
  Commit,
  FoundLoader,
  Ignore,
  LoadContext,
  Loader,
  LoadResult,
} from "../../cache/types.js";
export { Client } from "../client.js";
export type {
  Collection,
  CollectionCounters,
  CollectionVerbs,
  SchemaOptions,
  StandardIssue,
  StandardResult,
  StandardSchema,
  Value,
  ValueCounters,
  ValueUnder,
  ValueVerbs,
} from "../collections/index.js";
export * from "../errors.js";
export type { LoadDefaults, LoadOptions } from "../loading/options.js";
export type { ListLoader, RememberAllOptions, RememberedList } from "../loading/remember-all.js";
export type { LoadingCounts } from "../loading/types.js";
export { type NearFactory, type NearOptions, type NearStats, nearCache } from "../near/index.js";
export type { NodeState } from "../nodes/types.js";
export { murmur3 } from "../routing/hash.js";
export { jump } from "../routing/routers/jump.js";
export { type LocalOptions, local } from "../routing/routers/local.js";
export { mod } from "../routing/routers/mod.js";
export { rendezvous } from "../routing/routers/rendezvous.js";
export { type RingOptions, ring } from "../routing/routers/ring.js";
export type { Router, RouterNode } from "../routing/types.js";
export { fetchTransport } from "../transport/fetch.js";
export {
  type CreateTransport,
  type Transport,
  TransportError,
  type TransportOptions,
  type TransportRequest,
  type TransportResponse,
  type TransportStream,
} from "../transport/transport.js";
export type * from "../types.js";
