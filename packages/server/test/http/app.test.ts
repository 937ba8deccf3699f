/** What all answers have in common: ids, CORS, dates, how failures look, how connections go on. */
import { FakeClock } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { type Access, everybody } from "../../src/access/types.js";
import type { Exchange } from "../../src/http/exchange.js";
import { Fault } from "../../src/http/fault.js";
import type { Route } from "../../src/http/route.js";
import { startAppServer } from "../support/app-server.js";
import { RawClient } from "../support/raw-client.js";

const open = (path: string, handle: (exchange: Exchange) => void | Promise<void>, method = "GET"): Route => ({
  name: path.slice(1),
  method,
  path,
  scope: "open",
  handle,
});

describe("request ids", () => {
  it("are echoed where they are 20 to 200 printable characters, else made", async () => {
    await using server = await startAppServer();
    await using client = await RawClient.connect(server.port);
    const idOf = async (id: string | undefined, path = "/health") => {
      const { headers } = await client.ask("GET", path, {
        headers: id === undefined ? {} : { "x-request-id": id },
      });
      return headers["x-request-id"];
    };
    for (const id of ["x".repeat(20), "y".repeat(200), "an id with spaces in it!", '{"json":"<script>"}..']) {
      expect(await idOf(id)).toBe(id);
      expect(await idOf(id, "/nothing")).toBe(id);
    }
    for (const id of [
      undefined,
      "",
      "x".repeat(19),
      "x".repeat(201),
      `${"x".repeat(20)}\xe9`,
      `a\t${"x".repeat(20)}`,
    ])
      expect(await idOf(id)).toMatch(/^[\w-]{20}$/);
  });

  it("are never made twice", async () => {
    await using server = await startAppServer();
    await using client = await RawClient.connect(server.port);
    const ids = new Set<string>();
    client.send("GET /health HTTP/1.1\r\nhost: x\r\n\r\n".repeat(3_000));
    for (let index = 0; index < 3_000; index++) ids.add((await client.answer()).headers["x-request-id"]);
    expect(ids.size).toBe(3_000);
  });
});

describe("the date", () => {
  it("is that of the second, also when the clock of the wall was set", async () => {
    const clock = new FakeClock();
    await using server = await startAppServer({ clock });
    await using client = await RawClient.connect(server.port);
    for (const ms of [0, 1, 500, 498, 1, 999, 1, 60_000, 3_600_000]) {
      clock.advance(ms);
      const { headers } = await client.ask("GET", "/health");
      expect(headers.date).toBe(new Date(clock.wall()).toUTCString());
    }
  });
});

