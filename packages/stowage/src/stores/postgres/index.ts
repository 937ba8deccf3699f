/** The public API of `stowage/stores/postgres`: exactly what stands here. */

export { PostgresBus } from "./bus/postgres-bus.js";
export type { PGliteLike, PgClient, PgPool, PgPoolClient, PgQuery } from "./database.js";
export type { PostgresBusOptions, PostgresConnectOptions, PostgresStoreOptions } from "./options.js";
export { PostgresStore } from "./postgres-store.js";
export { type PostgresTableOptions, postgresTable } from "./schema.js";
