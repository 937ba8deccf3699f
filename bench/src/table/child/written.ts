/** The check that writes were done. */
import { ensure } from "../../harness/checks.js";
import type { Store } from "../contenders/contender.js";
import { keyOf, type Requests, Target } from "./requests.js";

/** What the last writes put there must be there, whole; with threads, of whichever thread came last. */
export async function requireLastWrites(
  store: Store,
  requests: Requests,
  valueBytes: number,
  writes: { ops: number; isSet: (i: number) => boolean; alone: boolean },
): Promise<void> {
  const target = new Target(valueBytes);
  const seen = new Set<number>();
  for (let i = writes.ops - 1; i >= Math.max(0, writes.ops - 1000); i--) {
    const item = requests.itemOf(i);
    if (!writes.isSet(i) || seen.has(item)) continue;
    seen.add(item);
    ensure((await readInto(store, item, target)) === valueBytes, `item ${item}, written, is there`);
    ensure(target.item === item && target.isWhole, `item ${item} holds a whole value of its own`);
    ensure(!writes.alone || target.operation === i, `item ${item} holds what was written last`);
  }
}

async function readInto(store: Store, item: number, { buffer }: Target): Promise<number> {
  if (!store.pipelined) return store.read(keyOf(item), buffer);
  const [value] = await store.exchange([keyOf(item)], [undefined]);
  if (value == null) return -1;
  buffer.set(value);
  return value.length;
}
