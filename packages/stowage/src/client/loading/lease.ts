/**
 * Leases over HTTP (docs/rest-api.md): the right to fill a key, which one client of the whole fleet has at a time. The
 * server refuses a fill if the key was written, deleted or invalidated since its lease was granted, by whomever.
 */
import type { Clock } from "../../base/clock.js";
import { SerializationError } from "../../base/errors.js";
import type { Node, NodeRequest } from "../nodes/types.js";
import type { TransportResponse } from "../transport/transport.js";
import { jsonHeaders, refusedError } from "../wire/batch-body.js";
import { answerOf } from "./held-answer.js";

/** A server that has not answered for so long after it should have will not. */
const LATE_MS = 5_000;

export interface LeaseAsked {
  readonly key: string;
  /** After this time another one may have the lease. */
  readonly ttlMs: number;
  /** A fresh value of this version is no answer; `*`: nor any that is there now. */
  readonly seen: string | undefined;
}

/** An expired value, and for how long it has been. */
export interface Expired {
  readonly value: unknown;
  readonly expiredMs: number;
}

export type LeaseAnswer =
  | { readonly kind: "hit"; readonly value: unknown; readonly version: string; readonly ttlMs: number | null }
  /** `old`: the value there is, expired or to be renewed. */
  | {
      readonly kind: "granted";
      readonly token: string;
      readonly stale: Expired | undefined;
      readonly old: unknown;
    }
  /** Another one fills it. */
  | { readonly kind: "held"; readonly stale: Expired | undefined }
  /** A loader found nothing to fill it with, not long ago. */
  | { readonly kind: "nothing" };

/** Asks once, and is answered at once. Twice is as good as once, but for a grant that was lost, which ends by its time. */
export async function ask(node: Node, asked: LeaseAsked): Promise<LeaseAnswer> {
  return read(node, asked.key, await node.request(request(asked, {})));
}

/**
 * Asks, and is answered when there is a fresh value, when the lease is free, or after `waitMs`. Such a request is held back
 * by the server, so it goes on a connection of its own rather than keep one of the few that all others share.
 */
