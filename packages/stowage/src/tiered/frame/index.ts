/** Records of the second tier. */

export type { Compressor, CompressorName } from "./compressors.js";
export { type FrameCounts, Framer } from "./framer.js";
export type { Frame, FrameHead } from "./head.js";
export { type FrameOptions, frameOptions } from "./options.js";
export type { Serializer, SerializerName } from "./serializers.js";
