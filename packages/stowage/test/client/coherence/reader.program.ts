/** Reads all keys again and again through a near cache, and notes when each value was last seen. Writes some keys of its own. */
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { Client, nearCache } from "../../../src/client/index.js";
import { child, nowMs, type ReaderJob, type ReaderReport, type Sighting, type Value } from "./protocol.js";

/** Reads of a turn: few, since what the process does not do meanwhile, it cannot hear of. */
const TURN = 8;
/** Between two looks at a key: others want the processor too. */
const PAUSE_MS = 3;
/** A process that got no time between the beginning of a read and its end proves nothing by it. */
const STOOD_STILL_MS = 100;

await child<ReaderJob, ReaderReport>(async (job, stop) => {
  const { url, keys, maxStalenessMs, whenBehind, own } = job;
  const near = nearCache({ maxStaleness: maxStalenessMs, whenBehind, max: 1_000 });
  const client = new Client({ url, near, timeout: 1_500, retries: 1 });
  const seen = new Map<string, Sighting>();
  const tally = { reads: 0, failures: 0, leftOut: 0, ownReads: 0 };
  const ownStale: string[] = [];

  const note = (key: string, value: Value | undefined, beganAtMs: number): void => {
    tally.reads++;
    if (value === undefined) return;
    if (value.key !== key) throw new Error(`${key} was given the value of ${value.key}`);
    const name = `${key} ${value.write}`;
    const before = seen.get(name);
    if (before === undefined || before.beganAtMs < beganAtMs)
      seen.set(name, { key, write: value.write, beganAtMs });
  };

  const peekAll = async (): Promise<void> => {
    for (let at = 0; at < keys.length; at += TURN) {
      const turnAtMs = nowMs();
      const found = keys.slice(at, at + TURN).map((key) => {
        const beganAtMs = nowMs();
        return [key, client.peek(key) as Value | undefined, beganAtMs] as const;
      });
      if (nowMs() - turnAtMs > STOOD_STILL_MS) tally.leftOut += found.length;
      else for (const each of found) note(...each);
      await nextTurn();
    }
    await pause(PAUSE_MS);
  };

  const read = async (key: string): Promise<void> => {
    const beganAtMs = nowMs();
    try {
      note(key, await client.get<Value>(key), beganAtMs);
    } catch {
      tally.failures++;
    }
  };

  /** What was written and answered is what is read. A key whose write failed may hold either; another one takes its place. */
  const ownKey = async (name: string): Promise<void> => {
    let key = name;
    for (let write = 1; !stop.aborted; write++) {
      try {
        await client.set(key, { key, write });
        for (let n = 0; n < 5 && !stop.aborted; n++) {
          const value = await client.get<Value>(key);
          tally.ownReads++;
          if (value !== undefined && value.write < write)
            ownStale.push(`${key}: ${value.write} after ${write}`);
          await nextTurn();
        }
      } catch {
        key = `${name}:${write}`;
      }
    }
  };

  const getting = keys.map(async (key) => {
    while (!stop.aborted) {
      await read(key);
      await pause(PAUSE_MS);
    }
  });
  const writing = [ownKey(`${own}:1`), ownKey(`${own}:2`)];
  while (!stop.aborted) await peekAll();
  await Promise.all([...getting, ...writing]);
  const stats = client.inspect().near;
  await client.close();
  const { hits = 0, resets = 0, overtaken = 0 } = stats ?? {};
  return { sightings: [...seen.values()], near: hits, ...tally, resets, overtaken, ownStale };
});
