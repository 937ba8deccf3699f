/**
 * What the compiler must infer, and refuse, about a cache. Checked by `npm run check:types`, never run: a wrong
 * expectation, or a @ts-expect-error above a line that compiles, fails the type check.
 */
import { Cache, type Commands, commit, type Duration, type ExportedEntry, ignore } from "stowage";
import { expectTypeOf } from "vitest";

interface User {
  name: string;
}

const users = new Cache<string, User>({ max: 10, ttl: "5m" });

// Reads give the value or undefined.
expectTypeOf(users.get("a")).toEqualTypeOf<User | undefined>();
expectTypeOf(users.take("a")).toEqualTypeOf<User | undefined>();
expectTypeOf(users.getMany(["a"])).toEqualTypeOf<Map<string, User>>();
expectTypeOf(users.ttl("a")).toEqualTypeOf<number | null | undefined>();
expectTypeOf([...users]).toEqualTypeOf<[string, User][]>();
expectTypeOf(users.export()).toEqualTypeOf<ExportedEntry<string, User>[]>();

// Keys and values keep to their types.
// @ts-expect-error a key is a string
users.get(1);
// @ts-expect-error a value is a User
users.set("a", { nam: "Ada" });
// @ts-expect-error there is no such option
users.set("a", { name: "Ada" }, { tll: 5 });
// @ts-expect-error there is no such option
new Cache({ maxx: 5 });
// @ts-expect-error there is no such policy
new Cache({ policy: "lfu" });

// Options are inferred from the cache.
new Cache<string, User>({ weigher: (user) => user.name.length, maxWeight: 1_000 });
new Cache<string, User>({ ttl: (key, user) => key.length + user.name.length });
expectTypeOf<"5m">().toExtend<Duration>();

// A loader that always finds a value makes fetch give one; one that may not, does not.
expectTypeOf(users.fetch("a", async () => ({ name: "Ada" }))).toEqualTypeOf<Promise<User>>();
expectTypeOf(users.fetch("a", async () => undefined)).toEqualTypeOf<Promise<User | undefined>>();
users.fetch("a", (key, { signal, stale }) => {
  expectTypeOf(key).toEqualTypeOf<string>();
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  expectTypeOf(stale).toEqualTypeOf<User | undefined>();
  return commit({ name: "Ada" }, { ttl: "1m" });
});
// @ts-expect-error a loader gives a User
users.fetch("a", () => 5);

// Wrapped functions keep their arguments and their result.
const wrapped = users.wrap(async (id: number, _full: boolean) => ({ name: `${id}` }), {
  key: (id) => `user:${id}`,
});
expectTypeOf(wrapped).parameters.toEqualTypeOf<[number, boolean]>();
expectTypeOf(wrapped).returns.resolves.toEqualTypeOf<User>();

// getAndUpdate gives what it stored, or what was ignored.
expectTypeOf(users.getAndUpdate("a", (user) => user ?? { name: "Ada" })).toEqualTypeOf<User>();
expectTypeOf(users.getAndUpdate("a", () => ignore("none"))).toEqualTypeOf<User | string>();

// Transactions and batches give what their function gives.
expectTypeOf(users.transaction(["a"], async (tx) => tx.get("a"))).toEqualTypeOf<Promise<User | undefined>>();
expectTypeOf(users.execute((cache) => cache.size())).toEqualTypeOf<number>();

// A query gives entries, or what it selects.
expectTypeOf([...users.stream({ select: (entry) => entry.key })]).toEqualTypeOf<string[]>();
expectTypeOf([...users.stream()][0].value).toEqualTypeOf<User>();

// Commands keep their arguments and results.
const commands = {
  last: { type: "read", execute: (list: number[] | undefined) => list?.at(-1) },
  push: { type: "write", execute: (list: number[] = [], item: number) => [list.length + 1, [...list, item]] },
} satisfies Commands<number[]>;
const lists = new Cache<string, number[], typeof commands>({ commands });
expectTypeOf(lists.invoke("last", "a")).toEqualTypeOf<number | undefined>();
lists.invoke("push", "a", 1);
// @ts-expect-error push takes a number
lists.invoke("push", "a", "1");
// @ts-expect-error there is no such command
lists.invoke("shift", "a");