export async function wait(
  node: Node,
  asked: LeaseAsked,
  waitMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<LeaseAnswer> {
  const options = { signal, timeoutMs: waitMs + LATE_MS };
  const stream = await node.open(request(asked, { wait: waitMs, stale: false }), options);
  return read(node, asked.key, await answerOf(stream, clock, signal));
}

/** What of a fill is not its value. */
export interface FillParts {
  readonly ttlMs: number | null | undefined;
  readonly graceMs: number;
  readonly tags: readonly string[];
}

export type Filled = { readonly version: string } | "lost";

/** `lost`: the lease was over, or what was loaded may be out of date. Nothing was stored. */
export async function fill(
  node: Node,
  key: string,
  token: string,
  text: string,
  parts: FillParts,
): Promise<Filled> {
  const headers = { ...jsonHeaders, "stowage-lease-token": token, ...partsHeaders(parts) };
  const path = `/v1/keys/${encodeURIComponent(key)}`;
  const response = await node.request({ method: "PUT", path, headers, body: text, isRepeatable: true });
  if (response.status === 201 || response.status === 204) return { version: versionOf(response) };
  if (response.status === 409) return "lost";
  throw refusedError(node.url, `storing what was loaded for ${JSON.stringify(key)}`, response);
}

/**
 * False: it was over already. `nothing`: its loader found nothing. An old value goes then, unless the key was written since
 * (false), and for so long whoever asks is told that there is nothing; 0: he may load.
 */
export async function release(
  node: Node,
  key: string,
  token: string,
  nothing?: { readonly forMs: number; readonly tags: readonly string[] },
): Promise<boolean> {
  const headers: Record<string, string> = { "stowage-lease-token": token };
  if (nothing !== undefined) {
    headers["stowage-nothing"] = nothing.forMs > 0 ? String(nothing.forMs) : "none";
    Object.assign(headers, tagsHeader(nothing.tags));
  }
  const response = await node.request({
    method: "DELETE",
    path: leasePath(key),
    headers,
    isRepeatable: true,
  });
  if (response.status === 204 || response.status === 409) return response.status === 204;
  throw refusedError(node.url, `giving back the lease of ${JSON.stringify(key)}`, response);
}

/** Whether a path can name it: `.` and `..` are taken out of paths on their way, and a lone surrogate has no UTF-8. */
export function isLeasable(key: string): boolean {
  if (key === "." || key === "..") return false;
  try {
    encodeURIComponent(key);
    return true;
  } catch {
    return false;
  }
}

function leasePath(key: string): string {
  return `/v1/keys/${encodeURIComponent(key)}/lease`;
}

function request({ key, ttlMs, seen }: LeaseAsked, more: object): NodeRequest {
  const body = JSON.stringify({ ttl: ttlMs, ...(seen !== undefined && { seen }), ...more });
  return { method: "POST", path: leasePath(key), headers: jsonHeaders, body, isRepeatable: true };
}

function read(node: Node, key: string, response: TransportResponse): LeaseAnswer {
  const { status } = response;
  const kind = response.header("stowage-lease");
  if (status === 204 && kind === "nothing") return { kind };
  if (status === 202) return { kind: "held", stale: undefined };
  if (status === 200 && kind === "hit")
    return { kind, value: valueIn(key, response), version: versionOf(response), ttlMs: ttlOf(response) };
  if (status === 200 && kind === "stale") return { kind: "held", stale: expiredOf(key, response) };
  const token = response.header("stowage-lease-token");
  if (status === 201 && token !== undefined) return grantedOf(key, token, response);
  throw refusedError(node.url, `asking for the lease of ${JSON.stringify(key)}`, response);
}

function grantedOf(key: string, token: string, response: TransportResponse): LeaseAnswer {
  const stale = response.header("stowage-stale") === "true" ? expiredOf(key, response) : undefined;
  const old = stale === undefined && response.text !== "" ? valueIn(key, response) : stale?.value;
  return { kind: "granted", token, stale, old };
}

function expiredOf(key: string, response: TransportResponse): Expired {
  return { value: valueIn(key, response), expiredMs: Number(response.header("stowage-expired") ?? 0) };
}

/** As a read by key gives it: JSON is itself, a text is a text, and other bytes are nothing that a client could give out. */
function valueIn(key: string, response: TransportResponse): unknown {
  const type = response.header("content-type") ?? "";
  if (/^application\/(?:json|[^;]+\+json)\b/i.test(type)) return JSON.parse(response.text);
  if (/^text\//i.test(type)) return response.text;
  throw new SerializationError(
    `fetch: the value for key ${JSON.stringify(key)} is ${type || "without a type"}, not JSON. Read it with GET /v1/keys.`,
  );
}

/** The ETag without its quotes. */
function versionOf(response: TransportResponse): string {
  return (response.header("etag") ?? "").replace(/^(?:W\/)?"(.*)"$/, "$1");
}

function ttlOf(response: TransportResponse): number | null {
  const text = response.header("stowage-ttl") ?? "none";
  return text === "none" ? null : Number(text);
}

function partsHeaders({ ttlMs, graceMs, tags }: FillParts): Record<string, string> {
  const headers = tagsHeader(tags);
  if (ttlMs !== undefined) headers["stowage-ttl"] = ttlMs === null ? "none" : String(ttlMs);
  // What never expires has no grace; of what lives as the server has it, that is not known here.
  if (graceMs > 0 && typeof ttlMs === "number") headers["stowage-grace"] = String(graceMs);
  return headers;
}

function tagsHeader(tags: readonly string[]): Record<string, string> {
  return tags.length === 0 ? {} : { "stowage-tags": tags.map(encodeURIComponent).join(", ") };
}
