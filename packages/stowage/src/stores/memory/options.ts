/** The options of `MemoryStore`, each declared once. */
import { formatBytes, parseBytes } from "../../base/byte-size.js";
import { type Clock, systemClock } from "../../base/clock.js";
import { type OptionType, objectWith, refused, wholeNumber } from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";

/** A number of bytes, or a text such as `"64mb"`; powers of 1024. */
export type ByteSize = number | `${number}${"b" | "kb" | "mb" | "gb"}`;

/** What `new MemoryStore(options)` takes; everything may be left out. */
export interface MemoryStoreOptions {
  /** Entries at most, exactly, after each call. Default: as many as `memory` holds. */
  max?: number;
  /** Bytes of keys, values and about what they cost beside. Default `"64mb"`. */
  memory?: ByteSize;
  /** The longest value. Default: an eighth of `memory`. */
  maxValueSize?: ByteSize;
  /** Where time comes from. Default: the system. */
  clock?: Clock;
}

const MIB = 1_024 * 1_024;
const MEMORY_DEFAULT = 64 * MIB;
/** What a Uint8Array holds everywhere. */
const BYTES_MAX = 2 ** 32 - 1;

const byteSize: OptionType<number> = {
  text: `a number of bytes from 1 to ${formatBytes(BYTES_MAX)}, such as 1048576 or "64mb"`,
  parse(value) {
    const bytes = typeof value === "string" ? parseBytes(value) : value;
    const isSize = Number.isSafeInteger(bytes) && (bytes as number) >= 1 && (bytes as number) <= BYTES_MAX;
    return isSize ? (bytes as number) : refused;
  },
};

export const memoryStoreOptions = declareOptions(
  {
    max: option({
      type: wholeNumber({ min: 1, infinite: true }),
      default: Number.POSITIVE_INFINITY,
      defaultText: "no bound but the memory",
      meaning: "entries at most, exactly",
    }),
    memory: option({
      type: byteSize,
      default: MEMORY_DEFAULT,
      defaultText: '`"64mb"`',
      meaning: "bytes of keys, values and about what they cost beside",
    }),
    maxValueSize: option<number, undefined>({
      type: byteSize,
      default: undefined,
      defaultText: "an eighth of the memory",
      meaning: "the longest value",
    }),
    clock: option({
      type: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"),
      default: systemClock,
      defaultText: "the system's",
      meaning: "where time comes from",
    }),
  } satisfies Declares<MemoryStoreOptions>,
  [
    {
      options: ["maxValueSize", "memory"],
      when: ({ maxValueSize, memory }) => maxValueSize !== undefined && maxValueSize > memory,
      right: "the longest value has to fit into the memory",
    },
  ],
);

/** Of the memory. */
const VALUE_SHARE = 8;

export function valueBytesMaxOf(memory: number, maxValueSize: number | undefined): number {
  return maxValueSize ?? Math.ceil(memory / VALUE_SHARE);
}
