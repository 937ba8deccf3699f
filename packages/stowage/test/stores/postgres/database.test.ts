/** What the store does with its database: makes its table, cleans it, and goes on after everything that can break. */
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  PostgresBus,
  PostgresStore,
  type PostgresStoreOptions,
  postgresTable,
} from "../../../src/stores/postgres/index.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import { PostgresServer } from "../../support/postgres.js";
import { eventually } from "../../support/redis.js";

const call = { signal: new AbortController().signal };
const entry = (key: string, ttlMs: number | null = null) => ({
  key,
  bytes: new TextEncoder().encode(key),
  ttlMs,
});
let server: PostgresServer;
let admin: pg.Pool;
let tables = 0;
let table: string;
const open: { close(): Promise<unknown> }[] = [];

function opened<Each extends { close(): Promise<unknown> }>(each: Each): Each {
  open.push(each);
  return each;
}

function storeBy(options: Partial<PostgresStoreOptions>): PostgresStore {
  return opened(
    new PostgresStore({ client: options.url === undefined ? admin : undefined, table, ...options }),
  );
}

async function count(): Promise<number> {
  const { rows } = await admin.query(`SELECT count(*)::int AS count FROM "${table}"`);
  return rows[0].count;
}

beforeAll(async () => {
  server = await PostgresServer.start();
  admin = new pg.Pool({ connectionString: server.url });
  admin.on("error", () => undefined);
}, 60_000);

beforeEach(() => {
  table = `t ${++tables} "%s"`.replaceAll('"', "'");
});

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

afterAll(async () => {
  await admin.end();
  await server.stop();
});

