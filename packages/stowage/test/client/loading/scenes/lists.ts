/** rememberAll: a list whose items are entries of their own. */
import assert from "node:assert/strict";
import { type Deferred, deferred, settle } from "stowage/testing";
import { RequestTimeoutError } from "../../../../src/client/errors.js";
import { failure, scene } from "../support/scene.js";

interface User {
  id: string;
  name: string;
}

const users = (...names: string[]): User[] => names.map((name) => ({ id: name[0], name }));
const names = ({ items }: { items: readonly User[] }): string[] => items.map(({ name }) => name);
const options = { key: (user: User) => user.id, ttl: 60_000, listTtl: 5_000 };

/** Lists that a scene answers when it likes. */
class Lists {
  readonly loads: Deferred<User[]>[] = [];
  readonly load = (): Promise<User[]> => {
    const gate = deferred<User[]>();
    this.loads.push(gate);
    return gate.promise;
  };
}

export const listScenes = [
  scene("the list is loaded once in the fleet, and its items are there one by one", async (fleet) => {
    const [one, other] = [fleet.client(), fleet.client()];
    const lists = new Lists();
    const calls = [one, one, other].map((client) => client.rememberAll("user:", lists.load, options));
    await fleet.clock.advanceAsync(1_000);
    lists.loads[0].resolve(users("ada", "grace"));
    for (const list of await Promise.all(calls)) {
      assert.deepEqual(names(list), ["ada", "grace"]);
      assert.equal(list.get("g")?.name, "grace");
      assert.equal(list.get("x"), undefined);
    }
    assert.equal(lists.loads.length, 1);
    assert.deepEqual(fleet.server.value("list:user:"), ["a", "g"]);
    assert.deepEqual(fleet.server.value("user:a"), { id: "a", name: "ada" });
    assert.deepEqual(names(await other.rememberAll("user:", lists.load, options)), ["ada", "grace"]);
    assert.equal(lists.loads.length, 1);
  }),

  scene("the list lives as long as listTtl says, its items as long as ttl", async (fleet) => {
    const client = fleet.client();
    await client.rememberAll("user:", () => users("ada"), options);
    fleet.clock.advance(5_000);
    assert.equal(fleet.server.value("list:user:"), undefined);
    assert.deepEqual(fleet.server.value("user:a"), { id: "a", name: "ada" });
    assert.deepEqual(names(await client.rememberAll("user:", () => users("alan"), options)), ["alan"]);
    assert.deepEqual(fleet.server.value("user:a"), { id: "a", name: "alan" });
    fleet.clock.advance(60_000);
    assert.equal(fleet.server.value("user:a"), undefined);
    await client.rememberAll("n:", () => users("x"), { key: options.key, ttl: 3_000 });
    fleet.clock.advance(2_999);
    assert.deepEqual(fleet.server.value("list:n:"), ["x"]);
    fleet.clock.advance(1);
    assert.equal(fleet.server.value("list:n:"), undefined);
  }),

  scene(
    "an item that was written by itself is what the list shows; one that is gone has it loaded again",
    async (fleet) => {
      const client = fleet.client();
      await client.rememberAll("user:", () => users("ada", "grace"), options);
      fleet.server.set("user:g", { id: "g", name: "hopper" });
      const never = () => assert.fail("loaded again");
      assert.deepEqual(names(await client.rememberAll("user:", never, options)), ["ada", "hopper"]);
      fleet.server.delete("user:a");
      assert.deepEqual(names(await client.rememberAll("user:", () => users("grace"), options)), ["grace"]);
      assert.deepEqual(fleet.server.value("list:user:"), ["g"]);
    },
  ),

  scene("who finds an item gone, all at one time, have it loaded once", async (fleet) => {
    const clients = [1, 2, 3].map(() => fleet.client());
    await clients[0].rememberAll("user:", () => users("ada"), options);
    fleet.server.delete("user:a");
    const lists = new Lists();
    const calls = clients.map((client) => client.rememberAll("user:", lists.load, options));
    await fleet.clock.advanceAsync(100);
    assert.equal(lists.loads.length, 1);
    lists.loads[0].resolve(users("alan"));
    for (const list of await Promise.all(calls)) assert.deepEqual(names(list), ["alan"]);
    assert.equal(lists.loads.length, 1);
  }),

  scene("an item that was written or deleted while the list was loaded is not stored", async (fleet) => {
    const client = fleet.client();
    await client.rememberAll("user:", () => users("ada", "grace", "linus"), options);
    fleet.clock.advance(5_000); // the list has expired, its items have not
    const lists = new Lists();
    const call = client.rememberAll("user:", lists.load, options);
    await settle();
    fleet.server.set("user:a", { id: "a", name: "written" });
    fleet.server.delete("user:g");
    fleet.server.set("user:n", { id: "n", name: "written, and not there before" });
    lists.loads[0].resolve(users("ada 2", "grace 2", "linus 2", "nina"));
    assert.deepEqual(names(await call), ["ada 2", "grace 2", "linus 2", "nina"]);
    assert.deepEqual(fleet.server.value("user:a"), { id: "a", name: "written" });
    assert.equal(fleet.server.value("user:g"), undefined);
    assert.deepEqual(fleet.server.value("user:l"), { id: "l", name: "linus 2" });
    assert.deepEqual(fleet.server.value("user:n"), { id: "n", name: "written, and not there before" });
  }),

  scene(
    "if the list was deleted, or its tag invalidated, while it was loaded, nothing is stored",
    async (fleet) => {
      const client = fleet.client();
      const lists = new Lists();
      for (const invalidate of [
        () => fleet.server.delete("list:user:"),
        () => fleet.server.invalidateTag("users"),
      ]) {
        const call = client.rememberAll("user:", lists.load, { ...options, tags: ["users"] });
        await settle();
        invalidate();
        lists.loads.at(-1)?.resolve(users("ada"));
        assert.deepEqual(names(await call), ["ada"]);
        assert.equal(fleet.server.entries.size, 0);
      }
    },
  ),

  scene("items bear the tags too", async (fleet) => {
    const client = fleet.client();
    await client.rememberAll("user:", () => users("ada"), { ...options, tags: ["users"] });
    fleet.server.invalidateTag("users");
    assert.equal(fleet.server.value("user:a"), undefined);
    assert.equal(fleet.server.value("list:user:"), undefined);
  }),

  scene("an empty list is a list", async (fleet) => {
    const client = fleet.client();
    assert.deepEqual(names(await client.rememberAll("user:", () => [], options)), []);
    assert.deepEqual(names(await client.rememberAll("user:", () => assert.fail(), options)), []);
  }),

  scene("many items: no more under way at one time than a server takes", async (fleet) => {
    const client = fleet.client();
    const many = Array.from({ length: 2_500 }, (_, at) => ({ id: String(at), name: `n${at}` }));
    await client.rememberAll("user:", () => many, options);
    const list = await client.rememberAll("user:", () => assert.fail(), options);
    assert.equal(list.items.length, 2_500);
    assert.equal(list.get("2499")?.name, "n2499");
  }),

  scene("stale-while-revalidate: the old list at once, if its items are there", async (fleet) => {
    const client = fleet.client();
    const lists = new Lists();
    const how = { ...options, staleWhileRevalidate: 10_000 };
    await client.rememberAll("user:", () => users("ada"), how);
    fleet.clock.advance(5_000);
    assert.deepEqual(names(await client.rememberAll("user:", lists.load, how)), ["ada"]);
    lists.loads[0].resolve(users("alan"));
    await settle();
    assert.deepEqual(fleet.server.value("user:a"), { id: "a", name: "alan" });
  }),

  scene("stale-while-revalidate: an old list whose items are gone is waited for", async (fleet) => {
    const client = fleet.client();
    const lists = new Lists();
    const how = { ...options, ttl: 5_000, staleWhileRevalidate: 10_000 };
    await client.rememberAll("user:", () => users("ada"), how);
    fleet.server.delete("user:a");
    fleet.clock.advance(5_000);
    const call = client.rememberAll("user:", lists.load, how);
    await settle();
    lists.loads[0].resolve(users("alan"));
    assert.deepEqual(names(await call), ["alan"]);
    assert.equal(lists.loads.length, 1);
  }),

  scene("a cache that fails is no concern of the caller", async (fleet) => {
    const client = fleet.client();
    const away = new RequestTimeoutError({ node: "http://fake", what: "get" }, 5_000);
    for (const step of ["get list", "get user", "POST", "PUT", "set", ""]) {
      await client.rememberAll("user:", () => users("ada"), options);
      if (step === "POST" || step === "PUT" || step === "set") fleet.server.clear();
      fleet.way = (_to, what) => {
        if (what.startsWith(step)) throw away;
      };
      assert.deepEqual(names(await client.rememberAll("user:", () => users("ada"), options)), ["ada"], step);
      fleet.way = () => undefined;
      fleet.clock.advance(11_000);
    }
    assert.ok(fleet.faults.includes(away));
  }),

  scene("a loader that fails, or gives no list, fails its callers", async (fleet) => {
    const client = fleet.client();
    const load = async (loader: () => unknown) =>
      failure(client.rememberAll("user:", loader as never, options));
    assert.equal((await load(() => Promise.reject(new Error("down")))).message, "down");
    assert.equal((await load(() => undefined)).code, "STOWAGE_INVALID_ARGUMENT");
    assert.equal((await load(() => [{ id: 1 }])).code, "STOWAGE_INVALID_ARGUMENT");
    assert.equal((await load(() => users("ada", "alan"))).code, "STOWAGE_INVALID_ARGUMENT");
    await settle();
    assert.equal(fleet.server.leases.size, 0);
    assert.deepEqual(names(await client.rememberAll("user:", () => users("ada"), options)), ["ada"]);
  }),

  scene("options are checked", async (fleet) => {
    const client = fleet.client();
    const wrong = async (given: object) =>
      (await failure(client.rememberAll("user:", () => [], given as never))).code;
    assert.equal(await wrong({}), "STOWAGE_INVALID_OPTION");
    assert.equal(await wrong({ ...options, negativeTtl: 5 }), "STOWAGE_INVALID_OPTION");
    assert.equal(await wrong({ ...options, listTtl: -5 }), "STOWAGE_INVALID_DURATION");
    await client.rememberAll("user:", () => users("ada"), { ...options, listKey: "everybody" });
    assert.deepEqual(fleet.server.value("everybody"), ["a"]);
  }),
];
