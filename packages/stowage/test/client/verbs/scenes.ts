/** What the client's verbs promise, over a server without sockets. The tests run them, and so do the tests of these tests. */
import assert from "node:assert/strict";
import { Client } from "../../../src/client/index.js";
import { TransportError } from "../../../src/client/transport/transport.js";
import type { ClientEvent, ClientOptions } from "../../../src/client/types.js";
import { FakeServer, response } from "../support/fake-server.js";

export type Scene = () => Promise<void>;

async function withClient(
  run: (client: Client, server: FakeServer) => Promise<void>,
  options: ClientOptions = {},
): Promise<void> {
  const server = new FakeServer();
  const client = new Client({ url: "http://one", transport: server.transport, retries: 0, ...options });
  try {
    await run(client, server);
  } finally {
    client.close();
  }
  assert.equal(server.open, 0, "transports are left open");
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "fulfilled",
    (error: { code?: unknown; name?: unknown }) => (typeof error.code === "string" ? error.code : error.name),
  );
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of items) found.push(each);
  return found;
}

const reading: Readonly<Record<string, Scene>> = {
  "get gives values of any kind, and undefined for none": () =>
    withClient(async (client) => {
      for (const value of [null, 0, "", false, [1, { a: null }], { "": 1 }, "\u2028𝄞", 1e21]) {
        await client.set("a", value);
        assert.deepEqual(await client.get("a"), value);
      }
      assert.equal(await client.get("b"), undefined);
    }),

  "keys of any text are told apart": () =>
    withClient(async (client) => {
      const keys = [
        "",
        "__proto__",
        "constructor",
        "a b",
        'a"b',
        "a\\b",
        "\0",
        "é",
        "e\u0301",
        "x".repeat(10_000),
      ];
      await client.setMany(keys.map((key, at) => [key, at] as const));
      assert.deepEqual(
        [...(await client.getMany(keys))],
        keys.map((key, at) => [key, at]),
      );
    }),

  "getMany gives what is there, asks once for what is named twice, and in one request": () =>
    withClient(async (client, server) => {
      await client.set("a", null);
      await client.set("c", 3);
      assert.deepEqual(
        await client.getMany(["a", "b", "c", "a"]),
        new Map<string, unknown>([
          ["a", null],
          ["c", 3],
        ]),
      );
      assert.deepEqual(await client.getMany(new Set<string>()), new Map());
      assert.equal(server.batches.at(-1)?.length, 3);
      assert.equal(server.batches.length, 3);
    }),

  "many keys take no more than their share of what may be pending": () =>
    withClient(
      async (client, server) => {
        const entries = Array.from({ length: 250 }, (_, at) => [`k${at}`, at] as const);
        await client.setMany(entries);
        assert.equal((await client.getMany(entries.map(([key]) => key))).size, 250);
        assert.equal(await client.deleteMany(entries.map(([key]) => key)), 250);
        assert.ok(server.batches.every(({ length }) => length <= 50));
      },
      { maxPending: 100 },
    ),

  "entry tells version and time left; ttl tells it alone": () =>
    withClient(async (client) => {
      assert.equal(await client.entry("a"), undefined);
      assert.equal(await client.ttl("a"), undefined);
      await client.set("a", 1);
      const { version, ...rest } = (await client.entry("a")) ?? {};
      assert.equal(typeof version, "string");
      assert.deepEqual(rest, { value: 1, ttl: null });
      assert.equal(await client.ttl("a"), null);
      await client.set("a", 1, { ttl: "1m" });
      const left = (await client.ttl("a")) as number;
      assert.ok(left > 59_000 && left <= 60_000);
    }),

  "has tells whether it is there, and null is": () =>
    withClient(async (client) => {
      await client.set("a", null);
      assert.deepEqual([await client.has("a"), await client.has("b")], [true, false]);
    }),

  "scan and keys go through all pages": () =>
    withClient(async (client, server) => {
      const entries = Array.from({ length: 25 }, (_, at) => [`user:${at}`, { at }] as [string, unknown]);
      await client.setMany([...entries, ["other", 1]]);
      assert.deepEqual(await all(client.scan("user:", { page: 10 })), entries);
      assert.equal(server.requests.filter(({ path }) => path.startsWith("/cache/scan")).length, 3);
      assert.deepEqual(
        await all(client.keys("user:", { page: 10 })),
        entries.map(([key]) => key),
      );
      assert.equal((await all(client.keys())).length, 26);
      await client.setMany([
        ["a", 1],
        ["a&b=c+é", 2],
      ]);
      assert.deepEqual(await all(client.scan("a&b=c+")), [["a&b=c+é", 2]]);
    }),

  "who stops a scan asks for no more pages": () =>
    withClient(async (client, server) => {
      await client.setMany(Array.from({ length: 30 }, (_, at) => [`${at}`, at] as const));
      for await (const key of client.keys("", { page: 10 })) {
        assert.equal(key, "0");
        break;
      }
      assert.equal(server.requests.filter(({ path }) => path.startsWith("/cache/scan")).length, 1);
    }),

  "values that are no JSON are left out of a scan": () =>
    withClient(async (client, server) => {
      server.intercept = ({ path }) =>
        path.startsWith("/cache/scan")
          ? response(200, {
              items: [
                { key: "a", value: 1 },
                { key: "b", value: null, error: "not_json" },
              ],
              cursor: null,
            })
          : undefined;
      assert.deepEqual(await all(client.scan()), [["a", 1]]);
    }),
};

