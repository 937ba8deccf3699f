/** fetchMany overlapping with itself and with fetch: per key one load, whoever asked first. */
import { Cache } from "stowage";
import { type Deferred, deferred, FakeClock, settle } from "stowage/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let clock: FakeClock;
let cache: Cache<string, string>;
let bulks: (Deferred<[string, string][]> & { keys: string[]; signal: AbortSignal })[];
let singles: (Deferred<string> & { key: string })[];

const loadMany = (keys: string[], { signal }: { signal: AbortSignal }): Promise<[string, string][]> => {
  const gate = deferred<[string, string][]>();
  bulks.push({ ...gate, keys: [...keys], signal });
  return gate.promise;
};

const loadOne = (key: string): Promise<string> => {
  const gate = deferred<string>();
  singles.push({ ...gate, key });
  return gate.promise;
};

function answer(index: number, suffix: string): void {
  bulks[index].resolve(bulks[index].keys.map((key) => [key, `${key}${suffix}`]));
}

beforeEach(() => {
  clock = new FakeClock();
  cache = new Cache<string, string>({ clock });
  bulks = [];
  singles = [];
});

afterEach(() => {
  cache.verify();
  cache.close();
  expect(clock.pending, "timers left").toBe(0);
});

describe("fetchMany", () => {
  it("overlapping calls load each key once", async () => {
    const one = cache.fetchMany(["a", "b"], loadMany);
    const two = cache.fetchMany(["b", "c"], loadMany);
    await settle();
    expect(bulks.map(({ keys }) => keys)).toEqual([["a", "b"], ["c"]]);
    answer(1, "2");
    answer(0, "1");
    expect(await one).toEqual(
      new Map([
        ["a", "a1"],
        ["b", "b1"],
      ]),
    );
    expect(await two).toEqual(
      new Map([
        ["b", "b1"],
        ["c", "c2"],
      ]),
    );
  });

  it("waits for a fetch that is under way, and a fetch waits for it", async () => {
    const single = cache.fetch("a", loadOne);
    const bulk = cache.fetchMany(["a", "b"], loadMany);
    const late = cache.fetch("b", loadOne);
    await settle();
    expect(bulks.map(({ keys }) => keys)).toEqual([["b"]]);
    expect(singles.map(({ key }) => key)).toEqual(["a"]);
    singles[0].resolve("A");
    answer(0, "!");
    expect(await single).toBe("A");
    expect(await late).toBe("b!");
    expect(await bulk).toEqual(
      new Map([
        ["a", "A"],
        ["b", "b!"],
      ]),
    );
  });

  it("nothing to load, all under way elsewhere: its loader is not called", async () => {
    const single = cache.fetch("a", loadOne);
    const bulk = cache.fetchMany(["a"], loadMany);
    await settle();
    singles[0].resolve("A");
    await single;
    expect(await bulk).toEqual(new Map([["a", "A"]]));
    expect(bulks.length).toBe(0);
  });

  it("a key deleted during the load is not stored, the others are", async () => {
    const bulk = cache.fetchMany(["a", "b", "c"], loadMany);
    await settle();
    cache.delete("b");
    cache.set("c", "mine");
    answer(0, "!");
    expect((await bulk).get("a")).toBe("a!");
    expect(cache.get("a")).toBe("a!");
    expect(cache.get("b")).toBeUndefined();
    expect(cache.get("c")).toBe("mine");
  });

  it("a fetch after a delete during a bulk load gets what was loaded after it", async () => {
    const bulk = cache.fetchMany(["a", "b"], loadMany);
    await settle();
    cache.delete("a");
    const after = cache.fetch("a", loadOne);
    await settle();
    expect(singles.length).toBe(0);
    answer(0, "old");
    await bulk;
    await settle();
    singles[0].resolve("new");
    expect(await after).toBe("new");
    expect(cache.get("a")).toBe("new");
  });

  it("a failing bulk load fails those who wait for its keys, and no others", async () => {
    const boom = new Error("boom");
    const bulk = cache.fetchMany(["a", "b"], loadMany);
    const overlapping = cache.fetch("a", loadOne);
    const other = cache.fetch("c", loadOne);
    const settled = Promise.allSettled([bulk, overlapping]);
    await settle();
    bulks[0].reject(boom);
    for (const outcome of await settled) expect(outcome.status === "rejected" && outcome.reason).toBe(boom);
    singles[0].resolve("C");
    expect(await other).toBe("C");
    expect(
      await cache.fetchMany(["a", "b"], async (keys: string[]) =>
        keys.map((key): [string, string] => [key, "fine"]),
      ),
    ).toEqual(
      new Map([
        ["a", "fine"],
        ["b", "fine"],
      ]),
    );
  });

  it("one caller who gives up does not stop the load of the other; both do", async () => {
    const aborts = [new AbortController(), new AbortController()];
    const one = Promise.allSettled([cache.fetchMany(["a", "b"], loadMany, { signal: aborts[0].signal })]);
    const two = Promise.allSettled([cache.fetch("a", loadOne, { signal: aborts[1].signal })]);
    await settle();
    aborts[0].abort();
    expect(bulks[0].signal.aborted).toBe(false);
    aborts[1].abort();
    expect(bulks[0].signal.aborted).toBe(true);
    for (const outcome of [...(await one), ...(await two)]) expect(outcome.status).toBe("rejected");
    answer(0, "late");
    await settle();
    expect(cache.size()).toBe(0);
  });

  it("a key that its only caller gave up, in a bulk load that goes on for another key, is not loaded a second time", async () => {
    const abort = new AbortController();
    const one = Promise.allSettled([cache.fetchMany(["a", "b"], loadMany, { signal: abort.signal })]);
    const two = cache.fetch("b", loadOne);
    await settle();
    abort.abort();
    await one;
    const again = cache.fetch("a", loadOne);
    await settle();
    expect(bulks[0].signal.aborted).toBe(false);
    expect(singles.length, "loads of a beside the bulk load, which still loads it").toBe(0);
    answer(0, "!");
    expect(await two).toBe("b!");
    await settle();
    singles[0]?.resolve("a!");
    expect(await again).toBe("a!");
  });

  it("negative results are remembered per key", async () => {
    const asked: string[][] = [];
    const load = (keys: string[]): [string, string][] => {
      asked.push([...keys]);
      return [["a", "A"]];
    };
    const options = { negativeTtl: 100 };
    expect(await cache.fetchMany(["a", "gone"], load, options)).toEqual(new Map([["a", "A"]]));
    expect(await cache.fetchMany(["a", "gone"], load, options)).toEqual(new Map([["a", "A"]]));
    expect(asked).toEqual([["a", "gone"]]);
    clock.advance(100);
    await cache.fetchMany(["a", "gone"], load, options);
    expect(asked[1]).toEqual(["gone"]);
  });

  for (const keys of [
    ["there", "missing"],
    ["missing", "there"],
  ]) {
    it(`with a signal that is aborted already: loads nothing and wedges nothing, ${keys.join(" then ")}`, async () => {
      cache.set("there", "v");
      const reason = new Error("enough");
      await expect(cache.fetchMany(keys, loadMany, { signal: AbortSignal.abort(reason) })).rejects.toBe(
        reason,
      );
      expect(bulks.length).toBe(0);
      expect(await cache.fetch("missing", async () => "loaded")).toBe("loaded");
    });
  }

  it("closing ends it for everybody, also behind an overtaken load", async () => {
    const bulk = cache.fetchMany(["a", "b"], loadMany);
    await settle();
    cache.delete("a");
    const behind = cache.fetchMany(["a"], loadMany);
    const settled = Promise.allSettled([bulk, behind]);
    await settle();
    cache.close();
    for (const outcome of await settled) {
      expect(outcome.status === "rejected" && outcome.reason.code).toBe("STOWAGE_CLOSED");
    }
    expect(bulks.length).toBe(1);
    expect(bulks[0].signal.aborted).toBe(true);
    cache = new Cache<string, string>({ clock });
  });
});
