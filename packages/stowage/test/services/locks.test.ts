/** Transactions waiting for each other: in the order asked, alone where no key is named, and nothing left when all are done. */
import fc from "fast-check";
import { Cache, ClosedError, TransactionConflictError } from "stowage";
import { type Deferred, deferred, settle } from "stowage/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let cache: Cache<string, number>;
let order: string[];
const gates = new Map<string, Deferred<void>>();
beforeEach(() => {
  cache = new Cache<string, number>();
  order = [];
  gates.clear();
});
afterEach(async () => {
  if (!cache.closed) expect(cache.inspect().transactions, "transactions left").toBe(0);
  cache.close();
});

/** A transaction that begins when it may and ends when `end(name)` is called. */
function ask(name: string, keys: string[]): Promise<void> {
  const gate = deferred<void>();
  gates.set(name, gate);
  return cache.transaction(keys, async () => {
    order.push(`${name} begins`);
    await gate.promise;
    order.push(`${name} ends`);
  });
}

async function end(...names: string[]): Promise<void> {
  for (const name of names) {
    gates.get(name)?.resolve();
    await settle();
  }
}

describe("transactions", () => {
  it("of one key run in the order asked, however many wait", async () => {
    const names = Array.from({ length: 20 }, (_, n) => `t${n}`);
    const all = names.map((name) => ask(name, ["a"]));
    await settle();
    expect(cache.inspect().transactions).toBe(20);
    await end(...names);
    await Promise.all(all);
    expect(order).toEqual(names.flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it("one that waits for two keys holds up those that come after it for either", async () => {
    const all = [ask("a", ["a"]), ask("ab", ["a", "b"]), ask("b", ["b"]), ask("c", ["c"])];
    await settle();
    expect(order).toEqual(["a begins", "c begins"]);
    await end("a", "ab", "b", "c");
    await Promise.all(all);
    expect(order.filter((line) => !line.startsWith("c"))).toEqual([
      "a begins",
      "a ends",
      "ab begins",
      "ab ends",
      "b begins",
      "b ends",
    ]);
  });

  it("without keys one runs alone: after all that were asked before, before all that are asked after", async () => {
    const all = [
      ask("a", ["a"]),
      ask("b", ["b"]),
      ask("alone", []),
      ask("a2", ["a"]),
      ask("alone2", []),
      ask("c", ["c"]),
    ];
    await settle();
    expect(order).toEqual(["a begins", "b begins"]);
    await end("b");
    expect(order).toHaveLength(3);
    await end("a");
    expect(order.slice(3)).toEqual(["a ends", "alone begins"]);
    await end("alone");
    expect(order.slice(5)).toEqual(["alone ends", "a2 begins"]);
    await end("a2");
    expect(order.slice(7)).toEqual(["a2 ends", "alone2 begins"]);
    await end("alone2", "c");
    await Promise.all(all);
    expect(order.slice(9)).toEqual(["alone2 ends", "c begins", "c ends"]);
  });

  it("the same key named twice is no lock on oneself", async () => {
    expect(await cache.transaction(["a", "a", "b", "a"], (tx) => tx.incr("a"))).toBe(1);
    expect(await cache.transaction(["a"], (tx) => tx.incr("a"))).toBe(2);
  });

  it("keys are those of a Map: NaN is one, 0 is -0, 1 is not '1'", async () => {
    const numbers = new Cache<unknown, number>();
    const running: unknown[] = [];
    const gate = deferred<void>();
    const run = (key: unknown): Promise<void> =>
      numbers.transaction([key], async () => {
        running.push(key);
        await gate.promise;
      });
    const all = [run(Number.NaN), run(Number.NaN), run(0), run(-0), run(1), run("1")];
    await settle();
    expect(running).toEqual([Number.NaN, 0, 1, "1"]);
    gate.resolve();
    await Promise.all(all);
    expect(numbers.inspect().transactions).toBe(0);
  });

  it("leave nothing when they throw, lose, or are asked for wrongly", async () => {
    const boom = new Error("boom");
    await expect(cache.transaction(["a"], () => Promise.reject(boom))).rejects.toBe(boom);
    await expect(
      cache.transaction(["a"], () => {
        throw boom;
      }),
    ).rejects.toBe(boom);
    let tries = 0;
    const disturbed = cache.transaction(["a"], () => void cache.set("a", ++tries), { retries: 3 });
    await expect(disturbed).rejects.toBeInstanceOf(TransactionConflictError);
    expect(tries).toBe(4);
    await expect(cache.transaction(["a"], 5 as never)).rejects.toThrow(/fn/);
    await expect(cache.transaction(5 as never, () => 1)).rejects.toThrow(/keys/);
    await expect(cache.transaction(["a"], () => 1, { retries: -1 })).rejects.toThrow(/retries/);
    expect(cache.inspect().transactions).toBe(0);
    expect(await cache.transaction(["a"], () => "free")).toBe("free");
  });

  it("that wait when the cache is closed are refused without having run", async () => {
    const running = ask("first", ["a"]);
    const waiting = [ask("second", ["a"]), ask("alone", [])];
    await settle();
    cache.close();
    gates.get("first")?.resolve();
    for (const each of [running, ...waiting]) await expect(each).rejects.toBeInstanceOf(ClosedError);
    expect(order).toEqual(["first begins", "first ends"]);
  });

  it("that wait when the cache is closed do not wait for one that never ends", async () => {
    void ask("hangs", ["a"]);
    const waiting = ask("waits", ["a"]);
    let failure: unknown;
    waiting.catch((error) => {
      failure = error;
    });
    await settle();
    cache.close();
    await settle();
    expect(failure).toBeInstanceOf(ClosedError);
  });

  it("any mixture runs as if one by one in the order asked, where they share a key", async () => {
    const keys = fc.subarray(["a", "b", "c"]);
    const asked = fc.array(fc.record({ keys, turns: fc.nat(3) }), { minLength: 1, maxLength: 12 });
    const property = fc.asyncProperty(asked, async (transactions) => {
      const running = new Set<number>();
      const begun: number[] = [];
      const conflict = (one: readonly string[], other: readonly string[]): boolean =>
        one.length === 0 || other.length === 0 || one.some((key) => other.includes(key));
      await Promise.all(
        transactions.map(({ keys: own, turns }, index) =>
          cache.transaction(own, async () => {
            for (const other of running)
              expect(conflict(own, transactions[other].keys), "at the same time").toBe(false);
            for (const other of begun)
              expect(other < index || !conflict(own, transactions[other].keys), "order").toBe(true);
            running.add(index);
            begun.push(index);
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            running.delete(index);
          }),
        ),
      );
      expect(begun).toHaveLength(transactions.length);
      expect(cache.inspect().transactions).toBe(0);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it("a view that is used after its transaction has ended is refused", async () => {
    const kept = await cache.transaction(["a"], (tx) => tx);
    expect(() => kept.get("a")).toThrow(/ended/);
    await cache.transaction(["a"], (tx) => expect(() => tx.get("b")).toThrow(/key/));
  });
});
