/**
 * What a commit must look like from outside, in scenes that throw when it does not: for the tests, and for workers with a
 * broken table, whose scenes must throw.
 */
import assert from "node:assert/strict";
import { SharedCache, type SharedCacheHandle } from "stowage/table";

/** Long enough to lie in other segments than the rest. */
const LONG = 6_000;

export interface Row {
  readonly round: number;
  readonly filler: string;
}

/** Keys that all bear the same round: one is new in each round, one goes, one is long. */
export function prepare(cache: SharedCache<Row>): void {
  for (const key of ["a", "b", "goes"]) cache.set(key, row(1, key));
}

/** From one round to the next, in one transaction. */
export function advance(cache: SharedCache<Row>): Promise<unknown> {
  return cache.transaction(["a", "b", "goes", "new", "seen"], (tx) => {
    const round = (tx.get("a") as Row).round + 1;
    tx.set("a", row(round, "a"));
    tx.update("b", row(round, "b"));
    tx.set("new", row(round, "new"), { ttl: "1h", tags: ["x"] });
    tx.delete("goes");
    tx.get("seen");
  });
}

/** All of it, or nothing; in either case the cache is whole and works on. Returns the round. */
export async function examine(cache: SharedCache<Row>): Promise<number> {
  const [a, b, fresh, goes] = ["a", "b", "new", "goes"].map((key) => cache.get(key)?.round);
  assert.ok(a === 1 || a === 2, `a is of round ${a}`);
  assert.deepEqual([b, fresh, goes], a === 1 ? [1, undefined, 1] : [2, 2, undefined], `a is of round ${a}`);
  cache.verify();
  await advance(cache);
  assert.deepEqual(
    ["a", "b", "new", "goes"].map((key) => cache.get(key)?.round),
    [a + 1, a + 1, a + 1, undefined],
  );
  cache.verify();
  assert.equal(cache.size(), 3);
  return a;
}

/** One who reads b after a finds it at least as new, and the other way round. Until the round comes. */
export function watchRounds(cache: SharedCache<Row>, last: number): number {
  let looks = 0;
  for (let round = 0; round < last; looks++) {
    const [first, second] = looks % 2 === 0 ? ["a", "b"] : ["b", "a"];
    const one = cache.get(first)?.round as number;
    const other = cache.get(second)?.round as number;
    assert.ok(other >= one, `${first} was of round ${one}, ${second} still of ${other}`);
    round = one;
  }
  return looks;
}

/** Each loads what it is asked for while the other deletes it: nothing of that may be left. */
export async function overtake(): Promise<void> {
  const one = SharedCache.create<string>({ memory: "1mb", janitor: false });
  const two = SharedCache.attach<string>(one.handle, { janitor: false });
  let finish: (value: string) => void = () => undefined;
  const loading = one.fetch("a", () => new Promise<string>((resolve) => (finish = resolve)));
  two.delete("a");
  finish("old");
  assert.equal(await loading, "old");
  const left = two.get("a");
  one.close();
  two.close();
  assert.equal(left, undefined, "what was loaded before the delete was stored after it");
}

export function attach(handle: unknown): SharedCache<Row> {
  return SharedCache.attach<Row>(handle as SharedCacheHandle, { janitor: false });
}

function row(round: number, key: string): Row {
  return { round, filler: key.repeat(key === "b" ? LONG : 10) };
}
