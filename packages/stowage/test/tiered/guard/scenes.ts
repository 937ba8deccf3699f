/** A guarded store: deadlines, breaker, turns, figures, close. guard.test.ts runs them, mutants.test.ts shows what they find. */
import { NonNumericValueError, StoreUnavailableError } from "../../../src/base/errors.js";
import { MemoryStore } from "../../../src/stores/memory/index.js";
import type { Store, StoreCall } from "../../../src/stores/store.js";
import { identical, rejects, same, throws } from "../../../src/testing/check.js";
import { type Deferred, deferred } from "../../../src/testing/deferred.js";
import { FakeClock, settle } from "../../../src/testing/fake-clock.js";
import { type GuardOptions, StoreGuard } from "../../../src/tiered/guard/index.js";
import { scenes } from "../../support/scenes.js";

interface Asked extends Deferred<readonly undefined[]> {
  readonly key: string;
  readonly call: StoreCall;
}

/** A store whose getMany is answered by hand, and whose other verbs are those of memory. */
function world(options: GuardOptions = {}) {
  const clock = new FakeClock();
  const asked: Asked[] = [];
  const store: Store = Object.assign(new MemoryStore({ clock }), {
    getMany([key]: readonly string[], call: StoreCall) {
      const one = { ...deferred<readonly undefined[]>(), key, call };
      asked.push(one);
      return one.promise;
    },
  });
  const guard = new StoreGuard(store, { clock, ...options });
  const get = (key = "a", signal?: AbortSignal) => guard.getMany([key], signal);
  return { clock, asked, store, guard, get };
}

async function faultOf(promise: Promise<unknown>): Promise<string> {
  const error = await rejects(promise, "StoreUnavailableError");
  return (error as StoreUnavailableError).fault;
}

/** So many failures, one after the other. */
async function failing(s: ReturnType<typeof world>, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const call = s.get();
    s.asked.at(-1)?.reject(new Error("ECONNRESET"));
    identical(await faultOf(call), "failed");
  }
}