const writing: Readonly<Record<string, Scene>> = {
  "set sends its options, and the client's ttl where it has none": () =>
    withClient(
      async (client, server) => {
        await client.set("a", 1, { ttl: "1h", grace: "1m", tags: ["x", "y"] });
        await client.set("a", 1, { ttl: null });
        await client.set("a", 1);
        await client.setMany([["a", 1]], { tags: [] });
        assert.deepEqual(server.batches.flat(), [
          { op: "set", key: "a", value: 1, ttl: 3_600_000, grace: 60_000, tags: ["x", "y"] },
          { op: "set", key: "a", value: 1, ttl: null },
          { op: "set", key: "a", value: 1, ttl: 5_000 },
          { op: "set", key: "a", value: 1, ttl: 5_000 },
        ]);
      },
      { ttl: "5s" },
    ),

  "a value is what it was when set was called": () =>
    withClient(async (client) => {
      const value = { n: 1 };
      const setting = client.set("a", value);
      value.n = 2;
      await setting;
      assert.deepEqual(await client.get("a"), { n: 1 });
    }),

  "what cannot be stored is refused, and nothing is sent": () =>
    withClient(async (client, server) => {
      const loop: Record<string, unknown> = {};
      loop.loop = loop;
      assert.equal(await codeOf(client.set("a", undefined)), "STOWAGE_INVALID_VALUE");
      for (const value of [1n, loop, () => 1, Symbol("a")])
        assert.equal(await codeOf(client.set("a", value)), "STOWAGE_SERIALIZATION");
      assert.equal(
        await codeOf(
          client.setMany([
            ["a", 1],
            ["b", undefined],
          ]),
        ),
        "STOWAGE_INVALID_VALUE",
      );
      assert.equal(server.requests.length, 0);
    }),

  "wrong arguments reject, and nothing is sent": () =>
    withClient(async (client, server) => {
      // biome-ignore lint/suspicious/noExplicitAny: what JavaScript may pass
      const any = client as any;
      const argument = "STOWAGE_INVALID_ARGUMENT";
      for (const verb of ["get", "has", "ttl", "entry", "delete", "touch", "persist", "incr"])
        assert.equal(await codeOf(any[verb](5)), argument, verb);
      assert.equal(await codeOf(any.set(null, 1)), argument);
      assert.equal(await codeOf(any.getMany(["a", 5])), argument);
      assert.equal(await codeOf(any.incr("a", Number.NaN)), argument);
      assert.equal(await codeOf(any.batch({})), argument);
      assert.equal(await codeOf(any.batch([null])), argument);
      assert.equal(await codeOf(any.batch([{ op: "gte", key: "a" }])), argument);
      assert.equal(await codeOf(any.scan(5).next()), argument);
      const option = "STOWAGE_INVALID_OPTION";
      assert.equal(await codeOf(any.get("a", { tll: 5 })), option);
      assert.equal(await codeOf(any.set("a", 1, { tags: "x" })), option);
      assert.equal(await codeOf(any.set("a", 1, { signal: 1 })), option);
      assert.equal(await codeOf(any.compareAndSet("a", 1, {})), option);
      assert.equal(await codeOf(any.invalidate({ key: "a" })), option);
      assert.equal(await codeOf(any.set("a", 1, { ttl: "5 minutes" })), "STOWAGE_INVALID_DURATION");
      assert.equal(await codeOf(any.expire("a", 0)), "STOWAGE_INVALID_DURATION");
      assert.equal(server.requests.length, 0);
    }),

  "delete, deleteMany say what there was": () =>
    withClient(async (client) => {
      await client.setMany([
        ["a", 1],
        ["b", 2],
        ["c", 3],
      ]);
      assert.deepEqual([await client.delete("a"), await client.delete("a")], [true, false]);
      assert.equal(await client.deleteMany(["a", "b", "c", "b"]), 2);
    }),

  "compareAndSet stores what nobody has written meanwhile": () =>
    withClient(async (client) => {
      const first = (await client.compareAndSet("a", 1, { version: null })) as string;
      assert.equal(await client.compareAndSet("a", 2, { version: null }), undefined);
      assert.equal((await client.entry("a"))?.version, first);
      const second = await client.compareAndSet("a", 2, { version: first, ttl: "1m" });
      assert.equal(typeof second, "string");
      assert.equal(await client.compareAndSet("a", 3, { version: first }), undefined);
      assert.equal(await client.get("a"), 2);
    }),

  "compareAndSet and counters are sent once": async () => {
    for (const verb of ["incr", "compareAndSet"] as const) {
      await withClient(
        async (client, server) => {
          server.intercept = () => Promise.reject(new TransportError("cut", false));
          const call = verb === "incr" ? client.incr("a") : client.compareAndSet("a", 1, { version: null });
          assert.notEqual(await codeOf(call), "fulfilled");
          assert.equal(server.batches.length, 1);
        },
        { retries: 2 },
      );
    }
  },

  "counters begin where they are told, and refuse what is no number": () =>
    withClient(async (client, server) => {
      assert.equal(await client.incr("n"), 1);
      assert.equal(await client.incr("n", 10), 11);
      assert.equal(await client.decr("n", 0.5), 10.5);
      assert.equal(await client.decr("m", 1, { default: 100, ttl: "1m" }), 99);
      assert.deepEqual(server.batches.at(-1), [
        { op: "decr", key: "m", amount: 1, default: 100, ttl: 60_000 },
      ]);
      await client.set("text", "abc");
      await assert.rejects(client.incr("text"), {
        code: "STOWAGE_NON_NUMERIC_VALUE",
        where: "incr",
        key: "text",
      });
    }),

  "touch, expire, persist say whether it is there": () =>
    withClient(async (client) => {
      assert.deepEqual(
        [await client.touch("a"), await client.expire("a", 5), await client.persist("a")],
        [false, false, false],
      );
      await client.set("a", 1);
      assert.equal(await client.expire("a", "1h"), true);
      assert.ok(((await client.ttl("a")) as number) > 3_500_000);
      assert.equal(await client.touch("a"), true);
      assert.equal(await client.persist("a"), true);
      assert.equal(await client.ttl("a"), null);
    }),
};

