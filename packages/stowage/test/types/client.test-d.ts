/** Types of the client and its verbs. Checked by `npm run check:types`, never run. */
import {
  Client,
  type ClientOptions,
  type ClientStats,
  commit,
  type EntryOf,
  type InvalidationCounts,
  ignore,
  type NodeHealth,
  nearCache,
  ring,
  type ServerStats,
} from "stowage/client";
import type { Client as WebClient } from "stowage/client/web";
import { FakeClock } from "stowage/testing";
import { expectTypeOf } from "vitest";

interface User {
  name: string;
}
interface Config {
  theme: string;
}
declare const ada: User;
declare const perhaps: User | undefined;

// Everything may be left out, and everything may be given.
new Client();
new Client({});
const options: ClientOptions = {
  urls: ["http://a:4000", { url: "http://b:4000", weight: 2 }],
  token: "secret",
  router: ring(),
  near: nearCache({ max: 1_000 }),
  timeout: "2s",
  retries: 3,
  breaker: { failures: 3, cooldown: "500ms" },
  batch: { max: 100, maxBytes: 10_000, shareReads: false },
  connections: 8,
  maxPending: 100,
  healthEvery: "1s",
  ttl: "5m",
  fetch: { grace: "1h", timeout: 500 },
  onEvent(event) {
    if (event.type === "request") expectTypeOf(event.status).toEqualTypeOf<number | undefined>();
    if (event.type === "nodes") expectTypeOf(event.nodes).toEqualTypeOf<readonly string[]>();
  },
  fetchWith: fetch,
  clock: new FakeClock(),
  random: () => 0.5,
};
new Client(options);
// @ts-expect-error: a misspelt option
new Client({ uri: "http://a" });
// @ts-expect-error: no duration
new Client({ timeout: "5 minutes" });
// @ts-expect-error: `idle` is of the in-process cache
new Client({ fetch: { idle: "5m" } });

// Without a map of types, values are what the call says.
const client = new Client();
expectTypeOf(client.get<User>("user:1")).toEqualTypeOf<Promise<User | undefined>>();
expectTypeOf(client.getMany<User>(["user:1"])).toEqualTypeOf<Promise<Map<string, User>>>();
expectTypeOf(client.entry<User>("user:1")).toEqualTypeOf<Promise<EntryOf<User> | undefined>>();
expectTypeOf(client.peek<User>("user:1")).toEqualTypeOf<User | undefined>();
expectTypeOf(client.set("user:1", ada, { ttl: "5m", tags: ["users"], grace: 500 })).toEqualTypeOf<
  Promise<void>
>();
client.set<User>("user:1", ada);
// @ts-expect-error: not a User
client.set<User>("user:1", 5);
// @ts-expect-error: keys are strings
client.get(5);
// @ts-expect-error: an option of writes
client.get("a", { ttl: "5m" });
client.setMany([["a", 1]]);
client.setMany(new Map([["a", 1]]));
client.setMany(Object.entries({ a: 1 }), { ttl: null });
expectTypeOf(client.delete("a")).toEqualTypeOf<Promise<boolean>>();
expectTypeOf(client.deleteMany(new Set(["a"]))).toEqualTypeOf<Promise<number>>();
expectTypeOf(client.has("a")).toEqualTypeOf<Promise<boolean>>();
expectTypeOf(client.ttl("a")).toEqualTypeOf<Promise<number | null | undefined>>();
expectTypeOf(client.incr("a", 2, { default: 5, ttl: "1m" })).toEqualTypeOf<Promise<number>>();
expectTypeOf(client.decr("a")).toEqualTypeOf<Promise<number>>();
expectTypeOf(client.touch("a")).toEqualTypeOf<Promise<boolean>>();
expectTypeOf(client.expire("a", "5m")).toEqualTypeOf<Promise<boolean>>();
expectTypeOf(client.persist("a")).toEqualTypeOf<Promise<boolean>>();
expectTypeOf(client.compareAndSet("a", ada, { version: "1" })).toEqualTypeOf<Promise<string | undefined>>();
client.compareAndSet("a", ada, { version: null, ttl: "5m" });
// @ts-expect-error: it needs a version
client.compareAndSet("a", ada, { ttl: "5m" });
expectTypeOf(client.size()).toEqualTypeOf<Promise<number>>();
expectTypeOf(client.clear({ local: "http://a" })).toEqualTypeOf<Promise<number>>();
expectTypeOf(client.stats()).toEqualTypeOf<Promise<ServerStats>>();
expectTypeOf(client.inspect()).toEqualTypeOf<ClientStats>();
expectTypeOf(client.health()).toEqualTypeOf<Promise<NodeHealth[]>>();
expectTypeOf(client.invalidate({ keys: ["a"], prefix: "b", tags: ["c"] })).toEqualTypeOf<
  Promise<InvalidationCounts>
