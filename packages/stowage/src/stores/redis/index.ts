/** The public API of `stowage/stores/redis`: exactly what stands here. */

export { RedisBus } from "./bus/redis-bus.js";
export { RedisStreamBus } from "./bus/redis-stream-bus.js";
export { type RedisCall, type RedisCommands, redisCommands, type ScriptCall } from "./commands.js";
export type {
  RedisBusOptions,
  RedisConnectOptions,
  RedisLibrary,
  RedisStoreOptions,
  RedisStreamBusOptions,
  RedisUrlOptions,
} from "./options.js";
export { RedisStore } from "./redis-store.js";
export type {
  IoredisLike,
  NodeRedisLike,
  RedisArgument,
  RedisClientLike,
  RedisReply,
  RedisRequest,
  RedisSource,
} from "./types.js";
