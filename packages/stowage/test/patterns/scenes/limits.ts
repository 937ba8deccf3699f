/** Rate limiters: the same answers from memory and from Redis, and those of a naive list of what was done. */
import fc from "fast-check";
import {
  type LimitAnswer,
  type LimitKind,
  RateLimiter,
  type RateLimiterOptions,
} from "../../../src/patterns/index.js";
import { between, identical, rejects, same, throws } from "../../../src/testing/check.js";
import { type Scenes, scenes } from "../../support/scenes.js";
import type { Place } from "./place.js";

const kinds: readonly LimitKind[] = ["fixed", "sliding", "bucket"];

/** Remembers every use that was allowed, for ever, and looks at all of them. */
class NaiveLimiter {
  readonly uses: { readonly atMs: number; readonly cost: number }[] = [];

  constructor(
    readonly kind: LimitKind,
    readonly limit: number,
    readonly windowMs: number,
    readonly burst: number,
  ) {}

  leftAt(nowMs: number): number {
    if (this.kind === "bucket") return this.#levelAt(nowMs);
    const fromMs = this.kind === "sliding" ? nowMs - this.windowMs + 1 : this.#windowAt(nowMs);
    const used = this.uses.filter(({ atMs }) => atMs >= fromMs).reduce((sum, { cost }) => sum + cost, 0);
    return this.limit - used;
  }

  /** When the window of now began: with the first use that is not within one before. */
  #windowAt(nowMs: number): number {
    let fromMs = Number.NEGATIVE_INFINITY;
    for (const { atMs } of this.uses) if (atMs >= fromMs + this.windowMs) fromMs = atMs;
    return nowMs >= fromMs + this.windowMs ? nowMs : fromMs;
  }

  /** Millisecond by millisecond. */
  #levelAt(nowMs: number): number {
    let level = this.burst * this.windowMs;
    let at = this.uses[0]?.atMs ?? nowMs;
    for (const { atMs, cost } of [...this.uses, { atMs: nowMs, cost: 0 }]) {
      for (; at < atMs; at++) level = Math.min(this.burst * this.windowMs, level + this.limit);
      level -= cost * this.windowMs;
    }
    return level / this.windowMs;
  }
}

const actions = fc.array(
  fc.record({
    waitMs: fc.constantFrom(0, 0, 1, 3, 10, 49, 50, 51, 120),
    cost: fc.integer({ min: 0, max: 4 }),
  }),
  { minLength: 5, maxLength: 60 },
);