>();
expectTypeOf(client.invalidateTag("users")).toEqualTypeOf<Promise<void>>();
for await (const [key, user] of client.scan<User>("user:", { page: 100 })) {
  expectTypeOf(key).toEqualTypeOf<string>();
  expectTypeOf(user).toEqualTypeOf<User>();
}
for await (const key of client.keys()) expectTypeOf(key).toEqualTypeOf<string>();

// What loaders give is what loading gives.
expectTypeOf(client.fetch("a", () => ada)).toEqualTypeOf<Promise<User>>();
expectTypeOf(client.fetch("a", async () => ada, { ttl: "5m" })).toEqualTypeOf<Promise<User>>();
expectTypeOf(client.fetch("a", async () => perhaps)).toEqualTypeOf<Promise<User | undefined>>();
expectTypeOf(client.fetch("a", () => commit(ada, { ttl: null }))).toEqualTypeOf<Promise<User>>();
expectTypeOf(client.remember("a", async () => ignore(ada))).toEqualTypeOf<Promise<User>>();
expectTypeOf(client.remember<User>("a", async () => ada)).toEqualTypeOf<Promise<User>>();
// @ts-expect-error: not what was asked for
client.remember<User>("a", async () => 5);
client.fetch("a", async (key, { signal }) => {
  expectTypeOf(key).toExtend<string>();
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  return 1;
});
const remembered = client.rememberAll("user:", async () => [ada], { key: (user) => user.name, ttl: "5m" });
expectTypeOf((await remembered).items).toEqualTypeOf<readonly User[]>();
expectTypeOf((await remembered).get("Ada")).toEqualTypeOf<User | undefined>();

// With a map of types, keys and values go together.
interface Entries {
  [key: `user:${string}`]: User;
  config: Config;
  visits: number;
}
const typed = new Client<Entries>();
expectTypeOf(typed.get("user:1")).toEqualTypeOf<Promise<User | undefined>>();
expectTypeOf(typed.get("config")).toEqualTypeOf<Promise<Config | undefined>>();
expectTypeOf(typed.getMany(["config", "visits"])).toEqualTypeOf<
  Promise<Map<"config" | "visits", Config | number>>
>();
// @ts-expect-error: no such key
typed.get("users:1");
typed.set("user:1", ada);
typed.set("config", { theme: "dark" });
// @ts-expect-error: that is the value of another key
typed.set("config", ada);
typed.setMany([
  ["user:1", ada],
  ["visits", 1],
]);
// @ts-expect-error: that is the value of another key
typed.setMany([["config", ada]]);
expectTypeOf(typed.compareAndSet("visits", 1, { version: null })).toEqualTypeOf<
  Promise<string | undefined>
>();
expectTypeOf(typed.fetch("config", async () => ({ theme: "dark" }))).toEqualTypeOf<Promise<Config>>();
expectTypeOf(typed.fetch("user:1", async () => perhaps)).toEqualTypeOf<Promise<User | undefined>>();
// @ts-expect-error: that is the value of another key
typed.fetch("config", async () => ada);
expectTypeOf(typed.keys("user:")).toEqualTypeOf<
  AsyncIterableIterator<`user:${string}` | "config" | "visits">
>();

// The results of a batch are those of its verbs.
const results = await typed.batch([
  { op: "get", key: "user:1" },
  { op: "set", key: "config", value: { theme: "dark" }, ttl: "5m" },
  { op: "incr", key: "visits" },
  { op: "ttl", key: "config" },
  { op: "delete", key: "config" },
]);
expectTypeOf(results).toEqualTypeOf<
  [
    PromiseSettledResult<User | undefined>,
    PromiseSettledResult<undefined>,
    PromiseSettledResult<number>,
    PromiseSettledResult<number | null | undefined>,
    PromiseSettledResult<boolean>,
  ]
>();
// @ts-expect-error: that is the value of another key
typed.batch([{ op: "set", key: "config", value: ada }]);
// @ts-expect-error: no such operation
typed.batch([{ op: "gte", key: "config" }]);
client.batch([{ op: "set", key: "a", value: 1 }], { inOrder: true });

// Both entries are the same client to a program.
expectTypeOf<Client<Entries>>().toExtend<WebClient<Entries>>();
{
  using closing = new Client();
  closing.close();
}
