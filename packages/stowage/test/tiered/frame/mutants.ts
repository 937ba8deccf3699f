/** Frames with one mistake each, and the scenes that have to find it. */
import type { SceneMutant } from "../../support/scenes.js";

function mutant(foundBy: string, file: string, name: string, find: string, replace: string): SceneMutant {
  return { name, foundBy, edit: { file: `tiered/frame/${file}.ts`, find, replace } };
}

const RECORD = "a record";
const SERIALIZERS = "serializers";
const COMPRESSION = "compression";
const MISS = "what cannot be read is a miss that is counted";

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are texts of programs
export const mutants: readonly SceneMutant[] = [
  mutant(
    RECORD,
    "head",
    "takes what never expires for what has",
    "expiresMs: expiresMs === 0 ? null : expiresMs,",
    "expiresMs,",
  ),
  mutant(
    RECORD,
    "head",
    "keeps a float of an epoch",
    "bytes.writeDoubleLE(head.epoch, AT_EPOCH);",
    "bytes.writeDoubleLE(Math.fround(head.epoch), AT_EPOCH);",
  ),
  mutant(
    RECORD,
    "head",
    "writes negative load times",
    "Math.max(0, Math.round(head.loadMs))",
    "Math.round(head.loadMs)",
  ),
  mutant(
    RECORD,
    "head",
    "forgets when to try again",
    "bytes.writeDoubleLE(head.retryMs ?? 0, AT_RETRY);",
    "bytes.writeDoubleLE(0, AT_RETRY);",
  ),
  mutant(
    RECORD,
    "head",
    "counts failures beyond their field",
    "Math.min(UINT_16_MAX, head.failures ?? 0)",
    "head.failures ?? 0",
  ),
  mutant(
    RECORD,
    "head",
    "loses halves of pairs in tags",
    'const isLossless = utf8.toString("utf8") === tag;',
    "const isLossless = utf8.length >= 0;",
  ),
  mutant(
    RECORD,
    "head",
    "takes tags of any length",
    "if (text.length > TAG_BYTES_MAX)",
    "if (text.length < 0)",
  ),
  mutant(
    RECORD,
    "head",
    "forgets that there is nothing",
    "isNegative: bytes[AT_FLAGS] === FLAG_NEGATIVE,",
    "isNegative: false,",
  ),
  mutant(
    RECORD,
    "head",
    "reads from the beginning of the buffer",
    "given.byteOffset, given.byteLength",
    "0, given.byteLength",
  ),
  mutant(
    RECORD,
    "framer",
    "serializes what there is not",
    "if (head.isNegative) return encodeFrame",
    "if (head.isNegative && value !== undefined) return encodeFrame",
  ),
  mutant(
    SERIALIZERS,
    "framer",
    "lets a serializer's error through",
    'throw new SerializationError("the serializer does not take the value", { cause });',
    "throw cause;",
  ),
  mutant(
    SERIALIZERS,
    "framer",
    "gives out undefined as a value",
    'return value === undefined ? this.#miss("unreadable") : value;',
    "return value;",
  ),
  mutant(
    SERIALIZERS,
    "serializers",
    "writes undefined as nothing",
    'if (text === undefined) throw new SerializationError(`JSON has no way to write a ${typeof value}`);\n      return Buffer.from(text, "utf8");',
    'return Buffer.from(`${text}`, "utf8");',
  ),
  mutant(
    SERIALIZERS,
    "serializers",
    "takes texts for bytes",
    "if (value instanceof Uint8Array) return value;",
    'if (value instanceof Uint8Array || typeof value === "string") return value as Uint8Array;',
  ),
  mutant(
    SERIALIZERS,
    "options",
    "reads structured by itself",
    "[serializers.json, serializers.raw,",
    "[serializers.json, serializers.structured, serializers.raw,",
  ),
  mutant(SERIALIZERS, "options", "forgets what it is to read", "...bound.reads.map(serializerOf), ", ""),
  mutant(SERIALIZERS, "options", "takes two of one id", "coder.id >= OWN_ID_MIN)", "coder.id < 0)"),
  mutant(SERIALIZERS, "options", "takes ids of ours", "id >= OWN_ID_MIN && ", ""),
  mutant(
    COMPRESSION,
    "framer",
    "compresses what is small",
    "if (compressor === undefined || raw.length < compressAbove) return",
    "if (compressor === undefined || raw.length > compressAbove) return",
  ),
  mutant(
    COMPRESSION,
    "framer",
    "keeps what has grown",
    "if (packed.length >= raw.length) return",
    "if (packed.length < 0) return",
  ),
  mutant(COMPRESSION, "framer", "does not count", "this.#counts.compressed++;", ""),
  mutant(
    COMPRESSION,
    "framer",
    "believes any length",
    "if (frame.rawLength > this.#coders.valueBytesMax)",
    "if (frame.rawLength < 0)",
  ),
  mutant(
    COMPRESSION,
    "framer",
    "takes less than was said",
    "if (raw.length !== rawLength) return",
    "if (raw.length > rawLength) return",
  ),
  mutant(
    COMPRESSION,
    "framer",
    "fails where another's compressor does",
    '() => this.#miss("unreadable"),',
    "(error) => { throw error; },",
  ),
  mutant(
    COMPRESSION,
    "framer",
    "writes values of any length",
    "if (raw.length > valueBytesMax) throw",
    "if (raw.length < 0) throw",
  ),
  mutant(
    COMPRESSION,
    "compressors",
    "makes more than was said",
    "{ maxOutputLength: Math.max(1, rawLength) }",
    "{}",
  ),
  mutant(
    COMPRESSION,
    "compressors",
    "reads only what it writes",
    'const names: CompressorName[] = ["gzip", "brotli"];',
    "const names: CompressorName[] = [];",
  ),
  mutant(MISS, "head", "does not look at the magic", "|| bytes.readUInt32LE(0) !== MAGIC", ""),
  mutant(
    MISS,
    "head",
    "reads other versions",
    'if (bytes[AT_VERSION] !== FRAME_VERSION) return "version";',
    "",
  ),
  mutant(
    MISS,
    "head",
    "does not look at the checksum",
    'if (bytes.readUInt32LE(AT_CRC) !== checksum(bytes)) return "damaged";',
    "",
  ),
  mutant(
    MISS,
    "head",
    "leaves the head out of the checksum",
    "return crc32(bytes.subarray(AT_EPOCH), crc32(bytes.subarray(0, AT_CRC)));",
    "return crc32(bytes.subarray(AT_TAGS));",
  ),
  mutant(MISS, "head", "reads flags that it does not know", " || bytes[AT_FLAGS] > FLAG_NEGATIVE", ""),
  mutant(MISS, "head", "reads tags beyond the end", "if (end > bytes.length) return undefined;", ""),
  mutant(MISS, "head", "throws for what is short", "bytes.length < AT_FIRST_TAG || ", ""),
  mutant(
    MISS,
    "framer",
    "opens what it cannot read",
    'return isKnown ? frame : this.#miss("unreadable");',
    "return frame;",
  ),
  mutant(MISS, "framer", "counts nothing", "this.#counts[reason]++;", ""),
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are texts of programs
