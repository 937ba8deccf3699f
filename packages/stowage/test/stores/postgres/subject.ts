/**
 * The store, as the suite of stores sees it, over PostgreSQL or PGlite. A case gets a table that was emptied, since a new one each
 * time takes most of the time. Time passes by taking it from all rows: the database's clock is not ours to move.
 */
import {
  type PGliteLike,
  type PgPool,
  PostgresStore,
  type PostgresStoreOptions,
} from "../../../src/stores/postgres/index.js";
import type { StoreSubject } from "../../../src/testing/store-subject.js";

const options = {
  table: "suite",
  maxValueSize: "1mb",
  cleanupEvery: Number.POSITIVE_INFINITY,
} satisfies PostgresStoreOptions;
const call = { signal: new AbortController().signal };

export const abilities = {
  name: "postgres",
  shared: true,
  persistent: true,
  leases: true,
  counters: true,
  scans: true,
  keyBytesMax: Number.POSITIVE_INFINITY,
  valueBytesMax: 1_024 * 1_024,
};

export interface SubjectOptions {
  readonly client: PgPool | PGliteLike;
  sql(text: string): Promise<unknown>;
  readonly more?: Partial<PostgresStoreOptions>;
  /** Of the bundle that is looked at; default: of the sources. */
  readonly make?: (options: PostgresStoreOptions) => PostgresStore;
}

export function postgresSubject(name: string, given: () => SubjectOptions): StoreSubject {
  return {
    name,
    abilities,
    time: "about",
    sharing: true,
    async open() {
      const { client, sql, more, make = (all) => new PostgresStore(all) } = given();
      const all: PostgresStoreOptions = { ...options, ...more, client };
      const store = make(all);
      await new PostgresStore(all).open(call);
      await sql("DELETE FROM suite");
      return {
        store,
        async advance(ms) {
          const ago = `interval '${ms} milliseconds'`;
          await sql(`UPDATE suite SET expires_at = expires_at - ${ago}, lease_until = lease_until - ${ago}`);
        },
        another: () => make(all),
      };
    },
  };
}
