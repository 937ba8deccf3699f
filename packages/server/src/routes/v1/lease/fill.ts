/** PUT /v1/keys/{key} with a lease's token: what the lease was for. Refused if it is the lease's no more. */
import type { TableSetOptions } from "stowage/table";
import type { WorkerContext } from "../../../context.js";
import type { Exchange } from "../../../http/exchange.js";
import { Fault } from "../../../http/fault.js";
import { stored } from "../keys/outcome.js";
import { leaseOf } from "./token.js";

export function fill(
  exchange: Exchange,
  { table, feed: { leases } }: WorkerContext,
  key: string,
  token: string,
  bytes: Buffer,
  options: TableSetOptions,
): void {
  const lease = leaseOf(leases, key, token);
  if (lease === undefined) throw leaseLost();
  const isNew = !table.has(key);
  const run = (): number => table.fill(key, lease.token, bytes, options);
  const version = leases.fill(lease.sequence, Buffer.from(key, "utf8"), run);
  if (version === undefined) table.release(lease.token);
  if (version === undefined || version === 0) {
    leases.ring(); // it is free, and nothing was stored that would tell those who wait
    throw leaseLost();
  }
  stored(exchange, version, isNew);
}

export function leaseLost(): Fault {
  return new Fault(
    409,
    "lease_lost",
    "the lease is over: its time is up, it was given back, or the key was written or invalidated since; ask for a new one",
  );
}
