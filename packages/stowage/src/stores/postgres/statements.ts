/**
 * Every statement of the store. Each is one round trip and one transaction by itself, so none needs a connection of its own, and
 * all work behind pgbouncer in any mode.
 *
 * A row:  id | key (whole, of long ones) | value | expires_at | lease | lease_until
 *   value null: a lease over nothing, which nobody sees
 *   expires_at null: it stays. What has expired is absent by the database's clock; `cleanup` deletes it later.
 *
 * Parameters are texts (lists as PostgreSQL writes them) and bytes, columns of answers are texts: so it does not matter how a
 * library turns types of PostgreSQL into JavaScript's, or what a user has told it. Rows are locked in the order of their ids, so
 * that calls with many keys do not lock each other out.
 */
const now = "statement_timestamp()";
const alive = `(t.value IS NOT NULL AND (t.expires_at IS NULL OR t.expires_at > ${now}))`;
const leased = `coalesce(t.lease_until > ${now}, false)`;
/** Milliseconds of a parameter from now on; null stays null. */
const inMs = (parameter: string) => `${now} + ${parameter} * interval '1 millisecond'`;
const leftMs = (column: string) => `(extract(epoch FROM ${column} - ${now}) * 1000)::text`;
const counted = "SELECT count(*) FILTER (WHERE was)::text AS count FROM gone";

export type Statements = ReturnType<typeof statementsOf>;