export function limitScenes(place: Place): Scenes {
  const open = (options: Partial<RateLimiterOptions> = {}) =>
    new RateLimiter({ limit: 3, window: 150, name: place.room(), ...place.options, ...options });

  async function waited({ retryMs }: LimitAnswer): Promise<void> {
    await place.advance(retryMs);
  }

  return scenes((group, scene) => {
    for (const kind of kinds) {
      group(`a limiter: ${kind}`, () => {
        scene("allows as much as the limit, and then nothing", async () => {
          const limiter = open({ kind, window: "1m" });
          const answers = [await limiter.take("a"), await limiter.take("a", 2), await limiter.take("a")];
          same(
            answers.map(({ allowed, remaining }) => [allowed, remaining]),
            [
              [true, 2],
              [true, 0],
              [false, 0],
            ],
          );
          identical(answers[0].retryMs, 0);
          between(answers[2].retryMs, 19_000, 60_000, "retryMs");
          between(answers[2].resetMs, 59_000, 60_000, "resetMs");
          identical((await limiter.take("b")).allowed, true, "another key");
          await limiter.close();
        });

        scene("allows it again after retryMs, and not before", async () => {
          const limiter = open({ kind });
          await limiter.take("a", 3);
          const refused = await limiter.take("a");
          identical(refused.allowed, false);
          if (place.isExact) {
            await place.advance(refused.retryMs - 1);
            identical((await limiter.take("a")).allowed, false, "a moment before");
            await place.advance(1);
          } else await waited(refused);
          identical((await limiter.take("a")).allowed, true);
          await limiter.close();
        });

        scene("is full again after resetMs", async () => {
          const limiter = open({ kind });
          await limiter.take("a", 2);
          const { resetMs } = await limiter.peek("a");
          await place.advance(resetMs);
          same({ ...(await limiter.peek("a")) }, { allowed: true, remaining: 3, resetMs: 0, retryMs: 0 });
          await limiter.close();
        });

        scene("asks without taking, and begins anew when it is reset", async () => {
          const limiter = open({ kind, window: "1m" });
          for (let time = 0; time < 5; time++) identical((await limiter.peek("a")).remaining, 3);
          await limiter.take("a", 3);
          identical((await limiter.peek("a")).remaining, 0);
          await limiter.reset("a");
          identical((await limiter.peek("a")).remaining, 3);
          await limiter.close();
        });

        scene("a refused call takes nothing; more than there can ever be is never allowed", async () => {
          const limiter = open({ kind, window: "1m" });
          const never = await limiter.take("a", 4);
          same([never.allowed, never.remaining, never.retryMs], [false, 3, Number.POSITIVE_INFINITY]);
          await limiter.take("a", 2);
          identical((await limiter.take("a", 2)).allowed, false);
          identical((await limiter.take("a", 1)).allowed, true);
          await limiter.close();
        });

        scene("allows no more to many at the same time", async () => {
          const limiter = open({ kind, limit: 10, window: "1m" });
          const answers = await Promise.all(Array.from({ length: 40 }, () => limiter.take("a")));
          identical(answers.filter(({ allowed }) => allowed).length, 10);
          await limiter.close();
        });

        if (place.isExact) {
          scene("is that of a naive list", () =>
            fc.assert(
              fc.asyncProperty(actions, fc.integer({ min: 1, max: 6 }), async (all, limit) => {
                const burst = kind === "bucket" ? { burst: limit + 1 } : {};
                const limiter = open({ kind, limit, window: 50, ...burst });
                const naive = new NaiveLimiter(kind, limit, 50, burst.burst ?? limit);
                const clock = place.options.clock;
                for (const { waitMs, cost } of all) {
                  await place.advance(waitMs);
                  const now = clock?.now() ?? 0;
                  const left = naive.leftAt(now);
                  const answer = cost === 0 ? await limiter.peek("k") : await limiter.take("k", cost);
                  identical(answer.allowed, left >= cost, "allowed");
                  if (answer.allowed && cost > 0) naive.uses.push({ atMs: now, cost });
                  identical(answer.remaining, Math.floor(naive.leftAt(now)), "remaining");
                }
                await limiter.close();
              }),
              { numRuns: 60 },
            ),
          );
        }
      });
    }

    group("limiters", () => {
      scene("a bucket gathers as much as its burst", async () => {
        const limiter = open({ kind: "bucket", burst: 5, window: 300 });
        identical((await limiter.take("a", 5)).allowed, true);
        await place.advance(100);
        const { remaining } = await limiter.peek("a");
        between(remaining, 1, place.isExact ? 1 : 3, "after a third of the window");
        await limiter.close();
      });

      scene("a sliding window forgets one use after the other", async () => {
        const limiter = open({ window: 300 });
        await limiter.take("a");
        await place.advance(150);
        await limiter.take("a", 2);
        between((await limiter.take("a")).retryMs, 50, 150, "until the first has gone");
        await place.advance(151);
        identical((await limiter.peek("a")).remaining, 1);
        await limiter.close();
      });

      scene("refuse options and arguments that are none", async () => {
        for (const options of [
          { limit: 0 },
          { window: "2d" },
          { kind: "leaky" },
          { burst: 2 },
          { tokens: 1 },
        ])
          throws(() => open(options as Partial<RateLimiterOptions>), "InvalidOptionError");
        throws(() => new RateLimiter({ limit: 1 } as RateLimiterOptions), "InvalidOptionError");
        const limiter = open();
        for (const cost of [0, -1, 0.5]) await rejects(limiter.take("a", cost), "InvalidArgumentError");
        await rejects(limiter.take(1 as unknown as string), "InvalidArgumentError");
        await limiter.close();
      });
    });
  });
}
