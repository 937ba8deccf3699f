/** The object level of `stowage/table`. */
export { type Codec, type CodecName, type MessagePackLibrary, messagePack } from "./codecs.js";
export { SharedCache } from "./shared-cache.js";
export type {
  SharedAttachOptions,
  SharedCacheHandle,
  SharedCacheOptions,
  SharedCacheReport,
  SharedCacheStats,
  SharedCounterOptions,
  SharedFetchOptions,
  SharedSetOptions,
} from "./types.js";
