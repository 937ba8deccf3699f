/**
 * Histories of threads one of which is killed while the others are amid their own operations: what the others saw, before and
 * after, must still be linearizable, with the call that never returned done or not done.
 */
import assert from "node:assert/strict";
import { Crew, Hand } from "../support/crew.js";
import { Random } from "../support/random.js";
import { type HistorySetting, jobOf, judge, schedule } from "../threads/histories.js";
import { historyBuffers, readHistory } from "../threads/history.js";

/** Each round: a random schedule, in the middle of which one thread is killed where it stands. */
export async function killedHistories(setting: HistorySetting): Promise<number> {
  const { table, script, threads, rounds, operations } = setting;
  const attach = { janitor: false };
  const start = (index: number) =>
    Hand.start({ script, handle: table.handle, attach }, { index, count: threads });
  const hands = await Promise.all(Array.from({ length: threads }, (_, index) => start(index)));
  let kills = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const random = new Random(setting.seed + round);
      const buffers = historyBuffers(threads, operations);
      table.clear();
      for (const { pace } of hands) pace.prepare();
      const job = { ...jobOf(setting, round, buffers), steps: 1 };
      const running = hands.map((hand) => hand.call("step", job).catch((error: unknown) => error));
      const victim = await killOne(hands, random);
      const outcomes = await Promise.all(running);
      if (victim !== undefined) {
        kills += 1;
        const index = hands.indexOf(victim);
        outcomes.splice(index, 1);
        hands[index] = await start(index);
      }
      for (const outcome of outcomes) if (outcome instanceof Error) throw outcome;
      judge(setting, round, readHistory(buffers));
      table.verify();
    }
  } finally {
    await Promise.all(hands.map((hand) => hand.kill()));
  }
  return kills;
}

async function killOne(hands: readonly Hand[], random: Random): Promise<Hand | undefined> {
  const open = schedule(hands, random, random.between(1, 14)).filter(({ pace }) => pace.stand === "standing");
  const victim = open.length === 0 ? undefined : random.pick(open);
  await victim?.kill();
  schedule(
    hands.filter((hand) => hand !== victim),
    random,
  );
  return victim;
}

/** Threads at full speed, one of which is killed whenever so many operations are done; no schedule, no steps. */
export async function suddenKills(setting: HistorySetting): Promise<number> {
  const { table, script, threads, rounds, operations } = setting;
  const random = new Random(setting.seed);
  for (let round = 0; round < rounds; round += 1) {
    table.clear();
    const attach = { janitor: false };
    const crew = await Crew.start({ script, count: threads, handle: table.handle, attach });
    const buffers = historyBuffers(threads, operations);
    const counter = new Int32Array(buffers.counter);
    const running = crew.hands.map((hand) =>
      hand.call("operate", jobOf(setting, round, buffers)).catch((error: unknown) => error),
    );
    const instant = random.below(threads * operations);
    while (Atomics.load(counter, 0) < instant) await new Promise((resolve) => setImmediate(resolve));
    const victim = random.below(threads);
    await crew.hands[victim].kill();
    const outcomes = await Promise.all(running);
    await crew.kill();
    outcomes.splice(victim, 1);
    for (const outcome of outcomes) if (outcome instanceof Error) throw outcome;
    judge(setting, round, readHistory(buffers));
    table.verify();
  }
  assert.ok(rounds > 0);
  return rounds;
}
