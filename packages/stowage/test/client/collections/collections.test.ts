/** Collections and values over a real server, with the validators that people use. */
import { type } from "arktype";
import { deferred } from "stowage/testing";
import { type Server, startServer } from "stowage-server";
import * as v from "valibot";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ClientOptions, StandardSchema } from "../../../src/client/index.js";
import { Client, commit, InvalidDataError, ignore, nearCache } from "../../../src/client/index.js";

interface User {
  name: string;
  age: number;
}

let server: Server;
let client: Client;

beforeAll(async () => {
  server = await startServer({ port: 0, workers: 1, "log-level": "silent" });
});
afterAll(() => server.close());
beforeEach(() => {
  client = make();
});
afterEach(async () => {
  await client.clear();
  client.close();
});

const make = (options: ClientOptions = {}) => new Client({ url: server.url, timeout: "20s", ...options });
const ada = { name: "Ada", age: 36 };
const grace = { name: "Grace", age: 85 };
const invalid = { name: "Ada", age: "old" };
const error = { code: "STOWAGE_INVALID_DATA" };

/** An asynchronous one, of nobody's library. */
const slow: StandardSchema<User> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) => {
      await new Promise((resolve) => setImmediate(resolve));
      const { name, age } = value as User;
      if (typeof name === "string" && typeof age === "number") return { value: { name, age } };
      return { issues: [{ message: "must be a number", path: [{ key: "age" }] }] };
    },
  },
};

