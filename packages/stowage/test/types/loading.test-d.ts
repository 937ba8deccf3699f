/** Types of fetch, fetchMany, wrap, getAndUpdate and warmers. Checked by `npm run check:types`, never run. */
import {
  Cache,
  type CacheOptions,
  commit,
  type FetchOptions,
  ignore,
  type Loader,
  type Warmer,
} from "stowage";
import { expectTypeOf } from "vitest";

interface User {
  name: string;
}
declare const ada: User;
declare const perhaps: User | undefined;
const users = new Cache<string, User>();

// What a loader may give, and what fetch makes of it.
expectTypeOf(users.fetch("a", () => ada)).toEqualTypeOf<Promise<User>>();
expectTypeOf(users.fetch("a", async () => ada, { ttl: "5m", tags: ["users"] })).toEqualTypeOf<
  Promise<User>
>();
expectTypeOf(users.fetch("a", () => perhaps)).toEqualTypeOf<Promise<User | undefined>>();
expectTypeOf(users.fetch("a", async () => perhaps)).toEqualTypeOf<Promise<User | undefined>>();
expectTypeOf(users.fetch("a", () => commit(ada, { ttl: null }))).toEqualTypeOf<Promise<User>>();
expectTypeOf(users.fetch("a", async () => ignore(ada))).toEqualTypeOf<Promise<User>>();
users.fetch("a", async (key, { stale }) => {
  if (key === "b") return commit(ada);
  return stale ?? undefined;
});

// A value of a union type stays whole.
const mixed = new Cache<string, string | number | null>();
expectTypeOf(mixed.get("a")).toEqualTypeOf<string | number | null | undefined>();
expectTypeOf(mixed.fetch("a", () => null)).toEqualTypeOf<Promise<string | number | null>>();
expectTypeOf(mixed.fetch("a", async () => (Math.random() > 0.5 ? 1 : "a"))).toEqualTypeOf<
  Promise<string | number | null>
>();

// @ts-expect-error a loader of another type
users.fetch("a", async () => ({ nam: "Ada" }));
// @ts-expect-error commit of another type
users.fetch("a", () => commit(5));
// @ts-expect-error no loader
users.fetch("a");
// @ts-expect-error a key of another type
users.fetch(1, () => ada);
// @ts-expect-error an option that is misspelt
users.fetch("a", () => ada, { tttl: 5 });
// @ts-expect-error a duration with a unit that there is not
users.fetch("a", () => ada, { ttl: "5 parsecs" });
// @ts-expect-error a timeout cannot be null
users.fetch("a", () => ada, { timeout: null });
// @ts-expect-error tags are a list
users.fetch("a", () => ada, { tags: "users" });
// @ts-expect-error no option of commit
commit(ada, { grace: "5m" });

// fetchMany: Maps and pairs, whole or in part.
expectTypeOf(users.fetchMany(["a"], async () => new Map([["a", ada]]))).toEqualTypeOf<
  Promise<Map<string, User>>
>();
users.fetchMany(new Set(["a"]), (keys, { signal }) => {
  expectTypeOf(keys).toEqualTypeOf<string[]>();
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  return keys.map((key) => [key, ada] as const);
});
users.fetchMany(["a", "b"], async () => [
  ["a", commit(ada, { ttl: "1m" })] as const,
  ["b", undefined] as const,
]);
// @ts-expect-error pairs of another value
users.fetchMany(["a"], () => [["a", 5] as const]);
// @ts-expect-error keys of another type
users.fetchMany([1], () => []);

// wrap: the function keeps its arguments, whether it is synchronous or not.
declare function loadUser(id: number, options?: { full: boolean }): Promise<User>;
const cached = users.wrap(loadUser);
expectTypeOf(cached).toEqualTypeOf<(id: number, options?: { full: boolean }) => Promise<User>>();
expectTypeOf(users.wrap((name: string) => ({ name }))).toEqualTypeOf<
  (name: string) => Promise<{ name: string }>
>();
users.wrap(loadUser, {
  key: (id, options) => {
    expectTypeOf(id).toEqualTypeOf<number>();
    expectTypeOf(options).toEqualTypeOf<{ full: boolean } | undefined>();
    return `user:${id}`;
  },
  ttl: "1m",
});
// @ts-expect-error called with another argument
cached("1");
// @ts-expect-error a function of another result
users.wrap(async () => 5);
// @ts-expect-error a key of another type
users.wrap(loadUser, { key: (id) => id });
// @ts-expect-error one signal for all calls makes no sense
users.wrap(loadUser, { signal: AbortSignal.timeout(5) });

// getAndUpdate
const counts = new Cache<string, number>();
expectTypeOf(counts.getAndUpdate("a", (count = 0) => count + 1)).toEqualTypeOf<number>();
expectTypeOf(
  counts.getAndUpdate("a", (count) => commit((count ?? 0) + 1, { ttl: 5 })),
).toEqualTypeOf<number>();
expectTypeOf(
  counts.getAndUpdate("a", (count) => (count === undefined ? ignore(null) : count + 1)),
).toEqualTypeOf<number | null>();
// @ts-expect-error a value of another type
counts.getAndUpdate("a", () => "1");
// @ts-expect-error undefined is no value
counts.getAndUpdate("a", () => undefined);

// Loaders, warmers and options can be declared apart.
const loader: Loader<string, User> = (key, { signal }) => (signal.aborted ? undefined : { name: key });
expectTypeOf(users.fetch("a", loader)).toEqualTypeOf<Promise<User | undefined>>();
const fetching: FetchOptions = { ttl: "5m", staleWhileRevalidate: "1h", earlyRefresh: true, backoff: 500 };
users.fetch("a", loader, fetching);
const warmer: Warmer<string, User> = {
  name: "users",
  required: true,
  every: "5m",
  state: { table: "users" },
  execute: async ({ state, signal }) => {
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    return signal.aborted ? undefined : { entries: [[state.table, ada]], options: { ttl: "10m" } };
  },
};
const options: CacheOptions<string, User> = { warmers: [warmer, { execute: () => new Map([["a", ada]]) }] };
new Cache(options);
// @ts-expect-error entries of another type
new Cache<string, User>({ warmers: [{ execute: () => [["a", 5]] }] });
// @ts-expect-error a warmer that does nothing
new Cache<string, User>({ warmers: [{ name: "users" }] });

expectTypeOf(users.warm()).toEqualTypeOf<Promise<Record<string, number | undefined>>>();
users.warm({ only: ["users"], wait: false });
// @ts-expect-error names are a list
users.warm({ only: "users" });
