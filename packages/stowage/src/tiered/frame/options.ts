/** The options of frames, each declared once. */
import { formatBytes, parseBytes } from "../../base/byte-size.js";
import { InvalidOptionError } from "../../base/errors.js";
import { checked, choice, either, listOf, type OptionType, refused } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import { type Compressor, type CompressorName, compressor, knownCompressors } from "./compressors.js";
import { type Serializer, type SerializerName, serializers } from "./serializers.js";

/** A number of bytes, or a text such as `"64kb"`; powers of 1024. */
export type ByteSize = number | `${number}${"b" | "kb" | "mb" | "gb"}`;

/** How values are written to the second tier, and which are read. */
export interface FrameOptions {
  /** Default `"json"`. */
  serializer?: SerializerName | Serializer;
  /**
   * Others whose records are read too, such as the one that was used before. `json` and `raw` are in any case; `structured`
   * only where it is named, since node:v8 is not made to read what an attacker wrote.
   */
  reads?: readonly (SerializerName | Serializer)[];
  /** Default false: values are stored as they are. Whatever is said here, what was compressed with Node's own is read. */
  compression?: CompressorName | Compressor | false;
  /** Shorter values are not compressed. Default `"4kb"`. */
  compressAbove?: ByteSize;
  /** The longest value, before compression; longer ones are not written, and not read. Default `"64mb"`. */
  maxValueSize?: ByteSize;
}

const OWN_ID_MIN = 16;
const OWN_ID_MAX = 255;
const COMPRESS_ABOVE = 4_096;
const VALUE_BYTES_MAX = 64 * 1_024 * 1_024;
const SIZE_MAX = 2 ** 30;

const byteSize: OptionType<number> = {
  text: `a number of bytes up to ${formatBytes(SIZE_MAX)}, such as 4096 or "4kb"`,
  parse(value) {
    const bytes = typeof value === "string" ? parseBytes(value) : value;
    const isSize = Number.isSafeInteger(bytes) && (bytes as number) >= 0 && (bytes as number) <= SIZE_MAX;
    return isSize ? (bytes as number) : refused;
  },
};

/** The user's own: an id that is none of ours, and its functions. */
function own<Shape>(what: string, ...methods: string[]): OptionType<Shape> {
  const text = `${what} of your own (an object with ${methods.join(", ")} and an id from ${OWN_ID_MIN} to ${OWN_ID_MAX})`;
  return checked(text, (value) => {
    if (typeof value !== "object" || value === null) return false;
    const given = value as Readonly<Record<string, unknown>>;
    const id = given.id as number;
    const isOwn = Number.isInteger(id) && id >= OWN_ID_MIN && id <= OWN_ID_MAX;
    return isOwn && methods.every((method) => typeof given[method] === "function");
  });
}

const serializerType = either(
  choice("json", "structured", "raw"),
  own<Serializer>("a serializer", "encode", "decode"),
);
const compressorType = either(
  either(choice("gzip", "brotli", "zstd"), choice(false)),
  own<Compressor>("a compressor", "compress", "decompress"),
);

export const frameOptions = declareOptions({
  serializer: option<SerializerName | Serializer>({
    type: serializerType,
    default: "json",
    meaning: "how values become bytes",
  }),
  reads: option<readonly (SerializerName | Serializer)[]>({
    type: listOf(serializerType),
    default: [],
    meaning: "others whose records are read too",
  }),
  compression: option<CompressorName | Compressor | false>({
    type: compressorType,
    default: false,
    meaning: "how large values are compressed",
  }),
  compressAbove: option({
    type: byteSize,
    default: COMPRESS_ABOVE,
    defaultText: '`"4kb"`',
    meaning: "shorter values are not compressed",
  }),
  maxValueSize: option({
    type: byteSize,
    default: VALUE_BYTES_MAX,
    defaultText: '`"64mb"`',
    meaning: "the longest value, before compression",
  }),
} satisfies Declares<FrameOptions>);

/** What a framer works with. */
export interface FrameCoders {
  readonly serializer: Serializer;
  readonly serializers: ReadonlyMap<number, Serializer>;
  readonly compressor: Compressor | undefined;
  readonly compressors: ReadonlyMap<number, Compressor>;
  readonly compressAbove: number;
  readonly valueBytesMax: number;
}

export function frameCoders(options: FrameOptions | undefined, where: string): FrameCoders {
  const bound = frameOptions.bind(options, where);
  const { compression } = bound;
  const serializer = serializerOf(bound.serializer);
  const packer = typeof compression === "string" ? compressor(compression) : compression || undefined;
  const readers = [serializers.json, serializers.raw, ...bound.reads.map(serializerOf), serializer];
  return {
    serializer,
    serializers: byId(readers, where, "reads"),
    compressor: packer,
    compressors: byId(
      [...knownCompressors(), ...(packer === undefined ? [] : [packer])],
      where,
      "compression",
    ),
    compressAbove: bound.compressAbove,
    valueBytesMax: bound.maxValueSize,
  };
}

function serializerOf(given: SerializerName | Serializer): Serializer {
  return typeof given === "string" ? serializers[given] : given;
}

/** @throws InvalidOptionError where two of the user's own have one id */
function byId<Coder extends { readonly id: number }>(
  coders: readonly Coder[],
  where: string,
  name: string,
): Map<number, Coder> {
  const found = new Map<number, Coder>();
  for (const coder of coders) {
    const other = found.get(coder.id);
    if (other !== undefined && other !== coder && coder.id >= OWN_ID_MIN)
      throw InvalidOptionError.conflict(where, [name], `two have the id ${coder.id}`);
    found.set(coder.id, coder);
  }
  return found;
}
