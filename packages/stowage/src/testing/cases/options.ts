/** Options that were misspelt, mistaken or mixed up are refused by name, with what would be right. */
import { group } from "../cases.js";
import { identical, ok, throws } from "../check.js";
import type { Ability } from "../subject.js";

/** A misspelt option, and the word that the message has to suggest. */
const misspelt: readonly [Record<string, unknown>, string][] = [
  [{ maxx: 5 }, "max"],
  [{ Max: 5 }, "max"],
  [{ tll: 5 }, "ttl"],
  [{ ttI: 5 }, "ttl"],
  [{ polcy: "lru" }, "policy"],
  [{ maxWieght: 5, weigher: () => 1 }, "maxWeight"],
  [{ onRemovall: () => 1 }, "onRemoval"],
  [{ janitr: false }, "janitor"],
  [{ hook: [] }, "hooks"],
  [{ command: {} }, "commands"],
];

/** Options that are known and wrong, each with a word that the message has to say. */
const wrong: readonly [Record<string, unknown>, string][] = [
  [{ max: 0 }, "max"],
  [{ max: -1 }, "max"],
  [{ max: 1.5 }, "max"],
  [{ max: Number.NaN }, "max"],
  [{ max: "10" }, "max"],
  [{ max: null }, "max"],
  [{ maxWeight: 0, weigher: () => 1 }, "maxWeight"],
  [{ maxWeight: 5, weigher: 5 }, "weigher"],
  [{ policy: "lfu" }, "policy"],
  [{ policy: {} }, "policy"],
  [{ jitter: 2, ttl: 5 }, "jitter"],
  [{ jitter: -0.1, ttl: 5 }, "jitter"],
  [{ idle: "soon" }, "idle"],
  [{ lazy: "yes" }, "lazy"],
  [{ janitor: true }, "janitor"],
  [{ stats: 1 }, "stats"],
  [{ enforce: "sometimes", max: 5 }, "enforce"],
  [{ enforce: { evry: "1s" }, max: 5 }, "every"],
  [{ enforce: { every: "1s", reclaim: 2 }, max: 5 }, "reclaim"],
  [{ onRemoval: "log" }, "onRemoval"],
  [{ onError: {} }, "onError"],
  [{ hooks: {} }, "hooks"],
  [{ commands: [] }, "commands"],
  [{ clock: 5 }, "clock"],
  [{ random: 0.5 }, "random"],
  [{ name: 5 }, "name"],
];

/** Options that are right one by one but not together, with a word the message has to say. */
const conflicting: readonly [Record<string, unknown>, string][] = [
  [{ maxWeight: 5, policy: "none", weigher: () => 1 }, "none"],
  [{ max: 5, policy: "none" }, "none"],
  [{ enforce: { every: "1s" } }, "enforce"],
  [{ jitter: 0.1 }, "jitter"],
  [{ weigher: () => 1 }, "weigher"],
];

/** Options that only caches with an ability know. */
const needed: Readonly<Record<string, Ability>> = {
  maxWeight: "maxWeight",
  weigher: "maxWeight",
  policy: "policies",
  polcy: "policies",
  maxWieght: "maxWeight",
  idle: "idle",
  lazy: "lenient",
  enforce: "scheduled",
};

function needsOf(options: Record<string, unknown>): Ability[] {
  return Object.keys(options).flatMap((name) => needed[name] ?? []);
}

function label(options: Record<string, unknown>): string {
  const show = (_key: string, value: unknown): unknown =>
    typeof value === "function" ? "fn" : Number.isNaN(value) ? "NaN" : value;
  return JSON.stringify(options, show);
}

export const options = group("options", ["strictOptions"], (test) => {
  for (const [given, suggestion] of misspelt) {
    test(`${label(given)} is refused, with "${suggestion}" suggested`, needsOf(given), (t) => {
      throws(() => t.create(given), {
        name: "InvalidOptionError",
        says: [`"${suggestion}"`, ...Object.keys(given).slice(0, 1)],
      });
    });
  }

  for (const [given, word] of wrong) {
    test(`${label(given)} is refused by name`, needsOf(given), (t) => {
      const error = throws(() => t.create(given), {
        name: "idle" in given ? "InvalidDurationError" : "InvalidOptionError",
        says: [word],
      });
      ok(error.message.length > 20, "the message says what would be right");
    });
  }

  for (const [given, word] of conflicting) {
    test(`${label(given)} is refused as a conflict`, needsOf(given), (t) => {
      throws(() => t.create(given), { name: "InvalidOptionError", says: [word] });
    });
  }

  test("options of calls are checked too, and nothing happens", (t) => {
    const cache = t.create();
    throws(() => cache.set("a", 1, { tll: 5 }), { name: "InvalidOptionError", says: ['"ttl"'] });
    if (t.can("maxWeight"))
      throws(() => cache.set("a", 1, { weight: -1 }), { name: "InvalidOptionError", says: ["weight"] });
    throws(() => cache.set("a", 1, 5 as never), "InvalidOptionError");
    throws(() => cache.size({ expire: true }), { name: "InvalidOptionError", says: ['"expired"'] });
    throws(() => cache.incr("a", 1, { defalt: 5 }), { name: "InvalidOptionError", says: ['"default"'] });
    identical(cache.size(), 0);
  });
});
