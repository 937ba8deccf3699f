/** The store keeps every promise, over a real PostgreSQL (also with prepared statements) and over PGlite. */
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storeSuite } from "../../../src/testing/store-suite.js";
import { PostgresServer } from "../../support/postgres.js";
import { lookAtStore } from "../look.js";
import { postgresSubject } from "./subject.js";

describe("PostgreSQL", () => {
  let server: PostgresServer;
  let pool: pg.Pool;

  beforeAll(async () => {
    server = await PostgresServer.start();
    pool = new pg.Pool({ connectionString: server.url, max: 3 });
  }, 60_000);

  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  const sql = (text: string) => pool.query(text);
  storeSuite(
    postgresSubject("by a Pool", () => ({ client: pool, sql })),
    { describe, it },
  );
  it.each(["verbs: ", "leases: ", "counters: "])("with prepared statements as well: %s", async (cases) => {
    const look = lookAtStore(
      postgresSubject("prepared", () => ({ client: pool, sql, more: { prepare: true } })),
    );
    expect(await look(cases)).toBe(undefined);
    const { rows } = await pool.query("SELECT name FROM pg_prepared_statements");
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe("PGlite", () => {
  let pglite: PGlite;

  beforeAll(async () => {
    pglite = new PGlite();
    await pglite.waitReady;
  }, 60_000);

  afterAll(() => pglite.close());

  storeSuite(
    postgresSubject("by PGlite", () => ({ client: pglite, sql: (text) => pglite.exec(text) })),
    { describe, it },
  );
});