describe("the table", () => {
  it("is made once by twenty at the same time, with its schema", async () => {
    const stores = Array.from({ length: 20 }, () =>
      storeBy({ url: server.url, connections: 1, schema: `schema of ${table}` }),
    );
    await Promise.all(stores.map((store, index) => store.setMany([entry(`${index}`)], call)));
    expect(await stores[0].clear("", call)).toBe(20);
  });

  it.each([true, false])("is UNLOGGED as the option says: %s", async (unlogged) => {
    await storeBy({ unlogged }).open(call);
    const { rows } = await admin.query("SELECT relpersistence FROM pg_class WHERE relname = $1", [table]);
    expect(rows).toEqual([{ relpersistence: unlogged ? "u" : "p" }]);
  });

  it("may be made by other means, and used by a role that may make none", async () => {
    await admin.query(postgresTable({ table }));
    await admin.query(postgresTable({ table }));
    await admin.query("DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN");
    await admin.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON "${table}" TO reader`);
    const store = storeBy({ url: server.url.replace("postgres@", "reader@") });
    await store.setMany([entry("a")], call);
    expect(await store.ttl("a", call)).toBe(null);
  });

  it("of somebody else is left alone", async () => {
    await admin.query(`CREATE TABLE "${table}" (id int)`);
    await expect(storeBy({}).open(call)).rejects.toMatchObject({
      code: "STOWAGE_INVALID_OPTION",
      option: "table",
    });
    expect(await count()).toBe(0);
  });

  it("is made anew where somebody has dropped it", async () => {
    const store = storeBy({});
    await store.setMany([entry("a")], call);
    await admin.query(`DROP TABLE "${table}"`);
    expect(await store.getMany(["a"], call)).toEqual([undefined]);
    await store.setMany([entry("a")], call);
    expect(await count()).toBe(1);
  });

  it("takes values of a session that writes bytes in its own way", async () => {
    const pool = new pg.Pool({ connectionString: `${server.url}?options=-c%20bytea_output%3Descape` });
    opened({ close: () => pool.end() });
    const store = storeBy({ client: pool });
    await store.setMany([entry("\0é")], call);
    expect((await store.getMany(["\0é"], call))[0]).toEqual(new TextEncoder().encode("\0é"));
  });
});

describe("the cleanup", () => {
  const expired = async (keys: number) => {
    const store = storeBy({ cleanupEvery: Number.POSITIVE_INFINITY, cleanupBatch: 10 });
    await store.setMany(
      Array.from({ length: keys }, (_, index) => entry(`${index}`, 1_000)),
      call,
    );
    await store.setMany([entry("stays"), entry("lives", 60_000)], call);
    await admin.query(`UPDATE "${table}" SET expires_at = expires_at - interval '5 seconds'`);
    return store;
  };

  it("deletes what has expired, in batches, and nothing else", async () => {
    const store = await expired(35);
    expect(await count()).toBe(37);
    expect(await store.cleanup()).toBe(35);
    expect(await count()).toBe(2);
    expect(await store.cleanup()).toBe(0);
  });

  it("leaves rows that are locked to the next time", async () => {
    const store = await expired(5);
    const client = await admin.connect();
    await client.query("BEGIN");
    await client.query(`SELECT FROM "${table}" WHERE expires_at < now() LIMIT 2 FOR UPDATE`);
    expect(await store.cleanup()).toBe(3);
    await client.query("ROLLBACK");
    client.release();
    expect(await store.cleanup()).toBe(2);
  });

  it("is done by one process at a time", async () => {
    const store = await expired(5);
    const client = await admin.connect();
    await client.query("BEGIN");
    const { rows } = await client.query(
      "SELECT pg_try_advisory_xact_lock(k) AS mine FROM (SELECT $1::text::int8 AS k) l",
      [
        (await import("../../../src/stores/postgres/schema.js")).lockOf(
          { schema: undefined, table },
          "cleanup",
        ),
      ],
    );
    expect(rows).toEqual([{ mine: true }]);
    expect(await store.cleanup()).toBe(0);
    await client.query("ROLLBACK");
    client.release();
    expect(await store.cleanup()).toBe(5);
  });

  it("keeps what has expired while somebody holds its lease", async () => {
    const store = storeBy({ cleanupEvery: Number.POSITIVE_INFINITY });
    await store.setMany([entry("a", 1_000)], call);
    const lease = await store.lease("a", { ttlMs: 60_000, seen: entry("a").bytes }, call);
    await admin.query(`UPDATE "${table}" SET expires_at = expires_at - interval '5 seconds'`);
    expect(await store.cleanup()).toBe(0);
    expect(lease.kind === "granted" && (await store.fill(entry("a"), lease.token, call))).toBe(true);
  });

  it("runs by itself, from the first call on, until the store is closed", async () => {
    const clock = new FakeClock();
    const store = storeBy({ clock, cleanupEvery: "10s" });
    expect(clock.pending).toBe(0);
    await store.setMany([entry("a", 1_000)], call);
    for (let round = 0; round < 2; round++) {
      await store.setMany([entry("a", 1_000)], call);
      await admin.query(`UPDATE "${table}" SET expires_at = expires_at - interval '5 seconds'`);
      await eventually("the next round is due", () => clock.pending === 1);
      clock.advance(10_000);
      await eventually("it has gone", async () => (await count()) === 0);
    }
    await store.close();
    expect(clock.pending).toBe(0);
  });
});

describe("many at once", () => {
  it("with the same keys in other orders do not lock each other out", async () => {
    const store = storeBy({});
    const keys = Array.from({ length: 40 }, (_, index) => `${index}`);
    const shuffled = (seed: number) => keys.map((_, index) => keys[(index * 7 + seed * 13) % keys.length]);
    await Promise.all(
      Array.from({ length: 40 }, (_, round) => {
        if (round % 4 === 0) return store.deleteMany(shuffled(round), call);
        if (round % 10 === 1) return store.clear("1", call);
        return store.setMany(
          shuffled(round).map((key) => entry(key)),
          call,
        );
      }),
    );
  });

  it("ask for one lease, and one has it, round after round", async () => {
    const store = storeBy({});
    for (let round = 0; round < 10; round++) {
      const asked = Array.from({ length: 10 }, () =>
        store.lease("a", { ttlMs: 60_000, seen: undefined }, call),
      );
      const granted = (await Promise.all(asked)).filter(({ kind }) => kind === "granted");
      expect(granted.length).toBe(1);
      const [lease] = granted;
      expect(lease.kind === "granted" && (await store.release("a", lease.token, call))).toBe(true);
    }
  });
});

describe("a connection that", () => {
  let proxy: FaultProxy;

  beforeEach(async () => {
    proxy = opened(await FaultProxy.start({ port: server.port }));
  });

  const faulty = async () => {
    const store = storeBy({ url: server.urlAt(proxy.port), connections: 2, connectTimeout: 500 });
    await store.setMany([entry("a")], call);
    return store;
  };
  const works = (store: PostgresStore) => async () => {
    const signal = AbortSignal.timeout(2_000);
    return store.getMany(["a"], { signal }).then(
      ([bytes]) => bytes !== undefined,
      () => false,
    );
  };

  it.each(["cut", "reset"] as const)("is %s fails what is under way, and is made anew", async (how) => {
    const store = await faulty();
    proxy.stall();
    const reading = store.getMany(["a"], call);
    reading.catch(() => undefined);
    await eventually("it is on its way", () => proxy.connections > 0);
    proxy[how]();
    proxy.resume();
    await expect(reading).rejects.toThrow();
    await eventually("it works again", works(store));
  });

  it("is half open is left when the caller gives up, and does not fill the pool", async () => {
    const store = await faulty();
    proxy.blackhole();
    for (let round = 0; round < 3; round++)
      await expect(store.getMany(["a"], { signal: AbortSignal.timeout(30) })).rejects.toThrow();
    proxy.heal();
    await eventually("it works again", works(store));
  });

  it("says nonsense is not believed", async () => {
    const store = await faulty();
    const before = proxy.accepted;
    proxy.stall("up");
    const reading = store.getMany(["a"], call);
    reading.catch(() => undefined);
    proxy.garbage("HTTP/1.1 400 Bad Request\r\n\r\n");
    proxy.reset();
    proxy.resume();
    await expect(reading).rejects.toThrow();
    await eventually("it works again", works(store));
    expect(proxy.accepted).toBeGreaterThan(before);
  });

  it("is slow, and cut to pieces, answers all the same", async () => {
    const store = await faulty();
    proxy.delay(10);
    proxy.pieces(3);
    const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
    await Promise.all(keys.map((key) => store.setMany([entry(key)], call)));
    expect((await store.getMany(keys, call)).every((bytes) => bytes !== undefined)).toBe(true);
  });

  it("is lost while the table is made does not keep the next call from making it", async () => {
    const store = storeBy({ url: server.urlAt(proxy.port), connectTimeout: 300 });
    proxy.cutAfter(400);
    await expect(store.open(call)).rejects.toThrow();
    proxy.heal();
    await eventually("it works", () =>
      store.setMany([entry("a")], call).then(
        () => true,
        () => false,
      ),
    );
    expect(await count()).toBe(1);
  });

  it("is given up ends with the caller's reason, and the store closes at once while it hangs", async () => {
    const store = await faulty();
    proxy.stall();
    const reason = new Error("given up");
    const giving = new AbortController();
    const reading = store.getMany(["a"], { signal: giving.signal });
    giving.abort(reason);
    await expect(reading).rejects.toBe(reason);
    const hanging = store.getMany(["a"], call);
    const outcome = expect(hanging).rejects.toMatchObject({ code: "STOWAGE_CLOSED" });
    const closing = store.close();
    await outcome;
    proxy.resume();
    await closing;
  });

  it("is a Client of the user is used as it is, one query after the other", async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    opened({ close: () => client.end() });
    const store = storeBy({ client });
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.setMany([entry(`${index}`)], call)));
    await store.close();
    const { rows } = await client.query(`SELECT count(*)::int AS count FROM "${table}"`);
    expect(rows).toEqual([{ count: 20 }]);
  });
});

describe("a bus", () => {
  it("tells a listener that it is connected when its own channel is, and not when others are", async () => {
    const bus = opened(new PostgresBus({ url: server.url }));
    const other = opened(new PostgresBus({ url: server.url }));
    await other.publish("warm", "");
    const heard: string[] = [];
    const sent: Promise<void>[] = [];
    const second = {
      message: (text: string) => heard.push(text),
      connected: (isConnected: boolean) => isConnected && sent.push(other.publish("two", "at once")),
    };
    bus.subscribe("one", {
      message: () => undefined,
      connected: (isConnected) => isConnected && bus.subscribe("two", second),
    });
    bus.subscribe("two", { message: () => undefined, connected: () => undefined });
    await eventually("it comes", () => heard.length > 0);
    await Promise.all(sent);
    expect(heard).toEqual(["at once"]);
  });

  it("comes back less and less often where it may not listen", async () => {
    const clock = new FakeClock();
    let connects = 0;
    const pool = {
      totalCount: 0,
      query: () => Promise.reject(new Error("no")),
      connect: async () => {
        connects++;
        return {
          query: () => Promise.reject(Object.assign(new Error("LISTEN"), { severity: "ERROR" })),
          on: () => undefined,
          off: () => undefined,
          removeAllListeners: () => undefined,
          release: () => undefined,
        };
      },
    };
    const bus = opened(new PostgresBus({ client: pool as never, clock }));
    const states: boolean[] = [];
    bus.subscribe("a", { message: () => undefined, connected: (is) => states.push(is) });
    for (let ms = 0; ms < 20_000; ms += 50) {
      clock.advance(50);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
    expect(connects).toBeGreaterThan(10);
    expect(connects).toBeLessThan(100);
    expect(states).toEqual([false]);
  });
});

describe("a server that", () => {
  it.each(["fast", "immediate"] as const)(
    "ends (%s) and begins again finds store and bus as they were",
    async (how) => {
      const store = storeBy({ url: server.url, unlogged: false });
      const bus = opened(new PostgresBus({ url: server.url, ping: 50 }));
      const heard: string[] = [];
      const states: boolean[] = [];
      bus.subscribe("c", { message: (text) => heard.push(text), connected: (is) => states.push(is) });
      await store.setMany([entry("a")], call);
      await eventually("it listens", () => states.at(-1) === true);
      await server.down(how);
      await expect(store.getMany(["a"], call)).rejects.toThrow();
      await eventually("that is told", () => states.at(-1) === false);
      await expect(bus.publish("c", "lost")).rejects.toMatchObject({ code: "STOWAGE_STORE_UNAVAILABLE" });
      await server.up();
      await eventually("the store works again", () =>
        store.getMany(["a"], call).then(
          () => true,
          () => false,
        ),
      );
      if (how === "fast") expect((await store.getMany(["a"], call))[0]).toEqual(entry("a").bytes);
      await eventually("the bus works again", () => states.at(-1) === true);
      await bus.publish("c", "again");
      await eventually("it comes", () => heard.length > 0);
      expect([heard, states]).toEqual([["again"], [true, false, true]]);
    },
    60_000,
  );
});

describe("options", () => {
  it("are checked", async () => {
    const wrong: [object, string][] = [
      [{}, "client"],
      [{ client: admin, url: server.url }, "client"],
      [{ url: "redis://a" }, "url"],
      [{ client: admin, connections: 3 }, "connections"],
      [{ client: admin, table: "x".repeat(64) }, "table"],
      [{ client: admin, maxValueSize: "1gb" }, "maxValueSize"],
      [{ client: admin, tabel: "x" }, "tabel"],
      [{ client: {} }, "client"],
    ];
    for (const [options, option] of wrong)
      expect(() => new PostgresStore(options as PostgresStoreOptions)).toThrow(
        expect.objectContaining({ option }),
      );
    expect(() => new PostgresBus({ client: new pg.Client() })).toThrow(
      expect.objectContaining({ option: "client" }),
    );
  });
});
