/** Tiers in one memory, which do everything right: what a probe has to let pass. Each test breaks one thing of them. */
import type { Contender, Tiers } from "../../src/tiered/contenders/contender.js";
import type { Item } from "../../src/tiered/items.js";

/** What all processes share. */
export class FakeFleet {
  readonly l2 = new Map<string, { item: Item; tag: string | undefined }>();
  readonly loads = new Map<string, Promise<Item>>();
  readonly l1s = new Set<Map<string, Item>>();
  /** Moves with whatever ends loads. */
  readonly epochs = new Map<string, number>();
  /** While it hangs, nothing of L2 answers. */
  hangs: Promise<unknown> = Promise.resolve();

  epochOf(key: string): number {
    return this.epochs.get(key) ?? 0;
  }

  forget(key: string): void {
    this.epochs.set(key, this.epochOf(key) + 1);
    this.l2.delete(key);
    for (const l1 of this.l1s) l1.delete(key);
  }
}

export function rightTiers(fleet: FakeFleet): Tiers {
  const l1 = new Map<string, Item>();
  fleet.l1s.add(l1);
  const read = (key: string) => {
    const found = l1.get(key) ?? fleet.l2.get(key)?.item;
    if (found !== undefined) l1.set(key, found);
    return found;
  };
  const tags = new Map<string, string>();
  const loaded = async (key: string, load: () => Promise<Item>, tag: string | undefined) => {
    const [epoch, tagEpoch] = [fleet.epochOf(key), fleet.epochOf(`tag ${tag}`)];
    const item = await load();
    if (epoch === fleet.epochOf(key) && tagEpoch === fleet.epochOf(`tag ${tag}`))
      fleet.l2.set(key, { item, tag });
    return item;
  };
  return {
    get: async (key) => read(key),
    getAtOnce: (key) => l1.get(key),
    getMany: async (keys) => keys.map(read),
    async set(key, item, tag) {
      fleet.forget(key);
      fleet.l2.set(key, { item, tag });
      l1.set(key, item);
      if (tag !== undefined) tags.set(key, tag);
    },
    async fetch(key, load, { tag } = {}) {
      const found = read(key);
      if (found !== undefined) return found;
      const running = fleet.loads.get(key) ?? loaded(key, load, tag).finally(() => fleet.loads.delete(key));
      fleet.loads.set(key, running);
      return running;
    },
    delete: async (key) => fleet.forget(key),
    async invalidateTag(tag) {
      fleet.epochs.set(`tag ${tag}`, fleet.epochOf(`tag ${tag}`) + 1);
      for (const [key, entry] of fleet.l2) if (entry.tag === tag) fleet.forget(key);
    },
    close() {},
  };
}

/** `broken` replaces parts of each process. */
export function contenderOf(
  broken: (tiers: Tiers, fleet: FakeFleet) => Partial<Tiers> = () => ({}),
  fleet = new FakeFleet(),
): Contender {
  return {
    hasTags: true,
    async open() {
      const tiers = rightTiers(fleet);
      return { ...tiers, ...broken(tiers, fleet) };
    },
  };
}
