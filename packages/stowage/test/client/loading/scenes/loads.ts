/** One load, and what becomes of what it brings. */
import assert from "node:assert/strict";
import { commit, ignore } from "stowage";
import { settle } from "stowage/testing";
import { failure, outcome, scene } from "../support/scene.js";

export const loadScenes = [
  scene("a miss is loaded, stored, and then there for everybody", async (fleet) => {
    const [one, other] = [fleet.client(), fleet.client()];
    assert.equal(await one.fetch("a", async (key) => `value of ${key}`, { ttl: "1m" }), "value of a");
    assert.equal(fleet.server.value("a"), "value of a");
    assert.equal(await other.fetch("a", () => assert.fail("loaded again")), "value of a");
    assert.deepEqual(fleet.sent, ["get a", "POST a/lease", "PUT a", "get a"]);
    fleet.clock.advance(60_000);
    assert.equal(fleet.server.value("a"), undefined);
  }),

  scene("null is a value; undefined is none, and nothing is stored", async (fleet) => {
    const client = fleet.client();
    assert.equal(await client.fetch("a", () => null), null);
    assert.equal(await client.fetch("a", () => 1), null);
    assert.equal(await client.fetch("b", () => undefined), undefined);
    assert.equal(await client.fetch("b", () => 2), 2);
  }),

  scene("callers in one process share a load, those in others wait for it", async (fleet, source) => {
    const clients = [fleet.client(), fleet.client(), fleet.client()];
    const calls = clients.flatMap((client) => [
      client.fetch("a", source.load),
      client.remember("a", source.load),
    ]);
    await fleet.clock.advanceAsync(3_000);
    assert.equal(source.loads.length, 1);
    source.loads[0].resolve("v");
    assert.deepEqual(await Promise.all(calls), ["v", "v", "v", "v", "v", "v"]);
    assert.equal(source.loads.length, 1);
    assert.equal(fleet.server.leases.size, 0);
  }),

  scene(
    "fifty processes that wait longer than a request may are served by one load",
    async (fleet, source) => {
      const clients = Array.from({ length: 50 }, () => fleet.client());
      const calls = clients.map((client) => client.fetch("a", source.load, { timeout: "20s" }));
      await fleet.clock.advanceAsync(16_000);
      assert.equal(source.loads.length, 1);
      source.loads[0].resolve("v");
      assert.ok((await Promise.all(calls)).every((value) => value === "v"));
      assert.equal(source.loads.length, 1);
    },
  ),

  scene(
    "an absent key is loaded once in the fleet, and again when its time is over or it was deleted",
    async (fleet, source) => {
      const clients = Array.from({ length: 10 }, () => fleet.client({ fetch: { negativeTtl: "10s" } }));
      const all = () => clients.map((client) => client.fetch("a", source.load));
      const calls = all();
      await settle();
      source.loads[0].resolve(undefined);
      assert.ok((await Promise.all(calls)).every((value) => value === undefined));
      assert.ok((await Promise.all(all())).every((value) => value === undefined));
      assert.equal(source.loads.length, 1);
      fleet.server.delete("a");
      const afterDelete = all();
      await settle();
      assert.equal(source.loads.length, 2);
      source.loads[1].resolve(undefined);
      await Promise.all(afterDelete);
      fleet.clock.advance(10_000);
      const later = all();
      await settle();
      source.loads[2].resolve("there");
      assert.ok((await Promise.all(later)).every((value) => value === "there"));
    },
  ),

  scene("commit says how it is stored, ignore that it is not", async (fleet) => {
    const client = fleet.client();
    await client.fetch("a", () => commit("x", { ttl: 1_000, tags: ["red", "blå, grøn"] }), { ttl: 9_000 });
    const entry = fleet.server.entries.get("a");
    assert.deepEqual(entry?.tags, ["red", "blå, grøn"]);
    assert.equal((entry?.freshUntil ?? 0) - fleet.clock.now(), 1_000);
    assert.equal(await client.fetch("b", () => ignore("y")), "y");
    assert.equal(fleet.server.entries.has("b"), false);
    assert.equal(fleet.server.leases.size, 0);
    const error = await failure(client.fetch("c", () => commit("z", { idle: 5 })));
    assert.equal(error.code, "STOWAGE_INVALID_OPTION");
    assert.equal(await client.fetch("c", () => "fine"), "fine");
  }),

  scene(
    "ttl: of commit, else of the call, else of fetch, else of the client, else the server's",
    async (fleet) => {
      const client = fleet.client({ fetch: { ttl: 3_000 }, ttlMs: 4_000 });
      const left = (key: string) => (fleet.server.entries.get(key)?.freshUntil ?? 0) - fleet.clock.now();
      await client.fetch("a", () => commit(1, { ttl: 1_000 }), { ttl: 2_000 });
      await client.fetch("b", () => 1, { ttl: 2_000 });
      await client.fetch("c", () => 1);
      await client.fetch("d", () => 1, { ttl: null });
      await fleet.client({ ttlMs: 4_000 }).fetch("e", () => 1);
      await fleet.client().fetch("f", () => 1);
      const never = Number.POSITIVE_INFINITY;
      assert.deepEqual(["a", "b", "c", "d", "e", "f"].map(left), [1_000, 2_000, 3_000, never, 4_000, never]);
      fleet.luck = 0.5;
      await client.fetch("g", () => 1, { ttl: 1_000, jitter: 0.4 });
      assert.equal(left("g"), 800);
    },
  ),

  scene("force loads although there is a value, and shares a load under way", async (fleet, source) => {
    const [one, other] = [fleet.client(), fleet.client()];
    fleet.server.set("a", "old");
    const calls = [one, other].map((client) => client.fetch("a", source.load, { force: true }));
    await fleet.clock.advanceAsync(1_000);
    assert.equal(source.loads.length, 1);
    assert.equal(source.loads[0].stale, "old");
    assert.equal(await one.fetch("a", source.load), "old");
    source.loads[0].resolve("new");
    assert.deepEqual(await Promise.all(calls), ["new", "new"]);
    assert.equal(fleet.server.value("a"), "new");
  }),

  scene(
    "force: one that asked while another one loads takes what that brings, however late it is told",
    async (fleet, source) => {
      const [one, other] = [fleet.client(), fleet.client()];
      const first = one.fetch("a", source.load, { force: true });
      await settle();
      fleet.way = async (to, what) => {
        if (to === "there" || what !== "POST a/lease") return;
        source.loads[0].resolve("new");
        await settle();
      };
      const second = other.fetch("a", source.load, { force: true });
      await settle();
      source.loads[0].resolve("new");
      assert.deepEqual(await Promise.all([first, second]), ["new", "new"]);
      assert.equal(source.loads.length, 1);
    },
  ),

  scene("a failing load fails its callers and leaves nothing", async (fleet, source) => {
    const client = fleet.client();
    const boom = new TypeError("boom");
    const calls = [client.fetch("a", source.load, { timeout: "1m" }), client.remember("a", source.load)];
    await settle();
    source.loads[0].reject(boom);
    for (const call of calls) assert.equal(await failure(call), boom);
    await settle();
    assert.equal(fleet.server.leases.size, 0);
    assert.equal(await client.fetch("a", () => "fine"), "fine");
    assert.equal(client.counts.failed, 1);
  }),

  scene("a loader that throws at once is one that rejects", async (fleet) => {
    const client = fleet.client();
    const boom = new TypeError("boom");
    const throws = (): never => {
      throw boom;
    };
    assert.equal(await failure(client.fetch("a", throws)), boom);
    await settle();
    assert.equal(fleet.server.leases.size, 0);
  }),

  scene("those in other processes load themselves after a failure", async (fleet, source) => {
    const [one, other] = [fleet.client(), fleet.client()];
    const first = one.fetch("a", source.load);
    await settle();
    const second = other.fetch("a", source.load);
    await settle();
    source.loads[0].reject(new Error("boom"));
    await failure(first);
    await settle();
    source.loads[1].resolve("v");
    assert.equal(await second, "v");
  }),

  scene("a load is given up after its timeout, and the key is free", async (fleet, source) => {
    const client = fleet.client({ fetch: { timeout: 1_000 } });
    const call = client.fetch("a", source.load);
    await fleet.clock.advanceAsync(999);
    assert.equal(await outcome(call), "pending");
    await fleet.clock.advanceAsync(1);
    assert.equal((await failure(call)).code, "STOWAGE_LOAD_TIMEOUT");
    assert.equal(source.loads[0].signal.aborted, true);
    const again = client.fetch("a", source.load);
    await settle();
    source.loads[0].resolve("late");
    source.loads[1].resolve("v");
    assert.equal(await again, "v");
  }),

  scene(
    "a caller who gives up does not concern the others; the last one stops the load",
    async (fleet, source) => {
      const client = fleet.client();
      const aborts = [new AbortController(), new AbortController()];
      const calls = aborts.map(({ signal }) => client.fetch("a", source.load, { signal }));
      await settle();
      const reason = new Error("enough");
      aborts[0].abort(reason);
      assert.equal(await failure(calls[0]), reason);
      assert.equal(source.loads[0].signal.aborted, false);
      aborts[1].abort(reason);
      assert.equal(await failure(calls[1]), reason);
      assert.equal(source.loads[0].signal.aborted, true);
      source.loads[0].resolve("late");
      await settle();
      assert.equal(fleet.server.entries.size, 0);
      assert.equal(fleet.server.leases.size, 0);
      assert.equal(
        await failure(client.fetch("a", source.load, { signal: AbortSignal.abort(reason) })),
        reason,
      );
    },
  ),

  scene("who comes as the last one gives up gets a load of his own", async (fleet, source) => {
    const client = fleet.client();
    const abort = new AbortController();
    const first = client.fetch("a", source.load, { signal: abort.signal });
    await settle();
    abort.abort();
    const second = client.fetch("a", source.load);
    await failure(first);
    await settle();
    source.loads[1].resolve("v");
    assert.equal(await second, "v");
  }),

  scene("one signal may be given to many calls", async (fleet, source) => {
    const client = fleet.client();
    const abort = new AbortController();
    let listeners = 0;
    const { addEventListener } = abort.signal;
    abort.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(abort.signal, args);
    };
    const calls = ["a", "b", "c"].map((key) => client.fetch(key, source.load, { signal: abort.signal }));
    await settle();
    assert.equal(listeners, 1);
    abort.abort();
    await Promise.all(calls.map(failure));
    assert.ok(source.loads.every(({ signal }) => signal.aborted));
  }),

  scene("who gives up while the lease is asked for leaves none behind", async (fleet, source) => {
    const client = fleet.client();
    const abort = new AbortController();
    fleet.way = (to, what) => {
      if (to === "back" && what === "POST a/lease") abort.abort();
    };
    await failure(client.fetch("a", source.load, { signal: abort.signal }));
    await settle();
    assert.equal(fleet.server.leases.size, 0);
    assert.equal(source.loads.length, 0);
  }),

  scene("who gives up while another process loads waits for it no more", async (fleet, source) => {
    const [one, other] = [fleet.client(), fleet.client()];
    const first = one.fetch("a", source.load);
    await settle();
    const abort = new AbortController();
    const second = other.fetch("a", source.load, { signal: abort.signal });
    await settle();
    abort.abort();
    await failure(second);
    await settle();
    assert.equal(other.running, 0);
    source.loads[0].resolve("v");
    assert.equal(await first, "v");
  }),

  scene("the lease of a process that is gone passes on", async (fleet, source) => {
    const [gone, one, other] = [fleet.client(), fleet.client(), fleet.client()];
    void gone.fetch("a", source.load).catch(() => {});
    await settle();
    fleet.way = (_to, what) => (what.startsWith("DELETE") ? Promise.reject(new Error("gone")) : undefined);
    gone.close();
    await settle();
    fleet.way = () => undefined;
    const calls = [one, other].map((client) => client.fetch("a", source.load));
    await fleet.clock.advanceAsync(9_000);
    assert.equal(source.loads.length, 1);
    await fleet.clock.advanceAsync(2_000);
    assert.equal(source.loads.length, 2);
    source.loads[1].resolve("v");
    assert.deepEqual(await Promise.all(calls), ["v", "v"]);
  }),

  scene(
    "a load elsewhere that takes too long is not waited for: this one stores nothing",
    async (fleet, source) => {
      const [slow, other] = [fleet.client(), fleet.client({ fetch: { timeout: 1_000 } })];
      const first = slow.fetch("a", source.load, { timeout: "1h" });
      await settle();
      const second = other.fetch("a", source.load);
      await fleet.clock.advanceAsync(6_500);
      assert.equal(source.loads.length, 2);
      source.loads[1].resolve("mine");
      assert.equal(await second, "mine");
      assert.equal(fleet.server.value("a"), undefined);
      source.loads[0].resolve("theirs");
      assert.equal(await first, "theirs");
      assert.equal(fleet.server.value("a"), "theirs");
    },
  ),

  scene("who finds no room to wait asks from time to time", async (fleet, source) => {
    const [one, other] = [fleet.client(), fleet.client({ waitsMax: 1 })];
    const first = ["a", "b", "c"].map((key) => one.fetch(key, source.load));
    await settle();
    const second = ["a", "b", "c"].map((key) => other.fetch(key, source.load));
    await fleet.clock.advanceAsync(1_000);
    assert.equal(fleet.sent.filter((what) => what.startsWith("wait")).length, 1);
    for (const load of source.loads) load.resolve(load.key);
    assert.deepEqual(await Promise.all(first), ["a", "b", "c"]);
    await fleet.clock.advanceAsync(100);
    assert.deepEqual(await Promise.all(second), ["a", "b", "c"]);
    assert.equal(source.loads.length, 3);
  }),

  scene("closing ends loads under way and lets none begin", async (fleet, source) => {
    const client = fleet.client();
    const call = client.remember("a", source.load);
    await settle();
    client.close();
    assert.equal((await failure(call)).code, "STOWAGE_CLOSED");
    assert.equal(source.loads[0].signal.aborted, true);
    assert.equal((await failure(client.remember("b", source.load))).code, "STOWAGE_CLOSED");
    assert.equal(source.loads.length, 1);
    await settle();
    assert.equal(fleet.server.leases.size, 0);
  }),

  scene("any key is safe", async (fleet) => {
    const client = fleet.client();
    const keys = ["", "__proto__", "a/b", "%2F", "a b", "\0", "\ud800", ".", "..", "key?x=1#y", "ключ"];
    for (const [at, key] of keys.entries()) assert.equal(await client.fetch(key, () => at), at);
    const stored = keys.filter((key) => fleet.server.entries.has(key));
    // Those are not to be named in a path, so nobody could have their lease: they are loaded, and not stored.
    assert.deepEqual(
      stored,
      keys.filter((key) => !["\ud800", ".", ".."].includes(key)),
    );
  }),

  scene("wrong arguments and options are said before anything is asked", async (fleet) => {
    const client = fleet.client();
    const load = () => 1;
    const wrong = async (call: Promise<unknown>) => (await failure(call)).code;
    assert.equal(await wrong(client.fetch(1 as never, load)), "STOWAGE_INVALID_ARGUMENT");
    assert.equal(await wrong(client.remember("a", "load" as never)), "STOWAGE_INVALID_ARGUMENT");
    assert.equal(await wrong(client.fetch("a", load, { tll: 5 } as never)), "STOWAGE_INVALID_OPTION");
    assert.equal(await wrong(client.fetch("a", load, { idle: 5 } as never)), "STOWAGE_INVALID_OPTION");
    assert.equal(await wrong(client.fetch("a", load, { ttl: "x" } as never)), "STOWAGE_INVALID_DURATION");
    assert.deepEqual(fleet.sent, []);
  }),

  scene("what JSON cannot hold fails, and frees the key", async (fleet) => {
    const client = fleet.client();
    assert.equal((await failure(client.fetch("a", () => 1n))).code, "STOWAGE_SERIALIZATION");
    await settle();
    assert.equal(await client.fetch("a", () => 1), 1);
  }),
];
