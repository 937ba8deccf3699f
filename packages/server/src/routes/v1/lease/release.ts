/**
 * DELETE /v1/keys/{key}/lease: gives a lease back without a value, so that another one may have it at once. With
 * `stowage-nothing`, since its loader found nothing: then what it was to replace goes, and if that is to be remembered,
 * nobody has the lease for so long.
 */
import type { SharedTable } from "stowage/table";
import type { RequestHead } from "stowage-http1";
import type { WorkerContext } from "../../../context.js";
import type { Exchange } from "../../../http/exchange.js";
import { DURATION, durationOf } from "../durations.js";
import { badHeader } from "../fault.js";
import { keyOf } from "../keys/key.js";
import { tagsOf } from "../keys/write-headers.js";
import { leaseLost } from "./fill.js";
import { type Lease, leaseOf } from "./token.js";

type NothingFound = NonNullable<Parameters<SharedTable["foundNothing"]>[2]>;

export function releaseLease(exchange: Exchange, context: WorkerContext): void {
  const { leases } = context.feed;
  const key = keyOf(exchange);
  const token = exchange.head.header("stowage-lease-token");
  if (token === undefined) throw badHeader("stowage-lease-token", "the token that came with the lease", "");
  const nothing = nothingIn(exchange.head);
  const lease = leaseOf(leases, key, token);
  if (lease === undefined) throw leaseLost();
  const isDone =
    nothing === undefined ? context.table.release(lease.token) : foundNothing(context, key, lease, nothing);
  leases.ring();
  if (!isDone) throw leaseLost();
  exchange.empty(204);
}

export function nothingIn(head: RequestHead): NothingFound | undefined {
  const text = head.header("stowage-nothing");
  if (text === undefined) return undefined;
  if (text.toLowerCase() === "none") return {};
  const forMs = durationOf(text);
  if (forMs === undefined) throw badHeader("stowage-nothing", `${DURATION}, or none`, text);
  return { for: forMs, ...tagsOf(head) };
}

/** As a fill: not if a prefix of the key was invalidated since. */
function foundNothing(
  { table, feed: { leases } }: WorkerContext,
  key: string,
  lease: Lease,
  nothing: NothingFound,
): boolean {
  const run = (): boolean => table.foundNothing(key, lease.token, nothing);
  const done = leases.fill(lease.sequence, Buffer.from(key, "utf8"), run);
  if (done === undefined) table.release(lease.token);
  return done === true;
}
