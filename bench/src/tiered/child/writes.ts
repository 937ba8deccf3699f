/** Rows that write: a load of what is not there, a set, and the invalidation of a tag. */
import { setTimeout as sleep } from "node:timers/promises";
import { ensure } from "../../harness/checks.js";
import { isItem, itemOf, keyOf } from "../items.js";
import { type Context, type Measure, settled, withTiers } from "./context.js";
import { fill } from "./reads.js";

/** Calls between two looks at the clock. */
const LOOK_EVERY = 64;
/** Of what was written, so many are read again, by others. */
const READ_AGAIN = 50;

async function readAgain(context: Context, first: number): Promise<void> {
  await withTiers(context, false, async (others) => {
    for (let item = first; item < first + READ_AGAIN; item++)
      ensure(isItem(await others.get(keyOf(item)), item), `item ${item} is there for other processes`);
  });
}

export const miss: Measure = (context) =>
  withTiers(context, false, async (tiers) => {
    if (tiers.fetch === undefined) return null;
    let next = 0;
    let loads = 0;
    const outcome = await settled(context.settings, (meter) =>
      meter.time(LOOK_EVERY, async () => {
        for (let call = 0; call < LOOK_EVERY; call++) {
          const item = next++;
          const found = await tiers.fetch?.(keyOf(item), async () => {
            loads++;
            return itemOf(item);
          });
          ensure(isItem(found, item), `item ${item} came as it was loaded`);
        }
      }),
    );
    ensure(loads === next, "each key was loaded once");
    await readAgain(context, next - READ_AGAIN);
    return outcome;
  });

export const set: Measure = async (context) => {
  const { settings, items } = context;
  await fill(context);
  return withTiers(context, false, async (tiers) => {
    let at = 0;
    const outcome = await settled(settings, (meter) =>
      meter.time(LOOK_EVERY, async () => {
        for (let call = 0; call < LOOK_EVERY; call++) {
          at = (at + 1) & (items.length - 1);
          await tiers.set(keyOf(items[at]), itemOf(items[at]));
        }
      }),
    );
    await readAgain(context, 0);
    return outcome;
  });
};

export const tag: Measure = (context) =>
  withTiers(context, true, async (tiers) => {
    if (tiers.invalidateTag === undefined) return null;
    const names = Array.from({ length: context.settings.tagged }, (_, item) => keyOf(item));
    return settled(context.settings, async (meter) => {
      await Promise.all(names.map((name, item) => tiers.set(name, itemOf(item), "group")));
      ensure(isItem(await tiers.get(names[0]), 0), "what bears the tag is there");
      await meter.time(1, async () => void (await tiers.invalidateTag?.("group")));
      // Some tell by clocks of milliseconds what is older than the invalidation, and what is set in the same one is not there.
      await sleep(3);
      for (const name of [names[0], names[names.length - 1]])
        ensure(isNothing(await tiers.get(name)), "what bears the tag is gone");
    });
  });

export const isNothing = (found: unknown): boolean => found === undefined || found === null;
