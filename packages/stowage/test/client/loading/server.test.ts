/** fetch, remember and rememberAll of real clients over real servers: the scenes' promises where nothing is a fake. */

import { deferred } from "stowage/testing";
import { type Server, startServer } from "stowage-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Client, nearCache } from "../../../src/client/index.js";
import type { ClientEvent, ClientOptions } from "../../../src/client/types.js";
import { Source } from "./support/source.js";

let server: Server;
let other: Server;
let clients: Client[];
let source: Source;

beforeAll(async () => {
  [server, other] = await Promise.all(
    [1, 2].map(() => startServer({ port: 0, workers: 2, "log-level": "silent" })),
  );
});
afterAll(() => Promise.all([server.close(), other.close()]));
beforeEach(() => {
  clients = [];
  source = new Source();
});
afterEach(async () => {
  for (const client of clients) client.close();
  await using cleaner = new Client({ urls: [server.url, other.url] });
  await cleaner.clear();
});

function client(options: ClientOptions = {}): Client {
  const made = new Client({ url: server.url, timeout: "20s", ...options });
  clients.push(made);
  return made;
}

async function until(holds: () => unknown): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

const loadsOf = (count: number) => until(() => source.loads.length >= count);

describe.each([
  ["one server", () => ({ url: server.url })],
  ["two servers", () => ({ urls: [server.url, other.url], url: undefined })],
  ["a near cache", () => ({ url: server.url, near: nearCache() })],
  ["fetch instead of sockets", () => ({ url: server.url, fetchWith: fetch })],
] as [string, () => ClientOptions][])("over %s", (_name, options) => {
  it("ten clients that miss twenty keys load each once", async () => {
    const fleet = Array.from({ length: 10 }, () => client(options()));
    const keys = Array.from({ length: 20 }, (_, at) => `key:${at}`);
    const counts = new Map<string, number>();
    const load = async (key: string) => {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { key };
    };
    const got = await Promise.all(
      fleet.map((one) => Promise.all(keys.map((key) => one.remember(key, load, { ttl: "1m" })))),
    );
    for (const values of got) expect(values).toEqual(keys.map((key) => ({ key })));
    expect([...counts.values()]).toEqual(Array(20).fill(1));
  });

  it("a delete during a load keeps its value out; who comes later gets a newer one", async () => {
    const [one, two] = [client(options()), client(options())];
    const before = one.fetch("a", source.load);
    await loadsOf(1);
    await two.delete("a");
    const after = one.fetch("a", source.load);
    source.loads[0].resolve("old row");
    expect(await before).toBe("old row");
    await loadsOf(2);
    source.loads[1].resolve("new row");
    expect(await after).toBe("new row");
    expect(await two.get("a")).toBe("new row");
    expect(source.most).toBe(1);
    expect(one.inspect().loading.overtaken).toBe(1);
  });

  it("so do a tag, a prefix, and clear", async () => {
    const [one, two] = [client(options()), client(options())];
    const ways = [
      () => two.invalidateTag("red"),
      () => two.invalidate({ prefix: "k" }),
      () => two.clear(),
      () => two.set("k3", "written"),
    ];
    for (const [at, invalidate] of ways.entries()) {
      const call = one.fetch(`k${at}`, source.load, { tags: ["red"] });
      await loadsOf(at + 1);
      await invalidate();
      source.loads[at].resolve("old");
      expect(await call).toBe("old");
      expect(await two.get(`k${at}`)).toBe(at === 3 ? "written" : undefined);
    }
  });

  it("nothing found is told to all, and ends with a write", async () => {
    const fleet = [1, 2, 3].map(() => client({ ...options(), fetch: { negativeTtl: "1m" } }));
    const calls = fleet.map((one) => one.fetch("a", source.load));
    await loadsOf(1);
    source.loads[0].resolve(undefined);
    expect(await Promise.all(calls)).toEqual([undefined, undefined, undefined]);
    for (const one of fleet) expect(await one.fetch("a", source.load)).toBeUndefined();
    await fleet[0].delete("a");
    const again = fleet[1].fetch("a", source.load);
    await loadsOf(2);
    source.loads[1].resolve("there");
    expect(await again).toBe("there");
    expect(await fleet[2].fetch("a", source.load)).toBe("there");
    expect(source.loads.length).toBe(2);
  });

  it("an expired value is given while one renews it, and where the load fails", async () => {
    const [one, two] = [client(options()), client(options())];
    await one.set("a", "old", { ttl: 1, grace: "1h" });
    await one.set("b", "old", { ttl: 1, grace: "1h" });
    await until(async () => !(await two.has("a")) && !(await two.has("b")));
    expect(await one.fetch("a", source.load, { staleWhileRevalidate: "1h" })).toBe("old");
    expect(await two.fetch("a", source.load, { staleWhileRevalidate: "1h" })).toBe("old");
    await loadsOf(1);
    source.loads[0].resolve("new");
    await until(async () => (await two.get("a")) === "new");
    expect(source.loads.length).toBe(1);
    const fail = () => Promise.reject(new Error("down"));
    expect(await one.fetch("b", fail, { grace: "1h" })).toBe("old");
    await expect(one.fetch("b", fail)).rejects.toThrow("down");
  });

  it("what is due is renewed behind, once; force loads anyway", async () => {
    const [one, two] = [client(options()), client(options())];
    const how = { refreshAhead: 1e-9, ttl: "1h" } as const;
    await one.fetch("a", () => "old", how);
    await until(async () => {
      const values = await Promise.all([one.fetch("a", source.load, how), two.fetch("a", source.load, how)]);
      expect(values).toEqual(["old", "old"]);
      return source.loads.length === 1;
    });
    source.loads[0].resolve("new");
    await until(async () => (await two.get("a")) === "new");
    const forcing = client(options()); // of this one, no renewal is still on its way
    const forced = [1, 2].map(() => forcing.fetch("a", source.load, { force: true }));
    await loadsOf(2);
    expect(source.loads[1].stale).toBe("new");
    source.loads[1].resolve("forced");
    expect(await Promise.all(forced)).toEqual(["forced", "forced"]);
    expect(await one.entry("a")).toMatchObject({ value: "forced" });
    expect(source.loads.length).toBe(2);
  });

  it("a list and its items", async () => {
    const [one, two] = [client(options()), client(options())];
    const how = { key: ({ id }: { id: string }) => id, ttl: "1m" } as const;
    const users = [{ id: "1" }, { id: "2" }];
    expect((await one.rememberAll("user:", () => users, how)).items).toEqual(users);
    expect((await two.rememberAll("user:", () => expect.fail("loaded again"), how)).items).toEqual(users);
    expect(await two.get("user:2")).toEqual({ id: "2" });
    await two.delete("user:1");
    // A near cache may be some milliseconds behind.
    await until(async () => (await one.get("user:1")) === undefined);
    expect((await one.rememberAll("user:", () => [{ id: "2" }, { id: "3" }], how)).get("3")).toEqual({
      id: "3",
    });
  });
});

