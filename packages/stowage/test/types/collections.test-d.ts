/** Types of collections and values. Checked by `npm run check:types`, never run. */
import { Client, type Collection, commit, type RememberedList } from "stowage/client";
import { expectTypeOf } from "vitest";
import { z } from "zod";

interface User {
  name: string;
}
declare const ada: User;
declare const perhaps: User | undefined;
const plain = new Client();
const typed = new Client<{
  [key: `user:${string}`]: User;
  [key: `n:${string}`]: number;
  config: { theme: string };
}>();

// What the schema says, the compiler knows.
const users = plain.collection("user:", z.object({ name: z.string() }));
expectTypeOf(users.get("1")).toEqualTypeOf<Promise<{ name: string } | undefined>>();
expectTypeOf(users.getMany(["1"])).toEqualTypeOf<Promise<Map<string, { name: string }>>>();
expectTypeOf(users.remember("1", () => ada)).toEqualTypeOf<Promise<{ name: string }>>();
expectTypeOf(users.remember("1", () => perhaps)).toEqualTypeOf<Promise<{ name: string } | undefined>>();
expectTypeOf(users.remember("1", async (id) => commit({ name: id }))).toEqualTypeOf<
  Promise<{ name: string }>
>();
expectTypeOf(users.rememberAll(() => [ada], { key: ({ name }) => name })).toEqualTypeOf<
  Promise<RememberedList<{ name: string }>>
>();
// @ts-expect-error a number is no name
users.set("1", { name: 1 });
// @ts-expect-error users are not counted
users.incr("1");
// @ts-expect-error there is no such option
plain.collection("user:", z.string(), { onInvalid: "log" });

// What goes in and what comes out may differ.
const events = plain.collection(
  "event:",
  z.object({ size: z.string().transform(Number), at: z.number().default(0) }),
);
events.set("1", { size: "5" });
expectTypeOf(events.get("1")).toEqualTypeOf<Promise<{ size: number; at: number } | undefined>>();
// @ts-expect-error its input is a text
events.set("1", { size: 5 });

// Without a schema, what the caller says, or the map of types.
expectTypeOf(plain.collection<User>("user:")).toEqualTypeOf<Collection<User>>();
expectTypeOf(typed.collection("user:").get("1")).toEqualTypeOf<Promise<User | undefined>>();
expectTypeOf(typed.collection("n:").incr("1")).toEqualTypeOf<Promise<number>>();
expectTypeOf(typed.value("config").get()).toEqualTypeOf<Promise<{ theme: string } | undefined>>();
// @ts-expect-error there is no such key
typed.value("confg");
// @ts-expect-error a config is not counted
typed.value("config").incr();

// Numbers are counted.
expectTypeOf(plain.collection("n:", z.number()).incr("1", 2)).toEqualTypeOf<Promise<number>>();
expectTypeOf(plain.value("n", z.number()).decr()).toEqualTypeOf<Promise<number>>();
