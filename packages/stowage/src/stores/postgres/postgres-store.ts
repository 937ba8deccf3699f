/**
 * A store in a table of PostgreSQL: for a fleet that has a database and no Redis. Every verb is one statement (statements.ts), so
 * that any pooler will do; lifetimes and leases go by the database's clock, so that the clocks of the processes do not matter.
 */
import { NonNumericValueError, StoreUnavailableError, ValueTooLargeError } from "../../base/errors.js";
import { nodeBuiltin } from "../../base/node.js";
import { keyBytes, keyOf, nextId, rangesAfter, rangesOf } from "../key-bytes.js";
import { Rounds } from "../rounds.js";
import type {
  CounterOptions,
  LeaseRequest,
  ScanPage,
  Store,
  StoreAbilities,
  StoreCall,
  StoreEntry,
  StoreLease,
} from "../store.js";
import type { Parameter, Row } from "./database.js";
import { bytesIn, bytesList, numberList, textOrNull, valueIn } from "./literals.js";
import { openDatabase } from "./open.js";
import { type PostgresStoreOptions, storeOptions } from "./options.js";
import { lockOf, migrate, qualified } from "./schema.js";
import { Session } from "./session.js";
import { type Statements, statementsOf } from "./statements.js";

/** Others may be faster that often before a lease is given up. */
const LEASE_TRIES_MAX = 20;
const TOKEN_BYTES = 16;

/**
 * A store in a table of PostgreSQL, or of PGlite.
 *
 * @throws InvalidOptionError for an option that is unknown, wrong, or in conflict with another one
 * @example const store = new PostgresStore({ client: new Pool({ connectionString }) });
 */
export class PostgresStore implements Required<Store> {
  readonly abilities: StoreAbilities;
  readonly #session: Session;
  readonly #sql: Statements;
  readonly #cleanup: Rounds;
  readonly #removeEnded: () => Promise<number>;

