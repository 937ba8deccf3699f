/** What one thread does while another loads: one load for all, and nothing stored that was overtaken. */
import { commit, type Transaction } from "stowage";
import { describe, expect, it } from "vitest";
import { Pair } from "./pair.js";

describe("a load in one thread", () => {
  it("serves callers in another", async () => {
    const pair = new Pair();
    const first = pair.one.fetch("a", pair.load);
    const second = pair.two.fetch("a", pair.load);
    await pair.settle();
    expect(pair.loads.length).toBe(1);
    await pair.finish(0, "value");
    expect(await first).toBe("value");
    expect(await second).toBe("value");
    expect(pair.loads.length).toBe(1);
    expect(pair.one.stats().loads.ok).toBe(1);
  });

  it("of many keys serves callers of some of them", async () => {
    const pair = new Pair();
    const asked: string[][] = [];
    const bulk = async (keys: string[]): Promise<[string, unknown][]> => {
      asked.push(keys);
      const value = await pair.load();
      return keys.map((key) => [key, `${key} ${value}`]);
    };
    const first = pair.one.fetchMany(["a", "b"], bulk);
    const second = pair.two.fetchMany(["b", "c"], bulk);
    await pair.settle();
    await pair.finish(0, 1);
    await pair.finish(1, 2);
    expect([...(await first)]).toEqual([
      ["a", "a 1"],
      ["b", "b 1"],
    ]);
    expect([...(await second)]).toEqual([
      ["b", "b 1"],
      ["c", "c 2"],
    ]);
  });

  it("that fails is tried by the next thread, with its own loader", async () => {
    const pair = new Pair();
    const first = pair.one.fetch("a", pair.load);
    const second = pair.two.fetch("a", pair.load);
    await pair.settle();
    const failed = expect(first).rejects.toThrow("boom");
    await pair.fail(0, new Error("boom"));
    await failed;
    expect(pair.loads.length).toBe(2);
    await pair.finish(1, "fine");
    expect(await second).toBe("fine");
  });

  it("passes on when its attachment closes", async () => {
    const pair = new Pair();
    const first = pair.one.fetch("a", pair.load);
    const second = pair.two.fetch("a", pair.load);
    await pair.settle();
    const refused = expect(first).rejects.toThrow("closed");
    pair.one.close();
    await refused;
    await pair.settle();
    expect(pair.loads.length).toBe(2);
    await pair.finish(1, "second");
    expect(await second).toBe("second");
    await pair.finish(0, "late");
    expect(pair.two.get("a")).toBe("second");
  });

  it("is waited for no longer than the timeout of who waits", async () => {
    const pair = new Pair();
    const first = pair.one.fetch("a", pair.load);
    const second = expect(pair.two.fetch("a", pair.load, { timeout: 50 })).rejects.toThrow("50 ms");
    await pair.clock.advanceAsync(50);
    await second;
    await pair.finish(0, "value");
    expect(await first).toBe("value");
  });

  it("gives stale values to callers in another meanwhile", async () => {
    const pair = new Pair();
    const options = { ttl: 10, staleWhileRevalidate: 1_000 };
    await pair.one.fetch("a", () => "old", options);
    pair.clock.advance(10);
    expect(await pair.one.fetch("a", pair.load, options)).toBe("old");
    expect(await pair.two.fetch("a", pair.load, options)).toBe("old");
    expect(pair.two.get("a")).toBe(undefined);
    await pair.finish(0, "new");
    expect(pair.loads.length).toBe(1);
    expect(pair.two.get("a")).toBe("new");
  });

  it("that finds nothing is remembered in all of them, until somebody writes the key", async () => {
    const pair = new Pair();
    const options = { negativeTtl: 100, tags: ["x"] };
    const first = pair.one.fetch("a", pair.load, options);
    const waiting = pair.two.fetch("a", pair.load, options);
    await pair.settle();
    await pair.finish(0, undefined);
    expect(await first).toBe(undefined);
    expect(await waiting).toBe(undefined);
    expect(await pair.two.fetch("a", pair.load, options)).toBe(undefined);
    expect(pair.loads.length).toBe(1);
    pair.two.invalidateTag("x");
    const again = pair.one.fetch("a", pair.load, options);
    await pair.finish(1, undefined);
    await again;
    pair.two.delete("a");
    expect(await pair.one.fetch("a", () => "there", options)).toBe("there");
    expect(pair.two.get("a")).toBe("there");
  });
});

