/** Counters: the same over every store. */
import { Counters, type CountersOptions } from "../../../src/patterns/index.js";
import { MemoryStore } from "../../../src/stores/memory/index.js";
import type { Store } from "../../../src/stores/store.js";
import { between, identical, rejects, same, throws } from "../../../src/testing/check.js";
import { type Scenes, scenes } from "../../support/scenes.js";
import type { Place } from "./place.js";

/** @param store a new one on the same place, which the counters close; undefined: they have none */
export function counterScenes(place: Place, store: () => Store | undefined): Scenes {
  const open = (options: CountersOptions = {}, name = place.room()) => {
    const made = store();
    const { clock } = place.options;
    return new Counters({ name, ...(made && { store: made }), ...(clock && { clock }), ...options });
  };

  return scenes((group, scene) => {
    group("counters", () => {
      scene("add up, by key", async () => {
        const counters = open();
        same([await counters.add("a"), await counters.add("a", 5), await counters.add("b", -2)], [1, 6, -2]);
        same(
          [...(await counters.getMany(["a", "b", "c"]))],
          [
            ["a", 6],
            ["b", -2],
            ["c", 0],
          ],
        );
        same([await counters.reset("a", "c"), await counters.get("a"), await counters.add("a")], [1, 0, 1]);
        await counters.close();
      });

      scene("lose nothing when many add at the same time", async () => {
        const counters = open();
        await Promise.all(Array.from({ length: 50 }, () => counters.add("a", 2)));
        identical(await counters.get("a"), 100);
        await counters.close();
      });

      scene("are raised to the highest", async () => {
        const counters = open();
        same(
          [await counters.raise("a", -5), await counters.raise("a", 3), await counters.raise("a", 1)],
          [-5, 3, 3],
        );
        await counters.close();
      });

      scene("begin anew after their time, which is that from the first count on", async () => {
        const counters = open({ ttl: 100 });
        await counters.add("a");
        await place.advance(50);
        await counters.add("a");
        between((await counters.ttl("a")) ?? -1, 1, 50, "ttl");
        await place.advance(55);
        same([await counters.get("a"), await counters.add("a"), await counters.ttl("b")], [0, 1, undefined]);
        await counters.close();
      });

      scene("refuse what is no number, no key, and no store that counts", async () => {
        const counters = open();
        for (const amount of [0.5, Number.NaN, "1"])
          await rejects(counters.add("a", amount as number), "InvalidArgumentError");
        await rejects(counters.add(1 as unknown as string), "InvalidArgumentError");
        await counters.close();
        await rejects(counters.add("a"), "ClosedError");
        const weak = Object.assign(new MemoryStore(), {});
        Object.defineProperty(weak, "abilities", { value: { ...weak.abilities, counters: false } });
        throws(() => new Counters({ store: weak }), "InvalidOptionError");
        throws(() => new Counters({ start: 1 } as CountersOptions), "InvalidOptionError");
      });
    });
  });
}
