/** What supervisor and workers tell each other. */
import type { TableHandle } from "stowage/table";
import type { TokenSet } from "../access/index.js";
import type { Config } from "../config/settings.js";
import type { FleetMemory } from "../observe/index.js";
import type { Certificate } from "./certificate.js";
import type { ListenOrder } from "./listener.js";

/** What is read again on a reload. */
export interface Secrets {
  readonly tokens: TokenSet;
  readonly certificate: Certificate | undefined;
}

/** What a worker is started with. */
export interface WorkerData {
  readonly worker: number;
  /** Without tokens: workers know only their hashes. */
  readonly config: Config;
  readonly secrets: Secrets;
  readonly listen: ListenOrder;
  readonly table: TableHandle;
  readonly board: SharedArrayBuffer;
  readonly fleet: FleetMemory;
  readonly limits: SharedArrayBuffer;
  readonly leases: SharedArrayBuffer;
  readonly storeFigures: SharedArrayBuffer;
  /** Figures of L2, where there is one. */
  readonly l2: SharedArrayBuffer;
  /** Tells this server's messages from those of others of its fleet. */
  readonly serverId: string;
  readonly ticketKeys: Uint8Array;
  /** The log is the embedding program's: lines go to the supervisor and not to stdout. */
  readonly sendsLog: boolean;
}

export type ToWorker =
  | { readonly kind: "drain"; readonly deadlineMs: number }
  | { readonly kind: "reload"; readonly secrets: Secrets };

export type FromWorker =
  | { readonly kind: "listening" }
  /** It cannot listen, and ends. */
  | { readonly kind: "refused"; readonly code: string }
  /** A line of JSON. */
  | { readonly kind: "log"; readonly line: string };
