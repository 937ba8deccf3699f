/**
 * Leases of a fleet stand in L2: of all clients of all servers one gets the right to fill a key. A write or removal of the key ends
 * the lease there; that a tag was invalidated since it was granted is seen when it is used.
 */
import { randomBytes } from "node:crypto";
import type { Draft, Found } from "./records.js";
import type { Item } from "./shelf.js";
import { itemOf, type Stored, type Tier } from "./tier.js";

export type Asked =
  /** A value that is an answer. */
  | { readonly kind: "hit"; readonly item: Item }
  /** `old`: what there is, stale or to be renewed. */
  | { readonly kind: "granted"; readonly token: string; readonly old: Item | undefined }
  | { readonly kind: "held"; readonly old: Item | undefined }
  /** Somebody found nothing to fill it with, not long ago. */
  | { readonly kind: "nothing" };

export interface Asking {
  readonly ttlMs: number;
  /** Whether that there is nothing to fill it with is no answer. */
  readonly overNothing: boolean;
  /** Whether what there is is an answer. */
  readonly isAnswer: (item: Item) => boolean;
}

/** 128 bits: nobody has it but the one who was granted the lease. */
const TOKEN_BYTES = 16;
const TOKEN = /^[\w-]{22}$/;

/** The value, or the right to fill the key, if nobody has it. */
export async function ask(tier: Tier, key: string, { ttlMs, overNothing, isAnswer }: Asking): Promise<Asked> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  let known: Found | undefined;
  for (let again = overNothing; ; ) {
    const { epoch } = tier.stamps;
    const request = { ttlMs, known: known?.version ?? 0, overNothing: again, epoch };
    const answer = await tier.records.lease(key, token, request);
    if (answer.kind === "changed") {
      known = answer.found;
      const isValid = known !== undefined && (await tier.isValid(known));
      if (known === undefined || !isValid) continue;
      const item = itemOf(known);
      if (isAnswer(item)) return { kind: "hit", item };
    } else if (answer.kind === "nothing") {
      if (await tier.isValid(answer)) return { kind: "nothing" };
      again = true;
    } else {
      const old = known !== undefined && (await tier.isValid(known)) ? itemOf(known) : undefined;
      return answer.kind === "granted" ? { kind: "granted", token, old } : { kind: "held", old };
    }
  }
}

/** Undefined: the lease is over, and nothing was stored that anybody sees. */
export function fill(tier: Tier, key: string, token: string, draft: Draft): Promise<Stored | undefined> {
  if (!TOKEN.test(token)) return Promise.resolve(undefined);
  return tier.change(key, async (ticket) => {
    const filled = await tier.records.fill(key, token, draft);
    if (filled === undefined) return undefined;
    const { version, before, epoch } = filled;
    // What a tag made invalid while it was loaded is invalid where it lies: nobody reads it.
    if (!(await tier.isValid({ tags: draft.tags, epoch }))) return undefined;
    tier.keep(ticket, draft, version);
    return { version, isNew: !(await tier.wasThere(before)) };
  });
}

/** Gives it back; whether it was still held. Those who wait at other servers hear of it as of a write. */
export async function release(tier: Tier, key: string, token: string): Promise<boolean> {
  if (!TOKEN.test(token)) return false;
  const isDone = await tier.records.release(key, token);
  await tier.coherence.wrote([key]);
  return isDone;
}

/** The same, since there is nothing to fill it with: what it was to replace goes, and that may be remembered. */
export function foundNothing(
  tier: Tier,
  key: string,
  token: string,
  forMs: number | undefined,
  tags: readonly string[],
): Promise<boolean> {
  if (!TOKEN.test(token)) return Promise.resolve(false);
  return tier.change(key, async () => {
    const epoch = await tier.records.foundNothing(key, token, forMs, tags);
    return epoch !== undefined && tier.isValid({ tags, epoch });
  });
}
