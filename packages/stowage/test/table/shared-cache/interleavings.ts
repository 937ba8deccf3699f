/**
 * Invariants 1 and 2 over random interleavings of three attachments: what is cached is never older than the last
 * invalidation, and a key is loaded once at a time.
 *
 * The source has a number for each key. Whoever changes it tells the cache afterwards, in one of the ways there are. A
 * loader reads the source when it is called, and brings what it read when the test says so.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { commit } from "stowage";
import { SharedCache } from "stowage/table";
import { FakeClock, settle } from "stowage/testing";

const KEYS = ["a", "b"];
const ATTACHMENTS = 3;
/** Waking another attachment takes a turn of the event loop or two. */
const TURNS = 3;

type Step =
  | {
      readonly kind: "fetch";
      readonly at: number;
      readonly key: string;
      readonly tag: "option" | "commit" | "none";
      readonly force: boolean;
    }
  | { readonly kind: "finish"; readonly load: number; readonly how: "value" | "nothing" | "error" }
  | { readonly kind: "write"; readonly at: number; readonly key: string; readonly by: Way }
  | { readonly kind: "many"; readonly at: number; readonly by: "clear" | "tag" };
type Way = "set" | "delete" | "take" | "update" | "transaction" | "setMany" | "getAndUpdate";

const at = fc.nat(ATTACHMENTS - 1);
const key = fc.constantFrom(...KEYS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("fetch" as const),
      at,
      key,
      tag: fc.constantFrom("option" as const, "commit" as const, "none" as const),
      force: fc.nat(9).map((n) => n === 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("finish" as const),
      load: fc.nat(5),
      how: fc.constantFrom("value" as const, "value" as const, "nothing" as const, "error" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      at,
      key,
      by: fc.constantFrom<Way>("set", "delete", "take", "update", "transaction", "setMany", "getAndUpdate"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("many" as const),
      at,
      by: fc.constantFrom("clear" as const, "tag" as const),
    }),
  },
);

interface Load {
  readonly key: string;
  readonly read: number;
  finish(how: "value" | "nothing" | "error"): void;
}

class World {
  readonly caches: SharedCache<number>[] = [];
  readonly source = new Map(KEYS.map((each) => [each, 0]));
  /** The number of a key when the cache was last told of it by key: whoever asks from then on gets nothing older. */
  readonly told = new Map(KEYS.map((each) => [each, 0]));
  /** The number of a key when it was last found to be nothing. */
  readonly nothing = new Map<string, number>();
  readonly loads: Load[] = [];
  wrong: string | undefined;

  constructor() {
    const clock = new FakeClock();
    this.caches.push(SharedCache.create<number>({ memory: "1mb", clock, janitor: false }));
    while (this.caches.length < ATTACHMENTS)
      this.caches.push(SharedCache.attach<number>(this.caches[0].handle, { clock, janitor: false }));
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const each of steps) {
      await this.#do(each);
      await this.#settle();
      this.#check();
    }
    while (this.loads.length > 0) {
      this.loads.shift()?.finish("value");
      await this.#settle();
      this.#check();
    }
    this.caches[0].verify();
    for (const cache of this.caches) cache.close();
    await this.#settle();
  }

  async #do(step: Step): Promise<void> {
    if (step.kind === "fetch") this.#fetch(step);
    else if (step.kind === "finish")
      this.loads.splice(step.load % (this.loads.length || 1), 1)[0]?.finish(step.how);
    else if (step.kind === "write") await this.#write(this.caches[step.at], step.key, step.by);
    else {
      for (const each of KEYS) this.#change(each);
      if (step.by === "clear") {
        this.caches[step.at].clear();
        for (const [each, now] of this.source) this.told.set(each, now);
      } else {
        // What was set by hand bears no tag; what is being loaded will.
        for (const each of KEYS) if (this.#isUntagged(each)) this.caches[step.at].delete(each);
        this.caches[step.at].invalidateTag("t");
      }
    }
  }

  #fetch({ at, key, tag, force }: Step & { kind: "fetch" }): void {
    const loader = (): Promise<never> => {
      // Thrown here, it would only fail the load.
      if (this.loads.some((load) => load.key === key)) this.wrong = `two loads of ${key} at a time`;
      return new Promise((resolve, reject) => {
        const read = this.source.get(key) as number;
        this.loads.push({
          key,
          read,
          finish: (how) => {
            if (how === "nothing") this.nothing.set(key, Math.max(read, this.nothing.get(key) ?? 0));
            if (how === "error") reject(new Error("boom"));
            else
              resolve(
                (how === "nothing"
                  ? undefined
                  : tag === "option"
                    ? read
                    : commit(read, { tags: ["t"] })) as never,
              );
          },
        });
      });
    };
    const options = { negativeTtl: 1_000, force, tags: tag === "option" ? ["t"] : [] };
    const told = this.told.get(key) as number;
    this.caches[at].fetch(key, loader, options).then(
      (value) => {
        if ((value ?? this.nothing.get(key) ?? -1) < told)
          this.wrong = `a caller was given ${key} as it was before`;
      },
      () => undefined,
    );
  }

  async #write(cache: SharedCache<number>, key: string, by: Way): Promise<void> {
    const next = this.#change(key);
    if (by === "set") cache.set(key, next);
    else if (by === "setMany") cache.setMany([[key, next]]);
    else if (by === "delete") cache.delete(key);
    else if (by === "take") cache.take(key);
    else if (by === "getAndUpdate") cache.getAndUpdate(key, () => next);
    else if (by === "transaction") await cache.transaction([key], (tx) => tx.set(key, next));
    else if (!cache.update(key, next)) cache.delete(key);
    this.told.set(key, next);
  }

  #change(key: string): number {
    const next = (this.source.get(key) as number) + 1;
    this.source.set(key, next);
    return next;
  }

  #isUntagged(key: string): boolean {
    return this.caches[0].inspect(key)?.tags.includes("t") === false;
  }

  /** Nothing older than the source, for every write of it was told. */
  #check(): void {
    assert.equal(this.wrong, undefined);
    for (const [key, now] of this.source) {
      for (const cache of this.caches)
        assert.equal(cache.peek(key) ?? now, now, `${key} is cached as it was before`);
    }
  }

  async #settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await settle();
  }
}

/** Throws what the shortest interleaving that goes wrong does. */
export async function holdsInAny(runs: number, seed: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), (steps) => new World().run(steps)),
    { numRuns: runs, seed },
  );
}
