/**
 * What the events of GET /v1/changes mean (docs/rest-api.md, "Following changes").
 *
 * Whatever is not understood means `reset`: a server of a later version may tell of something that this client has never
 * heard of, and copies that may be wrong are worse than none.
 */
import type { StreamEvent } from "./event-stream.js";

export type Change =
  | { readonly kind: "place" }
  /** All changes made before this moment, of the server's clock in milliseconds, have been told. */
  | { readonly kind: "alive"; readonly atMs: number }
  | { readonly kind: "key"; readonly key: string }
  /** Of a long key: how it begins, and how long it is in bytes of UTF-8. */
  | { readonly kind: "long-key"; readonly start: string; readonly length: number }
  | { readonly kind: "tag" }
  | { readonly kind: "clear" }
  | { readonly kind: "reset" };

const place: Change = { kind: "place" };
const tag: Change = { kind: "tag" };
const clear: Change = { kind: "clear" };
const reset: Change = { kind: "reset" };

const keyEvents: ReadonlySet<string> = new Set(["set", "delete", "expire", "evict"]);

export function changeOf({ type, data }: StreamEvent): Change {
  if (keyEvents.has(type)) return keyChange(data);
  if (type === "alive") return aliveChange(data);
  if (type === "tag") return tag;
  if (type === "clear") return clear;
  return type === "" && data === "" ? place : reset;
}

/** The number of an event, if it is one from which the feed can be resumed. */
export function placeOf({ id }: StreamEvent): string | undefined {
  return id !== undefined && /^\d{1,16}$/.test(id) ? id : undefined;
}

function keyChange(data: string): Change {
  const { key, keyStart, keyLength } = parsed(data);
  if (typeof key === "string") return { kind: "key", key };
  if (typeof keyStart === "string" && typeof keyLength === "number")
    return { kind: "long-key", start: keyStart, length: keyLength };
  return reset;
}

function aliveChange(data: string): Change {
  const { at } = parsed(data);
  return typeof at === "number" ? { kind: "alive", atMs: at } : reset;
}

function parsed(data: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(data) as Record<string, unknown> | null) ?? {};
  } catch {
    return {}; // which is no event that is understood, so a reset
  }
}
