/** What the operations of /v1/batch do that do not read the value, one function each; what they return is their result. */
import type { KeyRange, SharedTable } from "stowage/table";
import { prepareJson } from "../../../stored/index.js";
import { addTo } from "../../cache/counters.js";
import { graceBeside } from "../durations.js";
import { look } from "./look.js";
import type { CounterWish, SetWish } from "./wishes.js";

export function has(table: SharedTable, key: string): string {
  return found(look(table, key).fresh);
}

export function ttl(table: SharedTable, key: string): string {
  const { fresh, freshMs } = look(table, key);
  return fresh ? `{"found":true,"ttl":${ttlText(freshMs)}}` : NOT_FOUND;
}

/** Milliseconds, as JSON. */
export function ttlText(freshMs: number): string {
  return freshMs === Number.POSITIVE_INFINITY ? "null" : String(Math.ceil(freshMs));
}

/**
 * The version of what was stored.
 *
 * @param value JSON that was checked
 */
export function set(table: SharedTable, key: string | KeyRange, value: Buffer, wish: SetWish): number {
  if (wish.graceMs === 0) return table.set(key, value, wish.options);
  const { bytes, flags } = prepareJson(value, wish.graceMs);
  return table.set(key, bytes, { ...wish.options, flags });
}

/** The same, if the condition holds. */
export function setIf(table: SharedTable, key: string, value: Buffer, wish: SetWish): string {
  const { bytes, flags } = prepareJson(value, wish.graceMs);
  for (;;) {
    // What is only kept for leases is no entry to anybody else, so what takes its place is new.
    const { version, fresh } = look(table, key);
    const current = fresh ? version : 0;
    if (current !== wish.ifVersion)
      return current === 0 ? '{"stored":false}' : `{"stored":false,"version":"${current}"}`;
    const written = table.compareAndSet(key, version, bytes, { ...wish.options, flags });
    if (written !== 0) return `{"stored":true,"version":"${written}"}`;
  }
}

/** @param ifVersion 0: whatever is there */
export function remove(table: SharedTable, key: string, ifVersion: number): string {
  if (ifVersion === 0) return deleted(table.delete(key));
  const { version, fresh } = look(table, key);
  return deleted(fresh && version === ifVersion && table.deleteIf(key, version));
}

export function add(table: SharedTable, key: string, { amount, options }: CounterWish, sign: 1 | -1): string {
  return `{"value":${addTo(table, key, sign < 0 ? -amount : amount, options)}}`;
}

export function touch(table: SharedTable, key: string): string {
  return found(look(table, key).fresh && table.touch(key));
}

export function persist(table: SharedTable, key: string): string {
  return found(look(table, key).fresh && table.persist(key));
}

/** The entry's grace, if it has one, comes after the new time as it did after the old one. */
export function expire(table: SharedTable, key: string, ttlMs: number | null): string {
  const { fresh, graceMs } = look(table, key);
  const lives = ttlMs === null ? null : ttlMs + graceBeside(ttlMs, graceMs);
  return found(fresh && table.expire(key, lives));
}

const FOUND = '{"found":true}';
export const NOT_FOUND = '{"found":false}';

function found(there: boolean): string {
  return there ? FOUND : NOT_FOUND;
}

function deleted(done: boolean): string {
  return `{"deleted":${done}}`;
}
