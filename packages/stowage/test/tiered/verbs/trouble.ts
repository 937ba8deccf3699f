/** L2 away, the bus away, hooks, warmers, closing. */
import { Cache } from "stowage";
import { SharedCache } from "stowage/table";
import { FakeClock, settle } from "stowage/testing";
import { identical, ok, rejects, same, throws } from "../../../src/testing/check.js";
import {
  createTiered,
  MemoryBus,
  type TieredEvent,
  type TieredHookEvent,
} from "../../../src/tiered/index.js";
import { scenes } from "../../support/scenes.js";
import { withPair } from "../support/fleet.js";

const events: TieredEvent[] = [];
const errors: unknown[] = [];

export const troubleScenes = scenes((group, scene) => {
  group("while L2 is away", () => {
    scene(
      "reads miss, loads load, and L1 goes on",
      withPair(async ({ a, store, clock }) => {
        await a.set("k", 1);
        store.mode = "away";
        same(
          [await a.get("k"), await a.get("none"), await a.has("none"), await a.ttl("none")],
          [1, undefined, false, undefined],
        );
        same(await a.getMany(["k", "none"]), new Map([["k", 1]]));
        same(await a.fetch("f", async () => 2), 2);
        same(await a.get("f"), 2);
        await clock.advanceAsync(10_000);
        identical(a.peek("f"), undefined, "not for longer than whenL2Down.ttl");
        ok((a.stats().l2?.failed ?? 0) >= 3, "counted");
      }),
    );
    scene(
      "writes change L1 and reject, and what L2 has of old does not come back",
      withPair(async ({ a, b, store, clock }) => {
        await a.setMany(
          [
            ["k", "old"],
            ["j", "old"],
            ["t", "old"],
          ],
          { tags: ["x"] },
        );
        await b.get("k");
        store.mode = "away";
        await rejects(a.set("k", "new"), "StoreUnavailableError");
        await rejects(a.delete("j"), "StoreUnavailableError");
        same([await a.get("k"), await a.get("j"), a.stats().owed], ["new", undefined, 2]);
        await settle();
        identical(b.peek("k"), undefined, "others have let go of it");
        await clock.advanceAsync(12_000);
        identical(a.peek("k"), undefined, "L1 has it for whenL2Down.ttl");
        await rejects(a.incr("n"), "StoreUnavailableError");
        store.mode = "well";
        // The breaker's pause has doubled a few times.
        await clock.advanceAsync(30_000);
        same(
          [await a.get("k"), await a.get("j"), await b.get("j"), a.stats().owed],
          [undefined, undefined, undefined, 0],
        );
        same([await a.get("t"), await a.set("k", "newest"), await b.get("k")], ["old", true, "newest"]);
      }),
    );
    scene(
      "invalidations reject, and are made good before L2 is believed",
      withPair(async ({ a, b, store, clock }) => {
        await a.set("k", "old", { tags: ["t"] });
        store.mode = "away";
        await rejects(a.invalidateTag("t"), "StoreUnavailableError");
        identical(await a.get("k"), undefined);
        store.mode = "well";
        await clock.advanceAsync(150);
        identical(await a.get("k"), undefined, "L2 has it");
        identical(await b.get("k"), undefined, "for everybody");
        same([await a.set("k", "new", { tags: ["t"] }), await b.get("k")], [true, "new"]);
        store.mode = "away";
        await rejects(a.clear(), "StoreUnavailableError");
        store.mode = "well";
        await clock.advanceAsync(150);
        same(await a.set("j", 1), true);
        await settle();
        same([await a.get("k"), await b.get("k"), await b.get("j")], [undefined, undefined, 1]);
      }),
    );
    scene(
      "a write that was made after the failed one is not undone by the repair",
      withPair(async ({ a, b, store, clock }) => {
        store.mode = "away";
        await rejects(a.delete("k"), "StoreUnavailableError");
        store.mode = "well";
        await clock.advanceAsync(150);
        await a.set("k", "new");
        await clock.advanceAsync(5_000);
        same([await b.get("k"), await a.get("k", { only: "l2" })], ["new", "new"]);
      }),
    );
    scene(
      "best effort does not reject",
      withPair(
        async ({ a, store }) => {
          await a.set("k", 1);
          store.mode = "away";
          same([await a.set("k", 2), await a.get("k"), await a.setMany([["j", 1]])], [false, 2, 0]);
          same([await a.delete("k"), await a.get("k")], [true, undefined]);
          await a.invalidateTag("t");
          await a.clear();
          ok(a.stats().owed > 0, "remembered");
        },
        { writes: "best-effort" },
      ),
    );
    scene(
      "what hangs is given up, and told of",
      withPair(
        async ({ a, store, clock }) => {
          events.length = 0;
          store.mode = "hung";
          const reads = [a.get("1"), a.get("2"), a.get("3")];
          await clock.advanceAsync(50);
          same(await Promise.all(reads), [undefined, undefined, undefined]);
          same(await a.get("4"), undefined, "at once: the breaker is open");
          same(
            events.filter(({ type }) => type === "l2"),
            [{ type: "l2", state: "open" }],
          );
        },
        { onEvent: (event) => void events.push(event) },
      ),
    );
  });

  group("while the bus is away", () => {
    scene(
      "L1 holds what nobody tells it of for whenBehind.ttl, and drops it all when it is back",
      async () => {
        const clock = new FakeClock();
        let listener: { connected(is: boolean, replayed: boolean): void } | undefined;
        const inner = new MemoryBus();
        const bus = {
          name: "switched",
          textBytesMax: Number.POSITIVE_INFINITY,
          publish: (channel: string, text: string) => inner.publish(channel, text),
          subscribe: (channel: string, given: typeof listener & { message(text: string): void }) => {
            listener = given;
            return inner.subscribe(channel, given);
          },
          close: () => inner.close(),
        };
        const flushes: TieredEvent[] = [];
        const cache = createTiered<number>({
          clock,
          bus,
          ttl: "1h",
          onEvent: (event) => void flushes.push(event),
        });
        await clock.advanceAsync(8_000);
        await cache.set("k", 1);
        flushes.length = 0;
        listener?.connected(false, false);
        same(await cache.get("k"), 1, "for so long it may be old");
        same(flushes, [{ type: "behind", isBehind: true }]);
        await cache.set("j", 1);
        await clock.advanceAsync(1_000);
        same([await cache.get("k"), await cache.get("j")], [undefined, undefined]);
        await cache.set("late", 1);
        await clock.advanceAsync(1_000);
        identical(await cache.get("late"), undefined, "what came into L1 meanwhile");
        await cache.set("j", 2);
        listener?.connected(true, false);
        await clock.advanceAsync(500);
        identical(await cache.get("j"), undefined, "flushed");
        same(
          flushes.map(({ type }) => type),
          ["behind", "flush", "behind"],
        );
        await clock.advanceAsync(8_000);
        await cache.set("j", 3);
        await clock.advanceAsync(60_000);
        same([await cache.get("j"), cache.stats().bus?.isBehind], [3, false]);
        await cache.close();
        identical(clock.pending, 0, "timers");
      },
    );
    scene(
      "without one, and over a store that others share, L1 holds entries for whenBehind.ttl, or as was said",
      withPair(
        async ({ a, b, clock }) => {
          await a.set("k", 1);
          await a.set("said", 1, { l1Ttl: "5s" });
          await b.set("k", 2);
          same(await a.get("k"), 1);
          await clock.advanceAsync(1_000);
          same([await a.get("k"), a.peek("said")], [2, 1]);
        },
        {},
        { hasBus: false, abilities: { shared: true } },
      ),
    );
  });

  group("hooks", () => {
    const told: TieredHookEvent[] = [];
    scene(
      "are told of actions, with their namespace, and may stop them",
      withPair(
        async ({ a }) => {
          told.length = 0;
          await a.set("k", 1);
          await a.namespace("in").get("k");
          await rejects(a.set("k", undefined), "InvalidValueError");
          same(
            told.map(({ action, namespace, result, error }) => [
              action,
              namespace,
              result,
              error === undefined,
            ]),
            [
              ["set", [], true, true],
              ["get", ["in"], undefined, true],
              ["set", [], undefined, false],
            ],
          );
          same(await a.delete("locked"), false);
          await rejects(a.take("locked"), "VetoError");
          same(await a.get("k"), 1);
        },
        {
          hooks: [
            { when: "after", on: ["get", "set"], handle: (event) => told.push(event) },
            {
              when: "before",
              veto: true,
              on: ["delete", "take"],
              handle: ({ args }) => args[0] !== "locked",
            },
          ],
        },
      ),
    );
  });

  group("warmers", () => {
    scene("fill both tiers, and give way to what is newer", async () => {
      const clock = new FakeClock();
      const { MemoryStore } = await import("../../../src/stores/memory/index.js");
      const store = new MemoryStore({ clock });
      const bus = new MemoryBus();
      const other = createTiered<string>({ clock, l2: store.attach(), bus: bus.attach() });
      await other.set("old", "old");
      await clock.advanceAsync(8_000);
      let during = async (): Promise<unknown> => undefined;
      const cache = createTiered<string>({
        clock,
        l2: store,
        bus,
        warmers: [
          {
            name: "all",
            required: true,
            execute: async () => {
              await during();
              return {
                entries: ["old", "new", "changed"].map((key) => [key, "warm"] as const),
                options: { tags: ["w"] },
              };
            },
          },
        ],
      });
      during = () => clock.advanceAsync(1_000).then(() => other.set("changed", "newer"));
      await clock.advanceAsync(2_000);
      await cache.ready;
      same(
        [await cache.get("new"), await other.get("new"), await other.get("old")],
        ["warm", "warm", "warm"],
      );
      same([await cache.get("changed"), await other.get("changed")], ["newer", "newer"]);
      await other.invalidateTag("w");
      await settle();
      identical(await cache.get("new"), undefined);
      during = async () => undefined;
      same(await cache.warm({ only: ["all"] }), { all: 2 }, "another is younger than the warmer");
      await rejects(cache.warm({ only: ["none"] }), "UnknownWarmerError");
      await Promise.all([cache.close(), other.close()]);
    });
  });

  group("kinds of L1", () => {
    scene("a cache of the user's, which stays open, and has what it says of ttl", async () => {
      const clock = new FakeClock();
      const own = new Cache<string, number>({ max: 2, ttl: "5s", clock });
      const cache = createTiered<number>({ clock, l1: own, ttl: "1m" });
      await cache.set("k", 1);
      same([own.get("k"), own.ttl("k")], [1, 5_000]);
      throws(() => cache.namespace("in"), { name: "InvalidOptionError", says: ["l1"] });
      same(await cache.namespace("in", { l1: { max: 1 } }).set("k", 2), true);
      await cache.close();
      await rejects(cache.get("k"), "ClosedError");
      same(own.get("k"), 1);
      own.close();
    });
    scene("a cache that threads share", async () => {
      const { MemoryStore } = await import("../../../src/stores/memory/index.js");
      const shared = SharedCache.create<{ n: number }>({ memory: "4mb", janitor: false });
      const store = new MemoryStore();
      const cache = createTiered<{ n: number }>({ l1: shared, l2: store });
      const other = createTiered<{ n: number }>({ l2: store.attach() });
      await cache.set("k", { n: 1 }, { tags: ["t"] });
      same([shared.get("k"), await other.get("k")], [{ n: 1 }, { n: 1 }]);
      await other.set("j", { n: 2 });
      same([await cache.get("j"), shared.get("j")], [{ n: 2 }, { n: 2 }]);
      same(await cache.fetch("f", async () => ({ n: 3 })), { n: 3 });
      await cache.invalidateTag("t");
      identical(await cache.get("k"), undefined);
      same([await cache.delete("j"), shared.get("j"), await cache.delete("f")], [true, undefined, true]);
      await Promise.all([cache.close(), other.close()]);
      shared.close();
    });
  });

  group("closing", () => {
    scene(
      "ends what is under way, and every verb rejects",
      withPair(async ({ a, b, store }) => {
        await b.set("k", 1);
        await settle();
        store.mode = "hung";
        const [read, load] = [a.get("k"), a.fetch("f", () => new Promise(() => {}))].map((each) =>
          each.catch((error) => error),
        );
        await settle();
        const closing = a.close();
        same([((await read) as Error).name, ((await load) as Error).name], ["ClosedError", "ClosedError"]);
        await closing;
        await a.close();
        for (const call of [
          a.get("k"),
          a.set("k", 1),
          a.delete("k"),
          a.fetch("k", () => 1),
          a.clear(),
          a.incr("n"),
          a.getMany([]),
        ])
          await rejects(call, "ClosedError");
        throws(() => a.stats(), "ClosedError");
        throws(() => a.namespace("x"), "ClosedError");
        throws(() => a.keys(), "ClosedError");
        same([a.closed, await b.get("k")], [true, 1]);
      }),
    );
    scene(
      "tells L2 what it was not told",
      withPair(async ({ a, b, store, clock }) => {
        await a.set("k", "old");
        store.mode = "away";
        await rejects(a.delete("k"), "StoreUnavailableError");
        store.mode = "well";
        await clock.advanceAsync(100);
        await a.close();
        identical(await b.get("k", { only: "l2" }), undefined);
      }),
    );
  });

  group("reports", () => {
    scene(
      "count tier by tier",
      withPair(
        async ({ a, b }) => {
          errors.length = 0;
          await a.set("k", 1);
          await a.get("k");
          await a.get("none");
          await b.get("k");
          await a.delete("k");
          const { l1, l2, bus, loads } = a.stats();
          same([l1?.hits, l2?.store, l2?.breaker, loads.ok], [1, "memory", "closed", 0]);
          ok((l2?.misses ?? 0) >= 1 && (l2?.writes ?? 0) >= 1 && (l2?.deletes ?? 0) >= 1, "L2");
          ok((bus?.sent ?? 0) > 0 && bus?.isBehind === false, "bus");
          same(await a.fetch("f", async () => 1), 1);
          same(a.stats().loads.ok, 1);
        },
        { onError: (error) => void errors.push(error) },
      ),
    );
  });
});
