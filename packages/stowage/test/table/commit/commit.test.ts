/** Commits of several keys: all or nothing for whoever looks, whoever dies. */

import { SharedCache } from "stowage/table";
import { describe, expect, it } from "vitest";
import { bundle, type Edit } from "../support/bundle.js";
import { Crew, Hand } from "../support/crew.js";
import { Random } from "../support/random.js";
import { soak } from "../support/soak.js";
import { killAt, lengthOf, type Scripts } from "./kills.js";
import { prepare, type Row } from "./scenes.js";

const KILLS = 16;
const ROUNDS = 400;
/** Before that, the transaction reads and encodes. */
const COMMIT_FROM = 0.5;
/** What a takeover may take on a busy machine. */
const BOUND_MS = 2_000;

const worker = new URL("./commit.worker.ts", import.meta.url);
const seed = Number(process.env.STOWAGE_SEED ?? Date.now() % 1_000_000);

async function scriptsOf(edits: readonly Edit[] = []): Promise<Scripts> {
  const [stepped, plain] = await Promise.all([
    bundle(worker, { steps: true, edits }),
    bundle(worker, { edits }),
  ]);
  return { stepped, plain };
}

/** Kills at instants spread over the transaction from this share of it on; the rounds that were left. */
async function killAll(
  scripts: Scripts,
  kills: number,
  finders: number,
  from = COMMIT_FROM,
): Promise<number[]> {
  const random = new Random(seed);
  const steps = await lengthOf(scripts);
  const rounds: number[] = [];
  for (let n = 0; n < kills; n++) {
    const share = from + (1 - from) * ((n + random.next()) / kills);
    const at = 1 + Math.floor(share * steps);
    const { round, ms } = await killAt(at, finders, scripts, random);
    expect(ms).toBeLessThan(BOUND_MS);
    rounds.push(round);
  }
  return rounds;
}

/** One thread commits round after round, another reads; what went wrong. */
async function watchFrom(script: string): Promise<unknown> {
  const cache = SharedCache.create<Row>({ memory: "2mb", janitor: false });
  prepare(cache);
  const crew = await Crew.start({ script, count: 2, data: cache.handle });
  try {
    const [committer, reader] = crew.hands;
    const settled = await Promise.allSettled([
      committer.call("rounds", ROUNDS),
      reader.call("watch", ROUNDS),
    ]);
    return settled.find((one) => one.status === "rejected")?.reason;
  } finally {
    await crew.kill();
    cache.close();
  }
}

describe(`a commit (STOWAGE_SEED=${seed})`, () => {
  it("is all or nothing, wherever its thread is killed", { timeout: 120_000 * soak }, async () => {
    const rounds = await killAll(await scriptsOf(), KILLS * soak, 0);
    expect(new Set(rounds)).toEqual(new Set([1, 2]));
  });

  it("and those who find it dead", { timeout: 120_000 * soak }, async () => {
    const rounds = await killAll(await scriptsOf(), (KILLS / 2) * soak, 2);
    expect(rounds.every((round) => round === 1 || round === 2)).toBe(true);
  });

  it("is seen whole by readers in other threads", { timeout: 60_000 }, async () => {
    expect(await watchFrom(await bundle(worker))).toBe(undefined);
  });
});

describe("the tests fail on a table", () => {
  it("whose leases do not learn of writes", { timeout: 60_000 }, async () => {
    const edits = [{ file: "leases/leases.ts", find: "Atomics.add(words, at + L_MARK, 1);", replace: "{}" }];
    const hand = await Hand.start({ script: await bundle(worker, { edits }) });
    await expect(hand.call("overtake")).rejects.toThrow("stored after it");
    await hand.kill();
    const sound = await Hand.start({ script: await bundle(worker) });
    await sound.call("overtake");
    await sound.kill();
  });

  it("whose commit unlocks before it is done", { timeout: 60_000 }, async () => {
    const pause = "for (let n = 0; n < 50_000; n++) Atomics.load(t.control, 0);";
    const edits = [
      {
        file: "commit.ts",
        find: /^ {2}finish\(t, record, all\);/m,
        replace: "end(t, record, all, true); finish(t, record, all);",
      },
      {
        file: "leases/commit-steps.ts",
        find: "if (location !== 0) relink(t, old, location);",
        replace: `if (location !== 0) { relink(t, old, location); ${pause} }`,
      },
    ];
    expect(String(await watchFrom(await bundle(worker, { edits })))).toMatch(/was of round/);
  });

  it("whose heirs take back what was decided", { timeout: 120_000 }, async () => {
    const edits = [
      {
        file: "leases/commit-recovery.ts",
        find: "if (record.state === COMMIT_DECIDED) finish(t, record, mine);",
        replace: "if (false) ;",
      },
    ];
    await expect(killAll(await scriptsOf(edits), 30, 0, 0.8)).rejects.toThrow();
  });
});
