/**
 * A server that asks for tokens, and every trick we know to get past that. As functions that say what got through, so that
 * they can be run on servers that are broken on purpose.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createAccess,
  createLimits,
  hashOf,
  loadTokens,
  type ReloadableAccess,
} from "../../src/access/index.js";
import { loadConfig } from "../../src/config/load.js";
import { type AppServer, startAppServer } from "../support/app-server.js";
import { type RawAnswer, RawClient } from "../support/raw-client.js";

export const tokens = {
  admin: "admin-0123456789abcdef0123456789abcdef",
  writer: "writer-123456789abcdef0123456789abcdef",
  reader: "reader-123456789abcdef0123456789abcdef",
  /** Reaches what begins with `a:`, and no more. */
  mine: "mine-3-123456789abcdef0123456789abcdef",
};
const SECRET = "5ecret";
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export interface Guarded extends AsyncDisposable {
  readonly server: AppServer;
  readonly access: ReloadableAccess;
}

export async function startGuarded(): Promise<Guarded> {
  const folder = mkdtempSync(join(tmpdir(), "stowage-guarded-"));
  const file = join(folder, "tokens.json");
  const entry = (name: keyof typeof tokens, more: object) => ({
    name,
    sha256: hashOf(tokens[name]),
    ...more,
  });
  writeFileSync(
    file,
    JSON.stringify({
      tokens: [
        entry("admin", { scope: "admin" }),
        entry("writer", { scope: "write" }),
        entry("reader", { scope: "read" }),
        entry("mine", { scope: "write", prefixes: ["a:"] }),
      ],
    }),
  );
  const { config } = loadConfig({ args: ["--tokens-file", file], env: {} });
  const access = createAccess(loadTokens(config), createLimits(), () => performance.now());
  rmSync(folder, { recursive: true });
  const server = await startAppServer({ context: { access } });
  server.table.set("secret", `"${SECRET}"`);
  server.table.set("a:1", "1");
  return { server, access, [Symbol.asyncDispose]: () => server.close() };
}

/** What is in the table, in order. */
function contents({ table }: AppServer): string {
  return [...table.entries()]
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join();
}

const paths = [
  "/cache/get?key=secret",
  "//cache/get?key=secret",
  "/./cache/get?key=secret",
  "/cache/./get?key=secret",
  "/x/../cache/get?key=secret",
  "/health/../cache/get?key=secret",
  "/health/..%2fcache/get?key=secret",
  "/health%2f..%2fcache%2fget?key=secret",
  "/health/%2e%2e/cache/get?key=secret",
  "/health;/cache/get?key=secret",
  "/health#/cache/get?key=secret",
  "/health%00/cache/get?key=secret",
  "/health/cache/get?key=secret",
  "/ready/../v1/keys/secret",
  "/cache/get#/health",
  "/cache/get;/health?key=secret",
  "/cache/get/?key=secret",
  "/cache/get%3Fkey=secret",
  "/cache/get%20?key=secret",
  "/cache/g%65t?key=secret",
  "/%63ache/get?key=secret",
  "/CACHE/GET?key=secret",
  "/cache/get?key=%73ecret",
  "/cache/get?key=secret&token=x&access_token=y",
  "/cache/scan",
  "/cache/stats",
  "/metrics",
  "/v1/keys/secret",
  "/v1//keys/secret",
  "/v1/keys/secret/",
  "/v1/keys/%73ecret",
  "/v1/keys/x%2f..%2fsecret",
  "/v1/changes",
  "http://x/cache/get?key=secret",
  "http://x//cache/get?key=secret",
  "http://x/health/../cache/get?key=secret",
  "http://health/cache/get?key=secret",
  "http://x?/health",
  "https://x/v1/keys/secret",
  "/\\cache\\get?key=secret",
  "/nothing",
  "/",
];
const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "GETT"];