describe("a server that is away", () => {
  it("is no concern of remember; fetch says so; both go on when it is back", async () => {
    const away = await startServer({ port: 0, workers: 1, "log-level": "silent" });
    const { port } = new URL(away.url);
    const events: ClientEvent[] = [];
    const one = client({
      url: away.url,
      retries: 0,
      breaker: { failures: 1, cooldown: 1 },
      healthEvery: 20,
      onEvent: (event) => void events.push(event),
    });
    expect(await one.remember("a", () => "first")).toBe("first");
    await away.close();
    const gate = deferred<string>();
    const calls = [1, 2, 3].map(() => one.remember("b", () => gate.promise));
    gate.resolve("from its source");
    expect(await Promise.all(calls)).toEqual(Array(3).fill("from its source"));
    await expect(one.fetch("c", () => 1)).rejects.toMatchObject({ code: "STOWAGE_SERVER_UNAVAILABLE" });
    expect(events.some(({ type }) => type === "fault")).toBe(true);
    const back = await startServer({ port: Number(port), workers: 1, "log-level": "silent" });
    await until(async () => (await one.health())[0].healthy && one.nodes[0].state === "closed");
    expect(await one.fetch("d", () => "back")).toBe("back");
    expect(await one.get("d")).toBe("back");
    await back.close();
  });
});
