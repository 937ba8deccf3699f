/** The longest turn of the event loop while a store is filled, from requests whose bytes are used again. */

import { collect, ensure, turn } from "../../harness/checks.js";
import { longestStall } from "../../harness/stall.js";
import type { DirectStore, Needs } from "../contenders/contender.js";
import type { Size } from "../settings.js";
import { type Measurement, needsOf } from "./context.js";
import { keyOf, rewriteKey, Target, Values } from "./requests.js";

/** With room for half of them, at least so many of the items must be there in the end. */
const leastHeld = 0.25;

/** `evicting`: there is room for half of the items, so that the second half of the sets evicts. */
export function stalling(size: Size, valueBytes: number, { evicting = false } = {}): Measurement {
  return async (context) => {
    const all = needsOf(context, size, valueBytes);
    const needs: Needs = evicting ? { ...all, items: all.items / 2, evicts: true } : all;
    const opened = performance.now();
    const store = await context.contender.open(needs);
    const openMs = performance.now() - opened;
    if (store === undefined || store.pipelined || store.together !== undefined) return undefined;
    const key = keyOf(0);
    const values = new Values(valueBytes);
    collect();
    await turn();
    const set = (i: number) => {
      rewriteKey(key, i);
      store.write(key, values.stamped(i, i));
    };
    const { ownMs, wallMs, worstSetMs } = await longestStall({ sets: all.items, async: false, set });
    const share = shareHeld(store, all);
    await store.close();
    ensure(share >= (evicting ? leastHeld : 1), `${share} of the items are there`);
    ensure(!evicting || share < 1, "a store with room for half of the items evicts");
    return { figure: ownMs, extra: { wallMs, worstSetMs, openMs } };
  };
}

/** Of all items, those that are there, from looking at a thousand; what is there has to be right. */
function shareHeld(store: DirectStore, { items, valueBytes }: Needs): number {
  const target = new Target(valueBytes);
  let [asked, found] = [0, 0];
  for (let item = items - 1; item > 0; item -= Math.ceil(items / 1000)) {
    asked++;
    if (store.read(keyOf(item), target.buffer) === -1) continue;
    ensure(target.item === item && target.isWhole, `item ${item} reads back`);
    found++;
  }
  return found / asked;
}
