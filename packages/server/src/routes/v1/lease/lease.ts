/**
 * POST /v1/keys/{key}/lease: of all clients of all workers, one gets the right to fill a key that is missing; the others
 * get the stale value, if there is one, or wait for the new one. It is memcached's lease: what stops a stampede of
 * clients that all load the same thing.
 */

import type { Fields } from "stowage-http1";
import type { WorkerContext } from "../../../context.js";
import type { Exchange } from "../../../http/exchange.js";
import { type Entry, isFresh, readEntry, sendEntry } from "../keys/entry.js";
import { keyOf } from "../keys/key.js";
import { type Asked, type Asking, ask } from "./ask.js";
import { type LeaseWanted, leaseWantedBy } from "./options.js";

/** Seconds after which one who was told to wait should ask again. */
const RETRY_AFTER_S = 1;

export function leaseKey(exchange: Exchange, context: WorkerContext): undefined | Promise<void> {
  const key = keyOf(exchange);
  const wanted = leaseWantedBy(exchange);
  const waits = wanted.waitMs > 0 && !context.stopping.aborted;
  const asking = askingFor(context, key, wanted);
  if (answered(exchange, ask(context, key, asking), wanted.takesStale || !waits)) return undefined;
  // What is found from here on is newer than what was there when it was asked.
  if (waits) return wait(exchange, context, key, wanted, { ...asking, overNothing: false });
  tellToWait(exchange);
  return undefined;
}

function askingFor({ table }: WorkerContext, key: string, { ttlMs, seen }: LeaseWanted): Asking {
  if (seen === undefined) return { ttlMs, seen: 0, overNothing: false };
  if (seen === "*") return { ttlMs, seen: readEntry(table, key)?.version ?? 0, overNothing: true };
  return { ttlMs, seen: Number(seen), overNothing: false };
}

/** Whether what was found is an answer; if it is, it has been given. */
export function answered(exchange: Exchange, asked: Asked, takesStale: boolean): boolean {
  if (asked.kind === "hit") sendEntry(exchange, 200, asked.entry, { "stowage-lease": "hit" });
  else if (asked.kind === "granted") grant(exchange, asked.token, asked.old);
  else if (asked.kind === "nothing") exchange.empty(204, { "stowage-lease": "nothing" });
  else if (asked.stale !== undefined && takesStale)
    sendEntry(exchange, 200, asked.stale, { "stowage-lease": "stale", ...staleFields(asked.stale) });
  else return false;
  return true;
}

function grant(exchange: Exchange, token: string, old: Entry | undefined): void {
  const fields = { "stowage-lease": "granted", "stowage-lease-token": token };
  if (old === undefined) exchange.empty(201, { ...fields, "content-length": 0 });
  else sendEntry(exchange, 201, old, isFresh(old) ? fields : { ...fields, ...staleFields(old) });
}

/** How old it is, the client may want to know: it may be too old for it. */
function staleFields({ freshMs }: Entry): Fields {
  return { "stowage-stale": "true", "stowage-expired": Math.floor(-freshMs) };
}

export function tellToWait(exchange: Exchange): void {
  exchange.json(202, { lease: "wait" }, { "stowage-lease": "wait", "retry-after": RETRY_AFTER_S });
}

/** Until there is an answer, the time is up, the client goes, or the server stops. */
function wait(
  exchange: Exchange,
  context: WorkerContext,
  key: string,
  { waitMs, takesStale }: LeaseWanted,
  asking: Asking,
): Promise<void> {
  const { connection } = exchange;
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      stop();
      connection.onClose = null;
      connection.onEnding = null;
      resolve();
    };
    const giveUp = (): void => {
      tellToWait(exchange);
      end();
    };
    const lookFor = (stale: boolean): boolean => {
      try {
        if (!answered(exchange, ask(context, key, asking), stale)) return false;
        end();
      } catch (error) {
        end();
        reject(error);
      }
      return true;
    };
    const look = (): boolean => lookFor(takesStale);
    const stop = context.feed.waiters.add(Buffer.from(key, "utf8"), look);
    const timer = setTimeout(() => lookFor(true) || giveUp(), waitMs);
    connection.onClose = giveUp;
    connection.onEnding = giveUp;
    look(); // what happened before it began to wait, nobody tells
  });
}
