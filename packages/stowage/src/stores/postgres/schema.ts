/**
 * The table, made once, by however many processes at the same time: who makes it holds an advisory lock of the transaction, and all
 * of it is one script, which PostgreSQL runs as one transaction. The table's comment tells its version; where it is right nothing is
 * changed, so that a role without the right to create tables can use one that is there.
 */
import { InvalidOptionError } from "../../base/errors.js";
import { nodeBuiltin } from "../../base/node.js";
import type { Database } from "./database.js";

export interface TableName {
  /** Undefined: the first of the search path. */
  readonly schema: string | undefined;
  readonly table: string;
}

/** What makes the table, for those who run migrations with a tool of their own. */
export interface PostgresTableOptions {
  /** Default: the first schema of the search path. */
  readonly schema?: string;
  /** Default `"stowage_cache"`. */
  readonly table?: string;
  /** Default true: see the option of the store. */
  readonly unlogged?: boolean;
}

export const TABLE_DEFAULT = "stowage_cache";
const MARK = "stowage cache, version ";
const VERSION = 1;

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function qualified({ schema, table }: TableName): string {
  return schema === undefined ? quoted(table) : `${quoted(schema)}.${quoted(table)}`;
}

/** The key of an advisory lock. `purpose`: two locks of a table are two. */
export function lockOf(name: TableName, purpose: string): string {
  const text = `stowage\0${purpose}\0${name.schema ?? ""}\0${name.table}`;
  return hashOf(text).readBigInt64BE().toString();
}

function hashOf(text: string): Buffer {
  return nodeBuiltin("node:crypto", "PostgresStore").createHash("sha256").update(text).digest();
}

/**
 * The script that makes the table of a `PostgresStore`, if it is not there. It may be run any number of times.
 *
 * @example await pool.query(postgresTable({ schema: "cache" }));
 */
export function postgresTable({
  schema,
  table = TABLE_DEFAULT,
  unlogged = true,
}: PostgresTableOptions = {}): string {
  const name = qualified({ schema, table });
  return `SELECT pg_advisory_xact_lock(${lockOf({ schema, table }, "migrate")});
${schema === undefined ? "" : `CREATE SCHEMA IF NOT EXISTS ${quoted(schema)};\n`}CREATE ${unlogged ? "UNLOGGED " : ""}TABLE IF NOT EXISTS ${name} (
  id bytea PRIMARY KEY,
  key bytea,
  value bytea,
  expires_at timestamptz,
  lease bytea,
  lease_until timestamptz
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE ${name} ALTER COLUMN value SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS ${quoted(`stowage_${hashOf(table).toString("hex").slice(0, 16)}_expires_at`)} ON ${name} (expires_at) WHERE expires_at IS NOT NULL;
COMMENT ON TABLE ${name} IS '${MARK}${VERSION}';`;
}

/** @throws InvalidOptionError where the name is another table's, or one of a later version */
export async function migrate(
  database: Database,
  options: TableName & { readonly unlogged: boolean },
  signal: AbortSignal,
): Promise<void> {
  const found = await stateOf(database, options, signal);
  if (found === "right") return;
  if (found !== "none") {
    const expected = "a table that this version of Stowage made, or a name that is free";
    throw new InvalidOptionError({
      where: "PostgresStore",
      option: "table",
      received: options.table,
      expected,
    });
  }
  await database.script(postgresTable(options), signal);
}

async function stateOf(
  database: Database,
  name: TableName,
  signal: AbortSignal,
): Promise<"none" | "right" | "other"> {
  const text = `SELECT (c.oid IS NOT NULL)::text AS there, obj_description(c.oid, 'pg_class') AS mark
FROM (SELECT to_regclass($1::text)::oid AS oid) c`;
  const [row] = await database.query(text, [qualified(name)], signal);
  if (row?.there !== "true") return "none";
  return row.mark === `${MARK}${VERSION}` ? "right" : "other";
}