const grouping: Readonly<Record<string, Scene>> = {
  "batch tells of each operation what its verb would": () =>
    withClient(async (client, server) => {
      await client.set("text", "abc");
      const results = await client.batch([
        { op: "set", key: "a", value: 1, ttl: "1m" },
        { op: "get", key: "a" },
        { op: "incr", key: "text" },
        { op: "get", key: "none" },
        { op: "has", key: "a" },
        { op: "expire", key: "a", ttl: "2m" },
        { op: "touch", key: "a" },
        { op: "persist", key: "a" },
        { op: "ttl", key: "a" },
        { op: "incr", key: "n", amount: 5, default: 1 },
        { op: "decr", key: "n" },
        { op: "delete", key: "a" },
      ]);
      assert.deepEqual(
        results.map((each) => (each.status === "fulfilled" ? each.value : each.reason.code)),
        [undefined, 1, "STOWAGE_NON_NUMERIC_VALUE", undefined, true, true, true, true, null, 6, 5, true],
      );
      assert.equal(server.batches.length, 2);
      assert.deepEqual(await client.batch([]), []);
    }),

  "batch in order is one request to one server, whatever it is allowed to hold": () =>
    withClient(
      async (client, server) => {
        const operations = Array.from(
          { length: 10 },
          (_, at) => ({ op: "set", key: `k${at}`, value: at }) as const,
        );
        const results = await client.batch(
          [...operations, { op: "get", key: "k9" }, { op: "incr", key: "a" }],
          { inOrder: true },
        );
        assert.equal(server.batches.length, 1);
        assert.deepEqual(results.at(-2), { status: "fulfilled", value: 9 });
      },
      { batch: { max: 3 } },
    ),

  "what is wrong with all of a batch in order rejects": () =>
    withClient(async (client, server) => {
      server.intercept = () => response(403, { error: "no", code: "forbidden_scope" });
      await assert.rejects(
        client.batch(
          [
            { op: "get", key: "a" },
            { op: "get", key: "b" },
          ],
          { inOrder: true },
        ),
        {
          code: "STOWAGE_SERVER_REFUSED",
          serverCode: "forbidden_scope",
        },
      );
    }),

  "operations of one tick leave together": () =>
    withClient(async (client, server) => {
      await Promise.all([
        client.set("a", 1),
        client.get("a"),
        client.incr("n"),
        client.has("a"),
        client.delete("b"),
      ]);
      assert.equal(server.requests.length, 1);
    }),

  "without batches, each operation is a request": () =>
    withClient(
      async (client, server) => {
        await Promise.all([client.set("a", 1), client.get("b"), client.incr("n")]);
        assert.deepEqual(
          server.batches.map(({ length }) => length),
          [1, 1, 1],
        );
      },
      { batch: false },
    ),

  "shareReads: false asks for each read that was not called in the same tick": () =>
    withClient(
      async (client, server) => {
        let release = (): void => {};
        const held = new Promise<void>((resolve) => {
          release = resolve;
        });
        server.intercept = () => held.then(() => undefined);
        const reads = [client.get("a")];
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        reads.push(client.get("a"));
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        release();
        await Promise.all(reads);
        assert.equal(server.batches.length, 2);
        assert.equal(client.inspect().deduplicated, 0);
      },
      { batch: { shareReads: false } },
    ),
};

