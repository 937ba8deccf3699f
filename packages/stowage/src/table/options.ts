/** The options of the table and of its calls, each declared once. The interfaces that users see stand in types.ts. */
import { formatBytes, parseBytes } from "../base/byte-size.js";
import { type Clock, systemClock } from "../base/clock.js";
import { InvalidOptionError } from "../base/errors.js";
import {
  choice,
  duration,
  either,
  flag,
  functionOf,
  nonEmptyText,
  type OptionType,
  objectWith,
  refused,
  wholeNumber,
} from "../base/option-types.js";
import { type Bound, type Declares, declareOptions, option } from "../base/options.js";
import type { AttachOptions, ByteSize, ScanOptions, TableOptions } from "./types.js";

const KIB = 1_024;
const MIB = KIB * KIB;
const GIB = MIB * KIB;

const MEMORY_MIN = MIB;
/** Locations have 32 bits, in units of 8 bytes. */
const MEMORY_MAX = 32 * GIB;
const SEGMENT_MIN = 16 * KIB;
const SEGMENT_MAX = 16 * MIB;
const SEGMENT_DEFAULT_MAX = MIB;
const VALUE_DEFAULT_MAX = 16 * MIB;
const VALUE_MAX = GIB;
const THREADS_MAX = 250;
/** Of the memory. */
const SEGMENT_SHARE = 256;
const VALUE_DEFAULT_SHARE = 8;
const VALUE_SHARE = 4;
const FEED_DEFAULT = 8_192;
/** Bytes of memory to a change of the feed, so that a small table is not all feed. */
const FEED_SHARE = 4_096;

/** A number of bytes, or a text such as `"256mb"`; becomes whole bytes. */
function byteSize(min: number, max: number): OptionType<number> {
  return {
    text: `a number of bytes from ${formatBytes(min)} to ${formatBytes(max)}, such as 1048576 or "64mb"`,
    parse(value) {
      const bytes = typeof value === "string" ? parseBytes(value) : value;
      return Number.isSafeInteger(bytes) && (bytes as number) >= min && (bytes as number) <= max
        ? (bytes as number)
        : refused;
    },
  };
}

const clockType = objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer");
const janitorType = either(duration, choice(false));
const onErrorType = functionOf<(error: unknown) => void>("(error) => void");

const declared = declareOptions({
  memory: option<number, undefined>({
    type: byteSize(MEMORY_MIN, MEMORY_MAX),
    default: undefined,
    defaultText: "required",
    meaning: "bytes of everything together: items, index, bookkeeping",
  }),
  max: option({
    type: wholeNumber({ min: 1, infinite: true }),
    default: Number.POSITIVE_INFINITY,
    defaultText: "no bound but the memory",
    meaning: "entries at most, exactly",
  }),
  maxValueSize: option<number, undefined>({
    type: byteSize(1, VALUE_MAX),
    default: undefined,
    defaultText: "16 MiB, or an eighth of the memory if that is less",
    meaning: "the longest value; at most a quarter of the memory",
  }),
  segmentSize: option<number, undefined>({
    type: byteSize(SEGMENT_MIN, SEGMENT_MAX),
    default: undefined,
    defaultText: "a 256th of the memory, within 16 KiB and 1 MiB",
    meaning: "the unit in which memory is written and given back; a power of two",
  }),
  threads: option({
    type: wholeNumber({ min: 1, max: THREADS_MAX }),
    default: 32,
    meaning: "threads that may be attached at one time",
  }),
  ttl: option<number, null>({
    type: duration,
    default: null,
    defaultText: "for ever",
    meaning: "how long entries live",
  }),
  evict: option({ type: flag, default: true, meaning: "false: TableFullError when it is full" }),
  janitor: option({
    type: janitorType,
    default: 1_000 as number | false,
    meaning: "how often memory of what is gone is given back; false: only when room is needed",
  }),
  feed: option<number, undefined>({
    type: powerOfTwoOrZero(2 ** 24),
    default: undefined,
    defaultText: "8192, fewer below 32 MiB of memory",
    meaning: "changes that the feed remembers; 0: no feed",
  }),
  name: option({ type: nonEmptyText, default: "table", meaning: "names the table in reports" }),
  clock: option({
    type: clockType,
    default: systemClock,
    defaultText: "the system",
    meaning: "where time comes from",
  }),
  onError: option<(error: unknown) => void, null>({
    type: onErrorType,
    default: null,
    defaultText: "none",
    meaning: "told of errors that reach no caller",
  }),
} satisfies Declares<TableOptions>);

