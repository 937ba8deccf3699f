/**
 * What goes into a dump and comes out of it, and the options of both ways.
 */
import type { Clock } from "../../base/clock.js";
import type { RegisteredClass } from "./codec/classes.js";
import type { Serializer } from "./codec/serializer.js";
import type { FileSystem } from "./files.js";

/** An entry as the cache hands it over and gets it back. Times are on the calendar, so that they mean the same later. */
export interface DumpEntry {
  key: unknown;
  value: unknown;
  /** Epoch milliseconds; null when it never expires. */
  expiresAt: number | null;
  /** The time to live that it was set with, in milliseconds, for `refresh`. */
  ttl?: number;
  /** How long it may go unread, in milliseconds. Restoring counts as a read. */
  idle?: number;
  weight?: number;
  tags?: readonly string[];
}

export interface Progress {
  /** A restore reads the dump twice: all of it is verified before anything of it is applied. */
  phase: "save" | "verify" | "restore";
  /** Entries so far in this phase. */
  entries: number;
  /** Bytes of the file so far in this phase. */
  bytes: number;
  /** Bytes of the file; unknown while it is written. */
  totalBytes?: number;
}

interface DumpOptions {
  /** How keys and values become bytes. Default: one that keeps all of JavaScript's own kinds of values. */
  serializer?: Serializer;
  /** Classes whose instances the default serializer keeps: `[User, {name: "Money", class: Money, encode, decode}]`. */
  classes?: readonly RegisteredClass[];
  /** Called after each block. Throw in it to give up: a save leaves the old dump, a verification applies nothing. */
  onProgress?: (progress: Progress) => void;
  /** What tells which entries have expired. */
  clock?: Clock;
  /** Where dumps are kept. Default: Node's file system. */
  files?: FileSystem;
}

export interface SaveOptions extends DumpOptions {
  /** `true` means gzip. Default: false. */
  compress?: boolean | "gzip" | "brotli";
}

export type RestoreOptions = DumpOptions;

export interface SaveResult {
  /** How many entries were written. */
  entries: number;
  /** How many were left out because they had expired. */
  skipped: number;
  /** How large the dump is. */
  bytes: number;
}

/** A dump that was verified to its last byte and can now be applied. */
export interface OpenDump {
  /** Entries in the dump, expired ones included. */
  readonly count: number;
  /** Entries that were left out so far because they had expired. */
  readonly skipped: number;
  /**
   * The entries, in batches of at most 512, each short enough for the event loop. Once only; closes the dump at the
   * end, and when the loop is left early. Should the file change underneath, `CorruptDumpError` before the changed part.
   */
  entries(): AsyncIterableIterator<DumpEntry[]>;
  /** Gives the file back. May be called more than once. */
  close(): Promise<void>;
}
