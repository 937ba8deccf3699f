/** set, add, replace, compareAndSet, append; and the one write that other parts of the table use. */
import type { TableState } from "../state.js";
import type { Bytes, Key, KeyRange, TableSetOptions } from "../types.js";
import { checkVersion, draftFor } from "./drafting.js";
import { ADD, CONTINUE, IF_VERSION, type PutMode, put, REPLACE, SET } from "./put.js";
import { readForRewrite } from "./rewrite.js";
import { checkLength, checkValue, counterBuffer } from "./values.js";

export function set(t: TableState, key: Key | KeyRange, value: Bytes, options?: TableSetOptions): number {
  return writeWith(t, key, value, options, SET, 0, "set", NO_RULES);
}

export function add(t: TableState, key: Key, value: Bytes, options?: TableSetOptions): number {
  return writeWith(t, key, value, options, ADD, 0, "add", NO_RULES);
}

export function replace(t: TableState, key: Key, value: Bytes, options?: TableSetOptions): number {
  return writeWith(t, key, value, options, REPLACE, 0, "replace", NO_RULES);
}

export function compareAndSet(
  t: TableState,
  key: Key,
  version: number,
  value: Bytes,
  options?: TableSetOptions,
): number {
  checkVersion(version, "compareAndSet");
  return writeWith(t, key, value, options, IF_VERSION, version, "compareAndSet", NO_RULES);
}

/** Adds to the end of the value; what else the entry carries stays. Returns the new length. */
export function append(t: TableState, key: Key, bytes: Bytes): number {
  checkValue(t, bytes, "append");
  const more = typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes;
  for (;;) {
    t.key.take(key, "append");
    const old = readForRewrite(t);
    if (old === undefined) {
      draftFor(t, undefined, "append");
      if (put(t, more, ADD, 0) !== 0) return more.length;
      continue;
    }
    const before = typeof old.value === "object" ? old.value : counterBuffer(old.value);
    checkLength(t, before.length + more.length, "append");
    const value = Buffer.concat([before, more]);
    if (put(t, value, CONTINUE, old.version) !== 0) return value.length;
  }
}

/** What parts of the table may ask of a write beyond what users may. */
export interface WriteRules {
  /** Asked under the bucket's lock, before the link; false: nothing is stored, 0 is returned. It must not wait. */
  readonly guard?: () => boolean;
  /** What a tagged item carries instead of the sequence of now: that of when its value was read. */
  readonly tagSequence?: number;
}

/** What users may. */
const NO_RULES: WriteRules = Object.freeze({});

/** The one write of a value: any mode, with rules. `where` is for errors. */
export function writeWith(
  t: TableState,
  key: Key | KeyRange,
  value: Bytes,
  options: TableSetOptions | undefined,
  mode: PutMode,
  expected: number,
  where: string,
  rules: WriteRules,
): number {
  checkValue(t, value, where);
  draftFor(t, options, where);
  if (rules.tagSequence !== undefined) t.draft.tagSequence = rules.tagSequence;
  t.key.take(key, where);
  return put(t, value, mode, expected, rules.guard);
}

/**
 * Stores a new value in an entry of this version, and leaves the rest as it is: time to live, tags. `flags`: undefined
 * leaves them too. Returns the version; 0: there is no entry, or one of another version.
 */
export function writeKeeping(
  t: TableState,
  key: Key,
  version: number,
  value: Bytes,
  where: string,
  flags?: number,
  guard?: () => boolean,
): number {
  checkValue(t, value, where);
  for (;;) {
    t.key.take(key, where);
    const old = readForRewrite(t);
    if (old === undefined || old.version !== version) return 0;
    if (flags !== undefined) t.draft.flags = flags;
    let granted = true;
    const asked =
      guard &&
      (() => {
        granted = guard();
        return granted;
      });
    const stored = put(t, value, CONTINUE, old.version, asked);
    if (stored !== 0 || !granted) return stored;
  }
}
