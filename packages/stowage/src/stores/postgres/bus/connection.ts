/** The connection of a bus, whichever library brings it: one that listens, and that is known to have ended when it says so. */
import type { PGliteLike, PgPool, PgPoolClient } from "../database.js";
import { InTurn } from "../in-turn.js";
import { quoted } from "../schema.js";

export interface BusConnection {
  /** One after the other, in the order of the calls. */
  query(text: string, parameters: readonly string[]): Promise<unknown>;
  listen(name: string): Promise<unknown>;
  unlisten(name: string): Promise<unknown>;
  onNotification(listener: (name: string, payload: string) => void): void;
  /** Called once, when the connection ends by itself. */
  onEnd(listener: (error: Error) => void): void;
  destroy(): void;
}

interface Notification {
  readonly channel: string;
  readonly payload?: string;
}

/** What a bus uses of a lent client beside queries. */
interface Listening extends PgPoolClient {
  on(event: string, listener: (argument: never) => void): unknown;
  removeAllListeners(event: "notification"): unknown;
}

/** It is taken from the pool for as long as the bus is open, and never lent again after that. */
export async function poolConnection(pool: PgPool): Promise<BusConnection> {
  const client = (await pool.connect()) as Listening;
  const turns = new InTurn();
  const query = (text: string, values: unknown[] = []) => turns.run(() => client.query({ text, values }));
  let isDestroyed = false;
  const ended = new Promise<Error>((resolve) => {
    client.on("error", (error: Error) => resolve(error));
    client.on("end", () => resolve(new Error("the connection has ended")));
  });
  return {
    query: (text, parameters) => query(text, [...parameters]),
    listen: (name) => query(`LISTEN ${quoted(name)}`),
    unlisten: (name) => query(`UNLISTEN ${quoted(name)}`),
    onNotification: (listener) =>
      client.on("notification", ({ channel, payload = "" }: Notification) => listener(channel, payload)),
    onEnd: (listener) => void ended.then(listener),
    destroy() {
      if (isDestroyed) return;
      isDestroyed = true;
      client.removeAllListeners("notification");
      client.release(true);
    },
  };
}

/**
 * PGlite has one session for all who use it, so nothing is unlistened: somebody else may listen to the same. A channel that nobody
 * listens to any more costs nothing.
 */
export function pgliteConnection(pglite: PGliteLike): BusConnection {
  let end: () => void = () => undefined;
  return {
    query: (text, parameters) => pglite.query(text, [...parameters]),
    listen: (name) => pglite.query(`LISTEN ${quoted(name)}`),
    unlisten: async () => undefined,
    onNotification(listener) {
      end = pglite.onNotification(listener);
    },
    onEnd: () => undefined,
    destroy: () => end(),
  };
}
