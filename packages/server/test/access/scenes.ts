/**
 * Attempts to get past the tokens, over real sockets: as functions that say what went wrong, so that servers which are
 * broken on purpose can be tried too.
 */
import { connect } from "node:net";
import { createAccess, createLimits, hashOf, type Scope, type TokenSet } from "../../src/access/index.js";
import { startAppServer } from "../support/app-server.js";

/** What no answer to an attempt may hold. */
const TREASURE = "treasure";

function holder(
  slot: number,
  name: string,
  scope: Scope,
  prefixes: string[] | null,
  rate: number | null = null,
) {
  return { name, sha256: hashOf(name), scope, prefixes, rate, slot };
}

/** Each holder's token is its name. */
const tokens: TokenSet = {
  on: true,
  holders: [
    holder(0, "admin", "admin", null),
    holder(1, "reader", "read", ["a:"]),
    holder(2, "writer", "write", ["a:"]),
    holder(3, "two", "write", ["a:", "ä/"]),
    holder(4, "boss", "admin", ["a:"]),
    holder(5, "slow", "read", null, 3),
  ],
};

interface Scene {
  /** Sends bytes over a connection of their own, and gives all that comes back. */
  send(raw: string): Promise<string>;
  /** What must not have changed. */
  contents(): string;
  pass(ms: number): void;
}

async function inScene<T>(play: (scene: Scene) => Promise<T>): Promise<T> {
  let now = 1_000;
  const access = createAccess(tokens, createLimits(), () => now);
  await using server = await startAppServer({ context: { access } });
  const { table, port } = server;
  table.set("a:1", "1");
  table.set("b:1", `"${TREASURE}"`);
  table.set("ä/1", "2");
  return await play({
    send: (raw) => send(port, raw),
    contents: () => ["a:1", "b:1", "ä/1", "b:2", ""].map((key) => String(table.get(key))).join(),
    pass: (ms) => {
      now += ms;
    },
  });
}

