/** Rows that read: from L1, from L2, and many at once. Every answer is looked at. */
import { setTimeout as sleep } from "node:timers/promises";
import { ensure } from "../../harness/checks.js";
import type { Tiers } from "../contenders/contender.js";
import { isItem, itemOf, keyOf } from "../items.js";
import { type Context, type Measure, type Meter, settled, withTiers } from "./context.js";

/** Calls between two looks at the clock. */
const LOOK_EVERY = 256;
const MANY = 100;

/** Keys as the application has them: the same texts each time. */
export const namesOf = (count: number): string[] => Array.from({ length: count }, (_, item) => keyOf(item));

export async function fill(context: Context): Promise<string[]> {
  const names = namesOf(context.settings.keys);
  await withTiers(context, false, async (writer) => {
    for (const [item, name] of names.entries()) await writer.set(name, itemOf(item));
  });
  return names;
}

function ensureItem(found: unknown, item: number): void {
  ensure(isItem(found, item), `item ${item} came back as it was stored`);
}

async function fillL1({ settings }: Context, tiers: Tiers, names: readonly string[]): Promise<void> {
  await sleep(settings.startMs);
  for (const [item, name] of names.entries()) await tiers.set(name, itemOf(item));
}

export const l1Hit: Measure = async (context) => {
  const { settings, items } = context;
  const names = namesOf(settings.keys);
  return withTiers(context, false, async (tiers) => {
    await fillL1(context, tiers, names);
    // What is in L1 is not asked of Redis; a library that asks all the same finds nothing there.
    await context.redis.call("FLUSHALL");
    if (!isItem(await tiers.get(names[1]), 1)) return null;
    let at = 0;
    return settled(settings, (meter) =>
      meter.time(LOOK_EVERY, async () => {
        for (let call = 0; call < LOOK_EVERY; call++) {
          at = (at + 1) & (items.length - 1);
          ensureItem(await tiers.get(names[items[at]]), items[at]);
        }
      }),
    );
  });
};

export const l1HitAtOnce: Measure = async (context) => {
  const { settings, items } = context;
  const names = namesOf(settings.keys);
  return withTiers(context, false, async (tiers) => {
    const { getAtOnce } = tiers;
    if (getAtOnce === undefined) return null;
    await fillL1(context, tiers, names);
    let at = 0;
    return settled(settings, (meter) =>
      meter.time(LOOK_EVERY, async () => {
        for (let call = 0; call < LOOK_EVERY; call++) {
          at = (at + 1) & (items.length - 1);
          ensureItem(getAtOnce(names[items[at]]), items[at]);
        }
      }),
    );
  });
};

/** Each key once from tiers that are new, so that L1 has none of them. */
async function overNewTiers(
  context: Context,
  names: readonly string[],
  step: number,
  read: (tiers: Tiers, from: number) => Promise<void>,
  meter: Meter,
): Promise<void> {
  await withTiers(context, false, async (tiers) => {
    await tiers.get("nobody");
    await meter.time(names.length, async () => {
      for (let from = 0; from < names.length; from += step) await read(tiers, from);
    });
  });
}

export const l2Hit: Measure = async (context) => {
  const names = await fill(context);
  return settled(context.settings, (meter) =>
    overNewTiers(
      context,
      names,
      1,
      async (tiers, item) => ensureItem(await tiers.get(names[item]), item),
      meter,
    ),
  );
};

export const getMany: Measure = async (context) => {
  const canMany = await withTiers(context, false, async (tiers) => tiers.getMany !== undefined);
  if (!canMany) return null;
  const names = await fill(context);
  const chunks = names.length / MANY;
  const outcome = await settled(context.settings, (meter) =>
    overNewTiers(
      context,
      names,
      MANY,
      async (tiers, from) => {
        const found = await tiers.getMany?.(names.slice(from, from + MANY));
        ensure(found?.length === MANY, "as many values as keys");
        ensureItem(found?.[0], from);
        ensureItem(found?.[MANY - 1], from + MANY - 1);
      },
      meter,
    ),
  );
  // Calls, not keys.
  return { figure: outcome.figure * (chunks / names.length) };
};
