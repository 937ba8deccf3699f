/** What is used of lmdb (lmdb-js): typed by shape, so that the package need not be there. */

/** What lmdb's `open` gives. */
export interface LmdbRoot {
  openDB(options: { name: string; encoding: "binary"; keyEncoding: "binary"; cache: false }): LmdbDatabase;
  transactionSync<T>(action: () => T, flags?: number): T;
  resetReadTxn(): void;
  readerCheck(): number;
  close(): Promise<void>;
}

export interface LmdbDatabase {
  getBinaryFast(key: Buffer): Buffer | undefined;
  putSync(key: Buffer, value: Buffer): unknown;
  removeSync(key: Buffer): unknown;
  getKeys(options: { start: Buffer; end: Buffer; limit: number }): Iterable<Buffer>;
}

/** The two databases of a store. */
export interface LmdbFile {
  readonly root: LmdbRoot;
  /** id -> envelope */
  readonly records: LmdbDatabase;
  /** end (8 bytes of a double) | id -> nothing; and the ledger */
  readonly ends: LmdbDatabase;
  close(): Promise<void>;
}
