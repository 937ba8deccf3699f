/** Types of what new Cache and its verbs take. Checked by `npm run check:types`, never run. */
import {
  Cache,
  type CacheOptions,
  type CacheReport,
  type CacheStats,
  type Clock,
  createPolicy,
  type Duration,
  type EntryView,
  type Hook,
  type Policy,
  policyNames,
  type RemovalEvent,
  type SetOptions,
} from "stowage";
import { FakeClock } from "stowage/testing";
import { expectTypeOf } from "vitest";

interface User {
  name: string;
  age: number;
}
declare const ada: User;

// Everything may be left out; keys are strings and values unknown then.
const any = new Cache();
expectTypeOf(any).toEqualTypeOf<Cache<string, unknown>>();
expectTypeOf(any.get("a")).toEqualTypeOf<unknown>();
new Cache({});
new Cache(undefined);

// Everything may be given.
const full: CacheOptions<string, User> = {
  name: "users",
  max: 1_000,
  maxWeight: 1e6,
  weigher: (user, key) => user.name.length + key.length,
  enforce: { every: "1s", reclaim: 0.2 },
  policy: "sieve",
  ttl: "1h30m",
  idle: 5_000,
  jitter: 0.1,
  lazy: true,
  janitor: false,
  fetch: { grace: "1h", timeout: 500 },
  hooks: [{ when: "before", on: ["set"], veto: true, handle: ({ args }) => args.length > 1 }],
  onRemoval: ({ key, value, cause }) => {
    expectTypeOf(key).toEqualTypeOf<string>();
    expectTypeOf(value).toEqualTypeOf<User>();
    expectTypeOf(cause).toEqualTypeOf<"expired" | "evicted" | "deleted" | "replaced" | "cleared">();
  },
  onError: (error, { source, name }) => {
    expectTypeOf(error).toEqualTypeOf<unknown>();
    expectTypeOf(source).toExtend<string>();
    expectTypeOf(name).toEqualTypeOf<string | undefined>();
  },
  stats: true,
  clock: new FakeClock(),
  random: () => 0.5,
};
const users = new Cache<string, User>(full);

// Durations: numbers, and texts of a number and a unit, in a row too.
for (const each of [5, "250ms", "5s", "5m", "2h", "1d", "1w", "1h30m"] satisfies Duration[])
  users.expire("a", each);
// @ts-expect-error no unit
users.expire("a", "5");
// @ts-expect-error a unit that there is not
users.expire("a", "5 parsecs");
// @ts-expect-error a Date is for expireAt
users.expire("a", new Date());
users.expire("a", null);
users.expireAt("a", new Date());
users.expireAt("a", 1_000);
// @ts-expect-error no text
users.expireAt("a", "tomorrow");

// Refused by name.
// @ts-expect-error misspelt
new Cache<string, User>({ onRemove: () => undefined });
// @ts-expect-error a number is meant
new Cache<string, User>({ max: "1000" });
// @ts-expect-error there is no such policy
new Cache<string, User>({ policy: "lfru" });
// @ts-expect-error a policy is more than a name
new Cache<string, User>({ policy: { name: "own" } });
// @ts-expect-error every is needed
new Cache<string, User>({ enforce: { reclaim: 0.1 } });
// @ts-expect-error janitor: true says nothing
new Cache<string, User>({ janitor: true });
// @ts-expect-error a weigher gives a number
new Cache<string, User>({ weigher: () => "1" });
// @ts-expect-error the value has no such field
new Cache<string, User>({ weigher: (user) => user.size });
// @ts-expect-error a ttl function gives a duration
new Cache<string, User>({ ttl: () => true });
// @ts-expect-error when is before or after
new Cache<string, User>({ hooks: [{ when: "around", handle: () => 1 }] });
// @ts-expect-error a hook without handle
new Cache<string, User>({ hooks: [{ when: "after" }] });
// @ts-expect-error no default for signal
new Cache<string, User>({ fetch: { signal: AbortSignal.abort() } });
// @ts-expect-error a clock is more than now
new Cache<string, User>({ clock: { now: () => 1 } });

