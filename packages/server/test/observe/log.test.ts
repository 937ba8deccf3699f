/** What is logged, of requests above all, and what never is: tokens, and keys. */
import { describe, expect, it } from "vitest";
import { createAccess, createLimits, everybody, hashOf, loadTokens } from "../../src/access/index.js";
import { describeConfig, loadConfig, printedConfig } from "../../src/config/index.js";
import type { Exchange } from "../../src/http/exchange.js";
import { createRequestLog } from "../../src/http/request-log.js";
import { createLog } from "../../src/observe/index.js";
import { startAppServer } from "../support/app-server.js";

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [fact: string]: unknown;
}

function logTo(lines: string[], level = "debug") {
  return createLog({ level, worker: 3, write: (line) => lines.push(line) });
}

const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Line);

describe("a log", () => {
  it("is JSON, a line each, with what one searches for", () => {
    const lines: string[] = [];
    const log = logTo(lines);
    log.info({ port: 4000 }, "listening\nnow");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(parsed(lines)).toEqual([
      {
        level: "info",
        time: expect.any(Number),
        pid: process.pid,
        worker: 3,
        port: 4000,
        msg: "listening\nnow",
      },
    ]);
  });

  it("keeps to its level", () => {
    const lines: string[] = [];
    const log = logTo(lines, "warn");
    log.info("no");
    log.warn("yes");
    logTo(lines, "silent").fatal("no");
    expect(parsed(lines).map(({ msg }) => msg)).toEqual(["yes"]);
  });

  it("cuts errors short, and keeps their codes", () => {
    const lines: string[] = [];
    const error = Object.assign(new Error("x".repeat(5_000)), { code: "E_LONG" });
    logTo(lines).error({ err: error }, "failed");
    expect(parsed(lines)[0].err).toMatchObject({ type: "Error", code: "E_LONG", message: "x".repeat(500) });
    expect(lines[0].length).toBeLessThan(4_096);
  });

  it("shows no bearer's token, wherever one comes along", () => {
    const lines: string[] = [];
    const log = logTo(lines);
    const error = new Error('cannot parse "authorization: Bearer s3cret-1"');
    log.error({ err: error, headers: { authorization: "bearer s3cret-2" } }, "BEARER  s3cret-3, and so on");
    log.error('Bearer a"s3cret-4\\s3cret-5 tail');
    expect(lines.join("")).not.toContain("s3cret");
    expect(parsed(lines).map(({ msg }) => msg)).toEqual(["BEARER  *** and so on", "Bearer *** tail"]);
  });
});

const token = "stw_do-not-log-me";

async function serverWith(...args: string[]) {
  const lines: string[] = [];
  let now = 1_000;
  const { config } = loadConfig({ args: ["--tokens", token, ...args], env: {} });
  const server = await startAppServer({
    args: ["--tokens", token, ...args],
    context: {
      log: logTo(lines, config["log-level"]!),
      access: createAccess(loadTokens(config), createLimits(), () => now),
      now: () => now,
    },
  });
  const ask = async (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) => {
    const headers = { authorization: `Bearer ${token}`, ...init.headers };
    const answer = await fetch(`${server.url}${path}`, { ...init, headers });
    await answer.arrayBuffer();
    return answer;
  };
  return { ...server, server, lines, ask, pass: (ms: number) => (now += ms) };
}