function send(port: number, raw: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect({ port, host: "127.0.0.1" }, () => socket.end(Buffer.from(raw, "latin1")));
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no answer to ${raw}`)));
    socket.on("data", (part) => parts.push(part));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(parts).toString("latin1")));
  });
}

const statusesOf = (answers: string) =>
  [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

/** A request; `token` "" sends no Authorization. */
function request(method: string, target: string, token: string, body = "", fields = ""): string {
  const authorization = token === "" ? "" : `authorization: Bearer ${token}\r\n`;
  const content =
    body === "" ? "" : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  const bytes = Buffer.from(body).toString("latin1");
  return `${method} ${target} HTTP/1.1\r\nhost: x\r\n${authorization}${fields}${content}\r\n${bytes}`;
}

/** Targets that mean the treasure, or would to a server that tidies paths up. */
const targets = [
  "/cache/get?key=b:1",
  "//cache/get?key=b:1",
  "/cache//get?key=b:1",
  "/./cache/get?key=b:1",
  "/health/../cache/get?key=b:1",
  "/health/..%2fcache/get?key=b:1",
  "/health%2f..%2fcache%2fget?key=b:1",
  "/health/cache/get?key=b:1",
  "/health;/../cache/get?key=b:1",
  "/%63ache/get?key=b:1",
  "/CACHE/GET?key=b:1",
  "/cache/get/?key=b:1",
  "/cache/get%00?key=b:1",
  "/cache/get;health?key=b:1",
  "/cache\\get?key=b:1",
  "/HEALTH",
  "/health/",
  "/Ready",
  "http://x/cache/get?key=b:1",
  "http://x/health/../cache/get?key=b:1",
  "http://health/cache/get?key=b:1",
  "HTTP://x@health/cache/get?key=b:1",
  "/cache/get?key=b:1&access_token=admin",
  "/cache/get?key=b:1&token=admin",
  "/cache/scan",
  "/cache/stats",
  "/metrics",
  "/v1/keys/b:1",
  "/v1/keys/../keys/b:1",
  "/v1/changes",
  "/openapi.json/../v1/keys/b:1",
];

/** Fields that hold the right token in a wrong way; 400 is an answer too. */
const wrongFields = [
  "x-authorization: Bearer admin\r\n",
  "proxy-authorization: Bearer admin\r\n",
  "cookie: token=admin; authorization=Bearer admin\r\n",
  "x-api-key: admin\r\n",
  "authorization: admin\r\n",
  "authorization: Basic YWRtaW46YWRtaW4=\r\n",
  "authorization: Bearer\r\n",
  "authorization: Bearer adm\r\n",
  "authorization: Bearer Admin\r\n",
  "authorization: Bearer admin admin\r\n",
  "authorization: Bearer admin, Bearer admin\r\n",
  "authorization: Bearer admin\r\nauthorization: Bearer admin\r\n",
  "authorization: Bearer wrong\r\nauthorization: Bearer admin\r\n",
  "authorization: Bearer admin\r\nAuthorization: Bearer wrong\r\n",
  "authorization : Bearer admin\r\n",
  " authorization: Bearer admin\r\n",
  "authorization:\r\n Bearer admin\r\n",
  "authorization: Bearer admin\0\r\n",
  'authorization: Bearer "admin"\r\n',
  "authorization: Bearer token=admin\r\n",
  `authorization: Bearer ${"x".repeat(2_000)}\r\n`,
  "connection: authorization\r\nx-authorization: Bearer admin\r\n",
  "x-http-method-override: OPTIONS\r\norigin: http://a.example\r\n",
  "x-original-url: /health\r\nx-rewrite-url: /health\r\n",
  "x-forwarded-for: 127.0.0.1\r\nforwarded: for=127.0.0.1\r\n",
];

/** Requests without a token, or with a wrong one, that got anywhere. */
export async function strangers(): Promise<string[]> {
  return await inScene(async ({ send, contents }) => {
    const problems: string[] = [];
    const before = contents();
    const attempt = async (raw: string, allowed: readonly number[]) => {
      const answer = await send(raw);
      const statuses = statusesOf(answer);
      const fine = statuses.length > 0 && statuses.every((status) => allowed.includes(status));
      if (!fine || answer.includes(TREASURE)) problems.push(`${JSON.stringify(raw)}: ${answer}`);
    };
    for (const target of targets)
      for (const method of ["GET", "HEAD", "DELETE", "OPTIONS", "PUT", "BREW"]) {
        for (const token of ["", "wrong"]) await attempt(request(method, target, token), [400, 401, 501]);
      }
    for (const fields of wrongFields)
      await attempt(request("GET", "/cache/get?key=b:1", "", "", fields), [400, 401]);
    const writes: [method: string, target: string, body: string][] = [
      ["POST", "/cache/set", '{"key":"b:2","value":1}'],
      ["POST", "/cache/incr", '{"key":"a:1"}'],
      ["POST", "/cache/batch", '{"operations":[{"op":"set","key":"b:2","value":1}]}'],
      ["POST", "/v1/batch", '{"operations":[{"op":"expire","key":"a:1","ttl":1}]}'],
      ["POST", "/cache/clear", "{}"],
      ["POST", "/cache/clear", ""],
      ["PUT", "/v1/keys/b:2", "1"],
      ["POST", "/v1/invalidate", '{"prefix":"a:"}'],
      ["POST", "/v1/keys/b:2/lease", "{}"],
      ["POST", "/cache/set", "not JSON at all"],
    ];
    for (const [method, target, body] of writes) {
      await attempt(request(method, target, "", body), [401]);
      await attempt(request(method, target, "wrong", body, "expect: 100-continue\r\n"), [401]);
    }
    // The browser's question before a request tells nothing and does nothing.
    await attempt(request("OPTIONS", "/cache/get?key=b:1", "", "", "origin: http://a.example\r\n"), [204]);
    if (contents() !== before) problems.push(`the table was changed: ${contents()}`);
    return problems;
  });
}

/** Several requests over one connection, as a proxy sends them for different people; the statuses that came back. */
export async function strangersBehindAProxy(): Promise<string[]> {
  const get = (token: string, fields = "") => request("GET", "/cache/get?key=b:1", token, "", fields);
  const open = (token: string) => request("GET", "/health", token);
  const cases: [what: string, raw: string, statuses: number[]][] = [
    ["after a good one", get("admin") + get("") + get("wrong") + get("admin"), [200, 401, 401, 200]],
    [
      "after an open one",
      get("admin") + open("") + get("") + open("admin") + get(""),
      [200, 200, 401, 200, 401],
    ],
    ["after an open one of the same fields", get("admin") + open("wrong") + get("wrong"), [200, 200, 401]],
    [
      "after a preflight",
      get("admin") +
        request("OPTIONS", "/cache/get", "", "", "origin: http://a.example\r\n") +
        get("", "origin: http://a.example\r\n"),
      [200, 204, 401],
    ],
    ["after one that nobody may", get("admin") + request("GET", "/nothing", "") + get(""), [200, 401, 401]],
    [
      "of another token",
      get("admin") + request("GET", "/metrics", "reader") + get("reader"),
      [200, 403, 403],
    ],
  ];
  return await inScene(async ({ send }) => {
    const problems: string[] = [];
    for (const [what, raw, expected] of cases) {
      const statuses = statusesOf(await send(raw));
      if (statuses.join() !== expected.join()) problems.push(`${what}: ${statuses} instead of ${expected}`);
    }
    return problems;
  });
}

const set = (key: string) => ["POST", "/cache/set", JSON.stringify({ key, value: 1 })] as const;
const batch = (...operations: object[]) => ["POST", "/cache/batch", JSON.stringify({ operations })] as const;

const v1Batch = (...operations: object[]) => ["POST", "/v1/batch", JSON.stringify({ operations })] as const;

type Case = readonly [
  token: string,
  status: number,
  request: readonly [method: string, target: string, body?: string],
];

/** What each token may do and may not. */
const rules: readonly Case[] = [
  ["reader", 200, ["GET", "/cache/get?key=a:1"]],
  ["reader", 403, ["GET", "/cache/get?key=b:1"]],
  ["reader", 403, ["GET", "/cache/get?key=A:1"]],
  ["reader", 403, ["GET", "/cache/get?key="]],
  ["reader", 403, ["GET", "/cache/get?key=a"]],
  ["reader", 403, ["GET", "/cache/get?key=%20a:1"]],
  ["reader", 403, ["GET", "/cache/get?key=a:1&key=b:1"]],
  ["reader", 403, ["GET", "/cache/get?key=%62:1"]],
  ["reader", 403, ["GET", "/cache/get?key=b:1%00a:"]],
  ["reader", 403, ["GET", "/cache/get?key=%EF%BD%81:1"]],
  ["reader", 403, ["HEAD", "/cache/get?key=b:1"]],
  ["reader", 403, ["GET", "/v1/keys/b:1"]],
  ["reader", 403, ["HEAD", "/v1/keys/b%3A1"]],
  ["reader", 403, ["GET", "/v1/keys/a%2F..%2Fb:1"]],
  ["reader", 403, ["GET", "/cache/scan?prefix=b:"]],
  ["reader", 403, ["GET", "/cache/scan?prefix=a"]],
  ["reader", 403, ["GET", "/v1/changes?prefix=b:"]],
  ["reader", 403, ["GET", "/v1/changes?prefix=a"]],
  ["reader", 403, set("a:1")],
  ["reader", 403, ["DELETE", "/cache/delete?key=a:1"]],
  ["reader", 403, ["POST", "/cache/incr", '{"key":"a:1"}']],
  ["reader", 403, ["PUT", "/v1/keys/a:1", "1"]],
  ["reader", 403, ["DELETE", "/v1/keys/a:1"]],
  ["reader", 403, ["POST", "/v1/invalidate", '{"keys":["a:1"]}']],
  ["reader", 403, ["POST", "/v1/keys/a:1/lease", "{}"]],
  ["reader", 200, batch({ op: "get", key: "a:1" })],
  ["reader", 403, batch({ op: "get", key: "a:1" }, { op: "get", key: "b:1" })],
  ["reader", 403, batch({ op: "get", key: "a:1" }, { op: "set", key: "a:1", value: 2 })],
  ["reader", 200, v1Batch({ op: "has", key: "a:1" }, { op: "ttl", key: "a:1" })],
  ["reader", 403, v1Batch({ op: "has", key: "a:1" }, { op: "ttl", key: "b:1" })],
  ["reader", 403, v1Batch({ op: "has", key: "a:1" }, { op: "touch", key: "a:1" })],
  ["reader", 403, ["POST", "/cache/clear"]],
  ["reader", 403, ["GET", "/metrics"]],
  ["writer", 403, set("b:2")],
  ["writer", 403, ["POST", "/cache/set", '{"key":"a:1","value":1,"key":"b:2"}']],
  ["writer", 403, ["POST", "/cache/set", '{"key":"\\u0062:2","value":1}']],
  ["writer", 403, ["POST", "/cache/incr", '{"key":"b:2"}']],
  ["writer", 403, ["DELETE", "/cache/delete?key=b:1"]],
  ["writer", 403, batch({ op: "set", key: "a:1", value: 9 }, { op: "set", key: "b:2", value: 1 })],
  ["writer", 403, batch({ op: "delete", key: "b:1" })],
  ["writer", 403, v1Batch({ op: "expire", key: "a:1", ttl: 1 }, { op: "expire", key: "b:1", ttl: 1 })],
  ["writer", 403, ["PUT", "/v1/keys/b:2", "1"]],
  ["writer", 403, ["DELETE", "/v1/keys/b:1"]],
  ["writer", 403, ["POST", "/v1/invalidate", '{"keys":["a:1","b:1"]}']],
  ["writer", 403, ["POST", "/v1/invalidate", '{"prefix":"b:"}']],
  ["writer", 403, ["POST", "/v1/invalidate", '{"prefix":"a"}']],
  ["writer", 400, ["POST", "/v1/invalidate", '{"prefix":""}']],
  ["writer", 403, ["POST", "/v1/invalidate", '{"tags":["t"]}']],
  ["writer", 403, ["POST", "/v1/keys/b:2/lease", "{}"]],
  ["writer", 403, ["DELETE", "/v1/keys/b:1/lease"]],
  ["writer", 403, ["POST", "/cache/clear"]],
  ["writer", 403, ["GET", "/metrics"]],
  ["two", 200, ["GET", "/cache/get?key=%C3%A4/1"]],
  ["two", 200, ["GET", "/v1/keys/%C3%A4%2F1"]],
  ["two", 403, ["GET", "/cache/get?key=%C3%83%C2%A4/1"]],
  ["two", 403, ["GET", "/cache/get?key=a%CC%88/1"]],
  ["two", 403, ["GET", "/cache/scan"]],
  ["two", 200, ["GET", "/cache/scan?prefix=%C3%A4/"]],
  ["boss", 403, ["GET", "/cache/get?key=b:1"]],
  ["boss", 403, set("b:2")],
  ["boss", 403, ["POST", "/v1/invalidate", '{"prefix":"b:"}']],
  ["boss", 403, ["POST", "/cache/clear"]],
  ["boss", 200, ["GET", "/metrics"]],
  ["admin", 200, ["GET", "/metrics"]],
  ["admin", 404, ["GET", "/nothing"]],
];

/** Where the server is more generous, or less, than the rules. */
export async function trespasses(): Promise<string[]> {
  return await inScene(async ({ send, contents }) => {
    const problems: string[] = [];
    const before = contents();
    for (const [token, status, [method, target, body]] of rules) {
      const answer = await send(request(method, target, token, body));
      const [found] = statusesOf(answer);
      if (found !== status || answer.includes(TREASURE))
        problems.push(`${token}: ${method} ${target} ${body ?? ""}: ${found} instead of ${status}`);
    }
    // A token with one prefix that names none sees what lies in it.
    const scanned = await send(request("GET", "/cache/scan", "reader"));
    if (!scanned.includes('"a:1"') || scanned.includes("b:1")) problems.push(`reader scanned ${scanned}`);
    if (contents() !== before) problems.push(`the table was changed: ${contents()}`);
    return problems;
  });
}

/** The statuses and Retry-After of requests of one token that may send three a second. */
export async function hurry(): Promise<string[]> {
  return await inScene(async ({ send, pass }) => {
    const get = request("GET", "/cache/get?key=a:1", "slow");
    const answers = [await send(get + get), await send(get + get)];
    pass(334);
    answers.push(await send(get + get));
    answers.push(
      await send(request("GET", "/health", "slow") + request("GET", "/cache/get?key=a:1", "reader")),
    );
    const seen = answers.map((answer) => statusesOf(answer).join(" "));
    const told = /HTTP\/1\.1 429[\s\S]*?\r\nretry-after: (\d+)\r\n[\s\S]*?\r\n\r\n(\{.*?\})/.exec(
      answers.join(""),
    );
    return [...seen, `retry-after ${told?.[1]}`, JSON.parse(told?.[2] ?? "{}").code];
  });
}