const many = ["http://one", "http://two", "http://three"];

/** A server for each url. */
async function withServers(
  run: (client: Client, servers: ReadonlyMap<string, FakeServer>) => Promise<void>,
): Promise<void> {
  const servers = new Map(many.map((url) => [url, new FakeServer()]));
  const client = new Client({
    urls: many,
    retries: 0,
    transport: (options) => (servers.get(options.url) as FakeServer).transport(options),
  });
  try {
    await run(client, servers);
  } finally {
    client.close();
  }
}

const keys = Array.from({ length: 60 }, (_, at) => `key:${at}`);

const spreading: Readonly<Record<string, Scene>> = {
  "keys go to several servers, and verbs over many put the parts together": () =>
    withServers(async (client, servers) => {
      await client.setMany(keys.map((key, at) => [key, at] as const));
      for (const server of servers.values()) {
        assert.ok(server.entries.size > 0);
        assert.ok(server.batches.length === 1);
      }
      assert.deepEqual(
        [...(await client.getMany(keys))],
        keys.map((key, at) => [key, at]),
      );
      assert.equal(await client.size(), 60);
      assert.equal((await all(client.scan("key:", { page: 7 }))).length, 60);
      assert.deepEqual(new Set(await all(client.keys())), new Set(keys));
      const stats = await client.stats();
      assert.deepEqual(
        { ...stats, nodes: [...stats.nodes.keys()] },
        {
          ...stats,
          size: 60,
          hits: 9,
          misses: 3,
          hitRate: 0.75,
          memoryBytes: 30,
          memoryUsedBytes: 15,
          nodes: many,
        },
      );
      assert.equal(await client.deleteMany(keys.slice(0, 10)), 10);
      assert.equal(await client.clear(), 50);
    }),

  "local names one server, whatever the key": () =>
    withServers(async (client, servers) => {
      for (const url of many) {
        await client.set("a", url, { local: url });
        assert.equal(await client.get("a", { local: url }), url);
        assert.equal(servers.get(url)?.entries.size, 1);
        assert.equal(await client.size({ local: url }), 1);
      }
      assert.equal(await client.clear({ local: "http://two" }), 1);
      assert.equal(await client.size(), 2);
      assert.equal((await all(client.keys("", { local: "http://one" }))).length, 1);
      assert.equal(await codeOf(client.get("a", { local: "http://four" })), "STOWAGE_UNKNOWN_NODE");
      assert.deepEqual(await client.invalidate({ prefix: "a" }, { local: "http://one" }), {
        keys: 0,
        prefix: 1,
        tags: 0,
      });
      assert.equal(await client.size(), 1);
    }),

  "a batch in order needs its keys on one server, and hash tags see to it": () =>
    withServers(async (client) => {
      const set = (key: string) => ({ op: "set", key, value: 1 }) as const;
      assert.equal(await codeOf(client.batch(keys.map(set), { inOrder: true })), "STOWAGE_CROSS_SLOT");
      const tagged = keys.map((key) => set(`{user:1}:${key}`));
      assert.ok(
        (await client.batch(tagged, { inOrder: true })).every(({ status }) => status === "fulfilled"),
      );
      assert.ok((await client.batch(keys.map(set))).every(({ status }) => status === "fulfilled"));
    }),

  "invalidation sends keys to their servers, prefixes and tags to all": () =>
    withServers(async (client, servers) => {
      await client.setMany(
        keys.map((key) => [key, 1] as const),
        { tags: ["t"] },
      );
      await client.setMany(keys.map((key) => [`u${key}`, 1] as const));
      assert.deepEqual(await client.invalidate({ keys: [...keys.slice(0, 20), "none"] }), {
        keys: 20,
        prefix: 0,
        tags: 0,
      });
      assert.deepEqual(await client.invalidate({ prefix: "ukey:1" }), { keys: 0, prefix: 11, tags: 0 });
      await client.invalidateTag("t");
      assert.equal(await client.size(), 49);
      await client.invalidateTags(["a", "b"]);
      for (const server of servers.values())
        assert.deepEqual(JSON.parse(server.requests.at(-1)?.body as string), { tags: ["a", "b"] });
      assert.deepEqual(await client.invalidate({ tags: ["a", "a"], keys: [] }), {
        keys: 0,
        prefix: 0,
        tags: 1,
      });
    }),

  "a server that is away fails its own keys, and health says which": () =>
    withServers(async (client, servers) => {
      const two = servers.get("http://two") as FakeServer;
      two.intercept = () => Promise.reject(new TransportError("down", true));
      const results = await Promise.allSettled(keys.map((key) => client.set(key, 1)));
      const failed = results.filter(({ status }) => status === "rejected").length;
      assert.ok(failed > 0 && failed < 60);
      const health = await client.health();
      assert.deepEqual(
        health.map(({ url, healthy }) => [url, healthy]),
        [
          ["http://one", true],
          ["http://two", false],
          ["http://three", true],
        ],
      );
      assert.equal(await codeOf(client.size()), "STOWAGE_SERVER_UNAVAILABLE");
      assert.deepEqual(
        client.nodes.map(({ url }) => url),
        many,
      );
    }),

  "setServers takes servers away": () =>
    withServers(async (client, servers) => {
      client.setServers(["http://two"]);
      await client.setMany(keys.map((key) => [key, 1] as const));
      assert.equal(servers.get("http://two")?.entries.size, 60);
      assert.equal(client.nodes.length, 1);
    }),
};

