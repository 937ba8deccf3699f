/**
 * The probes: what a library does when things happen at one time. Each is passed or not, and none is about speed.
 *
 * Passed is: after a delete, a tag's invalidation or a set that began and ended while a load was under way, no process reads what that
 * load brought. Waiters of a failing loader are told its error, and the key works afterwards. A key that many ask for at one time
 * is loaded once. While L2 hangs, a fetch is answered by its loader within half the time of the hang.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isNothing } from "../child/writes.js";
import type { Tiers } from "../contenders/contender.js";
import { itemOf } from "../items.js";
import { duringLoad, nameOf, newItem, oldItem, probe, spread } from "./pair.js";

const CALLERS = 50;
const LOAD_MS = 100;

const all = (found: readonly (string | undefined)[], wanted: string | undefined) =>
  found.every((each) => each === wanted);

export const deleteDuringLoad = probe(async (one, other, context) => {
  const found = await duringLoad(one, other, context, async () => one.delete?.("probed"));
  return all(found, undefined);
});

export const deleteElsewhere = probe(async (one, other, context) => {
  const found = await duringLoad(one, other, context, async () => other.delete?.("probed"));
  return all(found, undefined);
});

export const tagDuringLoad = probe(async (one, other, context) => {
  const meanwhile = async () => one.invalidateTag?.("group");
  return all(await duringLoad(one, other, context, meanwhile, "group"), undefined);
}, true);

export const newerSet = probe(async (one, other, context) => {
  const found = await duringLoad(one, other, context, async () => one.set("probed", newItem));
  return all(found, "new");
});

export const failingLoader = probe(async (one) => {
  const error = new Error("the source is down");
  const failing = async () => {
    await sleep(10);
    throw error;
  };
  const waiters = await Promise.allSettled(Array.from({ length: 10 }, () => one.fetch?.("probed", failing)));
  const areTold = waiters.every((each) => each.status === "rejected" && tells(each.reason, error));
  const after = await one.fetch?.("probed", async () => newItem).catch(() => undefined);
  return areTold && nameOf(after) === "new";
});

/** The error itself, or one that has it as its cause or quotes it. */
function tells(reason: unknown, error: Error): boolean {
  if (reason === error) return true;
  const { cause, message = "" } = (reason ?? {}) as { cause?: unknown; message?: string };
  return cause === error || message.includes(error.message);
}

async function loadsOf(callers: readonly Tiers[]): Promise<number> {
  let loads = 0;
  const load = async () => {
    loads++;
    await sleep(LOAD_MS);
    return oldItem;
  };
  const found = await Promise.all(callers.map((tiers) => tiers.fetch?.("probed", load)));
  return found.every((each) => nameOf(each) === "old") ? loads : Number.NaN;
}

export const stampede = probe(async (one) => (await loadsOf(Array(CALLERS).fill(one))) === 1);

export const stampedeInFleet = probe(
  async (one, other) =>
    (await loadsOf(Array.from({ length: CALLERS }, (_, at) => (at % 2 ? one : other)))) === 1,
);

export const l2Hang = probe(async (one, _other, { redis, settings: { hangMs } }) => {
  // Everything is connected, and what is asked next is in nobody's L1.
  await one.set("before", itemOf(0, "before"));
  if (isNothing(await one.get("before"))) return false;
  await redis.call("CLIENT", "PAUSE", String(hangMs), "ALL");
  const began = performance.now();
  const fetching = Promise.resolve(one.fetch?.("probed", async () => newItem)).then(nameOf, () => "failed");
  const answer = await Promise.race([fetching, sleep(hangMs / 2, "late")]);
  await sleep(hangMs - (performance.now() - began));
  await spread();
  return answer === "new";
});
