/** Patterns between a cache and its source, over whichever cache. */
import type { CacheVerbs } from "../../../src/patterns/common/verbs.js";
import { cacheAside } from "../../../src/patterns/through/cache-aside.js";
import { memoize } from "../../../src/patterns/through/memoize.js";
import { readThrough } from "../../../src/patterns/through/read-through.js";
import { type RefreshAheadOptions, refreshAhead } from "../../../src/patterns/through/refresh-ahead.js";
import {
  type BehindEntry,
  type WriteBehindOptions,
  writeBehind,
} from "../../../src/patterns/through/write-behind.js";
import { type WriteThroughOptions, writeThrough } from "../../../src/patterns/through/write-through.js";
import { between, identical, ok, rejects, same, throws } from "../../../src/testing/check.js";
import { deferred } from "../../../src/testing/deferred.js";
import { FakeClock, settle } from "../../../src/testing/fake-clock.js";
import { type Scenes, scenes } from "../../support/scenes.js";

export interface OpenedCache {
  readonly cache: CacheVerbs<string>;
  close(): unknown;
}

export interface CachePlace {
  readonly name: string;
  open(clock: FakeClock): OpenedCache;
}

type Entries = readonly BehindEntry<string>[];

/** A source that notes what is done to it, and fails when it is told to. */
class Source {
  readonly rows = new Map<string, string>();
  readonly loads: string[] = [];
  readonly writes: string[] = [];
  readonly batches: string[][] = [];
  isDown = false;

  readonly load = async (key: string): Promise<string | undefined> => {
    this.loads.push(key);
    if (this.isDown) throw new TypeError("down");
    return this.rows.get(key);
  };

  readonly write = async (key: string, value: string): Promise<void> => {
    this.writes.push(`${key}=${value}`);
    if (this.isDown) throw new TypeError("down");
    this.rows.set(key, value);
  };

  readonly remove = async (key: string): Promise<void> => {
    if (this.isDown) throw new TypeError("down");
    this.rows.delete(key);
  };

  readonly writeMany = async (entries: Entries): Promise<void> => {
    this.batches.push(entries.map(({ key, value }) => `${key}=${value}`));
    if (this.isDown) throw new TypeError("down");
    for (const { key, value } of entries) {
      if (value === undefined) this.rows.delete(key);
      else this.rows.set(key, value);
    }
  };
}

interface World extends OpenedCache {
  readonly clock: FakeClock;
  readonly source: Source;
}

