/** Leases of a fleet: POST and DELETE /v1/keys/{key}/lease. They stand in L2, so that of all servers' clients one loads. */
import type { WorkerContext } from "../../context.js";
import type { Exchange } from "../../http/exchange.js";
import { type Asked, ask, foundNothing, type Item, release, type Tier } from "../../l2/index.js";
import { badHeader } from "../v1/fault.js";
import { isFresh } from "../v1/keys/entry.js";
import { keyOf } from "../v1/keys/key.js";
import type { Asked as Answer } from "../v1/lease/ask.js";
import { leaseLost } from "../v1/lease/fill.js";
import { answered, tellToWait } from "../v1/lease/lease.js";
import { type LeaseWanted, leaseWantedBy } from "../v1/lease/options.js";
import { nothingIn } from "../v1/lease/release.js";
import { checkKeySize, entryIn, tierOf } from "./entry.js";
import { Patience } from "./patience.js";

/** What is asked again and again while a request waits. */
interface Question {
  readonly key: string;
  readonly ttlMs: number;
  /** The version of a fresh value that is no answer; 0: there is none such. */
  readonly seen: number;
}

export async function leaseKey(exchange: Exchange, context: WorkerContext): Promise<void> {
  const key = keyOf(exchange);
  const wanted = leaseWantedBy(exchange);
  checkKeySize(key);
  const tier = tierOf(context);
  if (wanted.seen === undefined && (await answeredByTable(exchange, tier, key))) return;
  const waits = wanted.waitMs > 0 && !context.stopping.aborted;
  const question = { key, ttlMs: wanted.ttlMs, seen: await seenIn(tier, key, wanted) };
  using patience = new Patience(exchange, context, key, wanted.waitMs);
  const isOver = wanted.takesStale || !waits;
  if (await isAnswered(exchange, tier, question, patience, isOver, wanted.seen === "*")) return;
  if (waits) await wait(exchange, tier, question, patience, wanted.takesStale);
  else tellToWait(exchange);
}

/** What the table has is an answer to whoever has seen nothing. */
async function answeredByTable(exchange: Exchange, tier: Tier, key: string): Promise<boolean> {
  const item = tier.coherence.isTrusted ? tier.shelf.read(key) : undefined;
  const entry = item && entryIn(item);
  return entry !== undefined && isFresh(entry) && answered(exchange, { kind: "hit", entry }, true);
}

async function seenIn(tier: Tier, key: string, { seen }: LeaseWanted): Promise<number> {
  if (seen !== "*") return Number(seen ?? 0);
  const { found, isValid } = await tier.fresh(key);
  return found !== undefined && isValid ? found.version : 0;
}

/** Asks L2; whether that was an answer, which has been given. */
async function isAnswered(
  exchange: Exchange,
  tier: Tier,
  { key, ttlMs, seen }: Question,
  patience: Patience,
  takesStale: boolean,
  overNothing: boolean,
): Promise<boolean> {
  const isAnswer = (item: Item): boolean => isFresh(entryIn(item)) && item.version !== seen;
  const asked = await ask(tier, key, { ttlMs, overNothing, isAnswer });
  if (asked.kind === "granted" && patience.isGone) {
    await release(tier, key, asked.token);
    return false;
  }
  return answered(exchange, answerOf(asked), takesStale);
}

function answerOf(asked: Asked): Answer {
  if (asked.kind === "hit") return { kind: "hit", entry: entryIn(asked.item) };
  if (asked.kind === "nothing") return asked;
  const old = asked.old && entryIn(asked.old);
  if (asked.kind === "granted") return { kind: "granted", token: asked.token, old };
  return { kind: "held", stale: old !== undefined && isFresh(old) ? undefined : old };
}

/** Until there is an answer, the time is up, the client goes, or the server stops. */
async function wait(
  exchange: Exchange,
  tier: Tier,
  question: Question,
  patience: Patience,
  takesStale: boolean,
): Promise<void> {
  while (!patience.isOver) {
    await patience.changed();
    if (patience.isGone) break;
    const isLast = patience.isOver;
    if (await isAnswered(exchange, tier, question, patience, takesStale || isLast, false)) return;
  }
  tellToWait(exchange);
}

export async function releaseLease(exchange: Exchange, context: WorkerContext): Promise<void> {
  const key = keyOf(exchange);
  const token = exchange.head.header("stowage-lease-token");
  if (token === undefined) throw badHeader("stowage-lease-token", "the token that came with the lease", "");
  const nothing = nothingIn(exchange.head);
  const tier = tierOf(context);
  const isDone =
    nothing === undefined
      ? await release(tier, key, token)
      : await foundNothing(tier, key, token, nothing.for as number | undefined, nothing.tags ?? []);
  context.feed.leases.ring();
  if (!isDone) throw leaseLost();
  exchange.empty(204);
}
