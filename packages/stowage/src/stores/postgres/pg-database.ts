/**
 * PostgreSQL by the package pg: a Pool, or a Client.
 *
 * A call that was given up leaves a connection behind whose answer is still to come. It gets a moment for that; then it is closed,
 * so that connections that are half open do not fill the pool. A connection that has failed is never lent again.
 *
 * Statements are prepared (named) only where the user says so: behind pgbouncer in transaction mode, before its version 1.21, a name
 * that one connection has given means nothing on the next.
 */
import type { Clock } from "../../base/clock.js";
import { nodeBuiltin } from "../../base/node.js";
import type { Database, Parameter, PgClient, PgPool, PgPoolClient, PgQuery, Row } from "./database.js";
import { InTurn } from "./in-turn.js";
import { interruptible } from "./interrupt.js";

export interface PgDatabaseOptions {
  readonly clock: Clock;
  readonly prepare: boolean;
  /** What closes it, where it is our own. */
  readonly end?: () => Promise<void>;
}

/** For the answer to what was given up. */
const LINGER_MS = 1_000;

export class PgDatabase implements Database {
  readonly #source: PgPool | PgClient;
  readonly #options: PgDatabaseOptions;
  /** Of a Client, which all calls share. */
  readonly #turns = new InTurn();
  readonly #names = new Map<string, string>();

  constructor(source: PgPool | PgClient, options: PgDatabaseOptions) {
    this.#source = source;
    this.#options = options;
  }

  async query(text: string, parameters: readonly Parameter[], signal: AbortSignal): Promise<readonly Row[]> {
    const query: PgQuery = { text, values: [...parameters] };
    return this.#run(this.#options.prepare ? { ...query, name: this.#nameOf(text) } : query, signal);
  }

  async script(text: string, signal: AbortSignal): Promise<void> {
    await this.#run({ text }, signal);
  }

  async close(): Promise<void> {
    await this.#options.end?.();
  }

  async #run(query: PgQuery, signal: AbortSignal): Promise<readonly Row[]> {
    const source = this.#source;
    if (!("totalCount" in source)) {
      const answer = this.#turns.run(async () => {
        signal.throwIfAborted();
        return source.query(query);
      });
      const { rows } = await interruptible(answer, signal, ignored);
      return rows as readonly Row[];
    }
    const giveBack = (lent: Promise<PgPoolClient>) => void lent.then((client) => client.release(), nothing);
    const client = await interruptible(source.connect(), signal, giveBack);
    return this.#runOn(client, query, signal);
  }

  async #runOn(client: PgPoolClient, query: PgQuery, signal: AbortSignal): Promise<readonly Row[]> {
    // A lent client has nobody else who listens, and an error that nobody hears ends the process.
    client.on("error", nothing);
    const release = (isBroken: boolean) => {
      client.off("error", nothing);
      client.release(isBroken);
    };
    let isLate = false;
    try {
      const { rows } = await interruptible(client.query(query), signal, (answer) => {
        isLate = true;
        this.#linger(answer, release);
      });
      release(false);
      return rows as readonly Row[];
    } catch (error) {
      if (!isLate) release(isBroken(error));
      throw error;
    }
  }

  #linger(answer: Promise<unknown>, release: (isBroken: boolean) => void): void {
    const { clock } = this.#options;
    let isOver = false;
    const once = (broken: boolean) => {
      if (isOver) return;
      isOver = true;
      clock.clearTimer(timer);
      release(broken);
    };
    const timer = clock.setTimer(() => once(true), LINGER_MS);
    answer.then(
      () => once(false),
      (error) => once(isBroken(error)),
    );
  }

  #nameOf(text: string): string {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const name = `stowage_${nodeBuiltin("node:crypto").createHash("sha256").update(text).digest("hex").slice(0, 24)}`;
    this.#names.set(text, name);
    return name;
  }
}

/** An error that the server has answered says how severe it is; all others are the connection's. */
function isBroken(error: unknown): boolean {
  return (error as { severity?: unknown } | null)?.severity !== "ERROR";
}

function nothing(): void {}

function ignored(answer: Promise<unknown>): void {
  answer.catch(nothing);
}
