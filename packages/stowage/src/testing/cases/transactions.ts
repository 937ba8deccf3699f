/** Transactions: a private view, all or nothing, one after another on shared keys, and retried when someone wrote between. */
import { group } from "../cases.js";
import { identical, rejects, same } from "../check.js";
import { deferred } from "../deferred.js";
import { settle } from "../fake-clock.js";
import type { CacheUnderTest } from "../subject.js";

/** What someone else may do to "a" while a transaction on it runs. */
const disturbances: Record<string, (cache: CacheUnderTest) => unknown> = {
  set: (cache) => cache.set("a", 100),
  update: (cache) => cache.update("a", 100),
  delete: (cache) => cache.delete("a"),
  clear: (cache) => cache.clear(),
};

export const transactions = group("transactions", ["transactions"], (test) => {
  test("its writes appear at once, at its end", async (t) => {
    const cache = t.create();
    cache.set("a", 1);
    const gate = deferred<void>();
    const running = cache.transaction(["a", "b"], async (tx) => {
      tx.set("a", tx.get("a") + 1);
      tx.set("b", tx.get("a") * 10);
      await gate.promise;
      return tx.get("b");
    });
    await settle();
    identical(cache.get("a"), 1);
    identical(cache.get("b"), undefined);
    gate.resolve();
    identical(await running, 20);
    identical(cache.get("a"), 2);
    identical(cache.get("b"), 20);
  });

  test("it sees its own writes and deletes", async (t) => {
    const cache = t.create();
    cache.set("a", 1);
    cache.set("b", 2);
    await cache.transaction(["a", "b", "c"], (tx) => {
      identical(tx.get("a"), 1);
      identical(tx.delete("a"), true);
      identical(tx.get("a"), undefined);
      identical(tx.has("a"), false);
      identical(tx.delete("a"), false);
      tx.set("c", 3);
      identical(tx.get("c"), 3);
    });
    same(
      [...cache.getMany(["a", "b", "c"])],
      [
        ["b", 2],
        ["c", 3],
      ],
    );
  });

  test("nothing of it is applied when it throws", async (t) => {
    const cache = t.create();
    cache.set("a", 1);
    const boom = new Error("boom");
    const [outcome] = await Promise.allSettled([
      cache.transaction(["a", "b"], async (tx) => {
        tx.set("a", 2);
        tx.set("b", 2);
        tx.delete("a");
        await settle();
        throw boom;
      }),
    ]);
    identical(outcome.status === "rejected" && outcome.reason, boom);
    identical(cache.get("a"), 1);
    identical(cache.has("b"), false);
  });

  test("two that share a key run one after another, in the order asked", async (t) => {
    const cache = t.create();
    cache.set("n", 0);
    const order: number[] = [];
    const add = (id: number): Promise<unknown> =>
      cache.transaction(["n"], async (tx) => {
        order.push(id);
        const n = tx.get("n");
        await settle();
        tx.set("n", n + 1);
      });
    await Promise.all([1, 2, 3, 4, 5].map(add));
    same(order, [1, 2, 3, 4, 5]);
    identical(cache.get("n"), 5);
  });

  test("two that share no key run side by side", async (t) => {
    const cache = t.create();
    const gate = deferred<void>();
    const slow = cache.transaction(["a"], () => gate.promise);
    await cache.transaction(["b"], (tx) => tx.set("b", 1));
    identical(cache.get("b"), 1);
    gate.resolve();
    await slow;
  });

  test("a failed one does not hold up the next", async (t) => {
    const cache = t.create();
    const outcomes = await Promise.allSettled([
      cache.transaction(["a"], () => Promise.reject(new Error("boom"))),
      cache.transaction(["a"], (tx) => tx.set("a", 1)),
    ]);
    same(
      outcomes.map(({ status }) => status),
      ["rejected", "fulfilled"],
    );
    identical(cache.get("a"), 1);
  });

  for (const [name, write] of Object.entries(disturbances)) {
    test(`a ${name} of its key by someone else makes it run again`, async (t) => {
      const cache = t.create();
      cache.set("a", 1);
      let runs = 0;
      await cache.transaction(["a"], async (tx) => {
        runs += 1;
        const before = tx.get("a") ?? 0;
        await settle();
        if (runs === 1) write(cache);
        tx.set("a", before + 1);
      });
      identical(runs, 2);
      identical(cache.get("a"), name === "set" || name === "update" ? 101 : 1);
    });
  }

  test("a write of another key does not", async (t) => {
    const cache = t.create();
    let runs = 0;
    await cache.transaction(["a"], async (tx) => {
      runs += 1;
      await settle();
      cache.set("b", 1);
      tx.set("a", 1);
    });
    identical(runs, 1);
  });

  test("one that is always disturbed gives up with nothing applied", async (t) => {
    const cache = t.create();
    cache.set("a", 0);
    let runs = 0;
    const running = cache.transaction(
      ["a", "b"],
      async (tx) => {
        runs += 1;
        await settle();
        cache.set("a", runs);
        tx.set("a", "mine");
        tx.set("b", "mine");
      },
      { retries: 2 },
    );
    await rejects(running, "TransactionConflictError");
    identical(runs, 3);
    identical(cache.get("a"), 3);
    identical(cache.has("b"), false);
  });

  test("an empty list runs when no other is running", async (t) => {
    const cache = t.create();
    const gates = [deferred<void>(), deferred<void>()];
    const order: string[] = [];
    const first = cache.transaction(["a"], async () => {
      await gates[0]?.promise;
      order.push("a");
    });
    const alone = cache.transaction([], async () => {
      order.push("alone begins");
      await gates[1]?.promise;
      order.push("alone ends");
    });
    const later = cache.transaction(["b"], () => void order.push("b"));
    await settle();
    same(order, []);
    gates[0]?.resolve();
    await settle();
    same(order, ["a", "alone begins"]);
    gates[1]?.resolve();
    await Promise.all([first, alone, later]);
    same(order, ["a", "alone begins", "alone ends", "b"]);
  });

  test("crosswise keys do not lock each other up", async (t) => {
    const cache = t.create();
    const pairs = [
      ["a", "b"],
      ["b", "a"],
      ["b", "c"],
      ["c", "a"],
    ];
    await Promise.all(
      pairs.map((keys) =>
        cache.transaction(keys, async (tx) => {
          await settle();
          for (const key of keys) tx.set(key, (tx.get(key) ?? 0) + 1);
        }),
      ),
    );
    same(
      [...cache.getMany(["a", "b", "c"])],
      [
        ["a", 3],
        ["b", 3],
        ["c", 2],
      ],
    );
  });

  test("its writes keep to the bound and to ttl and tags", ["max", "expiry", "tags"], async (t) => {
    const cache = t.create({ max: 2 });
    await cache.transaction(["a", "b", "c"], (tx) => {
      for (const key of ["a", "b", "c"]) tx.set(key, 1, { ttl: 50, tags: ["x"] });
    });
    identical(cache.size(), 2);
    for (const key of cache.keys()) identical(cache.ttl(key), 50);
    cache.invalidateTag("x");
    for (const key of ["a", "b", "c"]) identical(cache.get(key), undefined);
  });

  test(
    "an invalidated tag of what it read makes it run again, swept or not",
    ["tags", "prune"],
    async (t) => {
      for (const swept of [false, true]) {
        const cache = t.create();
        cache.set("a", "old", { tags: ["x"] });
        const seen: unknown[] = [];
        await cache.transaction(["a", "b"], async (tx) => {
          seen.push(tx.get("a"));
          await settle();
          if (seen.length === 1) cache.invalidateTag("x");
          if (swept) cache.purge();
          tx.set("b", `made from ${tx.get("a")}`);
        });
        same(seen, ["old", undefined], swept ? "swept" : "not swept");
        identical(cache.get("b"), "made from undefined");
      }
    },
  );
});