const schemas: Readonly<Record<string, StandardSchema<User>>> = {
  zod: z.object({ name: z.string(), age: z.number() }),
  valibot: v.object({ name: v.string(), age: v.number() }),
  arktype: type({ name: "string", age: "number" }),
  "an asynchronous one": slow,
};

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe.each(Object.entries(schemas))("a collection with %s", (_name, schema) => {
  const users = (onInvalid?: "miss" | "throw") =>
    client.collection("user:", schema, onInvalid === undefined ? undefined : { onInvalid });

  it("stores under its prefix, and reads what it stored", async () => {
    await users().set("1", ada, { ttl: "1m" });
    expect(await client.get("user:1")).toEqual(ada);
    expect(await users().get("1")).toEqual(ada);
    expect(await users().exists("1")).toBe(true);
    expect(await users().delete("1")).toBe(true);
    expect(await users().get("1")).toBeUndefined();
    expect(await users().exists("1")).toBe(false);
  });

  it("stores nothing that does not fit, and says what is wrong with it", async () => {
    const failed = await users()
      .set("1", invalid as never)
      .catch((reason) => reason);
    expect(failed).toBeInstanceOf(InvalidDataError);
    expect(failed).toMatchObject({ ...error, key: "user:1" });
    expect(failed.issues[0].path).toEqual(["age"]);
    expect(failed.message).toMatch(/^set "user:1": the value does not fit its schema: age: /);
    await expect(
      users().setMany([
        ["1", ada],
        ["2", invalid as never],
      ]),
    ).rejects.toMatchObject(error);
    expect(await client.size()).toBe(0);
  });

  it("takes what does not fit for absent", async () => {
    await client.setMany([
      ["user:1", invalid],
      ["user:2", grace],
    ]);
    expect(await users().get("1")).toBeUndefined();
    expect(await users().getMany(["1", "2", "3"])).toEqual(new Map([["2", grace]]));
    expect(await all(users().scan())).toEqual([["2", grace]]);
    expect(await users().remember("1", () => ada)).toEqual(ada);
    expect(await client.get("user:1")).toEqual(ada);
  });

  it("throws it, if it was told to", async () => {
    await client.set("user:1", invalid);
    const strict = users("throw");
    await expect(strict.get("1")).rejects.toMatchObject({ ...error, key: "user:1" });
    await expect(strict.getMany(["1"])).rejects.toMatchObject(error);
    await expect(all(strict.scan())).rejects.toMatchObject(error);
    await expect(strict.remember("1", () => ada)).rejects.toMatchObject(error);
    await expect(strict.set("1", invalid as never)).rejects.toMatchObject(error);
    await strict.set("1", ada);
    expect(await strict.get("1")).toEqual(ada);
  });

  it("remembers, and refuses what its loader brings if that does not fit", async () => {
    const ids: string[] = [];
    const load = (id: string) => {
      ids.push(id);
      return ada;
    };
    expect(await users().remember("1", load, { ttl: "1m" })).toEqual(ada);
    expect(await users().remember("1", load)).toEqual(ada);
    expect(ids).toEqual(["1"]);
    await expect(users().remember("2", () => invalid as never)).rejects.toMatchObject({
      ...error,
      key: "user:2",
    });
    await expect(users().remember("2", () => commit(invalid as never))).rejects.toMatchObject(error);
    expect(await client.has("user:2")).toBe(false);
    expect(await users().remember("2", () => ignore(grace))).toEqual(grace);
    expect(await users().remember("2", () => undefined)).toBeUndefined();
    expect(await users().remember("2", () => commit(grace, { ttl: "1m" }))).toEqual(grace);
  });

  it("what does not fit is loaded anew once, however many ask", async () => {
    await client.set("user:1", invalid, { ttl: "1h" });
    using second = make();
    const gate = deferred<User>();
    let loads = 0;
    const load = () => {
      loads++;
      return gate.promise;
    };
    const calls = [client, client, second].map((each) =>
      each.collection("user:", schema).remember("1", load),
    );
    while (loads === 0) await new Promise((resolve) => setImmediate(resolve));
    await second.has("x");
    gate.resolve(ada);
    expect(await Promise.all(calls)).toEqual([ada, ada, ada]);
    expect(loads).toBe(1);
  });

  it("remembers lists", async () => {
    const how = { key: ({ name }: User) => name, ttl: "1m" } as const;
    const list = await users().rememberAll(() => [ada, grace], how);
    expect(list.items).toEqual([ada, grace]);
    expect(list.get("Ada")).toEqual(ada);
    expect(await users().get("Grace")).toEqual(grace);
    expect((await users().rememberAll(() => expect.fail("loaded again"), how)).items).toEqual([ada, grace]);
    await client.set("user:Ada", invalid);
    expect((await users().rememberAll(() => [grace], how)).items).toEqual([grace]);
    await expect(
      users().rememberAll(() => [invalid as never], { ...how, force: true }),
    ).rejects.toMatchObject({
      ...error,
      key: "user:Ada",
    });
    await client.set("user:Grace", invalid);
    await expect(users("throw").rememberAll(() => [grace], how)).rejects.toMatchObject({
      ...error,
      key: "user:Grace",
    });
  });

  it("clears itself, and nothing else", async () => {
    await users().setMany(
      [
        ["1", ada],
        ["2", grace],
      ],
      { ttl: "1m" },
    );
    await users().rememberAll(() => [], { key: ({ name }) => name, listKey: "everybody" });
    await client.setMany([
      ["use", 1],
      ["user", 2],
      ["other:1", 3],
    ]);
    expect((await all(users().keys())).sort()).toEqual(["1", "2"]);
    const collection = users();
    await collection.rememberAll(() => [], { key: ({ name }) => name, listKey: "user:all" });
    expect((await all(collection.keys())).sort()).toEqual(["1", "2"]);
    expect((await all(collection.scan())).map(([id]) => id).sort()).toEqual(["1", "2"]);
    expect(await collection.clear()).toBeGreaterThanOrEqual(2);
    expect(await all(users().keys())).toEqual([]);
    expect(await client.getMany(["use", "user", "other:1"])).toHaveProperty("size", 3);
    expect(await users().deleteMany(["1"])).toBe(0);
  });

  it("is a value as well", async () => {
    const config = client.value("config", schema);
    expect(await config.get()).toBeUndefined();
    await config.set(ada, { ttl: "1m" });
    expect(await config.get()).toEqual(ada);
    expect(await config.exists()).toBe(true);
    await expect(config.set(invalid as never)).rejects.toMatchObject({ ...error, key: "config" });
    await client.set("config", invalid);
    expect(await config.get()).toBeUndefined();
    await expect(client.value("config", schema, { onInvalid: "throw" }).get()).rejects.toMatchObject(error);
    expect(await config.remember(() => grace)).toEqual(grace);
    expect(await client.get("config")).toEqual(grace);
    expect(await config.delete()).toBe(true);
    expect(await config.remember(() => undefined)).toBeUndefined();
  });
});

