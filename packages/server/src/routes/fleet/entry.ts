/** What routes of a fleet have in common: what is stored is checked before L2 is asked, and what L2 does not say is told. */
import { KeyTooLargeError, ValueTooLargeError } from "stowage";
import type { TableSetOptions } from "stowage/table";
import { type Config, valueBytesMax } from "../../config/settings.js";
import type { WorkerContext } from "../../context.js";
import { type Exchange, JSON_TYPE } from "../../http/exchange.js";
import { KEY_BYTES_MAX } from "../../http/failures.js";
import type { Draft, Item, Tier } from "../../l2/index.js";
import { type Entry, entryOf } from "../v1/keys/entry.js";

/** The context's, which is there: these routes are only of servers that have one. */
export function tierOf({ tier }: WorkerContext): Tier {
  return tier!;
}

/** @throws KeyTooLargeError */
export function checkKeySize(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > KEY_BYTES_MAX) throw new KeyTooLargeError("key", bytes, KEY_BYTES_MAX);
}

/**
 * What is to be stored; the bytes have to be one's own.
 *
 * @throws KeyTooLargeError, ValueTooLargeError
 */
export function draftOf(
  config: Config,
  key: string,
  bytes: Buffer,
  { flags = 0, ttl = config.ttl, tags = [] }: TableSetOptions,
  graceMs = 0,
): Draft {
  checkKeySize(key);
  const bytesMax = valueBytesMax(config);
  if (bytes.length > bytesMax) throw new ValueTooLargeError("set", bytes.length, bytesMax);
  return { bytes, flags, ttlMs: ttl as number | null, graceMs, tags };
}

/** As /v1 sees it, to be sent: its bytes stay what they are until then. */
export function entryIn({ bytes, isLent, length, flags, version, leftMs }: Item): Entry {
  const own = isLent ? Buffer.from(bytes.subarray(0, length)) : bytes;
  return entryOf(own, length, flags, version, leftMs);
}

/** That L2 does not answer, told as if there was no entry. */
export function toldAway(exchange: Exchange): void {
  exchange.reply(404, '{"error":"not found"}', JSON_TYPE, { "stowage-l2": "away" });
}
