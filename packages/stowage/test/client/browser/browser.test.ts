/**
 * The client in a real browser, on a page of another origin, with a token: CORS, `fetch` and its streams are as browsers have
 * them, not as Node imitates them.
 */

import { type Server, startServer } from "stowage-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as web from "../../../src/client/web/index.js";
import { type OpenedPage, openPage } from "./page.js";

/** What the script of the page leaves behind. */
declare const stowage: typeof web;

const token = "a token of the test";
let opened: OpenedPage;
let server: Server;
let given: { url: string; token: string };

beforeAll(async () => {
  opened = await openPage();
  server = await startServer({
    port: 0,
    workers: 1,
    memory: "16mb",
    tokens: [token],
    "cors-origins": [opened.origin],
    "log-level": "silent",
  });
  given = { url: server.url, token };
});

afterAll(async () => {
  await opened?.close();
  await server?.close();
});

describe("in a browser", () => {
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
      await client.close();
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

  it("sends what is asked in one tick as one request", async () => {
    const requests: string[] = [];
    opened.page.on("request", (request) => requests.push(`${request.method()} ${request.url()}`));
    const values = await opened.page.evaluate(async (options) => {
      const client = new stowage.Client(options);
      await Promise.all(["a", "b", "c"].map((key, index) => client.set(key, index)));
      const all = await Promise.all(["a", "b", "c", "a"].map((key) => client.get(key)));
      await client.close();
      return all;
    }, given);
    opened.page.removeAllListeners("request");
    expect(values).toEqual([0, 1, 2, 0]);
    expect(requests.filter((request) => request.startsWith("POST"))).toHaveLength(2);
  });

  it("keeps a near cache coherent over the change feed", async () => {
    const told = await opened.page.evaluate(async (options) => {
      const client = new stowage.Client({ ...options, near: stowage.nearCache({ max: 100 }) });
      const other = new stowage.Client(options);
      await other.set("shared", 1);
      const until = async (holds: () => boolean | Promise<boolean>) => {
        while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
      };
      await until(async () => {
        await client.get("shared");
        return client.peek("shared") === 1;
      });
      await other.set("shared", 2);
      await until(() => client.peek("shared") !== 1);
      const value = await client.get("shared");
      await Promise.all([client.close(), other.close()]);
      return value;
    }, given);
    expect(told).toBe(2);
  });

  it("loads once, however many ask", async () => {
    const told = await opened.page.evaluate(async (options) => {
      const client = new stowage.Client(options);
      let loads = 0;
      const load = async () => ++loads;
      const values = await Promise.all(
        Array.from({ length: 10 }, () => client.remember("loaded", load, { ttl: "1m" })),
      );
      await client.close();
      return { loads, values };
    }, given);
    expect(told).toEqual({ loads: 1, values: Array(10).fill(1) });
  });

  it("says that a token is wrong", async () => {
    const told = await opened.page.evaluate(async ({ url }) => {
      const client = new stowage.Client({ url, token: "another" });
      const error = await client.get("a").catch((reason: unknown) => reason as web.ServerRefusedError);
      await client.close();
      return { code: error.code, status: error.status };
    }, given);
    expect(told).toEqual({ code: "STOWAGE_SERVER_REFUSED", status: 401 });
  });

  it("gives up a call", async () => {
    const name = await opened.page.evaluate(async (options) => {
      const client = new stowage.Client(options);
      const controller = new AbortController();
      const call = client.get("a", { signal: controller.signal });
      controller.abort();
      const error = await call.catch((reason: unknown) => reason as Error);
      await client.close();
      return (error as Error).name;
    }, given);
    expect(name).toBe("AbortError");
  });
});