describe("more loads at a time than there are leases", () => {
  it("wait for each other, and all get done", async () => {
    const pair = new Pair({ memory: "1mb" });
    const keys = Array.from({ length: 400 }, (_, n) => `key ${n}`);
    const values = keys.map((key, n) => (n % 2 === 0 ? pair.one : pair.two).fetch(key, pair.load));
    await pair.settle();
    expect(pair.loads.length).toBeLessThan(keys.length);
    let finished = 0;
    for (let round = 0; round < 100 && finished < keys.length; round++) {
      for (; finished < pair.loads.length; finished++) pair.loads[finished].resolve(finished);
      await pair.clock.advanceAsync(5);
    }
    expect(new Set(await Promise.all(values)).size).toBe(keys.length);
    expect(pair.two.size()).toBe(keys.length);
    expect(pair.clock.pending).toBeLessThan(3);
  });
});

/** What another thread may do to a key while it is loaded, and what is there afterwards. */
const overtakers: Record<string, [(pair: Pair) => unknown, unknown]> = {
  "a set": [({ two }) => two.set("a", "new"), "new"],
  "a delete of what is absent": [({ two }) => two.delete("a"), undefined],
  "a take of what is absent": [({ two }) => two.take("a"), undefined],
  "a set and a delete": [({ two }) => [two.set("a", "new"), two.delete("a")], undefined],
  "an incr": [({ two }) => two.incr("a"), 1],
  "a getAndUpdate": [({ two }) => two.getAndUpdate("a", () => "made"), "made"],
  "a clear": [({ two }) => two.clear(), undefined],
  "an invalidation of its tag": [({ two }) => two.invalidateTag("x"), undefined],
  "a transaction": [({ two }) => two.transaction(["a", "b"], (tx) => tx.set("a", "tx")), "tx"],
  "an import": [({ two }) => two.import([{ key: "a", value: "import", expiresAt: null }]), "import"],
};

describe("a load is overtaken by", () => {
  for (const [name, [overtake, left]] of Object.entries(overtakers)) {
    for (const how of ["options", "commit"] as const) {
      it(`${name} in another thread (tags by ${how})`, async () => {
        const pair = new Pair();
        const first = pair.one.fetch("a", pair.load, how === "options" ? { tags: ["x"] } : {});
        await pair.settle();
        await overtake(pair);
        await pair.finish(0, how === "options" ? "old" : commit("old", { tags: ["x"] }));
        expect(await first, "its caller still gets a value").toBe("old");
        expect(pair.one.get("a")).toEqual(left);
        expect(pair.two.get("a")).toEqual(left);
        expect(pair.one.stats().loads.overtaken).toBe(1);
      });
    }
  }

  it("nothing else: other keys, other tags, reads, eviction of the expired value", async () => {
    const pair = new Pair({ janitor: 10 });
    pair.one.set("a", "expired", { ttl: 5 });
    pair.clock.advance(5);
    const first = pair.one.fetch("a", pair.load, { tags: ["x"] });
    await pair.settle();
    pair.two.set("b", 1);
    pair.two.delete("c");
    pair.two.invalidateTag("y");
    pair.two.get("a");
    pair.clock.advance(5_000);
    await pair.finish(0, "loaded");
    expect(await first).toBe("loaded");
    expect(pair.two.get("a")).toBe("loaded");
  });
});

describe("who asks after the write", () => {
  it("gets a load that began after it, and the overtaken one ends first", async () => {
    const pair = new Pair();
    const first = pair.one.fetch("a", pair.load);
    await pair.settle();
    pair.two.delete("a");
    const second = pair.two.fetch("a", pair.load);
    const third = pair.one.fetch("a", pair.load);
    await pair.settle();
    expect(pair.loads.length, "one load at a time").toBe(1);
    await pair.finish(0, "old");
    expect(await first).toBe("old");
    expect(pair.loads.length).toBe(2);
    await pair.finish(1, "new");
    expect(await second).toBe("new");
    expect(await third).toBe("new");
    expect(pair.one.get("a")).toBe("new");
  });

  it("with force loads anew though the other thread's load brings a value", async () => {
    const pair = new Pair();
    const first = pair.one.fetch("a", pair.load);
    const forced = pair.two.fetch("a", pair.load, { force: true });
    await pair.settle();
    await pair.finish(0, "first");
    await pair.finish(1, "forced");
    expect([await first, await forced, pair.one.get("a")]).toEqual(["first", "forced", "forced"]);
  });
});

