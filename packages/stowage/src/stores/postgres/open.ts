/** A database from what the user gave: his client, or a URL, for which the package pg has to be there. */
import type { Clock } from "../../base/clock.js";
import { UnavailableError } from "../../base/errors.js";
import {
  type Database,
  isPglite,
  type PGliteLike,
  type PgClient,
  type PgPool,
  type PgPoolClient,
} from "./database.js";
import { PgDatabase } from "./pg-database.js";
import { PGliteDatabase } from "./pglite-database.js";

export interface OwnPool extends PgPool {
  on(event: "error", listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

/** What is used of pg's `Client`, where it is our own. */
export interface OwnClient extends PgPoolClient {
  connect(): Promise<void>;
  end(): Promise<void>;
}

interface PgModule {
  readonly Pool: new (config: object) => OwnPool;
  readonly Client: new (config: object) => OwnClient;
}

interface OpenOptions {
  readonly client: PgPool | PgClient | PGliteLike | undefined;
  readonly url: string | undefined;
  readonly connections: number;
  readonly connectTimeout: number;
  readonly prepare: boolean;
  readonly clock: Clock;
}

export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { client, url, clock, prepare } = options;
  if (client !== undefined)
    return isPglite(client) ? new PGliteDatabase(client) : new PgDatabase(client, { clock, prepare });
  const { Pool } = await importPg();
  const pool = new Pool({
    connectionString: url,
    max: options.connections,
    connectionTimeoutMillis: options.connectTimeout,
    keepAlive: true,
    // A cache is never the reason why a program does not end.
    allowExitOnIdle: true,
  });
  // A connection that breaks while nobody uses it: the pool makes another one when it is needed.
  pool.on("error", () => undefined);
  return new PgDatabase(pool, { clock, prepare, end: () => pool.end() });
}

/** @throws UnavailableError where it is not installed */
export async function importPg(): Promise<PgModule> {
  const name: string = "pg";
  try {
    // Not a text of its own, so that bundlers do not look for what is not there.
    const found = (await import(`${name}`)) as PgModule & { readonly default?: PgModule };
    return found.default ?? found;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new UnavailableError("A URL of PostgreSQL", "the package pg to be installed");
  }
}
