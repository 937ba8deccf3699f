/**
 * The client in a real browser, on a page of another origin, with a token: CORS, `fetch` and its streams are as browsers have
 * them, not as Node imitates them.
 */

import { type Server, startServer } from "stowage-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as core from "../../../src/client/core/index.js";
import type * as web from "../../../src/client/web/index.js";
import { type OpenedPage, openPage } from "./page.js";

/** What the script of the page leaves behind, and what `beforeAll` adds. */
declare const stowage: typeof web;
declare const stowageCore: typeof core;
declare function until(holds: () => boolean | Promise<boolean>): Promise<void>;

const token = "a-token-of-the-test";
let opened: OpenedPage;
let server: Server;
let given: { url: string; token: string };

beforeAll(async () => {
  opened = await openPage();
  server = await serve(opened.origin);
  given = { url: server.url, token };
  await opened.page.evaluate(() => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
    Object.assign(globalThis, {
      async until(holds: () => boolean | Promise<boolean>) {
        while (!(await holds())) await pause();
      },
    });
  });
}, 60_000);

afterAll(async () => {
  await opened?.close();
  await server?.close();
});

/** @param origin of pages that may use it */
function serve(origin: string, port = 0): Promise<Server> {
  return startServer({
    port,
    workers: 1,
    memory: "16mb",
    tokens: [token],
    "cors-origins": [origin],
    "log-level": "silent",
  });
}

