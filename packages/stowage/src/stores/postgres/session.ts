/**
 * The database as the store's verbs use it: opened and migrated with the first call, asked again where PostgreSQL broke off a statement
 * because two waited for each other, closed once. What goes wrong while it is made ready is not kept: the next call tries again.
 */
import type { Clock } from "../../base/clock.js";
import { ClosedError, StoreUnavailableError } from "../../base/errors.js";
import { onAbort } from "../../base/on-abort.js";
import type { StoreCall } from "../store.js";
import type { Database, Parameter, Row } from "./database.js";
import { interruptible } from "./interrupt.js";

export interface SessionOptions {
  readonly clock: Clock;
  open(): Promise<Database>;
  migrate(database: Database, signal: AbortSignal): Promise<void>;
}

/** Making it ready is nobody's call, so it has a time limit of its own. */
const READY_MS_MAX = 5_000;
const TRIES_MAX = 4;
/** serialization_failure, deadlock_detected: nothing of the statement was done. */
const AGAIN: ReadonlySet<unknown> = new Set(["40001", "40P01"]);
/** undefined_table, invalid_schema_name: somebody has dropped it. */
const MISSING: ReadonlySet<unknown> = new Set(["42P01", "3F000"]);

export class Session {
  readonly #options: SessionOptions;
  readonly #closing = new AbortController();
  #database: Promise<Database> | undefined;
  #ready: Promise<Database> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  begin(verb: string, { signal }: StoreCall): void {
    if (this.isClosed) throw new ClosedError(verb);
    signal.throwIfAborted();
  }

  /** The statement may be tried more than once: each is a transaction by itself. */
  async ask(
    verb: string,
    text: string,
    parameters: readonly Parameter[],
    { signal }: StoreCall,
  ): Promise<readonly Row[]> {
    const call = new AbortController();
    const ends = [
      onAbort(signal, () => call.abort(signal.reason)),
      onAbort(this.#closing.signal, () => call.abort(new ClosedError(verb))),
    ];
    try {
      return await this.#try(text, parameters, call.signal);
    } finally {
      for (const end of ends) end();
    }
  }

  async prepare(signal: AbortSignal): Promise<Database> {
    return interruptible(this.#prepared(), signal, () => undefined);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.#closing.abort(new ClosedError("close"));
    const database = await this.#database?.catch(() => undefined);
    await database?.close();
  }

  async #try(text: string, parameters: readonly Parameter[], signal: AbortSignal): Promise<readonly Row[]> {
    for (let attempt = 1; ; attempt++) {
      const database = await this.prepare(signal);
      try {
        return await database.query(text, parameters, signal);
      } catch (error) {
        const { code } = error as { code?: unknown };
        if (signal.aborted || attempt === TRIES_MAX || !(AGAIN.has(code) || MISSING.has(code))) throw error;
        if (MISSING.has(code)) this.#ready = undefined;
      }
    }
  }

  #prepared(): Promise<Database> {
    if (this.#ready !== undefined) return this.#ready;
    const ready = this.#makeReady();
    this.#ready = ready;
    ready.catch(() => {
      if (this.#ready === ready) this.#ready = undefined;
    });
    return ready;
  }

  async #makeReady(): Promise<Database> {
    const { clock, open, migrate } = this.#options;
    if (this.#database === undefined) {
      this.#database = open();
      this.#database.catch(() => {
        this.#database = undefined;
      });
    }
    const database = await this.#database;
    const limit = new AbortController();
    const late = `not ready within ${READY_MS_MAX} ms`;
    const timer = clock.setTimer(
      () => limit.abort(new StoreUnavailableError("postgres", "open", "timeout", late)),
      READY_MS_MAX,
    );
    const end = onAbort(this.#closing.signal, () => limit.abort(this.#closing.signal.reason));
    try {
      await migrate(database, limit.signal);
    } finally {
      end();
      clock.clearTimer(timer);
    }
    return database;
  }
}
