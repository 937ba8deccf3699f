/** The rows about stalls: the longest turn of the event loop while a cache is filled. */
import { collect, ensure, turn } from "../../harness/checks.js";
import { longestStall } from "../../harness/stall.js";
import type { Measurement } from "./context.js";
import { makeKey, makeKeys, makeValues } from "./data.js";

export interface StallOptions {
  /** The bound is half of the sets, so that the second half of them evicts; otherwise there is none. */
  bounded: boolean;
  /** Key strings made on the way, as requests bring them: they are garbage, or promoted, while the cache grows. */
  fresh: boolean;
}

export function stalling({ bounded, fresh }: StallOptions): Measurement {
  return async ({ contender, settings }) => {
    const sets = settings.stall;
    const keys = fresh ? [] : makeKeys("user", sets);
    const values = makeValues(sets);
    const keyOf = fresh ? (i: number) => makeKey("user", i) : (i: number) => keys[i];
    collect();
    await turn();

    const opened = performance.now();
    const cache = contender.create(bounded ? { max: sets / 2 } : {});
    const openMs = performance.now() - opened;
    if (cache === undefined) return undefined;
    const set = (i: number) => cache.set(keyOf(i), values[i]);
    const { ownMs, wallMs, worstSetMs } = await longestStall({ sets, async: cache.async, set });
    const last = keyOf(sets - 1);
    const held = await cache.get(last);
    ensure(
      held === values[sets - 1] || (bounded && held === undefined),
      `${last} reads back as what was set`,
    );
    return { figure: ownMs, extra: { wallMs, worstSetMs, openMs } };
  };
}
