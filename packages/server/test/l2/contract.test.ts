/** What the routes promise, they promise over L2: the cases of a server alone, on one of a fleet. */
import { afterAll, describe, expect, it } from "vitest";
import { type Case, cases } from "../routes/cache/cases/index.js";
import { runCase } from "../routes/cache/scenes.js";
import { batchCases } from "../routes/v1/batch-cases.js";
import { endSharedRedis, passed, sharedRedis, startFleetServer } from "./support.js";

/** Redis' clock cannot be turned: cases that wait for longer, or to the millisecond, are those of a clock that can. */
const WAIT_MS_MAX = 1_000;
const waits = ({ steps }: Case): number[] =>
  steps.flatMap(({ send }) => (send.startsWith("wait ") ? [Number(send.slice(5))] : []));
const isQuick = (each: Case): boolean =>
  waits(each).reduce((sum, ms) => sum + ms, 0) <= WAIT_MS_MAX && !waits(each).includes(1);

/** Nor does it stand still: a time is about what it was. */
const about = (each: Case): Case => ({
  ...each,
  steps: each.steps.map((step) => ({
    ...step,
    ...(step.text instanceof RegExp && {
      text: new RegExp(step.text.source.replace(/(\\?"ttl\\?":)\d+/g, "$1\\d+"), step.text.flags),
    }),
    ...(step.fields?.["stowage-expired"] && { fields: { ...step.fields, "stowage-expired": /^\d+$/ } }),
  })),
});

const all = [...cases, ...batchCases].filter(isQuick).map(about);

async function contract(): Promise<Map<string, string[]>> {
  const outcomes = new Map<string, string[]>();
  const redis = await sharedRedis();
  await using server = await startFleetServer();
  for (const each of all) {
    await redis.ask("FLUSHALL");
    server.table.clear();
    outcomes.set(each.name, await runCase(server.port, async (ms) => passed(ms), each));
  }
  return outcomes;
}

afterAll(endSharedRedis);

describe("a server of a fleet", async () => {
  const outcomes = await contract();
  for (const { name } of all) it(name.slice(0, 100), () => expect(outcomes.get(name)).toEqual([]));
});