/** @param table quoted, with its schema */
export function statementsOf(table: string) {
  return Object.freeze({
    /** 1: ids */
    get: `SELECT encode(t.id, 'hex') AS id, encode(t.value, 'hex') AS value
FROM ${table} t WHERE t.id = ANY ($1::text::bytea[]) AND ${alive}`,

    /** 1: ids, 2: all values in one, 3: whole keys, 4: where each value begins, 5: how long it is, 6: lifetimes in ms */
    set: `INSERT INTO ${table} (id, key, value, expires_at)
SELECT e.id, e.key, substring($2::bytea FROM e.at FOR e.size), ${inMs("e.ttl")}
FROM unnest($1::text::bytea[], $3::text::bytea[], $4::text::int4[], $5::text::int4[], $6::text::float8[])
  AS e(id, key, at, size, ttl)
ORDER BY e.id
ON CONFLICT (id) DO UPDATE
SET value = EXCLUDED.value, expires_at = EXCLUDED.expires_at, lease = NULL, lease_until = NULL`,

    /** 1: ids */
    delete: `WITH mine AS (SELECT t.id FROM ${table} t WHERE t.id = ANY ($1::text::bytea[]) ORDER BY t.id FOR UPDATE),
gone AS (DELETE FROM ${table} t USING mine WHERE t.id = mine.id RETURNING ${alive} AS was)
${counted}`,

    /** 1: id, 2: lifetime */
    expire: `UPDATE ${table} t SET expires_at = ${inMs("$2::text::float8")}
WHERE t.id = $1::bytea AND ${alive} RETURNING 'true' AS done`,

    /** 1: id */
    ttl: `SELECT ${leftMs("t.expires_at")} AS left FROM ${table} t WHERE t.id = $1::bytea AND ${alive}`,

    /** 1, 2: from and to of ids, 3, 4: of whole keys, or null */
    clear: `WITH gone AS (
  DELETE FROM ${table} t WHERE t.id >= $1::bytea AND t.id < $2::bytea
    AND ($3::bytea IS NULL OR (t.key >= $3::bytea AND t.key < $4::bytea)) RETURNING ${alive} AS was)
${counted}`,

    /** As clear; 5: how many */
    scan: `SELECT encode(t.id, 'hex') AS id, encode(t.key, 'hex') AS key FROM ${table} t
WHERE t.id >= $1::bytea AND t.id < $2::bytea
  AND ($3::bytea IS NULL OR (t.key >= $3::bytea AND t.key < $4::bytea)) AND ${alive}
ORDER BY t.id LIMIT $5::text::int4`,

    /**
     * 1: id, 2: whole key, 3: token, 4: its lifetime, 5: SHA-256 of what was seen, or null. Grants in the one statement that looks;
     * what it answers beside comes from a snapshot that may be older than what stood in the way: "free" asks to try again.
     */
    lease: `WITH granted AS (
  INSERT INTO ${table} AS t (id, key, expires_at, lease, lease_until)
  VALUES ($1::bytea, $2::bytea, ${inMs("$4::text::float8")}, $3::bytea, ${inMs("$4::text::float8")})
  ON CONFLICT (id) DO UPDATE
  SET lease = EXCLUDED.lease, lease_until = EXCLUDED.lease_until,
    value = CASE WHEN ${alive} THEN t.value END,
    expires_at = CASE WHEN ${alive} THEN t.expires_at ELSE EXCLUDED.expires_at END
  WHERE NOT ${leased} AND (NOT ${alive} OR sha256(t.value) = $5::bytea)
  RETURNING (t.value IS NOT NULL)::text AS had)
SELECT 'granted' AS kind, had, NULL AS left, NULL AS value FROM granted
UNION ALL
SELECT CASE
    WHEN ${alive} AND sha256(t.value) IS DISTINCT FROM $5::bytea THEN 'changed'
    WHEN ${leased} THEN 'held' ELSE 'free' END,
  ${alive}::text, ${leftMs("t.lease_until")},
  CASE WHEN ${alive} AND sha256(t.value) IS DISTINCT FROM $5::bytea THEN encode(t.value, 'hex') END
FROM ${table} t WHERE t.id = $1::bytea AND NOT EXISTS (SELECT FROM granted)`,

    /** 1: id, 2: token, 3: value, 4: lifetime */
    fill: `UPDATE ${table} t
SET value = $3::bytea, expires_at = ${inMs("$4::text::float8")}, lease = NULL, lease_until = NULL
WHERE t.id = $1::bytea AND t.lease = $2::bytea AND ${leased} RETURNING 'true' AS done`,

    /** 1: id, 2: token. What was over nothing is left for the cleanup. */
    release: `UPDATE ${table} t
SET lease = NULL, lease_until = NULL, expires_at = CASE WHEN t.value IS NULL THEN ${now} ELSE t.expires_at END
WHERE t.id = $1::bytea AND t.lease = $2::bytea AND ${leased} RETURNING 'true' AS done`,

    /**
     * 1: id, 2: whole key, 3: amount, 4: initial, 5: lifetime, 6: at least, or null. A counter is the text of its number, as in every
     * store.
     */
    incr: `INSERT INTO ${table} AS t (id, key, value, expires_at)
VALUES ($1::bytea, $2::bytea, convert_to(greatest($4::text::int8 + $3::text::int8, $6::text::int8)::text, 'UTF8'), ${inMs("$5::text::float8")})
ON CONFLICT (id) DO UPDATE
SET value = convert_to(greatest(
    CASE WHEN ${alive} THEN convert_from(t.value, 'UTF8')::int8 ELSE $4::text::int8 END + $3::text::int8,
    $6::text::int8)::text, 'UTF8'),
  expires_at = CASE WHEN ${alive} THEN t.expires_at ELSE EXCLUDED.expires_at END, lease = NULL, lease_until = NULL
RETURNING convert_from(t.value, 'UTF8') AS sum`,

    /** 1: the lock, 2: how many. One process at a time; what others have locked is left to the next time. */
    cleanup: `WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($1::text::int8) AS mine),
over AS (
  SELECT t.id FROM ${table} t
  WHERE t.expires_at <= ${now} AND NOT ${leased} AND (SELECT mine FROM turn)
  ORDER BY t.expires_at LIMIT $2::text::int4 FOR UPDATE SKIP LOCKED),
gone AS (DELETE FROM ${table} t USING over WHERE t.id = over.id RETURNING t.id)
SELECT count(*)::text AS count FROM gone`,
  });
}
