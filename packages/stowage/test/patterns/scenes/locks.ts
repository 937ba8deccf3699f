/** Locks: the same promises over stores and over Redis. */
import { Locks, type LocksOptions } from "../../../src/patterns/index.js";
import type { LockPlace } from "../../../src/patterns/lock/place.js";
import type { Store } from "../../../src/stores/store.js";
import { between, identical, ok, rejects, same, throws } from "../../../src/testing/check.js";
import { type FakeClock, settle } from "../../../src/testing/fake-clock.js";
import { type Scenes, scenes } from "../../support/scenes.js";

export interface LockScene {
  readonly name: string;
  /** Of the store; undefined: real time passes. */
  readonly clock: FakeClock | undefined;
  /** Locks on the place that all others of the same scene have. */
  open(options?: Partial<LocksOptions>): Locks;
  /** What they stand on. */
  place(): LockPlace;
  advance(ms: number): Promise<void>;
  /** From now on the place gives no answers; undefined: it cannot be made to. */
  away?(isAway: boolean): void;
  close(): Promise<void>;
}

export interface LockPlaceScene {
  readonly name: string;
  open(): LockScene;
}

const TTL = 300;

export function lockScenes(place: LockPlaceScene): Scenes {
  const withPlace = (run: (s: LockScene) => Promise<void>) => async () => {
    const s = place.open();
    try {
      await run(s);
    } finally {
      await s.close();
    }
  };

  return scenes((group, scene) => {
    group("a lock", () => {
      scene(
        "has one holder; others get it after him, with a greater fence",
        withPlace(async (s) => {
          const [one, two] = [s.open(), s.open()];
          const held = await one.acquire("a");
          ok(held.fence > 0 && held.isHeld, "held");
          identical(await two.tryAcquire("a"), undefined);
          identical(await one.tryAcquire("a"), undefined, "by the same process");
          const other = await two.tryAcquire("b");
          ok(other !== undefined, "another key is free");
          same([await held.release(), held.isHeld, await held.release()], [true, false, false]);
          const next = await two.acquire("a");
          ok(next.fence > held.fence, "the fence grows");
          identical(held.signal.aborted, false, "what was given back was not lost");
        }),
      );

      scene(
        "is one's who waits for it, and nobody's who waited too long",
        withPlace(async (s) => {
          const locks = s.open({ wait: 60, retryEvery: 5 });
          const held = await locks.acquire("a");
          const late = rejects(locks.acquire("a"), { name: "LockTimeoutError", says: ["wait", '"a"'] });
          for (let step = 0; step < 12; step++) await s.advance(6);
          await late;
          const waiting = locks.acquire("a", { wait: "10s" });
          await s.advance(1);
          await held.release();
          for (let step = 0; step < 5; step++) await s.advance(5);
          ok((await waiting).isHeld, "held by the next one");
        }),
      );

      scene(
        "is free when its holder died",
        withPlace(async (s) => {
          const locks = s.open({ ttl: TTL, renewEvery: false });
          const dead = await locks.acquire("a");
          await s.advance(TTL + 5);
          identical(dead.isHeld, false);
          ok(dead.signal.aborted, "it is told so");
          throws(() => dead.check(), "LockLostError");
          const next = await locks.tryAcquire("a");
          ok(next !== undefined, "free");
          same([await dead.release(), next?.isHeld], [false, true], "late");
          identical(await locks.tryAcquire("a"), undefined, "the late one has released nothing");
        }),
      );

      scene(
        "is renewed for as long as it is held",
        withPlace(async (s) => {
          const locks = s.open({ ttl: TTL });
          const held = await locks.acquire("a");
          for (let step = 0; step < 8; step++) {
            await s.advance(TTL / 4);
            identical(await locks.tryAcquire("a"), undefined, `after ${step}`);
          }
          same([held.isHeld, held.signal.aborted], [true, false]);
          held.check();
          identical(await held.release(), true);
        }),
      );

      scene(
        "is one's own for a whole function, whatever comes of it",
        withPlace(async (s) => {
          const locks = s.open();
          let running = 0;
          const fences: number[] = [];
          const work = Array.from({ length: 6 }, (_, index) =>
            locks.with("a", async ({ fence }) => {
              identical(++running, 1, "alone");
              await Promise.resolve();
              fences.push(fence);
              running--;
              return index;
            }),
          );
          const all = Promise.all(work);
          for (let step = 0; step < 400 && fences.length < 6; step++) await s.advance(4);
          same(await all, [0, 1, 2, 3, 4, 5]);
          same(
            fences,
            [...fences].sort((a, b) => a - b),
          );
          await rejects(
            locks.with("a", () => locks.tryAcquire(1 as unknown as string)),
            "InvalidArgumentError",
          );
          ok((await locks.tryAcquire("a")) !== undefined, "given back");
        }),
      );

      scene(
        "nobody waits for longer than his signal says",
        withPlace(async (s) => {
          const locks = s.open();
          await locks.acquire("a");
          const aborting = new AbortController();
          const reason = new Error("given up");
          const outcome = locks.acquire("a", { signal: aborting.signal }).catch((error: unknown) => error);
          await s.advance(5);
          aborting.abort(reason);
          identical(await outcome, reason);
        }),
      );

      scene(
        "all are given back when the locks are closed",
        withPlace(async (s) => {
          const [one, two] = [s.open(), s.open()];
          const held = await one.acquire("a");
          await one.close();
          same([held.isHeld, held.signal.aborted], [false, false]);
          ok((await two.tryAcquire("a")) !== undefined, "free");
          await rejects(one.acquire("a"), "ClosedError");
          await one.close();
        }),
      );

      scene(
        "keys are apart, whatever they are",
        withPlace(async (s) => {
          const locks = s.open();
          for (const key of ["", "a", "a:b", "{", "}", "{}", "\0", "é"])
            ok((await locks.tryAcquire(key)) !== undefined, JSON.stringify(key));
        }),
      );

      scene(
        "leaves no timer",
        withPlace(async (s) => {
          if (s.clock === undefined) return;
          const locks = s.open({ ttl: TTL });
          const held = await locks.acquire("a");
          ok(s.clock.pending > 0, "one for its renewal");
          await held.release();
          // The store's guard has one timer for all of its calls, which may be left; the lock has none.
          ok(s.clock.pending <= 1, `${s.clock.pending} timers after release`);
          await locks.close();
          await settle();
          identical(s.clock.pending, 0);
        }),
      );
    });

    group("a place of locks", () => {
      scene(
        "believes nobody but the owner",
        withPlace(async (s) => {
          const made = s.place();
          ok((await made.take("a", "one", 60_000)).isTaken, "taken");
          const second = await made.take("a", "two", 60_000);
          identical(second.isTaken, false);
          if (!second.isTaken) between(second.leftMs ?? -1, 1, 60_000, "leftMs");
          same([await made.renew("a", "two", 60_000), await made.release("a", "two")], [false, false]);
          same([await made.renew("b", "one", 60_000), await made.release("b", "one")], [false, false]);
          identical((await made.take("a", "two", 60_000)).isTaken, false);
          same([await made.renew("a", "one", 60_000), await made.release("a", "one")], [true, true]);
          same([await made.renew("a", "one", 60_000), await made.release("a", "one")], [false, false]);
          ok((await made.take("a", "two", 60_000)).isTaken, "by the next one");
          await made.close();
        }),
      );

      scene(
        "forgets what was not renewed",
        withPlace(async (s) => {
          const made = s.place();
          await made.take("a", "one", 100);
          await s.advance(50);
          identical(await made.renew("a", "one", 100), true);
          await s.advance(70);
          identical((await made.take("a", "two", 100)).isTaken, false);
          await s.advance(40);
          same([await made.renew("a", "one", 100), await made.release("a", "one")], [false, false]);
          ok((await made.take("a", "two", 100)).isTaken, "free");
          await made.close();
        }),
      );
    });

    group("a lock whose place is away", () => {
      scene(
        "is lost when its time is over, also while a renewal waits for an answer",
        withPlace(async (s) => {
          if (s.away === undefined) return;
          const locks = s.open({ ttl: TTL, timeout: "1h" });
          const held = await locks.acquire("a");
          s.away(true);
          for (let step = 0; step < 18; step++) await s.advance(TTL / 16);
          same([held.isHeld, held.signal.aborted], [false, true]);
          s.away(false);
        }),
      );

      scene(
        "is lost when it cannot be renewed in time, and told of",
        withPlace(async (s) => {
          if (s.away === undefined) return;
          const locks = s.open({ ttl: TTL, timeout: 20 });
          const held = await locks.acquire("a");
          s.away(true);
          for (let step = 0; step < 14; step++) await s.advance(TTL / 16);
          identical(held.isHeld, true, "before its time is over");
          for (let step = 0; step < 4; step++) await s.advance(TTL / 16);
          same([held.isHeld, held.signal.aborted], [false, true]);
          identical((held.signal.reason as Error).name, "LockLostError");
          s.away(false);
        }),
      );

      scene(
        "is kept when it comes back in time",
        withPlace(async (s) => {
          if (s.away === undefined) return;
          const locks = s.open({ ttl: TTL, timeout: 20 });
          const held = await locks.acquire("a");
          s.away(true);
          for (let step = 0; step < 10; step++) await s.advance(TTL / 16);
          s.away(false);
          for (let step = 0; step < 40; step++) await s.advance(TTL / 16);
          same([held.isHeld, held.signal.aborted], [true, false]);
        }),
      );

      scene(
        "is not taken, and says why",
        withPlace(async (s) => {
          if (s.away === undefined) return;
          const locks = s.open({ timeout: 20 });
          s.away(true);
          const outcome = rejects(locks.acquire("a"), "StoreUnavailableError");
          for (let step = 0; step < 5; step++) await s.advance(10);
          await outcome;
          s.away(false);
        }),
      );
    });

    group("locks", () => {
      scene("want a place, one, and a store that can", async () => {
        for (const options of [undefined, {}, { redis: "redis://a", store: {} }, { ttl: 0 }])
          throws(() => new Locks(options as LocksOptions), "InvalidOptionError");
        const abilities = { name: "weak", leases: false, counters: true };
        const none = async () => [];
        const store = { abilities, getMany: none, setMany: none, deleteMany: none } as unknown as Store;
        throws(() => new Locks({ store }), { name: "InvalidOptionError", says: ["leases"] });
        const strong = { ...store, abilities: { ...abilities, leases: true } } as unknown as Store;
        throws(() => new Locks({ store: strong, ttl: 10, renewEvery: 10 }), "InvalidOptionError");
      });
    });
  });
}
