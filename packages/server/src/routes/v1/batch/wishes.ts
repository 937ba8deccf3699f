/**
 * What operations of /v1/batch say beside their key and value, read from the bytes of the body and checked. A `start` below
 * 0: nothing is said.
 */
import type { TableCounterOptions, TableSetOptions } from "stowage/table";
import { kindAt } from "../../../json/members.js";
import { DURATION, durationOf, graceBeside } from "../durations.js";
import { badField } from "../fault.js";

export interface SetWish {
  /** For the table: time to live (grace included) and tags. */
  readonly options: TableSetOptions;
  readonly graceMs: number;
  /** Only if the entry is of this version; 0: whatever it is. */
  readonly ifVersion: number;
  /** Only if there is none. */
  readonly ifAbsent: boolean;
}

export function isConditional({ ifVersion, ifAbsent }: SetWish): boolean {
  return ifAbsent || ifVersion !== 0;
}

export interface CounterWish {
  readonly amount: number | bigint;
  readonly options: TableCounterOptions | undefined;
}

/** Names members of the operation at hand, for faults: `operations[3].ttl`. */
export interface Naming {
  nameOf(member: string): string;
}

/** Of the table. */
const TAGS_MAX = 255;

/** Milliseconds; null: for ever; undefined: nothing is said. */
export function ttlOf(bytes: Buffer, start: number, end: number, names: Naming): number | null | undefined {
  const value = jsonAt(bytes, start, end);
  if (value === undefined || value === null) return value;
  const ms = durationOf(value);
  if (ms === undefined) throw badField(names.nameOf("ttl"), `${DURATION}, or null: for ever`, value);
  return ms;
}

/**
 * How long an entry is kept after its time to live.
 *
 * @param livesMs that time; null: for ever
 */
export function graceOf(
  bytes: Buffer,
  start: number,
  end: number,
  names: Naming,
  livesMs: number | null,
): number {
  const value = jsonAt(bytes, start, end);
  if (value === undefined || value === null) return 0;
  const ms = durationOf(value);
  if (ms === undefined) throw badField(names.nameOf("grace"), `${DURATION}, or null: none`, value);
  if (livesMs !== null) return graceBeside(livesMs, ms);
  throw badField(names.nameOf("grace"), "together with ttl: an entry that lives for ever has none", value);
}

export function tagsOf(
  bytes: Buffer,
  start: number,
  end: number,
  names: Naming,
): readonly string[] | undefined {
  const value = jsonAt(bytes, start, end);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw badField(names.nameOf("tags"), "an array of strings", value);
  const wrong = value.findIndex((each) => typeof each !== "string");
  if (wrong >= 0) throw badField(names.nameOf(`tags[${wrong}]`), "a string", value[wrong]);
  const tags: string[] = [...new Set<string>(value)];
  if (tags.length <= TAGS_MAX) return tags.length === 0 ? undefined : tags;
  throw badField(names.nameOf("tags"), `at most ${TAGS_MAX} tags`, `${tags.length} of them`);
}

/** 0: nothing is said. */
export function versionOf(bytes: Buffer, start: number, end: number, names: Naming): number {
  const value = jsonAt(bytes, start, end);
  if (value === undefined) return 0;
  const version = typeof value === "string" && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(version)) return version;
  throw badField(names.nameOf("ifVersion"), 'a version as answers tell it, such as "124"', value);
}

export function flagOf(bytes: Buffer, start: number, end: number, names: Naming, member: string): boolean {
  const value = jsonAt(bytes, start, end);
  if (value === undefined) return false;
  if (typeof value === "boolean") return value;
  throw badField(names.nameOf(member), "true or false", value);
}

/** Where a counter begins; undefined: nothing is said. */
export function firstOf(bytes: Buffer, start: number, end: number, names: Naming): number | undefined {
  const value = jsonAt(bytes, start, end);
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isFinite(value)) {
    const isDouble = /[.eE]/.test(bytes.latin1Slice(start, end));
    if (isDouble || Number.isSafeInteger(value)) return value;
  }
  throw badField(names.nameOf("default"), "a number that a double holds exactly", value);
}

function jsonAt(bytes: Buffer, start: number, end: number): unknown {
  if (start < 0) return undefined;
  if (kindAt(bytes, start) === "a number") return Number(bytes.latin1Slice(start, end));
  return JSON.parse(bytes.utf8Slice(start, end));
}
