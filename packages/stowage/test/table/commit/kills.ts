/** Kills a thread amid a commit, and one who finds it dead amid that; throws when what is left is not all or nothing. */
import { SharedCache } from "stowage/table";
import { Hand } from "../support/crew.js";
import type { Random } from "../support/random.js";
import { prepare, type Row } from "./scenes.js";

export interface Scripts {
  /** commit.worker.ts: with steps, and without. */
  readonly stepped: string;
  readonly plain: string;
}

export interface Outcome {
  readonly round: number;
  /** What the survivor took to attach, look at everything, and go on. */
  readonly ms: number;
}

/** How many statements of the table a whole commit takes. */
export async function lengthOf(scripts: Scripts): Promise<number> {
  return withCache(async (cache) => {
    const hand = await Hand.start({ script: scripts.stepped, data: cache.handle });
    const steps = await hand.call<number>("advance", 0);
    await hand.kill();
    return steps;
  });
}

/** `finders`: how many die who find the one before dead. */
export async function killAt(
  at: number,
  finders: number,
  scripts: Scripts,
  random: Random,
): Promise<Outcome> {
  return withCache(async (cache) => {
    await killDuring("advance", at, cache, scripts);
    for (let n = 0; n < finders; n++) await killDuring("look", 1 + random.below(400), cache, scripts);
    const witness = await Hand.start({ script: scripts.plain, data: cache.handle });
    try {
      return await witness.call<Outcome>("examine");
    } finally {
      await witness.kill();
    }
  });
}

async function killDuring(job: string, at: number, cache: SharedCache<Row>, scripts: Scripts): Promise<void> {
  const hand = await Hand.start({ script: scripts.stepped, data: cache.handle });
  hand.pace.prepare();
  const done = hand.call(job, at).catch(() => undefined);
  hand.pace.settled(5_000);
  await hand.kill();
  await done;
}

async function withCache<T>(use: (cache: SharedCache<Row>) => Promise<T>): Promise<T> {
  const cache = SharedCache.create<Row>({ memory: "1mb", segmentSize: "16kb", janitor: false });
  prepare(cache);
  try {
    return await use(cache);
  } finally {
    cache.close();
  }
}
