/**
 * A cache, loads that end when the script says so, and a watchman who knows what may never be seen.
 *
 * Steps of a script are separated by a few microtasks, not by a full settling, so that a delete may fall between a
 * loader's answer and the cache's taking note of it. Nothing here predicts what the cache will do; after every step it
 * only says what must not be:
 *
 *   - a value whose load began before its key, one of its tags or everything was written or invalidated (invariant 1)
 *   - a value that came after its load was given up (timeout, all waiters gone)
 *   - a missing or other value where the last thing that happened to the key was a set
 *   - two loads of one key at once (invariant 2); a load that was given up does not count any more
 *   - a caller of fetch who is given something from before he called and invalidated, or a failure that is not his
 */
import type { CacheUnderTest, FakeClock } from "stowage/testing";
import { settle } from "stowage/testing";
import { expect } from "vitest";
import { GaveUp, History, KEYS, type Key, type Load, Loaded, LoadFailed, type Outcome } from "./history.js";

/** The ways to fetch that have to do with time; the script mixes them on one key. */
export const MANNERS = {
  plain: {},
  timed: { timeout: 50 },
  stale: { ttl: 20, staleWhileRevalidate: 1_000 },
  graceful: { ttl: 20, grace: 1_000, timeout: 50 },
  impatient: { ttl: 20, grace: 1_000, softTimeout: 10 },
  ahead: { ttl: 20, refreshAhead: 0.5 },
  early: { ttl: 20, earlyRefresh: 5 },
  negative: { negativeTtl: 30 },
  forced: { force: true },
} as const;

export interface FetchPlan {
  readonly tags: readonly string[];
  readonly manner: keyof typeof MANNERS;
}

/** How a loader says "store it with these tags" and "do not store it". */
interface Language {
  commit(value: unknown, options: object): unknown;
  ignore(value: unknown): unknown;
}

interface Caller {
  readonly signal: AbortSignal;
  readonly calledAt: number;
}

export class RaceWorld {
  readonly running: Load[] = [];
  readonly #history = new History();
  readonly #aborts: AbortController[] = [];
  readonly #waiting: Promise<void>[] = [];
  readonly #wrong: unknown[] = [];
  #sets = 0;
  #closed = false;

  constructor(
    readonly cache: CacheUnderTest,
    readonly clock: FakeClock,
    readonly say: Language,
  ) {}

  fetch(key: Key, plan: FetchPlan): void {
    const caller = this.#caller();
    const load = (_key: Key, { signal }: { signal: AbortSignal }) => this.#load([key], false, plan, signal);
    const running = this.cache.fetch(key, load, optionsOf(plan, caller));
    this.#watch(running, caller, (value) => this.#checkFetched(key, value, caller));
  }