describe("CORS", () => {
  const fieldsOf = async (args: string[], method: string, path: string, origin?: string) => {
    await using server = await startAppServer({ args });
    await using client = await RawClient.connect(server.port);
    const { status, headers } = await client.ask(method, path, {
      headers: origin === undefined ? {} : { origin },
    });
    return { status, origin: headers["access-control-allow-origin"], vary: headers.vary, headers };
  };

  it("lets anybody read, if nothing else is said", async () => {
    for (const path of ["/health", "/nothing", "/cache/get?key=a"])
      expect(await fieldsOf([], "GET", path)).toMatchObject({ origin: "*", vary: undefined });
  });

  it("names methods and headers to a preflight, wherever it goes", async () => {
    for (const path of ["/cache/set", "/v1/keys/a", "/nothing", "*"]) {
      const { status, origin, headers } = await fieldsOf([], "OPTIONS", path, "http://a.example");
      expect({ status, origin }).toEqual({ status: 204, origin: "*" });
      expect(headers["access-control-allow-methods"]).toContain("DELETE");
      expect(headers["access-control-allow-headers"]?.split(", ")).toEqual([
        "authorization",
        "baggage",
        "content-type",
        "if-match",
        "if-none-match",
        "last-event-id",
        "stowage-grace",
        "stowage-lease-token",
        "stowage-nothing",
        "stowage-tags",
        "stowage-ttl",
        "traceparent",
        "tracestate",
        "x-request-id",
      ]);
      expect(headers["content-length"]).toBeUndefined();
    }
  });

  it("lets pages read what answers say of entries", async () => {
    await using server = await startAppServer();
    await using client = await RawClient.connect(server.port);
    const asked: [method: string, path: string, headers: Record<string, string>, named: string][] = [
      ["PUT", "/v1/keys/a", { "stowage-ttl": "1m" }, "etag"],
      ["GET", "/v1/keys/a", {}, "stowage-ttl"],
      ["POST", "/v1/keys/b/lease", {}, "stowage-lease-token"],
      ["POST", "/v1/keys/b/lease", {}, "retry-after"],
    ];
    for (const [method, path, more, named] of asked) {
      const { headers } = await client.ask(method, path, {
        headers: { origin: "http://a.example", ...more },
      });
      expect(headers[named]).toBeDefined();
      expect(headers).toMatchObject({
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "*",
      });
    }
  });

  it("lets those of a list read, and nobody else", async () => {
    const args = ["--cors-origins", "http://a.example,https://b.example:8443"];
    for (const origin of ["http://a.example", "https://b.example:8443"]) {
      expect(await fieldsOf(args, "GET", "/health", origin)).toMatchObject({ origin, vary: "origin" });
      expect(await fieldsOf(args, "OPTIONS", "/health", origin)).toMatchObject({
        status: 204,
        origin,
        vary: "origin",
      });
    }
    for (const origin of [
      "http://a.example.evil",
      "http://A.example",
      "https://a.example",
      "null",
      "",
      undefined,
      "*",
    ])
      expect(await fieldsOf(args, "GET", "/nothing", origin)).toMatchObject({
        origin: undefined,
        vary: "origin",
      });
  });

  it("goes by each request of a connection", async () => {
    await using server = await startAppServer({ args: ["--cors-origins", "http://a.example"] });
    await using client = await RawClient.connect(server.port);
    const seen = [];
    for (const origin of ["http://a.example", "http://a.example", "http://b.example", "http://a.example"]) {
      const { headers } = await client.ask("GET", "/health", { headers: { origin } });
      seen.push(headers["access-control-allow-origin"]);
    }
    expect(seen).toEqual(["http://a.example", "http://a.example", undefined, "http://a.example"]);
  });

  it("is on requests that cannot be read, too", async () => {
    await using server = await startAppServer();
    await using client = await RawClient.connect(server.port);
    client.send("GET / HTTP/1.1\r\n\r\n");
    const { status, headers, text } = await client.answer();
    expect(status).toBe(400);
    expect(headers).toMatchObject({ "access-control-allow-origin": "*", connection: "close" });
    expect(headers.date).toMatch(/GMT$/);
    expect(headers["x-request-id"]).toMatch(/^[\w-]{20}$/);
    expect(JSON.parse(text)).toEqual({ error: expect.stringContaining("Host"), code: "host" });
  });
});

describe("below /v1", () => {
  it("a method that a path does not have is said to be so", async () => {
    await using server = await startAppServer();
    await using client = await RawClient.connect(server.port);
    const { status, headers, text } = await client.ask("PATCH", "/v1/keys/a");
    expect(status).toBe(405);
    expect(headers.allow.split(", ").sort()).toEqual(["DELETE", "GET", "HEAD", "PUT"]);
    expect(JSON.parse(text)).toMatchObject({ code: "method_not_allowed" });
    expect((await client.ask("GET", "/v1/nothing")).status).toBe(404);
  });
});