describe("a warmer", () => {
  for (const [name, write] of Object.entries({
    set: ({ two }: Pair) => two.set("a", "newer"),
    delete: ({ two }: Pair) => two.delete("a"),
    clear: ({ two }: Pair) => two.clear(),
  })) {
    it(`leaves alone what another thread changed while it ran: ${name}`, async () => {
      let begin: (entries: [string, unknown][]) => void = () => undefined;
      const execute = (): Promise<[string, unknown][]> => new Promise((resolve) => (begin = resolve));
      const pair = new Pair();
      const three = (await import("stowage/table")).SharedCache.attach<unknown>(pair.one.handle, {
        clock: pair.clock,
        warmers: [{ name: "w", execute }],
      });
      await pair.settle();
      write(pair);
      begin([
        ["a", "old"],
        ["b", "warm"],
      ]);
      await pair.settle();
      expect(pair.two.get("a")).toBe(name === "set" ? "newer" : undefined);
      expect(pair.two.get("b")).toBe(name === "clear" ? undefined : "warm");
      three.close();
    });
  }
});

describe("transactions in two threads", () => {
  it("on one key run one after another", async () => {
    const pair = new Pair();
    pair.one.set("n", 0);
    const order: string[] = [];
    const add = (cache: typeof pair.one, name: string): Promise<unknown> =>
      cache.transaction(["n"], async (tx) => {
        order.push(`${name} begins`);
        const n = tx.get("n") as number;
        await pair.settle();
        tx.set("n", n + 1);
        order.push(`${name} ends`);
      });
    await Promise.all([add(pair.one, "one"), add(pair.two, "two"), add(pair.one, "three")]);
    expect(pair.two.get("n")).toBe(3);
    expect(order.filter((_, at) => at % 2 === 0).map((line) => line.split(" ")[0])).toEqual(
      order.filter((_, at) => at % 2 === 1).map((line) => line.split(" ")[0]),
    );
    expect(pair.one.stats().calls.transaction).toBe(3);
  });

  it("get a key in the order asked", async () => {
    const pair = new Pair();
    const order: number[] = [];
    const run = (cache: typeof pair.one, id: number): Promise<unknown> =>
      cache.transaction(["n"], async () => {
        order.push(id);
        await pair.settle();
      });
    const running: Promise<unknown>[] = [];
    for (const [id, cache] of [pair.one, pair.two, pair.one, pair.two, pair.one].entries()) {
      running.push(run(cache, id));
      await pair.settle();
    }
    await Promise.all(running);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it("without a common key run side by side, crosswise ones do not lock up", async () => {
    const pair = new Pair();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slow = pair.one.transaction(["a"], () => gate);
    await pair.two.transaction(["b"], (tx) => tx.set("b", 1));
    open();
    await slow;
    const both = async (tx: Transaction<string, unknown>): Promise<void> => {
      await pair.settle();
      for (const key of ["a", "b"]) tx.incr(key);
    };
    await Promise.all([pair.one.transaction(["a", "b"], both), pair.two.transaction(["b", "a"], both)]);
    expect([pair.one.get("a"), pair.one.get("b")]).toEqual([2, 3]);
  });

  it("one without keys runs when none is running in any thread", async () => {
    const pair = new Pair();
    const order: string[] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const first = pair.one.transaction(["a"], async () => {
      await gate;
      order.push("a");
    });
    await pair.settle();
    const alone = pair.two.transaction([], async (tx) => {
      order.push("alone begins");
      await pair.settle();
      tx.set("z", 1);
      order.push("alone ends");
    });
    await pair.settle();
    const later = pair.one.transaction(["b"], () => void order.push("b"));
    await pair.settle();
    expect(order).toEqual([]);
    open();
    for (let n = 0; n < 50 && order.length < 4; n++) await pair.clock.advanceAsync(10);
    await Promise.all([first, alone, later]);
    expect(order).toEqual(["a", "alone begins", "alone ends", "b"]);
  });

  it("a write of another thread makes it run again", async () => {
    const pair = new Pair();
    pair.one.set("a", 1);
    let runs = 0;
    await pair.one.transaction(["a", "b"], async (tx) => {
      const a = tx.get("a") as number;
      if (runs++ === 0) pair.two.set("a", 10);
      await pair.settle();
      tx.set("b", a + 1);
    });
    expect([runs, pair.two.get("b")]).toEqual([2, 11]);
  });

  it("a lock passes on when its attachment closes", async () => {
    const pair = new Pair();
    void pair.one.transaction(["a"], () => new Promise(() => undefined));
    await pair.settle();
    const next = pair.two.transaction(["a"], (tx) => tx.set("a", 1));
    await pair.settle();
    pair.one.close();
    await next;
    expect(pair.two.get("a")).toBe(1);
  });
});
