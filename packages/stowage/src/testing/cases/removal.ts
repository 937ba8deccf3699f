/** Removal listeners: every value that leaves is told exactly once, with why it left. */
import { group } from "../cases.js";
import { identical, ok, same } from "../check.js";
import type { CacheUnderTest, CaseContext, SubjectOptions } from "../subject.js";

interface Heard {
  cache: CacheUnderTest;
  /** "key value cause" of each event, in order; emptied by reading. */
  take(): string[];
}

function listening(t: CaseContext, options: SubjectOptions = {}): Heard {
  const heard: string[] = [];
  const onRemoval = ({ key, value, cause }: Record<string, unknown>): void => {
    heard.push(`${String(key)} ${String(value)} ${String(cause)}`);
  };
  return { cache: t.create({ ...options, onRemoval }), take: () => heard.splice(0) };
}

export const removal = group("removal listeners", ["removal"], (test) => {
  test("delete and take: deleted", (t) => {
    const { cache, take } = listening(t);
    cache.set("a", 1);
    cache.set("b", 2);
    same(take(), []);
    cache.delete("a");
    cache.take("b");
    cache.delete("a");
    same(take(), ["a 1 deleted", "b 2 deleted"]);
  });

  test("set over a value: replaced, with the old value", ["updates", "counters"], (t) => {
    const { cache, take } = listening(t);
    cache.set("a", 1);
    cache.set("a", 2);
    same(take(), ["a 1 replaced"]);
    cache.update("a", 3);
    same(take(), ["a 2 replaced"]);
    cache.incr("a");
    same(take(), ["a 3 replaced"]);
    cache.getAndUpdate("a", () => 9);
    same(take(), ["a 4 replaced"]);
  });

  test("clear and reset: cleared", (t) => {
    const { cache, take } = listening(t);
    cache.set("a", 1);
    cache.set("b", 2);
    cache.clear();
    same(take().sort(), ["a 1 cleared", "b 2 cleared"]);
    cache.set("c", 3);
    cache.reset();
    same(take(), ["c 3 cleared"]);
  });

  test("an expired entry: expired, whoever finds it", ["departures", "expiry", "lazy"], (t) => {
    const finders: ((cache: CacheUnderTest) => unknown)[] = [
      (cache) => cache.get("a"),
      (cache) => cache.take("a"),
      (cache) => cache.purge(),
      (cache) => cache.set("a", 2),
    ];
    for (const find of finders) {
      const { cache, take } = listening(t, { janitor: false });
      cache.set("a", 1, { ttl: 5 });
      t.clock.advance(5);
      find(cache);
      same(take(), ["a 1 expired"], String(find));
    }
  });

  test("an expired entry: expired, by the janitor", ["departures", "expiry", "janitor"], (t) => {
    const { cache, take } = listening(t);
    cache.set("a", 1, { ttl: 5 });
    t.clock.advance(5_000);
    same(take(), ["a 1 expired"]);
    identical(cache.size(), 0);
  });

  test("an entry that made room: evicted", ["departures", "max"], (t) => {
    const { cache, take } = listening(t, { max: 2 });
    for (const key of ["a", "b", "c"]) cache.set(key, key);
    const heard = take();
    identical(heard.length, 1);
    ok(/^([abc]) \1 evicted$/.test(heard[0] as string), heard[0] as string);
    cache.set("d", "d");
    identical(take().length, 1);
  });

  test("pruned and shrunk away: evicted", ["departures", "prune", "resize", "max"], (t) => {
    const { cache, take } = listening(t, { max: 10 });
    for (let n = 0; n < 10; n += 1) cache.set(n.toString(), n);
    cache.prune(8, { reclaim: 0 });
    cache.resize({ max: 5 });
    const heard = take();
    identical(heard.length, 5);
    ok(
      heard.every((line) => line.endsWith(" evicted")),
      heard.join("; "),
    );
  });

  test("a too heavy value: the older one is told of", ["maxWeight"], (t) => {
    const { cache, take } = listening(t, { maxWeight: 10, weigher: (value: number) => value });
    cache.set("a", 5);
    cache.set("a", 11);
    const heard = take();
    identical(heard.length, 1);
    ok((heard[0] as string).startsWith("a 5 "), heard[0] as string);
  });

  test("each value that went in comes out once", ["departures", "max", "expiry"], (t) => {
    let added = 0;
    let heard = 0;
    const cache = t.create({ max: 20, onRemoval: () => ++heard });
    for (let n = 0; n < 2_000; n += 1) {
      if (cache.set(`k${(n * 7) % 50}`, n, n % 3 === 0 ? { ttl: 1 + (n % 40) } : {})) added += 1;
      if (n % 5 === 0) cache.delete(`k${n % 50}`);
      if (n % 11 === 0) t.clock.advance(3);
      identical(added - heard, cache.size(), `after step ${n}`);
    }
    cache.clear();
    identical(heard, added);
  });

  test("a listener added at run time hears until it is taken off", (t) => {
    const { cache, take } = listening(t);
    const later: unknown[] = [];
    const off = cache.onRemoval(({ key }) => later.push(key));
    cache.set("a", 1);
    cache.delete("a");
    off();
    off();
    cache.set("b", 1);
    cache.delete("b");
    same(later, ["a"]);
    same(take(), ["a 1 deleted", "b 1 deleted"]);
  });

  test("a listener that throws is counted and reported, and nothing else suffers", (t) => {
    const boom = new Error("boom");
    const reports: unknown[] = [];
    const onError = (error: unknown, { source }: { source: string }): void =>
      void reports.push([error, source]);
    const onRemoval = (): never => {
      throw boom;
    };
    const cache = t.create({ onRemoval, onError });
    const others: unknown[] = [];
    cache.onRemoval(({ key }) => others.push(key));
    cache.set("a", 1);
    identical(cache.delete("a"), true);
    identical(cache.has("a"), false);
    same(others, ["a"]);
    identical(reports.length, 1);
    identical((reports[0] as unknown[])[0], boom);
    identical((reports[0] as unknown[])[1], "listener");
  });

  test("a listener may use the cache", (t) => {
    const cache = t.create(t.can("max") ? { max: 5 } : {});
    cache.onRemoval(({ key, cause }) => {
      if (t.can("verify")) cache.verify();
      if (cause === "deleted") cache.set(`again:${key}`, 1);
    });
    for (let n = 0; n < 20; n += 1) cache.set(n.toString(), n);
    for (let n = 0; n < 20; n += 1) cache.delete(n.toString());
    for (let n = 15; n < 20; n += 1) cache.get(`again:${n}`);
    if (t.can("max")) ok(cache.size() <= 5, `${cache.size()} entries`);
  });

  test("the listener sees the key gone, or its new value", (t) => {
    const cache = t.create();
    const seen: unknown[] = [];
    cache.onRemoval(({ key }) => seen.push(cache.peek(key)));
    cache.set("a", 1);
    cache.set("a", 2);
    cache.delete("a");
    same(seen, [2, undefined]);
  });
});
