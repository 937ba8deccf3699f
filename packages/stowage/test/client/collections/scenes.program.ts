/** What collections promise, over a map and loading of a fake server; prints the name of the first promise that is broken. */
import assert from "node:assert/strict";
import { z } from "zod";
import { createCollection, createValue } from "../../../src/client/collections/index.js";
import type { CollectionClient } from "../../../src/client/collections/types.js";
import { Fleet } from "../loading/support/fleet.js";

const schema = z.object({ name: z.string(), age: z.coerce.number() });
const ada = { name: "Ada", age: 36 };
const invalid = { name: 5 } as never;
const code = { code: "STOWAGE_INVALID_DATA" };

interface Ground {
  readonly client: CollectionClient;
  readonly collection: (
    onInvalid?: "miss" | "throw",
  ) => ReturnType<typeof createCollection<z.input<typeof schema>, z.output<typeof schema>>>;
  readonly value: () => ReturnType<typeof createValue<z.input<typeof schema>, z.output<typeof schema>>>;
}

function ground(): Ground {
  const fleet = new Fleet();
  const loading = fleet.client();
  const { server } = fleet;
  const keys = () => [...server.entries.keys()];
  const client = {
    get: async (key: string) => server.value(key),
    getMany: async (keys: Iterable<string>) =>
      new Map(
        [...keys].map((key) => [key, server.value(key)] as const).filter(([, value]) => value !== undefined),
      ),
    set: async (key: string, value: unknown) => void server.set(key, value),
    setMany: async (entries: Iterable<readonly [string, unknown]>) => {
      for (const [key, value] of entries) server.set(key, value);
    },
    has: async (key: string) => server.value(key) !== undefined,
    delete: async (key: string) => server.delete(key),
    deleteMany: async (keys: Iterable<string>) => [...keys].filter((key) => server.delete(key)).length,
    async *scan(prefix: string) {
      for (const key of keys()) if (key.startsWith(prefix)) yield [key, server.value(key)];
    },
    async *keys(prefix: string) {
      for (const key of keys()) if (key.startsWith(prefix)) yield key;
    },
    invalidate: async ({
      keys: named = [],
      prefix = "\0",
    }: {
      keys?: readonly string[];
      prefix?: string;
    }) => {
      for (const key of named) server.delete(key);
      return { prefix: keys().filter((key) => key.startsWith(prefix) && server.delete(key)).length };
    },
  } as unknown as CollectionClient;
  const load = async () => loading;
  return {
    client,
    collection: (onInvalid) => createCollection(client, load, "u:", schema, onInvalid && { onInvalid }),
    value: () => createValue(client, load, "v", schema),
  };
}

const promises: Readonly<Record<string, (on: Ground) => Promise<void>>> = {
  "prefixes keys": async ({ client, collection }) => {
    await collection().set("1", ada);
    assert.deepEqual(await client.get("u:1"), ada);
    assert.equal(await collection().exists("1"), true);
    assert.deepEqual([...(await collection().getMany(["1"])).keys()], ["1"]);
    assert.equal(await collection().deleteMany(["1"]), 1);
  },
  "gives what the schema makes of a value": async ({ client, collection, value }) => {
    await collection().set("1", { name: "Ada", age: "36" });
    assert.deepEqual(await client.get("u:1"), { name: "Ada", age: "36" });
    assert.deepEqual(await collection().get("1"), ada);
    assert.deepEqual(await collection().remember("2", () => ({ name: "Ada", age: "36" })), ada);
    assert.deepEqual(await client.get("u:2"), { name: "Ada", age: "36" });
    assert.deepEqual(await value().remember(() => ({ name: "Ada", age: "36" })), ada);
  },
  "stores nothing that does not fit": async ({ client, collection, value }) => {
    await assert.rejects(collection().set("1", invalid), code);
    await assert.rejects(
      collection().setMany([
        ["2", ada],
        ["1", invalid],
      ]),
      code,
    );
    await assert.rejects(
      collection().remember("1", () => invalid),
      code,
    );
    await assert.rejects(
      collection().rememberAll(() => [invalid], { key: () => "1" }),
      code,
    );
    await assert.rejects(value().set(invalid), code);
    assert.equal((await client.getMany(["u:1", "u:2", "v", "list:u:"])).size, 0);
  },
  "takes what does not fit for absent, or throws it": async ({ client, collection, value }) => {
    for (const key of ["u:1", "v"]) await client.set(key, invalid);
    assert.equal(await collection().get("1"), undefined);
    assert.equal(await value().get(), undefined);
    for await (const _ of collection().scan()) assert.fail("it was given");
    assert.deepEqual(await collection().remember("1", () => ada), ada);
    assert.deepEqual(await client.get("u:1"), ada);
    await client.set("u:1", invalid);
    await assert.rejects(collection("throw").get("1"), code);
    await assert.rejects(
      collection("throw").remember("1", () => ada),
      code,
    );
  },
  "gives its loader the id, and an old value only if it fits": async ({ client, collection }) => {
    const given: unknown[] = [];
    const loader = (id: string, { stale }: { stale: unknown }) => {
      given.push([id, stale]);
      return ada;
    };
    await client.set("u:1", invalid);
    await collection().remember("1", loader);
    await collection().remember("1", loader, { force: true });
    assert.deepEqual(given, [
      ["1", undefined],
      ["1", ada],
    ]);
  },
  "keeps its list out of its items, and clears it with them": async ({ client, collection }) => {
    const users = collection();
    await users.rememberAll(() => [ada], { key: ({ name }) => name, listKey: "u:all" });
    assert.deepEqual(await client.get("u:all"), ["Ada"]);
    const ids: string[] = [];
    for await (const id of users.keys()) ids.push(id);
    assert.deepEqual(ids, ["Ada"]);
    await users.rememberAll(() => [ada], { key: ({ name }) => name });
    await users.clear();
    assert.equal((await client.getMany(["u:Ada", "u:all", "list:u:"])).size, 0);
  },
};

process.on("unhandledRejection", () => undefined);
let broken: string | null = null;
for (const [name, holds] of Object.entries(promises)) {
  try {
    await holds(ground());
  } catch (error) {
    broken = `${name}: ${error}`;
    break;
  }
}
process.stdout.write(`${JSON.stringify(broken)}\n`, () => process.exit(0));
