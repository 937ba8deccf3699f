/** Where the locks of the scenes stand. */
import { systemClock } from "../../../src/base/clock.js";
import { RedisAsking } from "../../../src/patterns/common/redis.js";
import { Locks, type LocksOptions, type RedisPlace } from "../../../src/patterns/index.js";
import type { LockPlace } from "../../../src/patterns/lock/place.js";
import { RedisLocks } from "../../../src/patterns/lock/redis-locks.js";
import { StoreLocks } from "../../../src/patterns/lock/store-locks.js";
import { MemoryStore } from "../../../src/stores/memory/index.js";
import type { Store } from "../../../src/stores/store.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { StoreGuard } from "../../../src/tiered/guard/index.js";
import type { LockPlaceScene, LockScene } from "./locks.js";

/** @param open another store on the same place, for each process */
export function storeLocks(
  name: string,
  openPlace: (clock: FakeClock) => { open(): Store; close(): void | Promise<void> },
): LockPlaceScene {
  return {
    name,
    open(): LockScene {
      const clock = new FakeClock();
      const made = openPlace(clock);
      const all: Locks[] = [];
      let isAway = false;
      return {
        name,
        clock,
        open(options) {
          const store = cuttable(made.open(), () => isAway);
          const locks = new Locks({ store, clock, random: () => 0.9, ...options });
          all.push(locks);
          return locks;
        },
        place: () => new StoreLocks(new StoreGuard(made.open(), { clock }), "place", clock),
        advance: (ms) => clock.advanceAsync(ms),
        away(now) {
          isAway = now;
        },
        async close() {
          isAway = false;
          await Promise.all(all.map((locks) => locks.close()));
          await made.close();
        },
      };
    },
  };
}

export function memoryLocks(): LockPlaceScene {
  return storeLocks("the memory store", (clock) => {
    const first = new MemoryStore({ clock });
    return { open: () => first.attach(), close: () => first.close() };
  });
}

let rooms = 0;

export function redisLocks(redis: RedisPlace): LockPlaceScene {
  return liveLocks("Redis", {
    options: () => ({ redis }),
    place: (name) => new RedisLocks(new RedisAsking(redis, systemClock, 1_000), name),
  });
}

/** Over a store whose time passes by itself. */
export function liveStoreLocks(name: string, store: () => Store): LockPlaceScene {
  return liveLocks(name, {
    options: () => ({ store: store() }),
    place: (room) => new StoreLocks(new StoreGuard(store()), room, systemClock),
  });
}

function liveLocks(
  what: string,
  made: { options(): Pick<LocksOptions, "redis" | "store">; place(name: string): LockPlace },
): LockPlaceScene {
  return {
    name: what,
    open(): LockScene {
      const name = `locks:${rooms++}`;
      const all: Locks[] = [];
      return {
        name: what,
        clock: undefined,
        open(options) {
          const locks = new Locks({ ...made.options(), name, retryEvery: 5, ...options });
          all.push(locks);
          return locks;
        },
        place: () => made.place(name),
        advance: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        async close() {
          await Promise.all(all.map((locks) => locks.close()));
        },
      };
    },
  };
}

/** While it is away, calls get no answer. */
function cuttable(store: Store, isAway: () => boolean): Store {
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      return (...args: unknown[]) =>
        isAway()
          ? new Promise(() => undefined)
          : (member as (...all: unknown[]) => unknown).apply(target, args);
    },
  });
}