const living: Readonly<Record<string, Scene>> = {
  "faults of the server name server, call and reason": () =>
    withClient(async (client, server) => {
      server.intercept = () => response(401, { error: "Unauthorized" });
      await assert.rejects(client.get("user:1"), {
        name: "ServerRefusedError",
        status: 401,
        message: /^get "user:1": http:\/\/one answered 401: Unauthorized.*STOWAGE_TOKEN/,
      });
      await assert.rejects(client.size(), { status: 401, message: /^size: / });
      await assert.rejects(all(client.scan("a")), { status: 401, message: /^scan "a": / });
      server.intercept = () =>
        response(200, { results: [{ error: "stored as bytes", code: "not_json", found: true }] });
      await assert.rejects(client.get("a"), {
        status: 200,
        serverCode: "not_json",
        message: /refused it: stored as bytes/,
      });
      server.intercept = () => response(200, "<html>");
      await assert.rejects(client.size(), { code: "STOWAGE_SERVER_REFUSED", message: /no JSON object/ });
    }),

  "a call that was given up rejects with the reason": () =>
    withClient(async (client, server) => {
      server.intercept = () => new Promise(() => {});
      const controller = new AbortController();
      const { signal } = controller;
      const calls = [
        client.get("a", { signal }),
        client.set("b", 1, { signal }),
        client.size({ signal }),
        client.health({ signal }),
      ];
      for (const call of calls) call.catch(() => {}); // looked at one after the other
      const reason = new RangeError("enough");
      controller.abort(reason);
      for (const call of calls) await assert.rejects(call, reason);
    }),

  "a call has its own time": () =>
    withClient(async (client, server) => {
      server.intercept = () => new Promise(() => {});
      await assert.rejects(client.get("a", { timeout: 20 }), {
        code: "STOWAGE_REQUEST_TIMEOUT",
        timeoutMs: 20,
        message: /^get "a": no answer from http:\/\/one within 20 ms/,
      });
      assert.equal(await codeOf(client.size({ timeout: 20 })), "STOWAGE_REQUEST_TIMEOUT");
    }),

  "events tell of requests, and a listener that throws harms nothing": async () => {
    const events: ClientEvent[] = [];
    const onEvent = (event: ClientEvent): void => {
      events.push(event);
      throw new Error("the listener's own");
    };
    await withClient(
      async (client) => {
        await Promise.all([client.set("a", 1), client.get("a")]);
        await client.size();
        const told = events.flatMap((event) => (event.type === "request" ? [event] : []));
        assert.deepEqual(
          told.map(({ node, method, path, operations, status, attempt }) => [
            node,
            method,
            path,
            operations,
            status,
            attempt,
          ]),
          [
            ["http://one", "POST", "/v1/batch", 2, 200, 1],
            ["http://one", "GET", "/cache/stats", 1, 200, 1],
          ],
        );
      },
      { onEvent },
    );
  },

  "closed, it fails what is under way, and whatever comes": async () => {
    const server = new FakeServer();
    const client = new Client({ url: "http://one", transport: server.transport });
    server.intercept = () => new Promise(() => {});
    const under = [
      client.get("a"),
      client.size(),
      client.batch([{ op: "get", key: "b" }], { inOrder: true }),
    ];
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const unsent = client.get("c");
    // Looked at one after the other: where the client is broken, the others fail before their turn.
    for (const call of [...under, unsent]) call.catch(() => undefined);
    client.close();
    client.close();
    for (const call of [...under, unsent]) assert.equal(await codeOf(call), "STOWAGE_CLOSED");
    const later = [
      client.get("a"),
      client.getMany(["a"]),
      client.set("a", 1),
      client.incr("a"),
      client.size(),
      client.clear(),
      client.health(),
      client.invalidate({ keys: ["a"] }),
      client.invalidateTag("a"),
      all(client.scan()),
      client.batch([{ op: "get", key: "a" }], { inOrder: true }),
      client.fetch("a", () => 1),
      client.remember("a", () => 1),
    ];
    for (const call of later) assert.equal(await codeOf(call), "STOWAGE_CLOSED");
    assert.equal(server.open, 0);
  },

  "it is disposed of with its block": async () => {
    const server = new FakeServer();
    {
      using client = new Client({ transport: server.transport });
      assert.equal(await client.get("a"), undefined);
    }
    {
      await using client = new Client({ transport: server.transport });
      assert.equal(await client.get("a"), undefined);
    }
    assert.equal(server.open, 0);
  },
};

export const scenes: Readonly<Record<string, Scene>> = {
  ...reading,
  ...writing,
  ...grouping,
  ...spreading,
  ...living,
};
