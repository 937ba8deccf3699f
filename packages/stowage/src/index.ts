/**
 * The public API of `stowage`: exactly what stands here.
 */
export { type Clock, systemClock, type TimerHandle } from "./base/clock.js";
export { type Duration, parseDuration } from "./base/duration.js";
export * from "./base/errors.js";
export { hashArguments } from "./base/hash.js";
export type { RestoreResult } from "./cache/actions/dump.js";
export type { Stream } from "./cache/actions/iterate.js";
export { Cache } from "./cache/cache.js";
export type { RegisteredClass } from "./cache/persist/codec/classes.js";
export type { Serializer } from "./cache/persist/codec/serializer.js";
export type { FileSystem, OpenFile } from "./cache/persist/files.js";
export type { Progress, RestoreOptions, SaveOptions, SaveResult } from "./cache/persist/types.js";
export { createPolicy, type PolicyName, type PolicyOptions, policyNames } from "./cache/policy/create.js";
export type { Policy } from "./cache/policy/policy.js";
export { commit, ignore } from "./cache/results.js";
export type { Recording } from "./cache/services/recorder.js";
export type { RunningRecording } from "./cache/services/recording.js";
export type { Verb } from "./cache/services/stats.js";
export type * from "./cache/types.js";