export const attachOptions = declareOptions({
  clock: option({
    type: clockType,
    default: systemClock,
    defaultText: "the system",
    meaning: "where time comes from",
  }),
  janitor: option<number | false, undefined>({
    type: janitorType,
    default: undefined,
    defaultText: "as created",
    meaning: "how often this thread is ready to give memory back; false: never",
  }),
  onError: option<(error: unknown) => void, null>({
    type: onErrorType,
    default: null,
    defaultText: "none",
    meaning: "told of errors that reach no caller",
  }),
} satisfies Declares<AttachOptions>);

export const scanOptions = declareOptions({
  prefix: option<string | Uint8Array, null>({
    type: {
      text: "a text or a Uint8Array",
      parse: (value) => (typeof value === "string" || value instanceof Uint8Array ? value : refused),
    },
    default: null,
    defaultText: "none",
    meaning: "only keys that begin with these bytes",
  }),
  cursor: option<number, number>({
    type: {
      text: "a cursor that scan returned",
      parse: (value) =>
        value === null
          ? 0
          : Number.isSafeInteger(value) && (value as number) >= 0
            ? (value as number)
            : refused,
    },
    default: 0,
    defaultText: "the start",
    meaning: "where the last call ended",
  }),
  limit: option({ type: wholeNumber({ min: 1 }), default: 100, meaning: "about how many entries to return" }),
  visit: option({
    type: wholeNumber({ min: 1, infinite: true }),
    default: Number.POSITIVE_INFINITY,
    defaultText: "until limit are found",
    meaning: "about how many entries to look at",
  }),
  values: option({ type: flag, default: false, meaning: "whether to return values too" }),
} satisfies Declares<ScanOptions>);

/** The options of `create`, with what depends on the memory worked out. */
export interface TablePlan
  extends Omit<Bound<typeof declared.specs>, "memory" | "maxValueSize" | "segmentSize" | "feed"> {
  readonly memory: number;
  readonly maxValueSize: number;
  readonly segmentSize: number;
  readonly feed: number;
}

const where = "SharedTable.create";

export function planOf(options: TableOptions): TablePlan {
  const bound = declared.bind(options, where);
  if (bound.memory === undefined)
    throw new InvalidOptionError({ where, option: "memory", expected: declared.specs.memory.type.text });
  const { memory } = bound;
  const segmentSize = bound.segmentSize ?? defaultSegment(memory);
  if (2 ** Math.round(Math.log2(segmentSize)) !== segmentSize)
    throw wrong("segmentSize", options.segmentSize, "a power of two");
  if (segmentSize * 16 > memory)
    throw wrong("segmentSize", options.segmentSize, "at most a 16th of the memory");
  const maxValueSize =
    bound.maxValueSize ?? Math.min(VALUE_DEFAULT_MAX, Math.floor(memory / VALUE_DEFAULT_SHARE));
  if (maxValueSize > memory / VALUE_SHARE)
    throw wrong("maxValueSize", options.maxValueSize, "at most a quarter of the memory");
  const feed = bound.feed ?? 2 ** Math.floor(Math.log2(Math.min(FEED_DEFAULT, memory / FEED_SHARE)));
  return { ...bound, memory, segmentSize, maxValueSize, feed };
}

function wrong(name: string, received: ByteSize | undefined, expected: string): InvalidOptionError {
  return new InvalidOptionError({ where, option: name, received, expected });
}

function defaultSegment(memory: number): number {
  const share = 2 ** Math.floor(Math.log2(memory / SEGMENT_SHARE));
  return Math.max(SEGMENT_MIN, Math.min(share, SEGMENT_DEFAULT_MAX));
}

function powerOfTwoOrZero(max: number): OptionType<number> {
  return {
    text: `0, or a power of two from 64 to ${max}`,
    parse(value) {
      const fits = Number.isSafeInteger(value) && (value as number) >= 64 && (value as number) <= max;
      const power = fits && 2 ** Math.round(Math.log2(value as number)) === value;
      return value === 0 || power ? (value as number) : refused;
    },
  };
}
