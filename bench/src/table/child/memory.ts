/** Bytes an item over key and value: in each contender's own measure, or as the growth of this process's heap. */
import { bytesInUse } from "../../harness/checks.js";
import { keyBytes, type Size } from "../settings.js";
import { type Measurement, needsOf } from "./context.js";
import { fill } from "./fill.js";
import { Requests } from "./requests.js";
import { requireLastWrites } from "./written.js";

export function bytesOverEachItem(size: Size, valueBytes: number): Measurement {
  return async (context) => {
    const { contender } = context;
    const needs = needsOf(context, size, valueBytes);
    if (contender.bytesOverEachItem !== undefined) return contender.bytesOverEachItem(needs);
    const requests = new Requests(context.sequence(size));
    // What a library allocates once, at its first use, is not charged to the items.
    const small = await contender.open({ ...needs, items: 10 });
    if (small !== undefined) await fill(small, { ...needs, items: 10 }, "set");
    const before = await bytesInUse();
    const store = await contender.open(needs);
    if (store === undefined) return undefined;
    await fill(store, needs, "set");
    const after = await bytesInUse();
    await requireLastWrites(store, requests, valueBytes, { ops: 1000, isSet: () => true, alone: false });
    return { figure: (after - before) / needs.items - keyBytes - valueBytes };
  };
}