describe("routes that fail", () => {
  const routes = [
    open("/throws", () => {
      throw new Error("secret detail");
    }),
    open("/rejects", async () => {
      throw new Fault(409, "conflict", "it is ünwell", { more: { at: 3 }, fields: { "retry-after": 7 } });
    }),
    open("/silent", () => {}),
    open("/silent-later", async () => {}),
    open("/twice", (exchange) => {
      exchange.json(200, 1);
      exchange.json(200, 2);
    }),
    open("/half", async (exchange) => {
      exchange.beginParts(200);
      await exchange.part("[1,");
      throw new Error("secret detail");
    }),
    open("/fine", (exchange) => exchange.json(200, { ü: exchange.param("a") ?? null })),
    open("/bytes", (exchange) =>
      exchange.replyBytes(201, Buffer.from([0, 255]), "application/octet-stream", { etag: '"1"' }),
    ),
    open("/injects", (exchange) => exchange.json(200, 1, { "x-y": "a\r\nset-cookie: b" })),
  ];

  it("are answered with 500, and say nothing of why", async () => {
    await using server = await startAppServer({ routes });
    await using client = await RawClient.connect(server.port);
    for (const path of ["/throws", "/silent", "/silent-later", "/injects"]) {
      const { status, text } = await client.ask("GET", path);
      expect([path, status, text]).toEqual([
        path,
        500,
        '{"error":"internal server error","code":"internal"}',
      ]);
    }
    expect((await client.ask("GET", "/fine?a=1")).text).toBe('{"ü":"1"}');
  });

  it("are answered with what they throw", async () => {
    await using server = await startAppServer({ routes });
    await using client = await RawClient.connect(server.port);
    const { status, headers, text } = await client.ask("GET", "/rejects");
    expect([status, text]).toEqual([409, '{"error":"it is ünwell","code":"conflict","at":3}']);
    expect(headers).toMatchObject({ "retry-after": "7", "access-control-expose-headers": "*" });
  });

  it("never make half an answer look whole", async () => {
    await using server = await startAppServer({ routes });
    for (const path of ["/half", "/twice"]) {
      await using client = await RawClient.connect(server.port);
      client.send(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
      await client.ended();
      await expect(client.answer().then(() => client.answer())).rejects.toThrow("the connection ended");
    }
  });

  it("answer with bytes as well", async () => {
    await using server = await startAppServer({ routes });
    await using client = await RawClient.connect(server.port);
    const { status, headers, body } = await client.ask("GET", "/bytes");
    expect({ status, type: headers["content-type"], etag: headers.etag }).toEqual({
      status: 201,
      type: "application/octet-stream",
      etag: '"1"',
    });
    expect([...body]).toEqual([0, 255]);
  });
});

describe("connections", () => {
  it("of HTTP/1.0 stay if they ask for it, and are told", async () => {
    await using server = await startAppServer();
    await using client = await RawClient.connect(server.port);
    client.send("GET /health HTTP/1.0\r\nconnection: keep-alive\r\n\r\n");
    expect((await client.answer()).headers.connection).toBe("keep-alive");
    client.send("GET /health HTTP/1.0\r\n\r\n");
    expect((await client.answer()).headers.connection).toBe("close");
    await client.ended();
  });

  it("end after an answer that says so", async () => {
    await using server = await startAppServer();
    await using client = await RawClient.connect(server.port);
    const { headers } = await client.ask("GET", "/health", { headers: { connection: "close" } });
    expect(headers.connection).toBe("close");
    await client.ended();
  });

  it("answer pipelined requests of all kinds in their order", async () => {
    await using server = await startAppServer();
    for (let index = 0; index < 9_000; index++) server.table.set(`key:${index}`, "1");
    await using client = await RawClient.connect(server.port);
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
    client.send(
      get("/cache/get?key=key:1") + get("/cache/scan?keys_only=true") + get("/nothing") + get("/health"),
    );
    const texts = [];
    for (let index = 0; index < 4; index++) texts.push((await client.answer()).text.slice(0, 12));
    expect(texts).toEqual(['{"value":1}', '{"keys":["ke', '{"error":"no', '{"status":"h']);
  });
});

describe("rates", () => {
  it("are said with the seconds to wait, and not asked of open routes", async () => {
    let waitMs = 0;
    const access: Access = { on: true, generation: 1, identify: () => everybody, admit: () => waitMs };
    await using server = await startAppServer({ context: { access } });
    await using client = await RawClient.connect(server.port);
    expect((await client.ask("GET", "/cache/get?key=a")).status).toBe(404);
    for (const [ms, seconds] of [
      [1, "1"],
      [1_000, "1"],
      [1_001, "2"],
    ] as const) {
      waitMs = ms;
      const { status, headers, text } = await client.ask("GET", "/cache/get?key=a");
      expect([status, headers["retry-after"]]).toEqual([429, seconds]);
      expect(JSON.parse(text)).toMatchObject({ code: "rate_limited" });
    }
    expect((await client.ask("GET", "/health")).status).toBe(200);
  });
});

describe("what is counted", () => {
  it("is every answer, by its route", async () => {
    await using server = await startAppServer();
    await using client = await RawClient.connect(server.port);
    const headers = { "content-type": "application/json" };
    await client.ask("POST", "/cache/set", { headers, body: '{"key":"a","value":1}' });
    await client.ask("POST", "/cache/set", { headers, body: "{" });
    await client.ask("GET", "/cache/get?key=a");
    await client.ask("GET", "/cache/get?key=b");
    await client.ask("GET", "/nothing");
    await client.ask("OPTIONS", "/cache/set", { headers: { origin: "http://x" } });
    await client.ask("GET", "/cache/get%");
    const { fleet } = server.context;
    const counts = Object.fromEntries(fleet.routes().map(({ route, statuses }) => [route, statuses]));
    expect(counts).toMatchObject({
      cache_set: { 2: 1, 4: 1 },
      cache_get: { 2: 1, 4: 1 },
      none: { 2: 1, 4: 2 },
    });
    const [worker] = fleet.workers();
    expect(worker).toMatchObject({ requests: 7, bytesIn: 22 });
    const stats = JSON.parse((await client.ask("GET", "/cache/stats")).text);
    expect(stats.workers[0]).toMatchObject({ requests: 7, bytes_in: 22, latencies: { count: 7 } });
    expect(stats.latencies.p99).toBeGreaterThan(0);
    expect(stats.memory).toMatchObject({ total: 16_777_216 });
    expect(Object.keys(stats.connections)).toEqual(["open", "accepted", "turned_away"]);
  });
});
