/** DELETE /v1/keys/{key}/lease: gives a lease back without a value, so that another one may have it at once. */
import type { WorkerContext } from "../../../context.js";
import type { Exchange } from "../../../http/exchange.js";
import { badHeader } from "../fault.js";
import { keyOf } from "../keys/key.js";
import { leaseLost } from "./fill.js";
import { leaseOf } from "./token.js";

export function releaseLease(exchange: Exchange, { table, feed: { leases } }: WorkerContext): void {
  const key = keyOf(exchange);
  const token = exchange.head.header("stowage-lease-token");
  if (token === undefined) throw badHeader("stowage-lease-token", "the token that came with the lease", "");
  const lease = leaseOf(leases, key, token);
  if (lease === undefined || !table.release(lease.token)) throw leaseLost();
  leases.ring();
  exchange.empty(204);
}