describe("in a browser", () => {
  it("loads parts of the client when they are first used", async () => {
    const before = opened.loaded.size;
    await opened.page.evaluate(async (options) => {
      const client = new stowage.Client(options);
      await client.remember("part", () => 1, { ttl: "1m" });
      client.close();
    }, given);
    expect(opened.loaded.size).toBeGreaterThan(before);
  });

  it("reads and writes", async () => {
    const told = await opened.page.evaluate(async (options) => {
      const client = new stowage.Client(options);
      await client.set("user:1", { name: "Ada" }, { ttl: "1m", tags: ["users"] });
      const user = await client.get("user:1");
      const count = await client.incr("visits", 2);
      const found = await client.getMany(["user:1", "user:2"]);
      const entry = await client.entry("user:1");
      const won = await client.compareAndSet("user:1", { name: "Grace" }, { version: entry!.version });
      const lost = await client.compareAndSet("user:1", { name: "Joan" }, { version: entry!.version });
      await client.invalidateTag("users");
      const left = await client.has("visits");
      client.close();
      return { user, count, found: [...found], won: typeof won, lost, left, ttl: entry!.ttl };
    }, given);
    expect(told).toMatchObject({
      user: { name: "Ada" },
      count: 2,
      found: [["user:1", { name: "Ada" }]],
      won: "string",
      left: true,
    });
    expect(told.lost).toBeUndefined();
    expect(told.ttl).toBeGreaterThan(50_000);
  });

  it("does with the core what keys need", async () => {
    const told = await opened.page.evaluate(async ({ url, token }) => {
      const cache = new stowageCore.CoreClient({ url, token });
      await cache.set("core:1", { name: "Ada" }, { ttl: "1m" });
      const [user, none, visits] = await Promise.all([
        cache.get("core:1"),
        cache.get("core:2"),
        cache.incr("core:visits", 2),
      ]);
      const wrong = new stowageCore.CoreClient({ url, token: "wrong" });
      const refused = await wrong.get("core:1").catch((error: Error) => error.message);
      cache.close();
      wrong.close();
      return { user, none, visits, refused };
    }, given);
    expect(told).toEqual({
      user: { name: "Ada" },
      visits: 2,
      refused: expect.stringMatching(/answered 401.*token/),
    });
  });

  it("sends what is asked in one tick as one request, and asks the server for leave once", async () => {
    // One that the browser has not asked yet.
    await using own = await serve(opened.origin);
    const { requests, end } = await watched(opened.page);
    const values = await opened.page.evaluate(
      async (options) => {
        const client = new stowage.Client(options);
        await Promise.all(["a", "b", "c"].map((key, index) => client.set(key, index)));
        const all = await Promise.all(["a", "b", "c", "a"].map((key) => client.get(key)));
        client.close();
        return all;
      },
      { url: own.url, token },
    );
    await end();
    expect(values).toEqual([0, 1, 2, 0]);
    const path = `${own.url}/v1/batch`;
    expect(requests.sort()).toEqual([`OPTIONS ${path}`, `POST ${path}`, `POST ${path}`]);
  });

  it("keeps a near cache coherent over the change feed", async () => {
    const told = await opened.page.evaluate(async (options) => {
      const client = new stowage.Client({ ...options, near: stowage.nearCache({ max: 100 }) });
      const other = new stowage.Client(options);
      await other.set("shared", 1);
      await until(async () => {
        await client.get("shared");
        return client.peek("shared") === 1;
      });
      await other.set("shared", 2);
      await until(() => client.peek("shared") !== 1);
      const value = await client.get("shared");
      client.close();
      other.close();
      return value;
    }, given);
    expect(told).toBe(2);
  });

  it("has a near cache that is well again after the server was restarted", async () => {
    const { origin, page } = opened;
    let restarted = await serve(origin);
    const { url } = restarted;
    try {
      await page.evaluate(
        async (options) => {
          const client = new stowage.Client({ ...options, near: stowage.nearCache({ max: 100 }) });
          await client.set("kept", "before");
          await until(async () => (await client.get("kept")) === client.peek("kept"));
          Object.assign(globalThis, { client });
        },
        { url, token },
      );
      await restarted.close();
      restarted = await serve(origin, Number(new URL(url).port));
      const told = await page.evaluate(async () => {
        const { client } = globalThis as unknown as { client: web.Client };
        const ask = (key: string) => client.get(key).catch(() => "no answer");
        await until(async () => (await ask("kept")) === undefined);
        const old = client.peek("kept");
        await client.set("kept", "after");
        await until(async () => (await ask("kept")) === client.peek("kept"));
        const value = client.peek("kept");
        client.close();
        return { old, value };
      });
      expect(told).toEqual({ old: undefined, value: "after" });
    } finally {
      await restarted.close();
    }
  });

  it("loads once, however many ask", async () => {
    const told = await opened.page.evaluate(async (options) => {
      const client = new stowage.Client(options);
      let loads = 0;
      const load = async () => ++loads;
      const values = await Promise.all(
        Array.from({ length: 10 }, () => client.remember("loaded", load, { ttl: "1m" })),
      );
      client.close();
      return { loads, values };
    }, given);
    expect(told).toEqual({ loads: 1, values: Array(10).fill(1) });
  });

  it("says that a token is wrong", async () => {
    const told = await opened.page.evaluate(async ({ url }) => {
      const client = new stowage.Client({ url, token: "another" });
      const error = await client.get("a").catch((reason: unknown) => reason as web.ServerRefusedError);
      client.close();
      return { code: error.code, status: error.status };
    }, given);
    expect(told).toEqual({ code: "STOWAGE_SERVER_REFUSED", status: 401 });
  });

  it("says CORS where the server does not allow the page's origin", async () => {
    await using strict = await serve("https://elsewhere.example.com");
    const told = await opened.page.evaluate(
      async (options) => {
        const client = new stowage.Client({ ...options, retries: 0 });
        const error = await client.get("a").catch((reason: unknown) => reason as web.ServerUnavailableError);
        client.close();
        return { code: error?.code, message: error?.message };
      },
      { url: strict.url, token },
    );
    expect(told.code).toBe("STOWAGE_SERVER_UNAVAILABLE");
    expect(told.message).toMatch(/get "a".*CORS.*"cors-origins"/);
  });

  it("gives up a call", async () => {
    const name = await opened.page.evaluate(async (options) => {
      const client = new stowage.Client(options);
      const controller = new AbortController();
      const call = client.get("a", { signal: controller.signal });
      controller.abort();
      const error = await call.catch((reason: unknown) => reason as Error);
      client.close();
      return (error as Error).name;
    }, given);
    expect(name).toBe("AbortError");
  });
});

/** Requests that the browser makes from now on, those too with which it asks for leave: `OPTIONS http://...`. */
async function watched(page: OpenedPage["page"]) {
  const session = await page.context().newCDPSession(page);
  const requests: string[] = [];
  session.on("Network.requestWillBeSent", ({ request }) => requests.push(`${request.method} ${request.url}`));
  await session.send("Network.enable");
  return { requests, end: () => session.detach() };
}