// What verbs take and give.
const storing: SetOptions = { ttl: null, idle: "5m", tags: ["users"] as const, weight: 3 };
expectTypeOf(users.set("a", ada, storing)).toEqualTypeOf<boolean>();
expectTypeOf(users.setMany(new Map([["a", ada]]), storing)).toEqualTypeOf<number>();
expectTypeOf(users.setMany([["a", ada]])).toEqualTypeOf<number>();
// @ts-expect-error undefined is no value
users.set("a", undefined);
// @ts-expect-error a pair of another value
users.setMany([["a", 5]]);
// @ts-expect-error force is for fetch
users.set("a", ada, { force: true });
expectTypeOf(users.incr("a", 1, { default: 5, ttl: "1m" })).toEqualTypeOf<number>();
// @ts-expect-error no such option
users.incr("a", 1, { start: 5 });
expectTypeOf(users.prune(5, { reclaim: 0.1 })).toEqualTypeOf<number>();
// @ts-expect-error no such option
users.prune(5, { reclame: 0.1 });
expectTypeOf(users.size({ expired: false })).toEqualTypeOf<number>();
// @ts-expect-error no such option
users.size({ live: true });
users.resize({ max: 5 });
// @ts-expect-error no such bound
users.resize({ maximum: 5 });
expectTypeOf(
  users.onRemoval((event) => expectTypeOf(event).toEqualTypeOf<RemovalEvent<string, User>>()),
).toEqualTypeOf<() => void>();

// Looking and walking.
expectTypeOf(users.inspect()).toEqualTypeOf<CacheReport>();
expectTypeOf(users.inspect("a")).toEqualTypeOf<EntryView<string, User> | undefined>();
expectTypeOf(users.stats()).toEqualTypeOf<CacheStats>();
// @ts-expect-error a report is read-only
users.stats().hits = 5;
expectTypeOf(users.keys()).toEqualTypeOf<IterableIterator<string>>();
expectTypeOf(users.values()).toEqualTypeOf<IterableIterator<User>>();
const names = users.stream({
  where: (entry) => entry.value.age > 30 && entry.tags.includes("users"),
  select: ({ value }) => value.name,
  expired: true,
  buffer: 10,
});
expectTypeOf([...names]).toEqualTypeOf<string[]>();
async function walk(): Promise<void> {
  for await (const name of names) expectTypeOf(name).toEqualTypeOf<string>();
  for await (const entry of users.stream()) expectTypeOf(entry).toEqualTypeOf<EntryView<string, User>>();
}
void walk;
// @ts-expect-error the value has no such field
users.stream({ where: (entry) => entry.value.size > 5 });
// @ts-expect-error no such option
users.stream({ filter: () => true });

// Transactions: the verbs of its view, and no others.
expectTypeOf(
  users.transaction(["a"], async (tx) => {
    expectTypeOf(tx.get("a")).toEqualTypeOf<User | undefined>();
    expectTypeOf(tx.delete("a")).toEqualTypeOf<boolean>();
    expectTypeOf(tx.set("a", ada, { ttl: 5 })).toEqualTypeOf<void>();
    // @ts-expect-error a value of another type
    tx.set("a", 5);
    // @ts-expect-error nothing waits inside a transaction for a load
    tx.fetch("a", () => ada);
    return 5;
  }),
).toEqualTypeOf<Promise<number>>();
expectTypeOf(users.execute((cache) => cache)).toEqualTypeOf<typeof users>();
// @ts-expect-error retries is a number
users.transaction(["a"], () => 1, { retries: "many" });

// Caches, policies and clocks can be passed about.
declare function anything(cache: Cache<string, User>): void;
anything(users);
anything(new Cache<string, User>({ commands: { name: { type: "read", execute: (user) => user?.name } } }));
// @ts-expect-error a cache of other values
anything(new Cache<string, number>());
// @ts-expect-error a cache of other keys
anything(new Cache<number, User>());
const disposable: Disposable = users;
const iterable: Iterable<[string, User]> = users;
void [disposable, iterable];
const policy: Policy = createPolicy("lru");
new Cache({ policy, max: 5 });
for (const name of policyNames) new Cache({ policy: name });
const clock: Clock = new FakeClock();
new Cache({ clock });
const hook: Hook = { when: "after", handle: ({ action, result }) => [action, result] };
new Cache({ hooks: [hook] });