/** Everywhere that is not open, whoever has no token gets the same answer, and nothing happens. */
export async function paths401(): Promise<string[]> {
  await using guarded = await startGuarded();
  const { server } = guarded;
  const before = contents(server);
  const through: string[] = [];
  for (const path of paths) {
    for (const method of methods) {
      await using client = await RawClient.connect(server.port);
      const { status, text } = await client.ask(method, path);
      // 400, 501: what is no target, or no method, goes no further than the reader.
      if (![400, 401, 501].includes(status) || text.includes(SECRET))
        through.push(`${method} ${path}: ${status} ${text}`);
    }
  }
  if (contents(server) !== before) through.push("the table was changed");
  return through;
}

const { reader } = tokens;
const credentials: readonly Record<string, string>[] = [
  {},
  { authorization: "" },
  { authorization: "Bearer" },
  { authorization: "Bearer " },
  { authorization: "Bearer null" },
  { authorization: reader },
  { authorization: `Basic ${reader}` },
  { authorization: `Basic ${Buffer.from(`x:${reader}`).toString("base64")}` },
  { authorization: `Token ${reader}` },
  { authorization: `Bearer${reader}` },
  { authorization: `Bearer "${reader}"` },
  { authorization: `Bearer ${reader},` },
  { authorization: `Bearer ${reader} x` },
  { authorization: `Bearer x ${reader}` },
  { authorization: `Bearer ${reader}, Bearer ${reader}` },
  { authorization: `Bearer ${reader.slice(0, -1)}` },
  { authorization: `Bearer ${reader}f` },
  { authorization: `Bearer ${reader.toUpperCase()}` },
  { authorization: `Bearer ${hashOf(reader)}` },
  { authorization: "Bearer *" },
  { authorization: "Bearer constructor" },
  { authorization: `Bearer ${"x".repeat(8_000)}` },
  { authorization: `Bearer \xe9${reader}` },
  { "x-authorization": `Bearer ${reader}` },
  { "proxy-authorization": `Bearer ${reader}` },
  { cookie: `authorization=Bearer ${reader}` },
  { "x-original-url": "/health" },
  { "x-rewrite-url": "/health" },
  { "x-http-method-override": "OPTIONS", origin: "http://evil.example" },
  { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1" },
  { "access-control-request-method": "GET" },
];

/** Nothing but the token, in its own place, opens anything; a request that is no HTTP opens nothing either. */
export async function headers401(): Promise<string[]> {
  await using guarded = await startGuarded();
  const { port } = guarded.server;
  const through: string[] = [];
  const note = (what: unknown, { status, text }: RawAnswer, statuses: readonly number[]) => {
    if (!statuses.includes(status) || text.includes(SECRET))
      through.push(`${JSON.stringify(what)}: ${status} ${text}`);
  };
  for (const headers of credentials) {
    await using client = await RawClient.connect(port);
    note(headers, await client.ask("GET", "/cache/get?key=secret", { headers }), [401]);
  }
  const line = "GET /cache/get?key=secret HTTP/1.1\r\nHost: x\r\n";
  const malformed = [
    `${line}Authorization: Bearer x\r\nAuthorization: Bearer ${reader}\r\n\r\n`,
    `${line}Authorization: Bearer ${reader}\r\nAuthorization: Bearer x\r\n\r\n`,
    `${line}Authorization : Bearer ${reader}\r\n\r\n`,
    `${line} Authorization: Bearer ${reader}\r\n\r\n`,
    `${line}X: y\r\n Authorization: Bearer ${reader}\r\n\r\n`,
    `${line}X: y\nAuthorization: Bearer ${reader}\r\n\r\n`,
    `${line}X: y\rAuthorization: Bearer ${reader}\r\n\r\n`,
    `${line}Authorization: Bearer ${reader}\0\r\n\r\n`,
    `GET /cache/get?key=secret HTTP/1.0\r\n\r\n`,
    `GET  /cache/get?key=secret HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${reader}\r\n\r\n`,
    `GET /cache/get?key=secret\r\n\r\n`,
    `POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${line}\r\n`,
  ];
  for (const bytes of malformed) {
    await using client = await RawClient.connect(port);
    client.send(bytes);
    note(bytes, await client.answer(), [400, 401]);
  }
  return through;
}

/** What a connection remembers of a token does not serve a request that comes without it. */
export async function remembered(): Promise<string[]> {
  await using guarded = await startGuarded();
  const { server, access } = guarded;
  const problems: string[] = [];
  await using client = await RawClient.connect(server.port);
  const expect = async (
    what: string,
    status: number,
    path: string,
    headers: Record<string, string>,
    method = "GET",
  ) => {
    const answer = await client.ask(method, path, { headers });
    if (answer.status !== status) problems.push(`${what}: ${answer.status} instead of ${status}`);
  };
  const secret = "/cache/get?key=secret";
  await expect("with the token", 200, secret, bearer(reader));
  await expect("without it", 401, secret, {});
  await expect("with it again", 200, secret, bearer(reader));
  await expect("an open route without it", 200, "/health", {});
  await expect("after an open route", 401, secret, {});
  await expect("with it once more", 200, secret, bearer(reader));
  await expect("a preflight", 204, secret, { origin: "http://evil.example" }, "OPTIONS");
  await expect("after a preflight", 401, secret, { origin: "http://evil.example" });
  await expect("another token", 403, secret, bearer(tokens.mine));
  await expect("a wrong one of the same length", 401, secret, bearer(reader.replace("r", "q")));
  await expect("a reader's", 200, secret, bearer(reader));
  const get = (headers: string) => `GET ${secret} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`;
  client.send(
    get(`authorization: Bearer ${reader}\r\n`) + get("") + get(`authorization: Bearer ${reader}\r\n`),
  );
  const statuses = [];
  for (let index = 0; index < 3; index++) statuses.push((await client.answer()).status);
  if (statuses.join() !== "200,401,200") problems.push(`pipelined: ${statuses}`);
  access.load({ on: true, holders: [] });
  await expect("a token that was taken away", 401, secret, bearer(reader));
  return problems;
}

const json = { "content-type": "application/json" };

/** A token reaches its own keys, however others are written, and does what its scope says. */
export async function reach(): Promise<string[]> {
  await using guarded = await startGuarded();
  const { server } = guarded;
  const before = contents(server);
  const problems: string[] = [];
  await using client = await RawClient.connect(server.port);
  const ask = async (token: string, status: number, line: string, body?: string) => {
    const [method, path] = line.split(" ");
    const headers = { ...bearer(token), ...(body !== undefined && json) };
    const answer = await client.ask(method, path, { headers, ...(body !== undefined && { body }) });
    const leaks = status === 403 && answer.text.includes(SECRET);
    if (answer.status !== status || leaks)
      problems.push(`${line} ${body ?? ""}: ${answer.status} ${answer.text}`);
    return answer;
  };
  const { mine, writer } = tokens;
  const batch = (...operations: object[]) => JSON.stringify({ operations });

  await ask(mine, 200, "GET /cache/get?key=a:1");
  await ask(mine, 200, "GET /cache/get?key=%61%3A1");
  await ask(mine, 200, "GET /cache/get?key=secret&key=a:1");
  for (const key of [
    "secret",
    "a:1&key=secret",
    "A:1",
    "a%EF%BC%9A1",
    "",
    "a",
    "%00a:1",
    "+a:1",
    "a:1&k%65y=secret",
  ])
    await ask(mine, 403, `GET /cache/get?key=${key}`);
  for (const path of ["/v1/keys/secret", "/v1/keys/%73ecret", "/v1/keys/A:1", "/v1/keys/"])
    await ask(mine, 403, `GET ${path}`);
  await ask(mine, 404, "GET /v1/keys/a:%2F..%2Fsecret");
  await ask(mine, 403, "DELETE /cache/delete?key=secret");
  await ask(mine, 403, "DELETE /v1/keys/secret");
  await ask(mine, 403, "POST /cache/set", '{"key":"secret","value":1}');
  await ask(mine, 403, "POST /cache/set", '{"key":"a:1","value":1,"key":"secret"}');
  await ask(mine, 403, "POST /cache/set", '{"key":"a:1","value":1,"k\\u0065y":"secret"}');
  await ask(mine, 403, "POST /cache/incr", '{"key":"secret"}');
  await ask(
    mine,
    403,
    "POST /cache/batch",
    batch({ op: "set", key: "a:1", value: 2 }, { op: "get", key: "secret" }),
  );
  await ask(
    mine,
    403,
    "POST /cache/batch",
    '{"operations":[{"op":"delete","key":"a:1","key":"s\\u0065cret"}]}',
  );
  for (const op of ["get", "has", "ttl", "touch", "persist", "delete", "incr"])
    await ask(mine, 403, "POST /v1/batch", batch({ op, key: "a:1" }, { op, key: "secret" }));
  await ask(mine, 403, "POST /v1/batch", '{"operations":[{"op":"get","key":"a:1","key":"s\\u0065cret"}]}');
  for (const prefix of ["a", "b:", "secret", "%41:", "A:"])
    await ask(mine, 403, `GET /cache/scan?prefix=${prefix}`);
  for (const query of ["", "?prefix=", "?prefix=a:", "?prefix=secret&prefix=a:"]) {
    const { text } = await ask(mine, 200, `GET /cache/scan${query}`);
    if (text !== '{"items":[{"key":"a:1","value":1}],"count":1}') problems.push(`scan${query}: ${text}`);
  }
  await ask(mine, 403, "GET /cache/stats");
  await ask(mine, 403, "POST /cache/clear");
  await ask(mine, 403, "GET /metrics");
  await ask(writer, 403, "POST /cache/clear");
  await ask(writer, 403, "GET /metrics");

  await ask(reader, 200, "GET /cache/get?key=secret");
  await ask(reader, 200, "HEAD /cache/get?key=secret");
  await ask(reader, 200, "POST /cache/batch", batch({ op: "get", key: "secret" }));
  await ask(
    reader,
    403,
    "POST /cache/batch",
    batch({ op: "get", key: "secret" }, { op: "delete", key: "secret" }),
  );
  const reads = ["get", "has", "ttl"].map((op) => ({ op, key: "secret" }));
  await ask(reader, 200, "POST /v1/batch", batch(...reads));
  const set = { op: "set", key: "secret", value: 1, ifVersion: "1" };
  for (const write of [set, { op: "expire", key: "secret", ttl: 1 }])
    await ask(reader, 403, "POST /v1/batch", batch(...reads, write));
  for (const op of ["touch", "persist", "delete", "incr", "decr"])
    await ask(reader, 403, "POST /v1/batch", batch(...reads, { op, key: "secret" }));
  await ask(reader, 403, "POST /cache/set", '{"key":"x","value":1}');
  await ask(reader, 403, "POST /cache/set", "{");
  await ask(reader, 403, "POST /cache/incr", '{"key":"x"}');
  await ask(reader, 403, "DELETE /cache/delete?key=secret");
  await ask(reader, 403, "PUT /v1/keys/x", "1");
  await ask(reader, 403, "DELETE /v1/keys/secret");
  await ask(reader, 403, "POST /cache/clear");
  await ask(reader, 404, "GET /nothing");
  if (contents(server) !== before) problems.push("the table was changed");
  return problems;
}

/** Content of those who may not send any is not waited for, and not asked for. */
export async function content(): Promise<string[]> {
  await using guarded = await startGuarded();
  const { port } = guarded.server;
  const problems: string[] = [];
  const post = (more: string) =>
    `POST /cache/set HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${more}\r\n`;
  const early = {
    waits: "expect: 100-continue\r\ncontent-length: 100\r\n",
    chunks: "transfer-encoding: chunked\r\n",
    long: "content-length: 7000000\r\n",
  };
  for (const [name, more] of Object.entries(early)) {
    await using client = await RawClient.connect(port);
    client.send(post(more));
    const { status, headers } = await client.answer();
    if (status !== 401 || headers.connection !== "close")
      problems.push(`${name}: ${status} ${headers.connection}`);
    await client.ended();
  }
  await using client = await RawClient.connect(port);
  client.send(post("content-length: 9\r\n"));
  client.send('{"key":1}');
  const short = await client.answer();
  const after = await client.ask("GET", "/cache/get?key=secret", { headers: bearer(reader) });
  if (short.status !== 401 || after.status !== 200)
    problems.push(`short: ${short.status}, then ${after.status}`);
  return problems;
}

export const tricks = { paths401, headers401, remembered, reach, content };