  constructor(options: PostgresStoreOptions) {
    const bound = storeOptions.bind(options, "new PostgresStore");
    const { clock, schema, table, unlogged, cleanupBatch } = bound;
    this.abilities = Object.freeze({
      name: "postgres",
      shared: true,
      persistent: true,
      leases: true,
      counters: true,
      scans: true,
      keyBytesMax: Number.POSITIVE_INFINITY,
      valueBytesMax: bound.maxValueSize,
    });
    this.#sql = statementsOf(qualified({ schema, table }));
    this.#session = new Session({
      clock,
      open: () => openDatabase(bound),
      migrate: (database, signal) => migrate(database, { schema, table, unlogged }, signal),
    });
    const lock = lockOf({ schema, table }, "cleanup");
    this.#removeEnded = () => this.#removeBatches(lock, cleanupBatch);
    this.#cleanup = new Rounds(clock, bound.cleanupEvery, this.#removeEnded);
  }

  /** Connects, and makes the table where it is not there: what the first call does else. */
  async open(call: StoreCall): Promise<void> {
    this.#session.begin("open", call);
    await this.#session.prepare(call.signal);
  }

  /**
   * Deletes what has expired, in batches; `cleanupEvery` does it by itself. Where another process is at it, nothing is done.
   *
   * @returns how many rows went
   */
  async cleanup(): Promise<number> {
    this.#session.begin("cleanup", { signal: new AbortController().signal });
    return this.#removeEnded();
  }

  async getMany(keys: readonly string[], call: StoreCall): Promise<readonly (Uint8Array | undefined)[]> {
    this.#session.begin("getMany", call);
    if (keys.length === 0) return [];
    const ids = keys.map((key) => keyBytes(key).id);
    const rows = await this.#ask("getMany", this.#sql.get, [bytesList(ids)], call);
    const found = new Map(rows.map(({ id, value }) => [id, value as string]));
    return ids.map((id) => {
      const value = found.get(id.toString("hex"));
      return value === undefined ? undefined : valueIn(value);
    });
  }

  async setMany(entries: readonly StoreEntry[], call: StoreCall): Promise<void> {
    this.#session.begin("setMany", call);
    for (const { bytes } of entries) this.#checkLength("setMany", bytes);
    // Of two with the same key the later one; a statement may write a row once only.
    const last = [...new Map(entries.map((entry) => [entry.key, entry])).values()];
    if (last.length === 0) return;
    const keys = last.map(({ key }) => keyBytes(key));
    let at = 1;
    const places = last.map(({ bytes }) => {
      at += bytes.length;
      return at - bytes.length;
    });
    const parameters = [
      bytesList(keys.map(({ id }) => id)),
      Buffer.concat(last.map(({ bytes }) => bytes)),
      bytesList(keys.map(({ whole }) => whole)),
      numberList(places),
      numberList(last.map(({ bytes }) => bytes.length)),
      numberList(last.map(({ ttlMs }) => ttlMs)),
    ];
    await this.#ask("setMany", this.#sql.set, parameters, call);
  }

  async deleteMany(keys: readonly string[], call: StoreCall): Promise<number> {
    this.#session.begin("deleteMany", call);
    if (keys.length === 0) return 0;
    const ids = [...new Set(keys)].map((key) => keyBytes(key).id);
    return countIn(await this.#ask("deleteMany", this.#sql.delete, [bytesList(ids)], call));
  }

  async expire(key: string, ttlMs: number | null, call: StoreCall): Promise<boolean> {
    this.#session.begin("expire", call);
    return this.#isDone("expire", this.#sql.expire, [keyBytes(key).id, textOrNull(ttlMs)], call);
  }

  async ttl(key: string, call: StoreCall): Promise<number | null | undefined> {
    this.#session.begin("ttl", call);
    const [row] = await this.#ask("ttl", this.#sql.ttl, [keyBytes(key).id], call);
    if (row === undefined) return undefined;
    return row.left === null ? null : Number(row.left);
  }

  async clear(prefix: string, call: StoreCall): Promise<number> {
    this.#session.begin("clear", call);
    let count = 0;
    for (const { from, to, whole } of rangesOf(prefix)) {
      const parameters = [from, to, whole?.from ?? null, whole?.to ?? null];
      count += countIn(await this.#ask("clear", this.#sql.clear, parameters, call));
    }
    return count;
  }

  async lease(key: string, { ttlMs, seen }: LeaseRequest, call: StoreCall): Promise<StoreLease> {
    this.#session.begin("lease", call);
    const { id, whole } = keyBytes(key);
    const crypto = nodeBuiltin("node:crypto", "lease");
    const token = crypto.randomBytes(TOKEN_BYTES);
    const hash = seen === undefined ? null : crypto.createHash("sha256").update(seen).digest();
    for (let attempt = 1; attempt <= LEASE_TRIES_MAX; attempt++) {
      const [row] = await this.#ask("lease", this.#sql.lease, [id, whole, token, `${ttlMs}`, hash], call);
      const lease = row && leaseOf(row, token, seen);
      if (lease !== undefined) return lease;
    }
    const reason = `others were faster ${LEASE_TRIES_MAX} times`;
    throw new StoreUnavailableError("postgres", "lease", "failed", reason);
  }

  async fill({ key, bytes, ttlMs }: StoreEntry, token: string, call: StoreCall): Promise<boolean> {
    this.#session.begin("fill", call);
    this.#checkLength("fill", bytes);
    if (!isToken(token)) return false;
    const parameters = [keyBytes(key).id, bytesIn(token), Buffer.from(bytes), textOrNull(ttlMs)];
    return this.#isDone("fill", this.#sql.fill, parameters, call);
  }

  async release(key: string, token: string, call: StoreCall): Promise<boolean> {
    this.#session.begin("release", call);
    if (!isToken(token)) return false;
    return this.#isDone("release", this.#sql.release, [keyBytes(key).id, bytesIn(token)], call);
  }

  async incr(key: string, amount: number, options: CounterOptions, call: StoreCall): Promise<number> {
    this.#session.begin("incr", call);
    const { id, whole } = keyBytes(key);
    const { initial, ttlMs, atLeast } = options;
    const numbers = [`${amount}`, `${initial}`, textOrNull(ttlMs), textOrNull(atLeast)];
    try {
      const [row] = await this.#ask("incr", this.#sql.incr, [id, whole, ...numbers], call);
      return Number(row.sum);
    } catch (error) {
      throw counterFault(error, key);
    }
  }

  async scan(
    prefix: string,
    { cursor, limit }: { readonly cursor?: string; readonly limit: number },
    call: StoreCall,
  ): Promise<ScanPage> {
    this.#session.begin("scan", call);
    const [range, next] = rangesAfter(prefix, cursor === undefined ? undefined : bytesIn(cursor));
    if (range === undefined) return { keys: [], cursor: undefined };
    const { from, to, whole } = range;
    const parameters = [from, to, whole?.from ?? null, whole?.to ?? null, `${limit}`];
    const rows = await this.#ask("scan", this.#sql.scan, parameters, call);
    const ids = rows.map(({ id }) => bytesIn(id as string));
    const keys = rows.map(({ key }, index) => keyOf(ids[index], key === null ? null : bytesIn(key)));
    const end = rows.length < limit ? next?.from : nextId(ids[ids.length - 1]);
    return { keys, cursor: end?.toString("hex") };
  }

  /** Ends what is under way. A client that the user passed stays open. */
  async close(): Promise<void> {
    this.#cleanup.close();
    await this.#session.close();
  }

  /** Batches until one is not full: the last, or another process is at it. */
  async #removeBatches(lock: string, batch: number): Promise<number> {
    const call = { signal: new AbortController().signal };
    for (let all = 0; ; ) {
      const rows = await this.#session.ask("cleanup", this.#sql.cleanup, [lock, `${batch}`], call);
      all += countIn(rows);
      if (countIn(rows) < batch) return all;
    }
  }

  async #ask(
    verb: string,
    text: string,
    parameters: readonly Parameter[],
    call: StoreCall,
  ): Promise<readonly Row[]> {
    const rows = await this.#session.ask(verb, text, parameters, call);
    this.#cleanup.start();
    return rows;
  }

  async #isDone(
    verb: string,
    text: string,
    parameters: readonly Parameter[],
    call: StoreCall,
  ): Promise<boolean> {
    return (await this.#ask(verb, text, parameters, call)).length > 0;
  }

  #checkLength(verb: string, bytes: Uint8Array): void {
    const { valueBytesMax } = this.abilities;
    if (bytes.length > valueBytesMax) throw new ValueTooLargeError(verb, bytes.length, valueBytesMax);
  }
}

function countIn([row]: readonly Row[]): number {
  return Number(row.count);
}

function isToken(token: string): boolean {
  return token.length === TOKEN_BYTES * 2 && /^[0-9a-f]+$/.test(token);
}

/** Undefined: what stood in the way has gone meanwhile. What was seen is not sent back, since it is the same. */
function leaseOf(row: Row, token: Buffer, seen: Uint8Array | undefined): StoreLease | undefined {
  const { kind, had, left, value } = row;
  if (kind === "changed") return { kind, bytes: valueIn(value as string) };
  const bytes = had === "true" ? seen?.slice() : undefined;
  if (kind === "granted") return { kind, token: token.toString("hex"), bytes };
  return kind === "held" ? { kind, leftMs: Number(left), bytes } : undefined;
}

/**
 * invalid_text_representation, character_not_in_repertoire, untranslatable_character: no number; numeric_value_out_of_range: beyond
 * 64 bits.
 */
const NO_NUMBER: ReadonlySet<unknown> = new Set(["22P02", "22021", "22P05", "22003"]);

function counterFault(error: unknown, key: string): unknown {
  if (!NO_NUMBER.has((error as { code?: unknown }).code)) return error;
  return new NonNumericValueError("incr", key, undefined, "a whole number");
}