describe("a schema that transforms", () => {
  const schema = z.object({ at: z.coerce.date(), size: z.number().default(1) });

  it("stores what it was given, and gives what the schema makes of it", async () => {
    const events = client.collection("event:", schema);
    await events.set("1", { at: "2026-01-02T00:00:00.000Z" });
    expect(await client.get("event:1")).toEqual({ at: "2026-01-02T00:00:00.000Z" });
    expect(await events.get("1")).toEqual({ at: new Date("2026-01-02"), size: 1 });
    const loaded = await events.remember("2", () => ({ at: new Date("2026-01-03"), size: 5 }));
    expect(loaded).toEqual({ at: new Date("2026-01-03"), size: 5 });
    expect(await events.get("2")).toEqual(loaded);
  });
});

describe("without a schema", () => {
  it("every value fits", async () => {
    const users = client.collection<User>("user:");
    await users.set("1", ada);
    expect(await users.get("1")).toEqual(ada);
    expect(await users.remember("2", () => grace)).toEqual(grace);
    expect(await client.value<User>("user:2").get()).toEqual(grace);
  });

  it("numbers are counted", async () => {
    const views = client.collection<number>("views:");
    expect(await views.incr("home")).toBe(1);
    expect(await views.incr("home", 5)).toBe(6);
    expect(await views.decr("home", 2)).toBe(4);
    const total = client.value("total", z.number());
    expect(await total.incr(2, { default: 10 })).toBe(12);
    expect(await total.decr()).toBe(11);
    expect(await total.get()).toBe(11);
  });
});

describe("with a near cache", () => {
  it("what does not fit there is looked for behind it", async () => {
    using near = make({ near: nearCache() });
    const users = near.collection("user:", z.object({ name: z.string(), age: z.number() }));
    await client.set("user:1", invalid);
    while (near.peek("user:1") === undefined) await near.get("user:1");
    expect(await users.get("1")).toBeUndefined();
    expect(await users.remember("1", () => ada)).toEqual(ada);
    expect(await client.get("user:1")).toEqual(ada);
  });
});

describe("what cannot be right is said at once", () => {
  it.each<[string, () => unknown, string]>([
    ["an empty prefix", () => client.collection(""), "STOWAGE_INVALID_ARGUMENT"],
    ["a prefix that is no text", () => client.collection(1 as never), "STOWAGE_INVALID_ARGUMENT"],
    ["a key that is no text", () => client.value(1 as never), "STOWAGE_INVALID_ARGUMENT"],
    ["no schema", () => client.collection("a:", {} as never), "STOWAGE_INVALID_ARGUMENT"],
    ["a class for a schema", () => client.value("a", Date as never), "STOWAGE_INVALID_ARGUMENT"],
    [
      "an unknown option",
      () => client.collection("a:", slow, { oninvalid: "miss" } as never),
      "STOWAGE_INVALID_OPTION",
    ],
    [
      "a wrong onInvalid",
      () => client.value("a", slow, { onInvalid: "log" } as never),
      "STOWAGE_INVALID_OPTION",
    ],
  ])("%s", (_name, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });

  it("an id that is no text", async () => {
    const users = client.collection<User>("user:");
    await expect(users.get(1 as never)).rejects.toMatchObject({ code: "STOWAGE_INVALID_ARGUMENT" });
    await expect(users.getMany([1 as never])).rejects.toMatchObject({ code: "STOWAGE_INVALID_ARGUMENT" });
    await expect(users.remember("1", 5 as never)).rejects.toMatchObject({ code: "STOWAGE_INVALID_ARGUMENT" });
  });
});
