/** What changes in the table, told to those who wait for it: put together for one worker. */
import type { SharedTable } from "stowage/table";
import type { Log } from "../observe/types.js";
import { ChangeHub } from "./hub.js";
import { KeyWaiters } from "./key-waiters.js";
import { LeaseBoard } from "./lease-board.js";

export { createLeaseBoard } from "./lease-board.js";

export interface Feed {
  /** What workers tell each other about leases. */
  readonly leases: LeaseBoard;
  readonly changes: ChangeHub;
  /** Requests that wait for a key. */
  readonly waiters: KeyWaiters;
  /** Ends streams and waits. To be called before the table is closed. */
  close(): void;
}

/** @param board of `createLeaseBoard`: the same one for all workers of a table */
export function createFeed(table: SharedTable, board: SharedArrayBuffer, worker: number, log: Log): Feed {
  const leases = new LeaseBoard(board, worker);
  const changes = new ChangeHub(table, log);
  return { leases, changes, waiters: new KeyWaiters(changes, leases), close: () => changes.close() };
}
