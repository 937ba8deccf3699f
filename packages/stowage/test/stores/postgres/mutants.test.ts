/** The suites fail on stores and buses over PostgreSQL that are broken: each has one edit of its sources. */
import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { PostgresServer } from "../../support/postgres.js";
import { mutantsOf, runMutants } from "../store-mutants.js";

const store = mutantsOf("stores/postgres");
const bus = mutantsOf("stores/postgres/bus");
const shared = mutantsOf("stores");
let server: PostgresServer;
let pool: pg.Pool;

beforeAll(async () => {
  server = await PostgresServer.start();
  pool = new pg.Pool({ connectionString: server.url });
  // What a broken one leaves behind.
  pool.on("error", () => undefined);
}, 60_000);

afterAll(async () => {
  await server.stop();
  // Not waited for: broken ones have not given back what they were lent.
  void pool.end();
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are texts of programs
const get = "FROM ${table} t WHERE t.id = ANY ($1::text::bytea[]) AND ${alive}`";
const lessAlive = "FROM ${table} t WHERE t.id = ANY ($1::text::bytea[]) AND t.value IS NOT NULL`";

const ofStore = [
  store("statements", "reads what has expired", "getMany does not see", get, lessAlive),
  store(
    "statements",
    "lets everything expire",
    "ttl tells",
    "`${now} + ${parameter} * interval '1 millisecond'`",
    "`${now} + coalesce(${parameter}, 500) * interval '1 millisecond'`",
  ),
  store("statements", "reckons in seconds", "ttl tells", "interval '1 millisecond'", "interval '1 second'"),
  store(
    "statements",
    "keeps the old value",
    "a later call replaces",
    "SET value = EXCLUDED.value, expires_at = EXCLUDED.expires_at, lease = NULL",
    "SET expires_at = EXCLUDED.expires_at, lease = NULL",
  ),
  store(
    "statements",
    "keeps the old lifetime",
    "a value that is replaced",
    "SET value = EXCLUDED.value, expires_at = EXCLUDED.expires_at, lease = NULL",
    "SET value = EXCLUDED.value, lease = NULL",
  ),
  store(
    "statements",
    "lets leases outlive a write",
    "the end of a lease: set,",
    "expires_at = EXCLUDED.expires_at, lease = NULL, lease_until = NULL`,",
    "expires_at = EXCLUDED.expires_at`,",
  ),
  store(
    "statements",
    "cuts values wrongly",
    "gives back what was stored",
    "substring($2::bytea FROM e.at FOR e.size)",
    "substring($2::bytea FROM e.at + 1 FOR e.size)",
  ),
  store(
    "statements",
    "counts what has expired",
    "deleteMany does not see",
    "WHERE t.id = mine.id RETURNING ${alive} AS was)",
    "WHERE t.id = mine.id RETURNING true AS was)",
  ),
  store(
    "statements",
    "does not delete",
    "deleteMany removes",
    "DELETE FROM ${table} t USING mine WHERE t.id = mine.id RETURNING",
    "UPDATE ${table} t SET key = t.key FROM mine WHERE t.id = mine.id RETURNING",
  ),
  store(
    "statements",
    "makes something of nothing",
    "of nothing looks like",
    "WHERE t.id = $1::bytea AND ${alive} RETURNING 'true' AS done`,",
    "WHERE t.id = $1::bytea RETURNING 'true' AS done`,",
  ),
  store(
    "statements",
    "clears more than the prefix says",
    "clear: removes what begins so",
    "DELETE FROM ${table} t WHERE t.id >= $1::bytea AND",
    "DELETE FROM ${table} t WHERE t.id >= substring($1::bytea FROM 1 FOR 2) AND",
  ),
  store(
    "statements",
    "scans what has expired",
    "a scan does not see",
    "t.key < $4::bytea)) AND ${alive}\nORDER BY",
    "t.key < $4::bytea)) AND t.value IS NOT NULL\nORDER BY",
  ),
  store(
    "statements",
    "shows leases in scans",
    "does not show leases",
    "t.key < $4::bytea)) AND ${alive}\nORDER BY",
    "t.key < $4::bytea))\nORDER BY",
  ),
  store(
    "statements",
    "scans without an order",
    "gives every key, by pages",
    "ORDER BY t.id LIMIT $5::text::int4",
    "ORDER BY t.id DESC LIMIT $5::text::int4",
  ),
  store(
    "statements",
    "grants a lease to everybody",
    "is granted to one of twenty",
    "WHERE NOT ${leased} AND (NOT ${alive} OR sha256(t.value) = $5::bytea)",
    "WHERE (NOT ${alive} OR sha256(t.value) = $5::bytea)",
  ),
  store(
    "statements",
    "does not see that there is another value",
    "of another value than",
    "AND (NOT ${alive} OR sha256(t.value) = $5::bytea)",
    "",
  ),
  store(
    "statements",
    "shortens the life of what is leased",
    "neither lengthens",
    "    expires_at = CASE WHEN ${alive} THEN t.expires_at ELSE EXCLUDED.expires_at END\n  WHERE",
    "    expires_at = EXCLUDED.expires_at\n  WHERE",
  ),
  store(
    "statements",
    "forgets the old value",
    "the old value is there for everybody",
    "    value = CASE WHEN ${alive} THEN t.value END,",
    "    value = NULL,",
  ),
  store(
    "statements",
    "tells held before changed",
    "of another value than",
    "    WHEN ${alive} AND sha256(t.value) IS DISTINCT FROM $5::bytea THEN 'changed'\n    WHEN ${leased} THEN 'held'",
    "    WHEN ${leased} THEN 'held'\n    WHEN ${alive} AND sha256(t.value) IS DISTINCT FROM $5::bytea THEN 'changed'",
  ),
  store(
    "statements",
    "fills with any token",
    "a token is of one key",
    "WHERE t.id = $1::bytea AND t.lease = $2::bytea AND ${leased} RETURNING 'true' AS done`,\n\n    /** 1: id, 2: token. What",
    "WHERE t.id = $1::bytea AND $2::bytea IS NOT NULL AND ${leased} RETURNING 'true' AS done`,\n\n    /** 1: id, 2: token. What",
  ),
  store(
    "statements",
    "fills when the time is over",
    "its time, over",
    "WHERE t.id = $1::bytea AND t.lease = $2::bytea AND ${leased} RETURNING 'true' AS done`,\n\n    /** 1: id, 2: token. What",
    "WHERE t.id = $1::bytea AND t.lease = $2::bytea RETURNING 'true' AS done`,\n\n    /** 1: id, 2: token. What",
  ),
  store(
    "statements",
    "leaves the lease to him who filled",
    "fill stores, with its own",
    'expires_at = ${inMs("$4::text::float8")}, lease = NULL, lease_until = NULL',
    'expires_at = ${inMs("$4::text::float8")}',
  ),
  store(
    "statements",
    "releases the value as well",
    "release gives it back",
    "expires_at = CASE WHEN t.value IS NULL THEN ${now} ELSE t.expires_at END",
    "expires_at = ${now}",
  ),
  store(
    "statements",
    "does not raise",
    "is raised to `atLeast`",
    "convert_to(greatest(\n    CASE WHEN",
    "convert_to(least(\n    CASE WHEN",
  ),
  store(
    "statements",
    "begins counters anew",
    "one that is there does not begin",
    "THEN convert_from(t.value, 'UTF8')::int8 ELSE",
    "THEN $4::text::int8 ELSE",
  ),
  store(
    "statements",
    "gives counters their lifetime again",
    "a new one gets the lifetime",
    "expires_at = CASE WHEN ${alive} THEN t.expires_at ELSE EXCLUDED.expires_at END, lease = NULL",
    "expires_at = EXCLUDED.expires_at, lease = NULL",
  ),
  store(
    "postgres-store",
    "stores half of a call",
    "where one entry of a call",
    'for (const { bytes } of entries) this.#checkLength("setMany", bytes);',
    "",
  ),
  store(
    "postgres-store",
    "fails where a key is there twice",
    "the later of two",
    "const last = [...new Map(entries.map((entry) => [entry.key, entry])).values()];",
    "const last = entries;",
  ),
  store(
    "postgres-store",
    "answers in the database's order",
    "answers in the order of the keys",
    "return ids.map((id) => {",
    "return [...ids].sort(Buffer.compare).map((id) => {",
  ),
  store(
    "postgres-store",
    "asks with tokens that are none",
    "a token is of one key",
    'if (!isToken(token)) return false;\n    return this.#isDone("release"',
    'return this.#isDone("release"',
  ),
  store(
    "postgres-store",
    "ends a scan after a page",
    "gives every key, by pages",
    "rows.length < limit ? next?.from : nextId(ids[ids.length - 1])",
    "next?.from",
  ),
  store(
    "postgres-store",
    "grants without the old value",
    "of an old value is granted",
    'had === "true" ? seen?.slice() : undefined',
    "undefined",
  ),
  store(
    "session",
    "works after close",
    "is refused after it",
    "if (this.isClosed) throw new ClosedError(verb);",
    "",
  ),
  store(
    "session",
    "begins what was given up",
    "with a signal that has aborted",
    "    signal.throwIfAborted();\n  }",
    "  }",
  ),
  store("literals", "writes numbers wrongly", "each entry of a call", 'item ?? "NULL"', 'item ?? "0"'),
  shared(
    "key-bytes",
    "takes halves of pairs for others",
    "each has a value of its own",
    "return Buffer.concat(Array.from(text, bytesOf));",
    "return Buffer.from(text);",
  ),
  shared(
    "key-bytes",
    "takes long keys for others",
    "each has a value of its own",
    "Buffer.concat([LETTER, bytes.subarray(0, PLAIN_BYTES_MAX), hash])",
    "Buffer.concat([LETTER, bytes.subarray(0, PLAIN_BYTES_MAX)])",
  ),
  shared(
    "key-bytes",
    "forgets whole keys",
    "a scan gives each back",
    "textOf(whole ?? id.subarray(LETTER.length))",
    "textOf(id.subarray(LETTER.length))",
  ),
];

const ofBus = [
  bus(
    "payload",
    "sends two equal texts once",
    "delivery: comes once",
    "return `${sender}.${number}.${count - 1 - index}.${piece}`;",
    "return `${sender}.1.${count - 1 - index}.${piece.slice(0, 2)}`;",
  ),
  bus(
    "payload",
    "cuts long texts",
    "says what the longest text is",
    "const count = Math.max(1, Math.ceil(ascii.length / PIECE_MAX));",
    "const count = 1;",
  ),
  bus(
    "payload",
    "sends pieces that are too long",
    "says what the longest text is",
    "const PIECE_MAX = 7_900;",
    "const PIECE_MAX = 8_100;",
  ),
  bus(
    "payload",
    "gives pieces for texts",
    "says what the longest text is",
    'if (left !== "0") {',
    "if (false) {",
  ),
  bus("payload", "does not escape", "leaves texts as they are", "/[^ -[\\]-~]/g", "/[^ -~]/g"),
  bus(
    "payload",
    "does not unescape",
    "leaves texts as they are",
    'return unescaped(begun.pieces.join(""));',
    'return begun.pieces.join("");',
  ),
  bus(
    "names",
    "lets the database cut names",
    "are kept apart by the end of long names",
    "if (PLAIN.test(channel)) return `stowage:${channel}`;",
    "return `stowage:${channel}`.slice(0, 63);",
  ),
  bus(
    "names",
    "takes upper for lower case",
    "are kept apart by upper and lower case",
    "return `stowage:${channel}`;",
    "return `stowage:${channel.toLowerCase()}`;",
  ),
  bus(
    "connection",
    "does not quote names",
    "are kept apart by upper and lower case",
    "listen: (name) => query(`LISTEN ${quoted(name)}`),\n    un",
    "listen: (name) => query(`LISTEN ${name.replaceAll(/\\W/g, '_')}`),\n    un",
  ),
  bus(
    "outbox",
    "loses what waits",
    "is in the order of its publisher",
    "return this.#waiting.splice(0, count);",
    "return this.#waiting.splice(0).slice(0, 1);",
  ),
  bus(
    "outbox",
    "turns the order round",
    "is in the order of its publisher",
    "letters.flatMap(({ payloads }) => payloads),",
    "letters.flatMap(({ payloads }) => payloads).reverse(),",
  ),
  bus(
    "outbox",
    "leaves publishers waiting at close",
    "close: ends what is under way",
    "for (const letter of lost) letter.reject(reason);",
    "",
  ),
  bus(
    "postgres-bus",
    "says that it listens before it does",
    "once told, all that is published",
    "    await this.#answer(connection, connection.listen(name));\n    channel.heardOn",
    "    void this.#answer(connection, new Promise((resolve) => setTimeout(resolve, 30)).then(() => connection.listen(name)));\n    channel.heardOn",
  ),
  bus(
    "postgres-bus",
    "listens after close",
    "close: publish and subscribe",
    'if (this.#isClosed) throw new ClosedError("subscribe");',
    "",
  ),
  bus(
    "postgres-bus",
    "tells the second listener nothing",
    "is told at the start, once",
    "else if (channel.heardOn === connection)",
    "else if (channel.heardOn !== connection)",
  ),
  bus(
    "postgres-bus",
    "stops all with one",
    "of two listeners, one stops",
    "if (remove() && own.listeners.size === 0)",
    "if (remove())",
  ),
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are texts of programs

const entry = new URL("./look-run.ts", import.meta.url);
type Run = typeof import("./look-run.js");

// The pool is there when a test runs, and not before.
runMutants<Run>(entry, ofStore, ({ lookBy }) => (cases, limitMs) => {
  const sql = (text: string) => pool.query(text);
  return lookBy({ client: pool, sql })(cases, limitMs);
});
runMutants<Run>(
  entry,
  ofBus,
  ({ lookAtBusBy }) =>
    (cases, limitMs) =>
      lookAtBusBy(pool)(cases, limitMs),
);