export const guardScenes = scenes((group, scene) => {
  group("a guarded store", () => {
    scene("answers as the store does, every verb", async () => {
      const guard = new StoreGuard(new MemoryStore({ clock: new FakeClock() }));
      const entry = { key: "a", bytes: Uint8Array.of(1), ttlMs: null };
      await guard.setMany([entry]);
      same([...((await guard.getMany(["a"]))[0] ?? [])], [1]);
      identical(await guard.expire("a", 1_000), true);
      identical(await guard.ttl("a"), 1_000);
      const lease = await guard.lease("a", { ttlMs: 10, seen: Uint8Array.of(1) });
      if (lease.kind !== "granted") throw new Error(lease.kind);
      identical(await guard.release("a", lease.token), true);
      identical(await guard.fill(entry, lease.token), false);
      identical(await guard.incr("n", 2, { initial: 1, ttlMs: null }), 3);
      same((await guard.scan("", { limit: 9 })).keys, ["a", "n"]);
      identical(await guard.deleteMany(["a"]), 1);
      identical(await guard.clear(""), 1);
      identical(guard.abilities.name, "memory");
      const { verbs, underWay, waiting, open, breaker } = guard.stats();
      same([underWay, waiting, open, breaker, Object.keys(verbs).length], [0, 0, 0, "closed", 11]);
      for (const figures of Object.values(verbs)) identical(figures.answered, figures.calls);
    });

    scene("refuses options that are none", () => {
      throws(() => new StoreGuard(new MemoryStore(), { timout: 1 } as GuardOptions), {
        name: "InvalidOptionError",
        says: ["l2", "timeout"],
      });
    });
  });

  group("a deadline", () => {
    scene("ends a call that the store does not answer, and aborts its signal", async () => {
      const { clock, asked, guard, get } = world({ timeout: 200 });
      const fault = faultOf(get());
      const { signal } = asked[0].call;
      await clock.advanceAsync(199);
      identical(guard.stats().underWay, 1);
      identical(signal.aborted, false);
      await clock.advanceAsync(1);
      identical(await fault, "timeout");
      identical(signal.aborted, true);
      same([guard.stats().underWay, clock.pending, guard.stats().verbs.getMany.timeout], [0, 0, 1]);
      asked[0].resolve([undefined]);
      await settle();
      same([guard.stats().underWay, guard.stats().verbs.getMany.answered], [0, 0], "the late answer");
    });

    scene("holds for those that wait as well", async () => {
      const { clock, asked, guard, get } = world({ timeout: 200, maxUnderWay: 1 });
      const faults = [faultOf(get("a"))];
      await clock.advanceAsync(150);
      faults.push(faultOf(get("b")));
      await clock.advanceAsync(50);
      identical(asked.length, 2, "the first one has given its turn back");
      await clock.advanceAsync(150);
      same(await Promise.all(faults), ["timeout", "timeout"]);
      same([guard.stats().underWay, guard.stats().waiting, clock.pending], [0, 0, 0]);
    });

    scene(
      "is no longer the caller's business when he gives up: his reason comes back, and no failure is counted",
      async () => {
        const { guard, get } = world({ failures: 1 });
        const aborting = new AbortController();
        const reason = new Error("given up");
        const error = get("a", aborting.signal).catch((caught: unknown) => caught);
        aborting.abort(reason);
        identical(await error, reason);
        identical(await get("a", AbortSignal.abort(reason)).catch((caught: unknown) => caught), reason);
        same(
          [guard.stats().breaker, guard.stats().verbs.getMany.aborted, guard.stats().open],
          ["closed", 2, 0],
        );
      },
    );
  });

  group("the breaker", () => {
    scene("opens after failures in a row, tries once after a while, and closes", async () => {
      const states: string[] = [];
      const s = world({ failures: 3, cooldown: 1_000, onState: (state) => states.push(state) });
      await failing(s, 2);
      const good = s.get();
      s.asked.at(-1)?.resolve([undefined]);
      await good;
      await failing(s, 3);
      same([s.guard.isAvailable, s.guard.stats().breaker], [false, "open"]);
      const { length } = s.asked;
      identical(await faultOf(s.get()), "away");
      identical(s.asked.length, length, "nothing is sent");
      s.clock.advance(1_000);
      identical(s.guard.isAvailable, true);
      const probe = s.get();
      identical(await faultOf(s.get()), "away", "while one tries");
      s.asked.at(-1)?.resolve([undefined]);
      await probe;
      same(states, ["open", "half-open", "closed"]);
      identical(s.guard.stats().verbs.getMany.away, 2);
    });

    scene(
      "stays open twice as long when the probe fails, and lets the next one try when it was given up",
      async () => {
        const s = world({ failures: 1, cooldown: 1_000 });
        await failing(s, 1);
        s.clock.advance(1_000);
        const aborting = new AbortController();
        const probe = s.get("a", aborting.signal);
        aborting.abort();
        await probe.catch(() => undefined);
        await failing(s, 1);
        s.clock.advance(1_999);
        identical(await faultOf(s.get()), "away");
        s.clock.advance(1);
        await failing(s, 1);
      },
    );

    scene("does not open for what the store answers, nor for wrong values", async () => {
      const s = world({ failures: 1 });
      const call = s.get();
      s.asked[0].reject(new NonNumericValueError("incr", "a", "x"));
      await rejects(call, "NonNumericValueError");
      same([s.guard.stats().breaker, s.guard.stats().verbs.getMany.answered], ["closed", 1]);
    });

    scene(
      "opens for what the store itself calls away, and for a store that throws or is closed",
      async () => {
        const away = new StoreUnavailableError("redis", "get", "away", "no connection");
        for (const [error, fault] of [
          [away, "away"],
          ["a text", "failed"],
        ] as const) {
          const s = world({ failures: 1 });
          const call = s.get();
          s.asked[0].reject(error);
          identical(await faultOf(call), fault, "what was not sent is said to be so");
          identical(s.guard.stats().breaker, "open");
        }
        const s = world({ failures: 1 });
        await s.store.close();
        identical(await faultOf(s.guard.ttl("a")), "failed");
      },
    );

    scene("refuses all that wait when it opens, however many", async () => {
      const s = world({ failures: 1, maxUnderWay: 1 });
      const all = Array.from({ length: 10_001 }, () => faultOf(s.get()));
      s.asked[0].reject(new Error("ECONNRESET"));
      const faults = await Promise.all(all);
      identical(faults.filter((fault) => fault === "away").length, 10_000);
      same(
        [s.asked.length, s.guard.stats().underWay, s.guard.stats().waiting, s.guard.stats().open],
        [1, 0, 0, 0],
      );
    });
  });

  group("turns", () => {
    scene("are given in order, so many at a time, and one too many is refused", async () => {
      const { asked, guard, get, clock } = world({ maxUnderWay: 2, maxWaiting: 3 });
      const calls = ["a", "b", "c", "d", "e"].map((key) => get(key));
      identical(await faultOf(get("f")), "crowded");
      same([guard.stats().underWay, guard.stats().waiting], [2, 3]);
      for (let index = 0; index < 5; index++) {
        asked[index].resolve([undefined]);
        await settle();
      }
      await Promise.all(calls);
      same(
        asked.map(({ key }) => key),
        ["a", "b", "c", "d", "e"],
      );
      same([guard.stats().underWay, guard.stats().waiting, guard.stats().open], [0, 0, 0]);
      identical(clock.pending, 1, "one timer for all of them, until it has nothing to wait for");
      clock.advance(1_000);
      identical(clock.pending, 0);
    });

    scene("one that gives up while it waits is never sent", async () => {
      const { asked, get } = world({ maxUnderWay: 1 });
      const first = get("a");
      const aborting = new AbortController();
      const second = get("b", aborting.signal);
      const third = get("c");
      aborting.abort(new Error("given up"));
      await second.catch(() => undefined);
      asked[0].resolve([undefined]);
      await first;
      asked[1].resolve([undefined]);
      await third;
      same(
        asked.map(({ key }) => key),
        ["a", "c"],
      );
    });
  });

  group("close", () => {
    scene("ends what is under way and what waits, and leaves nothing", async () => {
      const { asked, guard, get, clock, store } = world({ maxUnderWay: 2 });
      const calls = Array.from({ length: 5 }, () => rejects(get(), "ClosedError"));
      await Promise.all([guard.close(), guard.close()]);
      await Promise.all(calls);
      identical(asked.length, 2, "none begins when the others end");
      identical(asked[0].call.signal.aborted, true);
      same([guard.stats().underWay, guard.stats().waiting, clock.pending], [0, 0, 0]);
      await rejects(get(), "ClosedError");
      await rejects(store.ttl("a", asked[0].call), "ClosedError");
      identical(guard.isAvailable, false);
    });

    scene("does not wait for a store that does not close", async () => {
      const clock = new FakeClock();
      const store = Object.assign(new MemoryStore({ clock }), { close: () => deferred<void>().promise });
      const closed = faultOf(new StoreGuard(store, { clock, timeout: 100 }).close());
      await clock.advanceAsync(100);
      identical(await closed, "timeout");
      identical(clock.pending, 0);
    });

    scene("tells when the store fails to close", async () => {
      const close = () => Promise.reject(new Error("EPIPE"));
      const store = Object.assign(new MemoryStore(), { close });
      identical(await faultOf(new StoreGuard(store).close()), "failed");
    });
  });
});
