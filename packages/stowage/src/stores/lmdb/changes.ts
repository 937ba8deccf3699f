/** What the verbs change, each within one transaction: an envelope is read, judged by the time, and another one is put. */
import { NonNumericValueError } from "../../base/errors.js";
import { nodeBuiltin } from "../../base/node.js";
import { type KeyBytes, keyBytes } from "../key-bytes.js";
import { wholeNumberIn } from "../numbers.js";
import type { CounterOptions, LeaseRequest, StoreEntry, StoreLease } from "../store.js";
import { type Envelope, NO_TOKEN, TOKEN_BYTES, valueAt } from "./envelope.js";
import type { Page } from "./page.js";

const NOTHING = Buffer.alloc(0);
const digits = new TextEncoder();

interface Put {
  readonly id: Buffer;
  readonly envelope: Envelope;
}

function put({ id, whole }: KeyBytes, value: Uint8Array | undefined, expires: number, more = {}): Put {
  const free = { leasedUntil: 0, token: NO_TOKEN };
  return { id, envelope: { value, expires, whole: whole ?? NOTHING, ...free, ...more } };
}

function endIn(ttlMs: number | null, now: number): number {
  return ttlMs === null ? Number.POSITIVE_INFINITY : now + ttlMs;
}

function write(page: Page, verb: string, puts: readonly Put[]): void {
  page.checkRoom(verb, puts);
  for (const { id, envelope } of puts) page.put(id, envelope);
}

export function setAll(page: Page, verb: string, entries: readonly StoreEntry[], now: number): void {
  // Of two with the same key the later one, which alone has to have room.
  const last = new Map(entries.map((entry) => [entry.key, entry]));
  const puts = [...last.values()].map(({ key, bytes, ttlMs }) =>
    put(keyBytes(key), bytes, endIn(ttlMs, now)),
  );
  write(page, verb, puts);
}

/** @returns how many there were */
export function removeAll(page: Page, ids: readonly Buffer[], now: number): number {
  let count = 0;
  for (const id of ids) {
    if (valueAt(page.get(id), now) !== undefined) count++;
    page.remove(id);
  }
  return count;
}

export function expire(page: Page, id: Buffer, ttlMs: number | null, now: number): boolean {
  const found = page.get(id);
  if (found === undefined || valueAt(found, now) === undefined) return false;
  write(page, "expire", [{ id, envelope: { ...found, expires: endIn(ttlMs, now) } }]);
  return true;
}

export function lease(page: Page, key: string, { ttlMs, seen }: LeaseRequest, now: number): StoreLease {
  const bytes = keyBytes(key);
  const found = page.get(bytes.id);
  const value = valueAt(found, now);
  if (value !== undefined && !isSame(value, seen)) return { kind: "changed", bytes: value };
  const leftMs = (found?.leasedUntil ?? 0) - now;
  if (leftMs > 0) return { kind: "held", leftMs, bytes: value };
  const token = nodeBuiltin("node:crypto", "lease").randomBytes(TOKEN_BYTES);
  const expires = value === undefined ? 0 : (found as Envelope).expires;
  write(page, "lease", [put(bytes, value, expires, { leasedUntil: now + ttlMs, token })]);
  return { kind: "granted", token: token.toString("hex"), bytes: value };
}

export function fill(page: Page, { key, bytes, ttlMs }: StoreEntry, token: string, now: number): boolean {
  const own = keyBytes(key);
  if (!isHeld(page.get(own.id), token, now)) return false;
  write(page, "fill", [put(own, bytes, endIn(ttlMs, now))]);
  return true;
}

export function release(page: Page, id: Buffer, token: string, now: number): boolean {
  const found = page.get(id);
  if (!isHeld(found, token, now)) return false;
  if (valueAt(found, now) === undefined) page.remove(id);
  else page.put(id, { ...(found as Envelope), leasedUntil: 0, token: NO_TOKEN });
  return true;
}

export function incr(page: Page, key: string, amount: number, options: CounterOptions, now: number): number {
  const own = keyBytes(key);
  const found = page.get(own.id);
  const value = valueAt(found, now);
  const before = value === undefined ? options.initial : wholeNumberIn(key, value);
  const sum = Math.max(before + amount, options.atLeast ?? Number.NEGATIVE_INFINITY);
  if (!Number.isSafeInteger(sum)) throw new NonNumericValueError("incr", key, sum, "a whole number");
  const expires = value === undefined ? endIn(options.ttlMs, now) : (found as Envelope).expires;
  write(page, "incr", [put(own, digits.encode(`${sum}`), expires)]);
  return sum;
}

function isHeld(found: Envelope | undefined, token: string, now: number): boolean {
  return found !== undefined && found.leasedUntil > now && found.token.toString("hex") === token;
}

function isSame(bytes: Uint8Array, seen: Uint8Array | undefined): boolean {
  return seen !== undefined && Buffer.compare(bytes, seen) === 0;
}