  fetchMany(keys: readonly Key[], plan: FetchPlan): void {
    const caller = this.#caller();
    const load = (asked: Key[], { signal }: { signal: AbortSignal }) => this.#load(asked, true, plan, signal);
    const running = this.cache.fetchMany(keys, load, optionsOf(plan, caller));
    this.#watch(running, caller, (found) => {
      for (const [key, value] of found as Map<Key, unknown>) this.#checkFetched(key, value, caller);
    });
  }

  set(key: Key, tags: readonly string[]): void {
    this.#sets += 1;
    const value = `set ${this.#sets}`;
    this.cache.set(key, value, { tags, ttl: null });
    this.#history.set(key, value, tags);
  }

  remove(key: Key, verb: "delete" | "take"): void {
    this.cache[verb](key);
    this.#history.add({ key });
  }

  removeAll(verb: "clear" | "reset"): void {
    this.cache[verb]();
    this.#history.add({ all: true });
  }

  invalidateTag(tag: string): void {
    this.cache.invalidateTag(tag);
    this.#history.add({ tag });
  }

  settle(index: number, outcome: Outcome): void {
    if (this.running.length > 0) this.running.splice(index % this.running.length, 1)[0].settle(outcome);
  }

  /** One of those who wait does not want to any more. */
  abort(index: number): void {
    if (this.#aborts.length > 0) this.#aborts.splice(index % this.#aborts.length, 1)[0].abort(new GaveUp());
  }

  close(): void {
    this.cache.close();
    this.#closed = true;
  }

  /** Ends everything that is under way; nobody may be left waiting. */
  async finish(): Promise<void> {
    await settle();
    for (let n = 0; this.running.length > 0; n += 1) {
      expect(n, "loads without end").toBeLessThan(1_000);
      this.settle(0, "value");
      await settle();
      this.check();
    }
    const all = Promise.all(this.#waiting).then(() => "nobody waits");
    const late = settle()
      .then(settle)
      .then(() => "callers of fetch are left waiting");
    expect(await Promise.race([all, late])).toBe("nobody waits");
    this.check();
  }

  /** What must hold after every step. */
  check(): void {
    if (this.#wrong.length > 0) throw this.#wrong[0];
    if (this.#closed) return;
    for (const key of KEYS) this.#checkHeld(key, this.cache.peek(key));
    this.cache.verify();
  }

  #caller(): Caller {
    const abort = new AbortController();
    this.#aborts.push(abort);
    return { signal: abort.signal, calledAt: this.#history.moment };
  }

  #load(keys: readonly Key[], bulk: boolean, { tags }: FetchPlan, signal: AbortSignal): Promise<unknown> {
    const loading = (other: Load): boolean =>
      !other.signal.aborted && other.keys.some((key) => keys.includes(key));
    if (this.running.some(loading))
      this.#wrong.push(new Error(`two loads at once of one of ${keys.join(", ")}`));
    return new Promise((resolve, reject) => {
      const answer = (outcome: Outcome): void => {
        if (outcome === "error") reject(new LoadFailed(load));
        else resolve(this.#answer(load, outcome));
      };
      const load: Load = {
        keys: [...keys],
        bulk,
        from: this.#history.moment,
        signal,
        tags,
        storedTags: tags,
        settle: answer,
      };
      this.running.push(load);
    });
  }

  #answer(load: Load, outcome: Outcome): unknown {
    const late = load.signal.aborted;
    for (const key of load.keys) this.#history.answered(key, load.from);
    if (outcome === "nothing") return load.bulk ? [] : undefined;
    if (load.bulk) return load.keys.map((key) => [key, new Loaded(load, key, late, false)]);
    const value = new Loaded(load, load.keys[0], late, outcome === "ignore");
    if (outcome === "ignore") return this.say.ignore(value);
    if (outcome !== "commit") return value;
    load.storedTags = [...load.tags, "blue"];
    return this.say.commit(value, { tags: load.storedTags });
  }

  #watch(running: Promise<unknown>, caller: Caller, check: (value: unknown) => void): void {
    const checked = running.then(check, (error: unknown) => this.#checkFailure(error, caller));
    this.#waiting.push(checked.catch((wrong: unknown) => void this.#wrong.push(wrong)));
  }

  #checkHeld(key: Key, value: unknown): void {
    if (!(value instanceof Loaded)) {
      if (value === undefined && this.#history.mayBeReplaced(key)) return;
      expect(value, `what was last set to ${key}`).toBe(this.#history.standing(key));
      return;
    }
    const { load, late, ignored } = value;
    expect(value.key, "the value of another key").toBe(key);
    expect(late, "a value that came after its load was given up").toBe(false);
    expect(ignored, "a value that was not to be stored").toBe(false);
    expect(
      this.#history.changed(key, load.storedTags, load.from),
      `a stale load was committed to ${key}`,
    ).toBe(false);
  }

  #checkFetched(key: Key, value: unknown, { calledAt }: Caller): void {
    if (!(value instanceof Loaded)) return;
    const { load, late } = value;
    expect(value.key, "the value of another key").toBe(key);
    expect(late, "a value that came after its load was given up").toBe(false);
    if (load.from >= calledAt) return;
    const overtaken = this.#history.changed(key, load.tags, load.from, calledAt);
    expect(overtaken, "fetch gave a value from before").toBe(false);
  }

  #checkFailure(error: unknown, { signal, calledAt }: Caller): void {
    if (error instanceof GaveUp) {
      expect(signal.reason, "someone else gave up").toBe(error);
    } else if (error instanceof LoadFailed) {
      const { keys, tags, from } = error.load;
      const overtaken =
        from < calledAt && keys.every((key) => this.#history.changed(key, tags, from, calledAt));
      expect(overtaken, "the failure of a load from before").toBe(false);
    } else {
      const expected = this.#closed ? /^(ClosedError|LoadTimeoutError)$/ : /^LoadTimeoutError$/;
      expect((error as Error).name, String(error)).toMatch(expected);
    }
  }
}

function optionsOf({ tags, manner }: FetchPlan, { signal }: Caller): Record<string, unknown> {
  return { ...MANNERS[manner], tags, signal };
}
