/**
 * What the store needs of a database, whichever library brings it: one statement, answered with rows of texts. The libraries are
 * typed by what is used of them, and never imported here.
 */

export type Row = Readonly<Record<string, string | null>>;
export type Parameter = string | Uint8Array | null;

export interface Database {
  /** Rejects with the signal's reason as soon as it aborts; what was sent may be done all the same. */
  query(text: string, parameters: readonly Parameter[], signal: AbortSignal): Promise<readonly Row[]>;
  /** Several statements without parameters, in one transaction. */
  script(text: string, signal: AbortSignal): Promise<void>;
  /** Gives back what it opened itself. */
  close(): Promise<void>;
}

/** What is used of pg's `Client`. */
export interface PgClient {
  query(config: PgQuery): Promise<{ readonly rows: readonly unknown[] }>;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

export interface PgQuery {
  readonly text: string;
  readonly values?: unknown[];
  readonly name?: string;
}

/** A `Client` that a pool has lent. */
export interface PgPoolClient extends PgClient {
  /** True: the connection is of no use any more. */
  release(destroy?: boolean): void;
}

/** What is used of pg's `Pool`. */
export interface PgPool {
  connect(): Promise<PgPoolClient>;
  query(config: PgQuery): Promise<{ readonly rows: readonly unknown[] }>;
  readonly totalCount: number;
}

/** What is used of PGlite. */
export interface PGliteLike {
  query(text: string, parameters?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  exec(text: string): Promise<unknown>;
  onNotification(listener: (channel: string, payload: string) => void): () => void;
}

export function isPglite(client: object): client is PGliteLike {
  return has(client, "exec") && has(client, "onNotification");
}

export function isPool(client: object): client is PgPool {
  return has(client, "connect") && "totalCount" in client;
}

function has(client: object, method: string): boolean {
  return typeof (client as Readonly<Record<string, unknown>>)[method] === "function";
}
