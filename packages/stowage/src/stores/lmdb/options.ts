/** The options of `LmdbStore`, each declared once. */
import { formatBytes, parseBytes } from "../../base/byte-size.js";
import { type Clock, systemClock } from "../../base/clock.js";
import type { Duration } from "../../base/duration.js";
import {
  duration,
  flag,
  nonEmptyText,
  type OptionType,
  objectWith,
  refused,
  wholeNumber,
} from "../../base/option-types.js";
import { type Declares, declareOptions, option } from "../../base/options.js";
import type { LmdbRoot } from "./types.js";

type ByteSize = number | `${number}${"b" | "kb" | "mb" | "gb"}`;

/** What `new LmdbStore(options)` takes: a `path` or a `database` has to be there. */
export interface LmdbStoreOptions {
  /** A folder, made where it is not there; several processes of one machine may share it. Needs the package lmdb. */
  path?: string;
  /** What lmdb's `open` gave. It stays open when the store is closed. */
  database?: LmdbRoot;
  /**
   * Whether each transaction waits for the disk, some milliseconds in which the process does nothing else; then the cache is there after
   * a crash of the machine. Default false: it outlives processes, however they end, and begins anew when the machine does: the file of
   * each start of the system has a folder of its own below `path`. Where the system does not tell its starts apart, other than on
   * Linux, it is always so. Goes with `path`.
   */
  flush?: boolean;
  /** Begins the names of the store's two databases in the file. Stores of the same name are one. Default `"stowage"`. */
  name?: string;
  /**
   * Bytes of keys, values and what they cost beside. Where there is no room, what has a lifetime goes, the soonest to end first; what
   * has none stays, and when only that is left, writes fail with StoreFullError. The file takes about half as much again.
   * All processes have to give the same. Default `"1gb"`.
   */
  maxSize?: ByteSize;
  /** The longest value. Default: an eighth of `maxSize`, at most `"64mb"`. */
  maxValueSize?: ByteSize;
  /** How often what has expired is deleted; it is invisible before. Default `"1m"`. Infinity: only by `cleanup()`. */
  cleanupEvery?: Duration | typeof Infinity;
  /** Entries that one transaction deletes at most: so long others wait. Default 500. */
  cleanupBatch?: number;
  /** Where time comes from. Lifetimes go by its calendar, which the processes of a machine share. Default: the system. */
  clock?: Clock;
}

const MIB = 1_024 * 1_024;
const SIZE_DEFAULT = 1_024 * MIB;
const SIZE_MIN = 64 * 1_024;
const SIZE_MAX = 2 ** 44;
const VALUE_BYTES_MAX = 64 * MIB;
const VALUE_SHARE = 8;
const CLEANUP_MS = 60_000;
const CLEANUP_ENTRIES = 500;

function byteSize(min: number, max: number): OptionType<number> {
  return {
    text: `a number of bytes from ${min} to ${formatBytes(max)}, such as 1048576 or "64mb"`,
    parse(value) {
      const bytes = typeof value === "string" ? parseBytes(value) : value;
      const isSize = Number.isSafeInteger(bytes) && (bytes as number) >= min && (bytes as number) <= max;
      return isSize ? (bytes as number) : refused;
    },
  };
}

const rarely: OptionType<number> = {
  text: `${duration.text}, or Infinity`,
  parse: (value, where, option) =>
    value === Number.POSITIVE_INFINITY ? value : duration.parse(value, where, option),
};

export const lmdbStoreOptions = declareOptions(
  {
    path: option<string, undefined>({ type: nonEmptyText, default: undefined }),
    database: option<LmdbRoot, undefined>({
      type: objectWith<LmdbRoot>("a database of lmdb", "openDB", "transactionSync", "resetReadTxn"),
      default: undefined,
    }),
    flush: option<boolean>({ type: flag, default: false }),
    name: option<string>({ type: nonEmptyText, default: "stowage" }),
    maxSize: option({ type: byteSize(SIZE_MIN, SIZE_MAX), default: SIZE_DEFAULT }),
    maxValueSize: option<number, undefined>({ type: byteSize(1, VALUE_BYTES_MAX), default: undefined }),
    cleanupEvery: option<number>({ type: rarely, default: CLEANUP_MS }),
    cleanupBatch: option({ type: wholeNumber({ min: 1, max: 100_000 }), default: CLEANUP_ENTRIES }),
    clock: option({
      type: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"),
      default: systemClock,
    }),
  } satisfies Declares<LmdbStoreOptions>,
  [
    {
      options: ["path", "database"],
      when: ({ path, database }) => (path === undefined) === (database === undefined),
      right: "exactly one of them has to be there",
    },
    {
      options: ["flush", "database"],
      when: ({ database }, given) => database !== undefined && given.has("flush"),
      right: "who opens the database says whether it is flushed",
    },
    {
      options: ["maxValueSize", "maxSize"],
      when: ({ maxValueSize, maxSize }) => maxValueSize !== undefined && maxValueSize * 2 > maxSize,
      right: "the longest value has to fit into half of the size",
    },
  ],
);

export function valueBytesMaxOf(maxSize: number, maxValueSize: number | undefined): number {
  return maxValueSize ?? Math.min(VALUE_BYTES_MAX, Math.ceil(maxSize / VALUE_SHARE));
}
