/** PostgreSQL in the process: PGlite, which the user opens and closes. It runs one statement at a time, in the order of the calls. */
import type { Database, Parameter, PGliteLike, Row } from "./database.js";
import { interruptible } from "./interrupt.js";

export class PGliteDatabase implements Database {
  readonly #pglite: PGliteLike;

  constructor(pglite: PGliteLike) {
    this.#pglite = pglite;
  }

  async query(text: string, parameters: readonly Parameter[], signal: AbortSignal): Promise<readonly Row[]> {
    const { rows } = await interruptible(this.#pglite.query(text, [...parameters]), signal, ignored);
    return rows as readonly Row[];
  }

  async script(text: string, signal: AbortSignal): Promise<void> {
    await interruptible(this.#pglite.exec(text), signal, ignored);
  }

  async close(): Promise<void> {}
}

function ignored(answer: Promise<unknown>): void {
  answer.catch(() => undefined);
}