describe("the access log", () => {
  it("has a line for each request, with neither keys nor tokens", async () => {
    const { server, lines, ask } = await serverWith("--access-log");
    await ask("/cache/set", {
      method: "POST",
      body: '{"key":"mail@person","value":1}',
      headers: { "content-type": "application/json" },
    });
    await ask("/cache/get?key=mail@person", { headers: { "x-request-id": "request-0123456789-abc" } });
    await ask("/v1/keys/mail@person");
    await ask(`/nothing?key=mail@person&token=${token}`);
    await ask("/cache/get?key=mail@person", { headers: { authorization: `Bearer ${token}x` } });
    await ask("/health", { headers: { authorization: "" } });
    await server.close();
    expect(lines.join("")).not.toMatch(/mail@person|do-not-log-me/);
    expect(lines.join("")).not.toContain(hashOf(token));
    const common = { level: "info", msg: "request", peer: "127.0.0.1" };
    expect(parsed(lines)).toMatchObject([
      {
        ...common,
        method: "POST",
        route: "cache_set",
        path: "/cache/set",
        status: 200,
        bytesIn: 31,
        token: "token#1",
      },
      {
        ...common,
        method: "GET",
        route: "cache_get",
        path: "/cache/get",
        status: 200,
        bytesOut: 11,
        requestId: "request-0123456789-abc",
      },
      { ...common, path: "/v1/keys/{key}", status: 200 },
      { ...common, path: "/nothing", status: 404, token: "token#1" },
      { ...common, path: "/cache/get", status: 401 },
      { ...common, path: "/health", status: 200 },
    ]);
    const [, , , , refused, open] = parsed(lines);
    expect([refused.token, open.token]).toEqual([undefined, undefined]);
  });

  it("is off unless it is asked for", async () => {
    const { server, lines, ask } = await serverWith();
    await ask("/cache/get?key=a");
    await server.close();
    expect(lines).toEqual([]);
  });

  it("cuts paths short that somebody made up", async () => {
    const { server, lines, ask } = await serverWith("--access-log");
    await ask(`/${"x".repeat(5_000)}`);
    await server.close();
    expect(parsed(lines)[0].path).toBe(`/${"x".repeat(199)}`);
  });
});

describe("slow requests", () => {
  it("are logged from the threshold on", async () => {
    const { server, lines, ask, pass } = await serverWith("--slow-ms", "50");
    const { table } = server;
    const getInto = table.getInto.bind(table);
    let takesMs = 50;
    table.getInto = ((...args: Parameters<typeof getInto>) => {
      pass(takesMs);
      return getInto(...args);
    }) as typeof table.getInto;
    await ask("/cache/get?key=a");
    takesMs = 49;
    await ask("/cache/get?key=a");
    await server.close();
    expect(parsed(lines)).toMatchObject([{ level: "warn", msg: "slow request", route: "cache_get", ms: 50 }]);
  });

  it("are told 10 times a second, and then how many were not; those that wait on purpose never", () => {
    const lines: string[] = [];
    let now = 5_000;
    const { config } = loadConfig({ args: ["--slow-ms", "50"], env: {} });
    const note = createRequestLog({ config, log: logTo(lines), now: () => now });
    const exchangeOf = (waits: boolean) =>
      ({
        route: { name: "r", path: "/r", waits },
        head: { method: "GET" },
        connection: { remoteAddress: "::1" },
        principal: everybody,
      }) as unknown as Exchange;
    for (let n = 0; n < 25; n++) note(exchangeOf(false), 60, 0);
    note(exchangeOf(true), 60_000, 0);
    expect(parsed(lines).map(({ untold }) => untold)).toEqual(Array(10).fill(undefined));
    now += 1_000;
    note(exchangeOf(false), 60, 0);
    note(exchangeOf(false), 60, 0);
    expect(parsed(lines).slice(10)).toMatchObject([{ untold: 15 }, {}]);
    expect(parsed(lines)[11].untold).toBeUndefined();
  });
});

describe("a token", () => {
  it("is not shown by config --print, wherever it was said", () => {
    const file = { path: "stowage.json", content: { tokens: [token] } };
    for (const sources of [
      { args: ["--tokens", token], env: {} },
      { args: [], env: { STOWAGE_TOKENS: `${token},b` } },
      { args: [], env: { LIX_API_KEYS: token } },
      { args: [], env: {}, file },
    ]) {
      const loaded = loadConfig(sources);
      expect(describeConfig(loaded) + JSON.stringify(printedConfig(loaded))).not.toContain(token);
      expect(printedConfig(loaded).tokens.value).toBe("***");
    }
  });
});
