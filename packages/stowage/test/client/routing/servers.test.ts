/** Several real servers: keys are where the router says, calls that concern all are put together, servers come and go. */
import { type Server, startServer } from "stowage-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  Client,
  type ClientEvent,
  type ClientOptions,
  dns,
  jump,
  local,
  mod,
  type Router,
  rendezvous,
  ring,
} from "../../../src/client/index.js";
import { Client as WebClient } from "../../../src/client/web/index.js";

const keys = Array.from({ length: 300 }, (_, index) => `key:${index}`);
let servers: Server[];
let urls: string[];
/** One for each server alone. */
let direct: Client[];

beforeAll(async () => {
  servers = await Promise.all(
    [1, 2, 3].map(() => startServer({ port: 0, workers: 1, memory: "16mb", "log-level": "silent" })),
  );
  urls = servers.map(({ url }) => url);
  direct = urls.map((url) => new Client({ url }));
});
afterAll(async () => {
  for (const client of direct) client.close();
  await Promise.all(servers.map((server) => server.close()));
});
beforeEach(async () => {
  await Promise.all(direct.map((client) => client.clear()));
});

let client: WebClient;
afterEach(() => client.close());

function connect(options: ClientOptions): void {
  client = new Client({ timeout: "30s", ...options });
}

async function keysOf(one: WebClient): Promise<string[]> {
  const found: string[] = [];
  for await (const key of one.keys()) found.push(key);
  return found.sort();
}

const routers: Router[] = [ring(), rendezvous(), jump(), mod()];

describe.each(routers)("with the router $name", (router) => {
  it("keys are where it says, and on no other server", async () => {
    connect({ urls, router });
    await client.setMany(keys.map((key) => [key, key]));
    const state = router.init(urls.map((url) => ({ url, weight: 1 })));
    for (const [index, one] of direct.entries())
      expect(await keysOf(one)).toEqual(
        keys.filter((key) => router.route(state, key).url === urls[index]).sort(),
      );
    expect([...(await client.getMany(keys))]).toEqual(keys.map((key) => [key, key]));
    expect(await client.size()).toBe(keys.length);
    expect(await keysOf(client)).toEqual([...keys].sort());
    await client.clear();
    expect(await Promise.all(direct.map((one) => one.size()))).toEqual([0, 0, 0]);
  });
});

it("hash tags keep keys together", async () => {
  connect({ urls });
  const tagged = keys.map((key) => `{user:1}:${key}`);
  await client.setMany(tagged.map((key) => [key, 1]));
  expect((await Promise.all(direct.map((one) => one.size()))).sort()).toEqual([0, 0, tagged.length]);
});

it("a batch that has to be on one server, and is not, says which server has which keys; hash tags mend it", async () => {
  connect({ urls });
  const batch = (prefix: string) =>
    client.batch(
      keys.slice(0, 20).map((key) => ({ op: "set", key: `${prefix}${key}`, value: 1 }) as const),
      { inOrder: true },
    );
  await expect(batch("")).rejects.toThrow(
    new RegExp(`batch needs all of its keys on one server, but .*${urls[0]} has `),
  );
  expect(await client.size()).toBe(0);
  expect(await batch("{tag}")).toHaveLength(20);
  expect(await client.size()).toBe(20);
});

it("local names the server, whatever the key", async () => {
  connect({ urls });
  for (const key of keys.slice(0, 10)) await client.set(key, 1, { local: urls[2] });
  expect(await Promise.all(direct.map((one) => one.size()))).toEqual([0, 0, 10]);
  await expect(client.get("a", { local: "http://127.0.0.1:1" })).rejects.toThrow(urls[0]);
});

it("the router local asks one server, and the others when they are named", async () => {
  connect({ urls, router: local({ url: urls[1] }) });
  await client.setMany(keys.map((key) => [key, 1]));
  await client.set("other", 1, { local: urls[0] });
  expect(await Promise.all(direct.map((one) => one.size()))).toEqual([1, keys.length, 0]);
  expect(await client.size()).toBe(keys.length);
});

it("a server that joins while calls are under way: none fails, and keys are read where they are written from then on", async () => {
  connect({ urls: urls.slice(0, 2) });
  const before = client.setMany(keys.map((key) => [key, "before"]));
  client.setServers(urls);
  await before;
  await Promise.all(keys.map((key) => client.set(key, "after")));
  expect([...(await client.getMany(keys)).values()]).toEqual(keys.map(() => "after"));
  expect(await direct[2].size()).toBeGreaterThan(50);
  const reads = Promise.all(keys.map((key) => client.get(key)));
  client.setServers(urls.slice(0, 2));
  expect((await reads).every((value) => value === "after")).toBe(true);
});

it("servers are found by a function, and calls wait for the first answer", async () => {
  const events: ClientEvent[] = [];
  connect({
    discover: { find: async () => [...urls].reverse(), everyMs: 30_000 },
    onEvent: (event) => void (event.type === "nodes" && events.push(event)),
  });
  await client.set("a", 1);
  expect(await client.get("a")).toBe(1);
  expect(await client.size()).toBe(1);
  expect(events).toHaveLength(1);
});

it("servers are found in DNS", async () => {
  const port = Number(new URL(urls[0]).port);
  connect({ discover: dns({ host: "localhost", port }) });
  expect(await client.set("a", 1).then(() => direct[0].get("a"))).toBe(1);
  expect(client.nodes.map(({ url }) => url)).toEqual([`http://127.0.0.1:${port}`]);
});

it("where none is found, calls fail and say why", async () => {
  connect({ discover: { find: () => Promise.reject(new Error("no such name")), everyMs: 30_000 } });
  await expect(client.get("a")).rejects.toThrow(/discover has found no server/);
  await expect(client.get("a")).rejects.toMatchObject({ cause: { message: "no such name" } });
});

describe("a page's client", () => {
  it("loads what several servers need, and puts keys where all others do", async () => {
    client = new WebClient({ urls, timeout: "30s" });
    await client.setMany(keys.map((key) => [key, key]));
    const others = new Client({ urls, timeout: "30s" });
    expect([...(await others.getMany(keys))]).toEqual(keys.map((key) => [key, key]));
    expect(await client.size()).toBe(keys.length);
    others.close();
  });

  it("goes on with its server when there are more", async () => {
    client = new WebClient({ url: urls[0], timeout: "30s" });
    await client.set("a", 1);
    client.setServers(urls);
    await client.setMany(keys.map((key) => [key, key]));
    expect([...(await client.getMany(keys)).values()]).toEqual(keys);
    expect(client.nodes.map(({ url }) => url)).toEqual(urls);
    await expect(client.get("a", { local: urls[0] })).resolves.toBe(1);
  });
});
