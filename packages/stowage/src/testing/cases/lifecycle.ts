/** A cache that is closed: every verb says so, nothing runs on, and closing again is harmless. */
import { group } from "../cases.js";
import { identical, rejects, throws } from "../check.js";
import type { Ability, CacheUnderTest } from "../subject.js";

type Verb = (cache: CacheUnderTest) => unknown;

/** Every verb that works on entries and returns at once, by the ability it needs. */
const syncVerbs: readonly (readonly [string, Ability | null, Verb])[] = [
  ["get", null, (cache) => cache.get("a")],
  ["peek", null, (cache) => cache.peek("a")],
  ["has", null, (cache) => cache.has("a")],
  ["take", null, (cache) => cache.take("a")],
  ["set", null, (cache) => cache.set("a", 1)],
  ["delete", null, (cache) => cache.delete("a")],
  ["clear", null, (cache) => cache.clear()],
  ["reset", null, (cache) => cache.reset()],
  ["size", null, (cache) => cache.size()],
  ["isEmpty", null, (cache) => cache.isEmpty()],
  ["touch", null, (cache) => cache.touch("a")],
  ["setMany", "bulk", (cache) => cache.setMany([["a", 1]])],
  ["getMany", "bulk", (cache) => cache.getMany(["a"])],
  ["prune", "prune", (cache) => cache.prune(1)],
  ["purge", "prune", (cache) => cache.purge()],
  ["expire", "expiry", (cache) => cache.expire("a", 5)],
  ["expireAt", "expiry", (cache) => cache.expireAt("a", new Date())],
  ["persist", "expiry", (cache) => cache.persist("a")],
  ["refresh", "expiry", (cache) => cache.refresh("a")],
  ["ttl", "expiry", (cache) => cache.ttl("a")],
  ["incr", "counters", (cache) => cache.incr("a")],
  ["decr", "counters", (cache) => cache.decr("a")],
  ["update", "updates", (cache) => cache.update("a", 1)],
  ["getAndUpdate", "updates", (cache) => cache.getAndUpdate("a", () => 1)],
  ["keys", "iteration", (cache) => [...cache.keys()]],
  ["values", "iteration", (cache) => [...cache.values()]],
  ["entries", "iteration", (cache) => [...cache.entries()]],
  ["the iterator", "iteration", (cache) => [...cache]],
  ["stream", "stream", (cache) => [...cache.stream()]],
  ["execute", "execute", (cache) => cache.execute((inner) => inner.get("a"))],
  ["invalidateTag", "tags", (cache) => cache.invalidateTag("x")],
  ["invoke", "commands", (cache) => cache.invoke("last", "a")],
  ["export", "dump", (cache) => cache.export()],
  ["import", "dump", (cache) => cache.import([])],
  ["resize", "resize", (cache) => cache.resize({ max: 5 })],
];

/** Every verb that returns a promise. */
const asyncVerbs: readonly (readonly [
  string,
  Ability | null,
  (cache: CacheUnderTest) => Promise<unknown>,
])[] = [
  ["fetch", "fetch", (cache) => cache.fetch("a", () => 1)],
  ["fetchMany", "fetch", (cache) => cache.fetchMany(["a"], () => [["a", 1]])],
  ["a wrapped function", "fetch", (cache) => cache.wrap(async () => 1)()],
  ["transaction", "transactions", (cache) => cache.transaction(["a"], () => 1)],
  ["save", "files", (cache) => cache.save("no-such-folder/never-written.dump")],
  ["restore", "files", (cache) => cache.restore("no-such-folder/never-read.dump")],
  ["warm", "warmers", (cache) => cache.warm()],
];

export const lifecycle = group("closing", [], (test) => {
  for (const [name, ability, verb] of syncVerbs) {
    test(`${name} throws ClosedError on a closed cache`, ability ? [ability] : [], (t) => {
      const cache = t.create();
      cache.set("a", 1);
      cache.close();
      throws(() => verb(cache), "ClosedError");
    });
  }

  for (const [name, ability, verb] of asyncVerbs) {
    test(`${name} rejects with ClosedError on a closed cache`, ability ? [ability] : [], async (t) => {
      const cache = t.create();
      cache.close();
      await rejects(verb(cache), "ClosedError");
    });
  }

  test("closed tells, and closing twice is harmless", (t) => {
    const cache = t.create();
    identical(cache.closed, false);
    cache.close();
    identical(cache.closed, true);
    cache.close();
    identical(cache.closed, true);
  });

  test("leaving a using block closes", (t) => {
    const cache = t.create();
    cache[Symbol.dispose]();
    identical(cache.closed, true);
    throws(() => cache.get("a"), "ClosedError");
  });

  test("closing one cache leaves another open", (t) => {
    const [one, two] = [t.create(), t.create()];
    two.set("a", 1);
    one.close();
    identical(two.get("a"), 1);
  });

  test("a walk that was under way ends with ClosedError", ["iteration"], (t) => {
    const cache = t.create();
    for (let n = 0; n < 10; n += 1) cache.set(n.toString(), n);
    const walk = cache.keys();
    walk.next();
    cache.close();
    throws(() => walk.next(), "ClosedError");
  });

  test("a transaction that was under way applies nothing", ["transactions"], async (t) => {
    const cache = t.create();
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const running = cache.transaction(["a"], async (tx) => {
      tx.set("a", 1);
      await gate;
    });
    await t.clock.advanceAsync(0);
    cache.close();
    go();
    await rejects(running, "ClosedError");
  });

  test("no listener is called by closing", ["removal"], (t) => {
    const heard: unknown[] = [];
    const cache = t.create({ onRemoval: (event: unknown) => heard.push(event) });
    cache.set("a", 1);
    cache.close();
    identical(heard.length, 0);
  });
});