export function throughScenes(place: CachePlace): Scenes {
  const inWorld = (run: (world: World) => Promise<void>) => async () => {
    const clock = new FakeClock();
    const opened = place.open(clock);
    try {
      await run({ ...opened, clock, source: new Source() });
    } finally {
      await opened.close();
    }
  };

  return scenes((group, scene) => {
    group("read-through", () => {
      scene(
        "loads what is not there, once, and what there is not is nothing",
        inWorld(async ({ cache, source, clock }) => {
          source.rows.set("a", "1");
          const reading = readThrough(cache, source.load, { ttl: "1m" });
          same(await Promise.all([reading.get("a"), reading.get("a"), reading.get("b")]), [
            "1",
            "1",
            undefined,
          ]);
          same([...source.loads].sort(), ["a", "b"]);
          same(await reading.getMany(["a", "b", "a"]), new Map([["a", "1"]]));
          source.rows.set("a", "2");
          identical(await reading.get("a"), "1");
          clock.advance(60_000);
          identical(await reading.get("a"), "2");
        }),
      );

      scene(
        "refreshes, and forgets",
        inWorld(async ({ cache, source }) => {
          source.rows.set("a", "1");
          const reading = readThrough(cache, source.load);
          await reading.get("a");
          source.rows.set("a", "2");
          identical(await reading.refresh("a"), "2");
          identical(await reading.get("a"), "2");
          source.rows.set("a", "3");
          await reading.forget("a");
          identical(await reading.get("a"), "3");
          source.isDown = true;
          await reading.forget("a");
          const error = await reading.get("a").catch((caught: unknown) => caught);
          identical((error as Error).name, "TypeError");
        }),
      );

      scene(
        "refuses what is no cache, no loader and no key",
        inWorld(async ({ cache, source }) => {
          throws(() => readThrough({} as CacheVerbs<string>, source.load), "InvalidArgumentError");
          throws(() => readThrough(cache, undefined as never), "InvalidArgumentError");
          await rejects(readThrough(cache, source.load).get(1 as never), "InvalidArgumentError");
        }),
      );
    });

    group("cache-aside", () => {
      scene(
        "forgets what was changed, also where the change failed",
        inWorld(async ({ cache, source }) => {
          source.rows.set("a", "1").set("b", "1");
          const aside = cacheAside(cache, source.load);
          same(
            await aside.getMany(["a", "b"]),
            new Map([
              ["a", "1"],
              ["b", "1"],
            ]),
          );
          identical(await aside.change("a", () => source.write("a", "2").then(() => "done")), "done");
          identical(await aside.get("a"), "2");
          source.rows.set("a", "3").set("b", "3");
          const failed = aside.change(["a", "b"], () => Promise.reject(new TypeError("half")));
          identical(((await failed.catch((error: unknown) => error)) as Error).message, "half");
          same([await aside.get("a"), await aside.get("b")], ["3", "3"]);
        }),
      );

      scene(
        "a read that began before the change leaves nothing old behind",
        inWorld(async ({ cache, source }) => {
          const row = deferred<string>();
          let loads = 0;
          const aside = cacheAside(cache, async () => (loads++ === 0 ? row.promise : "new"));
          const reading = aside.get("a");
          await settle();
          await aside.change("a", () => source.write("a", "new"));
          row.resolve("old");
          identical(await reading, "old", "its caller's");
          identical(await aside.get("a"), "new");
        }),
      );
    });

    group("write-through", () => {
      const open = ({ cache, source }: World, options: Partial<WriteThroughOptions<string>> = {}) =>
        writeThrough(cache, { write: source.write, remove: source.remove, load: source.load, ...options });

      scene(
        "writes the source first, then the cache",
        inWorld(async (world) => {
          const { cache, source, clock } = world;
          const users = open(world, { ttl: "1m" });
          await users.set("a", "1");
          same([source.rows.get("a"), await cache.get("a"), await users.get("a")], ["1", "1", "1"]);
          identical(source.loads.length, 0, "it need not be read");
          clock.advance(60_000);
          identical(await cache.get("a"), undefined, "it lives as long as was said");
          await users.set("a", "2");
          await users.delete("a");
          same([source.rows.has("a"), await users.get("a")], [false, undefined]);
        }),
      );

      scene(
        "keeps what the source made of it",
        inWorld(async (world) => {
          const users = open(world, { write: async (_key, value) => `${value}!` });
          await users.set("a", "1");
          identical(await world.cache.get("a"), "1!");
        }),
      );

      scene(
        "leaves nothing in the cache when the source fails",
        inWorld(async (world) => {
          const { cache, source } = world;
          const users = open(world);
          await users.set("a", "1");
          source.isDown = true;
          for (const failing of [users.set("a", "2"), users.delete("a")])
            identical(((await failing.catch((error: unknown) => error)) as Error).message, "down");
          identical(await cache.get("a"), undefined, "nobody knows what the source has");
          source.isDown = false;
          identical(await users.get("a"), "1");
        }),
      );

      scene(
        "writes of a key go one after the other; the cache ends with what the source ends with",
        inWorld(async (world) => {
          const { cache } = world;
          const first = deferred<void>();
          const began: string[] = [];
          const users = open(world, {
            write: async (key, value) => {
              began.push(value);
              if (value === "1") await first.promise;
              world.source.rows.set(key, value);
            },
          });
          const all = [users.set("a", "1"), users.set("a", "2"), users.set("b", "3")];
          await settle();
          same(began, ["1", "3"], "another key does not wait");
          first.resolve();
          await Promise.all(all);
          same([world.source.rows.get("a"), await cache.get("a")], ["2", "2"]);
        }),
      );

      scene(
        "one that fails does not hold up the next",
        inWorld(async (world) => {
          const users = open(world);
          world.source.isDown = true;
          const failing = users.set("a", "1").catch((error: unknown) => error);
          await failing;
          world.source.isDown = false;
          await users.set("a", "2");
          identical(await users.get("a"), "2");
        }),
      );

      scene(
        "forgets instead of keeping where that is said",
        inWorld(async (world) => {
          const users = open(world, { keep: false });
          await users.set("a", "1");
          identical(await world.cache.get("a"), undefined);
          identical(await users.get("a"), "1");
        }),
      );

      scene(
        "refuses what is no option, no value and no removal",
        inWorld(async (world) => {
          for (const options of [{ write: undefined }, { ttl: "x" }, { writes: 1 }])
            throws(() => open(world, options as never), { name: "InvalidOptionError" });
          const users = writeThrough(world.cache, { write: world.source.write });
          await rejects(users.delete("a"), { name: "InvalidOptionError", says: ["remove"] });
          await rejects(users.set("a", undefined as never), "InvalidValueError");
          identical(await users.get("a"), undefined);
        }),
      );
    });

    group("write-behind", () => {
      const open = ({ cache, source, clock }: World, options: Partial<WriteBehindOptions<string>> = {}) =>
        writeBehind(cache, {
          write: source.writeMany,
          delay: 100,
          clock,
          random: () => 0.999,
          ...options,
        });

      scene(
        "is in the cache at once, and in the source a little later, in one batch",
        inWorld(async (world) => {
          const { cache, source, clock } = world;
          const behind = open(world);
          await Promise.all([behind.set("a", "1"), behind.set("b", "1"), behind.delete("c")]);
          same([await cache.get("a"), source.batches.length, behind.stats().queued], ["1", 0, 3]);
          await clock.advanceAsync(99);
          identical(source.batches.length, 0);
          await clock.advanceAsync(1);
          same(source.batches, [["a=1", "b=1", "c=undefined"]]);
          same([behind.stats().written, behind.stats().batches, behind.stats().queued], [3, 1, 0]);
          await behind.close();
          identical(clock.pending <= 1, true, "no timer of its own");
        }),
      );

      scene(
        "writes the newest value of a key alone",
        inWorld(async (world) => {
          const behind = open(world);
          for (const value of ["1", "2", "3"]) await behind.set("a", value);
          await behind.delete("b");
          await behind.set("b", "4");
          await world.clock.advanceAsync(100);
          same(world.source.batches, [["a=3", "b=4"]]);
          identical(behind.stats().coalesced, 3);
          await behind.close();
        }),
      );

      scene(
        "a batch that is full goes at once, and one at a time is written",
        inWorld(async (world) => {
          const gate = deferred<void>();
          let running = 0;
          const batches: number[] = [];
          const behind = open(world, {
            batch: 2,
            write: async (entries) => {
              identical(++running, 1, "one at a time");
              batches.push(entries.length);
              await gate.promise;
              running--;
            },
          });
          for (const key of ["a", "b", "c", "d", "e"]) await behind.set(key, "1");
          await world.clock.advanceAsync(0);
          same(batches, [2]);
          gate.resolve();
          await world.clock.advanceAsync(100);
          same(batches, [2, 2, 1]);
          await behind.close();
        }),
      );

      scene(
        "a value that comes while its key is written is written after it",
        inWorld(async (world) => {
          const gate = deferred<void>();
          const seen: string[] = [];
          const behind = open(world, {
            write: async ([entry]) => {
              if (seen.push(`${entry.value}`) === 1) await gate.promise;
            },
          });
          await behind.set("a", "1");
          await world.clock.advanceAsync(100);
          await behind.set("a", "2");
          same([await behind.get("a"), behind.stats().queued], ["2", 1]);
          await world.clock.advanceAsync(500);
          same(seen, ["1"]);
          gate.resolve();
          await world.clock.advanceAsync(100);
          same(seen, ["1", "2"]);
          await behind.close();
        }),
      );

      scene(
        "readers see what waits, though the cache has lost it, and else the source",
        inWorld(async (world) => {
          const { cache, source } = world;
          source.rows.set("a", "old").set("c", "there").set("d", "gone");
          const behind = open(world, { load: source.load });
          await behind.set("a", "new");
          await behind.delete("d");
          await cache.delete("a");
          same(
            [await behind.get("a"), await behind.get("c"), await behind.get("d"), await behind.get("e")],
            ["new", "there", undefined, undefined],
          );
          same(source.loads, ["c", "e"]);
          await behind.close();
        }),
      );

      scene(
        "what is written while it is read wins",
        inWorld(async (world) => {
          let row = deferred<string>();
          const behind = open(world, { load: () => row.promise });
          for (const [key, write, after] of [
            ["a", () => behind.set("a", "new"), "new"],
            ["b", () => behind.delete("b"), undefined],
          ] as const) {
            row = deferred();
            const reading = behind.get(key);
            await settle();
            await write();
            row.resolve("old");
            identical(await reading, after);
            identical(await behind.get(key), after);
          }
          await behind.close();
        }),
      );

      scene(
        "a batch that fails is tried again after a pause, with what is newer by then",
        inWorld(async (world) => {
          const { source, clock } = world;
          const behind = open(world);
          source.isDown = true;
          await behind.set("a", "1");
          await behind.set("b", "1");
          await clock.advanceAsync(100);
          same([source.batches.length, behind.stats().failures, behind.stats().queued], [1, 1, 2]);
          await behind.set("a", "2");
          await clock.advanceAsync(98);
          identical(source.batches.length, 1, "within the pause");
          source.isDown = false;
          await clock.advanceAsync(2);
          same(source.batches[1], ["a=2", "b=1"]);
          same([behind.stats().queued, source.rows.get("a")], [0, "2"]);
          await behind.close();
        }),
      );

      scene(
        "a batch that fails while newer values come is tried again with those",
        inWorld(async (world) => {
          const { source, clock } = world;
          const gate = deferred<void>();
          let tries = 0;
          const behind = open(world, {
            write: async (entries) => {
              if (tries++ > 0) return source.writeMany(entries);
              await gate.promise;
              throw new TypeError("down");
            },
          });
          await behind.set("a", "1");
          await behind.set("b", "1");
          await clock.advanceAsync(100);
          await behind.set("b", "2");
          gate.resolve();
          await clock.advanceAsync(100);
          same(source.batches, [["a=1", "b=2"]]);
          await behind.close();
        }),
      );

      scene(
        "pauses grow up to their bound",
        inWorld(async (world) => {
          const { source, clock } = world;
          const behind = open(world, { maxPause: 300, retries: Number.POSITIVE_INFINITY });
          source.isDown = true;
          await behind.set("a", "1");
          const times: number[] = [];
          let count = 0;
          for (let ms = 0; ms < 2_000; ms++) {
            await clock.advanceAsync(1);
            if (source.batches.length > count) times.push(ms);
            count = source.batches.length;
          }
          const gaps = times.slice(1).map((ms, index) => ms - times[index]);
          for (const [index, pause] of [100, 200, 300, 300, 300].entries())
            between(gaps[index], pause - 1, pause, `pause ${index}`);
          source.isDown = false;
          const closing = behind.close();
          await clock.advanceAsync(300);
          await closing;
        }),
      );

      scene(
        "what cannot be written is given up after the retries, told of, and forgotten by the cache",
        inWorld(async (world) => {
          const { source, clock, cache } = world;
          const lost: [string[], unknown][] = [];
          const behind = open(world, {
            retries: 2,
            onLost: (entries, error) => lost.push([entries.map(({ key }) => key), error]),
          });
          source.isDown = true;
          await behind.set("a", "1");
          await clock.advanceAsync(100);
          await clock.advanceAsync(100);
          await behind.set("b", "1");
          await clock.advanceAsync(200);
          same([source.batches.length, behind.stats().lost], [3, 2]);
          same([lost[0][0], (lost[0][1] as Error).message], [["a", "b"], "down"]);
          same([await cache.get("a"), behind.stats().queued], [undefined, 0]);
          source.isDown = false;
          await behind.set("a", "2");
          await clock.advanceAsync(100);
          identical(source.rows.get("a"), "2", "it goes on");
          await behind.close();
        }),
      );

      scene(
        "a newer value outlives the giving up of an older one",
        inWorld(async (world) => {
          const { source, clock, cache } = world;
          const gate = deferred<void>();
          let tries = 0;
          const behind = open(world, {
            retries: 0,
            write: async (entries) => {
              if (tries++ === 0) {
                await gate.promise;
                throw new TypeError("down");
              }
              await source.writeMany(entries);
            },
          });
          await behind.set("a", "1");
          await clock.advanceAsync(100);
          await behind.set("a", "2");
          gate.resolve();
          await clock.advanceAsync(100);
          same([source.rows.get("a"), behind.stats().lost, await cache.get("a")], ["2", 0, "2"]);
          await behind.close();
        }),
      );

      scene(
        "a full queue makes writers wait, or refuses them; a key that waits already is taken",
        inWorld(async (world) => {
          const { clock, cache } = world;
          const refusing = open(world, { maxQueue: 1, whenFull: "refuse" });
          await refusing.set("a", "1");
          await refusing.set("a", "2");
          await rejects(refusing.set("b", "1"), "QueueFullError");
          identical(await cache.get("b"), undefined);
          await refusing.close();
          const waiting = open(world, { maxQueue: 1 });
          await waiting.set("a", "3");
          let isIn = false;
          const second = waiting.set("b", "1").then(() => {
            isIn = true;
          });
          await settle();
          identical(isIn, false);
          await clock.advanceAsync(100);
          await second;
          identical(await waiting.get("b"), "1");
          await waiting.close();
          await rejects(waiting.set("c", "1"), "ClosedError");
        }),
      );

      scene(
        "flush and close write what waits, at once",
        inWorld(async (world) => {
          const { source, clock } = world;
          const behind = open(world, { delay: "1h", batch: 2 });
          for (const key of ["a", "b", "c"]) await behind.set(key, "1");
          const flushing = behind.flush();
          await clock.advanceAsync(0);
          await clock.advanceAsync(0);
          await flushing;
          identical(source.rows.size, 3);
          await behind.set("d", "1");
          const closing = Promise.all([behind.close(), behind.close()]);
          await clock.advanceAsync(0);
          await closing;
          identical(source.rows.get("d"), "1");
          await rejects(behind.set("e", "1"), "ClosedError");
          await rejects(behind.delete("e"), "ClosedError");
        }),
      );

      scene(
        "close waits only so long, and tells what was lost",
        inWorld(async (world) => {
          const { clock } = world;
          let lost: Entries = [];
          let isTold = false;
          const behind = open(world, {
            closeTimeout: 1_000,
            write: (_entries, { signal }) =>
              new Promise(() =>
                signal.addEventListener("abort", () => {
                  isTold = true;
                }),
              ),
            onLost: (entries) => {
              lost = entries;
            },
          });
          await behind.set("a", "1");
          await clock.advanceAsync(100);
          await behind.set("b", "1");
          const closing = behind.close();
          await clock.advanceAsync(1_000);
          await closing;
          same(
            lost.map(({ key }) => key),
            ["a", "b"],
          );
          same([isTold, behind.stats().lost, await world.cache.get("a")], [true, 2, undefined]);
        }),
      );

      scene(
        "refuses what is no option",
        inWorld(async (world) => {
          for (const options of [{ write: undefined }, { batch: 0 }, { whenFull: "drop" }, { queue: 1 }])
            throws(() => open(world, options as never), "InvalidOptionError");
          throws(() => writeBehind({} as never, { write: () => 1 }), "InvalidArgumentError");
          const behind = open(world);
          await rejects(behind.set("a", undefined as never), "InvalidValueError");
          await rejects(behind.set(1 as never, "1"), "InvalidArgumentError");
          await behind.close();
        }),
      );
    });

    group("refresh-ahead", () => {
      const open = (
        { cache, source, clock }: World,
        options: Partial<RefreshAheadOptions> = {},
        load: (key: string) => Promise<string | undefined> = source.load,
      ) => refreshAhead(cache, load, { ttl: 1_000, clock, ...options });

      scene(
        "keeps what is in use from ever expiring, without a reader",
        inWorld(async (world) => {
          const { source, clock, cache } = world;
          source.rows.set("a", "1");
          const ahead = open(world);
          identical(await ahead.get("a"), "1");
          source.rows.set("a", "2");
          await clock.advanceAsync(799);
          identical(source.loads.length, 1);
          await clock.advanceAsync(1);
          same([source.loads.length, await cache.get("a"), ahead.stats().refreshed], [2, "2", 1]);
          for (let step = 0; step < 20; step++) {
            await clock.advanceAsync(200);
            ok((await cache.get("a")) !== undefined, `after ${step}`);
          }
          ahead.close();
        }),
      );

      scene(
        "leaves to expire what is not read, and what there is no room for",
        inWorld(async (world) => {
          const { source, clock } = world;
          for (const key of ["a", "b", "c"]) source.rows.set(key, "1");
          const ahead = open(world, { idle: 2_000, max: 2 });
          for (const key of ["a", "b", "c"]) await ahead.get(key);
          identical(ahead.stats().keys, 2);
          await clock.advanceAsync(800);
          same([...source.loads].sort(), ["a", "b", "b", "c", "c"]);
          await ahead.get("c");
          await clock.advanceAsync(1_700);
          same([ahead.stats().keys, source.loads.filter((key) => key === "b").length], [1, 3]);
          await clock.advanceAsync(10_000);
          identical(ahead.stats().keys, 0);
          ahead.close();
        }),
      );

      scene(
        "a load that fails leaves the old value, is told of, and is tried again before it expires",
        inWorld(async (world) => {
          const { source, clock, cache } = world;
          source.rows.set("a", "1");
          const errors: string[] = [];
          const ahead = open(world, { onError: (error, key) => errors.push(`${key}: ${String(error)}`) });
          await ahead.get("a");
          source.isDown = true;
          await clock.advanceAsync(800);
          same([ahead.stats().failed, errors], [1, ["a: TypeError: down"]]);
          identical(await cache.get("a"), "1");
          source.isDown = false;
          source.rows.set("a", "2");
          await clock.advanceAsync(60);
          identical(await cache.get("a"), "2");
          ahead.close();
        }),
      );

      scene(
        "loads so many at a time",
        inWorld(async (world) => {
          const { clock } = world;
          const gates: (() => void)[] = [];
          let isFirst = true;
          const load = (key: string) =>
            isFirst ? Promise.resolve(key) : new Promise<string>((resolve) => gates.push(() => resolve(key)));
          const ahead = open(world, { concurrency: 2 }, load);
          for (const key of ["a", "b", "c", "d", "e"]) await ahead.get(key);
          isFirst = false;
          await clock.advanceAsync(800);
          identical(gates.length, 2);
          gates[0]();
          gates[1]();
          await settle();
          await clock.advanceAsync(0);
          identical(gates.length, 4);
          for (const open of gates) open();
          await settle();
          await clock.advanceAsync(0);
          between(gates.length, 5, 5);
          gates[4]();
          await settle();
          ahead.close();
        }),
      );

      scene(
        "is never older than a deletion: a load that was under way is not kept",
        inWorld(async (world) => {
          const { clock, cache } = world;
          const gate = deferred<string>();
          let loads = 0;
          const ahead = open(world, {}, async () => (++loads === 2 ? gate.promise : `${loads}`));
          await ahead.get("a");
          await clock.advanceAsync(800);
          await ahead.forget("a");
          gate.resolve("old");
          await settle();
          identical(await cache.get("a"), undefined);
          ahead.close();
        }),
      );

      scene(
        "leaves no timer, and nothing goes on after close",
        inWorld(async (world) => {
          const { source, clock } = world;
          source.rows.set("a", "1");
          const before = clock.pending;
          const ahead = open(world);
          await ahead.get("a");
          await ahead.get("none");
          identical(ahead.stats().keys, 1, "what there is not is not kept fresh");
          ahead.close();
          await settle();
          const after = clock.pending;
          ok(after <= before + 1, `${after - before} timers more`);
          await clock.advanceAsync(5_000);
          identical(source.loads.filter((key) => key === "a").length, 1);
          await rejects(ahead.get("a"), "ClosedError");
          throws(() => open(world, { ttl: undefined as never }), "InvalidOptionError");
          throws(() => open(world, { ahead: 1 }), "InvalidOptionError");
        }),
      );
    });

    group("memoization", () => {
      scene(
        "remembers by arguments, and runs once at a time",
        inWorld(async ({ cache }) => {
          let calls = 0;
          const join = memoize(
            cache,
            async function join(...parts: (string | number)[]) {
              calls++;
              return parts.join("-");
            },
            { ttl: "1m" },
          );
          same(await Promise.all([join("a", 1), join("a", 1), join("a", "1"), join()]), [
            "a-1",
            "a-1",
            "a-1",
            "",
          ]);
          identical(calls, 3);
          const short = memoize(cache, async (name: string) => `${name}!`, {
            key: (name) => `short:${name}`,
          });
          identical(await short("x"), "x!");
          identical(await cache.get("short:x"), "x!");
        }),
      );

      scene(
        "has a name, or is refused",
        inWorld(async ({ cache }) => {
          throws(
            () =>
              memoize(
                cache,
                (
                  () => async () =>
                    "1"
                )(),
              ),
            "InvalidOptionError",
          );
          throws(() => memoize(cache, 1 as never), "InvalidArgumentError");
          const one = memoize(
            cache,
            (
              () => async () =>
                "1"
            )(),
            { name: "one" },
          );
          const two = memoize(
            cache,
            (
              () => async () =>
                "2"
            )(),
            { name: "two" },
          );
          same([await one(), await two()], ["1", "2"]);
        }),
      );
    });
  });
}
