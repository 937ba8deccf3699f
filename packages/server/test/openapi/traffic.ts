/** Requests over all routes, good ones and bad ones, as the document is held against. */
import type { Access, Principal } from "../../src/access/types.js";
import { type Asked, type Client, tokenOf } from "../routes/v1/support.js";

type Sent = readonly [path: string, asked?: Asked];

const post = (path: string, body: unknown, type = "application/json"): Sent => [
  path,
  {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": type },
  },
];
const put = (key: string, body: string, headers: Record<string, string> = {}): Sent => [
  `/v1/keys/${key}`,
  { method: "PUT", body, headers },
];
const remove = (path: string, headers: Record<string, string> = {}): Sent => [
  path,
  { method: "DELETE", headers },
];

const cache: readonly Sent[] = [
  post("/cache/set", { key: "a", value: { b: [1, null, "ä"] }, ttl: 100 }),
  post("/cache/set", { key: "n", value: 5, ttl: null }),
  post("/cache/set", { key: "", value: null, ttl: false, more: "is passed over" }),
  ["/cache/get?key=a"],
  ["/cache/get?key=", { method: "HEAD" }],
  ["/cache/get?key=absent"],
  ["/cache/get"],
  ["/cache/get?key=%ff"],
  put("bytes", "\0", { "content-type": "application/octet-stream" }),
  put("text", "some", { "content-type": "text/plain" }),
  ["/cache/get?key=bytes"],
  ["/cache/get?key=text"],
  post("/cache/incr", { key: "n" }),
  post("/cache/decr", { key: "n", amount: 0.5 }),
  post("/cache/incr", { key: "a" }),
  post("/cache/incr", { key: "n", amount: "1" }),
  post("/cache/batch", {
    operations: [
      { op: "get", key: "n" },
      { op: "get", key: "absent" },
      { op: "get", key: "bytes" },
      { op: "set", key: "s", value: "x", ttl: 0.5 },
      { op: "incr", key: "n", amount: 2 },
      { op: "decr", key: "a" },
      { op: "delete", key: "s" },
    ],
  }),
  post("/cache/batch", { operations: [] }),
  post("/cache/batch", { operations: [{ op: "mul", key: "n" }] }),
  post("/cache/batch", { operations: {} }),
  ["/cache/scan"],
  ["/cache/scan?prefix=a&keys_only=true"],
  ["/cache/scan?limit=1"],
  ["/cache/scan?limit=100&keys_only=true&cursor=0"],
  ["/cache/scan?limit=x"],
  post("/cache/set", { value: 1 }),
  post("/cache/set", "{"),
  post("/cache/set", "{}", "text/plain"),
  post("/cache/set", "x".repeat(9_000)),
  post("/cache/set", { key: 5, value: 1 }),
  remove("/cache/delete?key=a"),
  remove("/cache/delete"),
  ["/cache/stats"],
  post("/cache/clear", ""),
  ["/cache/nothing"],
  ["/cache/get", { method: "PUT" }],
];

const keys: readonly Sent[] = [
  put("a", "1"),
  put("a", "2", { "stowage-ttl": "30s", "stowage-grace": "1500", "stowage-tags": "x, y" }),
  put("a", "3", { "stowage-ttl": "NONE" }),
  put("b", "{}", { "content-type": "application/json" }),
  put("b", "{", { "content-type": "application/json" }),
  put("b", "", { "if-none-match": "*" }),
  put("b", "", { "if-match": 'W/"1", "2"' }),
  put("c", "", { "if-match": "*" }),
  put("c", "", { "if-match": "x" }),
  put("b", "", { "stowage-ttl": "x" }),
  put("b", "", { "content-encoding": "br" }),
  put("b", "x".repeat(9_000)),
  put("b", "", { "stowage-lease-token": "x" }),
  ["/v1/keys/a"],
  ["/v1/keys/a", { method: "HEAD" }],
  ["/v1/keys/a", { headers: { "if-none-match": "*" } }],
  ["/v1/keys/a", { headers: { "if-match": '"0"' } }],
  ["/v1/keys/%F0%9F%98%80"],
  ["/v1/keys/%zz"],
  ["/v1/keys/a", { method: "PATCH" }],
  remove("/v1/keys/a", { "if-match": '"0"' }),
  remove("/v1/keys/a", { "if-match": "*" }),
  remove("/v1/keys/a"),
  post("/v1/invalidate", { keys: ["a"], prefix: "b", tags: ["x"] }),
  post("/v1/batch", {
    operations: [
      { op: "set", key: "a", value: { b: [1, null, "ä"] }, ttl: "5m", grace: 1_000, tags: ["x"] },
      { op: "set", key: "n", value: 5, ttl: null, ifAbsent: true },
      { op: "set", key: "n", value: 5, ifAbsent: true },
      { op: "set", key: "absent", value: 5, ifVersion: "5" },
      { op: "get", key: "a" },
      { op: "get", key: "a", meta: true },
      { op: "get", key: "n", meta: true },
      { op: "get", key: "absent" },
      { op: "get", key: "bytes" },
      ...["has", "ttl", "touch", "persist"].flatMap((op) => [
        { op, key: "a" },
        { op, key: "absent" },
      ]),
      { op: "expire", key: "a", ttl: 5_000 },
      { op: "expire", key: "a", ttl: null },
      { op: "incr", key: "n", amount: 2, default: 7, ttl: "1h" },
      { op: "decr", key: "n" },
      { op: "incr", key: "a" },
      { op: "delete", key: "n", ifVersion: "5" },
      { op: "delete", key: "n" },
    ],
  }),
  post("/v1/batch", { operations: [], more: "is passed over" }),
  post("/v1/batch", { operations: [{ op: "mul", key: "n" }] }),
  post("/v1/batch", { operations: [{ op: "get", key: "n", ttl: 5 }] }),
  post("/v1/batch", { operations: {} }),
  post("/v1/batch", "{}", "text/plain"),
  post("/v1/batch", { operations: [{ op: "set", key: "k", value: "x".repeat(9_000) }] }),
  post("/v1/invalidate", { prefix: "" }),
  post("/v1/invalidate", { key: "a" }),
  post("/v1/invalidate", "{}", "text/plain"),
  post("/v1/invalidate", { keys: ["x".repeat(9_000)] }),
  ["/v1/changes", { method: "HEAD" }],
  ["/v1/changes?from=x"],
  ["/v1/changes?from=5&prefix=a&heartbeat=1s", { method: "HEAD" }],
  ["/v1/changes?heartbeat=1m"],
  ["/v1/nothing"],
];

const operation: readonly Sent[] = [
  ["/health"],
  ["/ready"],
  ["/metrics"],
  ["/openapi.json"],
  ["/openapi.json", { method: "HEAD" }],
  ["/"],
];

/** Without tokens. `client` records what is sent. */
export async function sendAll(client: Client, turnClock: (ms: number) => void): Promise<void> {
  for (const [path, asked] of [...cache, ...keys, ...operation]) await client.ask(path, asked);
  await leases(client, turnClock);
}

async function leases(client: Client, turnClock: (ms: number) => void): Promise<void> {
  const lease = (body?: unknown, type?: string) =>
    client.ask(
      ...(body === undefined
        ? (["/v1/keys/k/lease", { method: "POST" }] as const)
        : post("/v1/keys/k/lease", body, type)),
    );
  const token = tokenOf(await lease({ ttl: "5s" }));
  await lease({ wait: 20, ttl: 1_000 });
  await lease({ wait: 0 });
  await client.ask(
    ...put("k", "value", { "stowage-lease-token": token, "stowage-ttl": "10ms", "stowage-grace": "1h" }),
  );
  await client.ask(...put("k", "value", { "stowage-lease-token": token }));
  await lease();
  turnClock(10);
  const next = tokenOf(await lease());
  await lease();
  await lease({ stale: false, wait: 5 });
  await lease({ stale: null });
  await lease({ seen: "*" });
  await lease({ seen: 5 });
  await client.ask(...remove("/v1/keys/k/lease", { "stowage-lease-token": next }));
  await client.ask(...remove("/v1/keys/k/lease", { "stowage-lease-token": next }));
  await client.ask(...remove("/v1/keys/k/lease"));
  const last = tokenOf(await lease());
  const nothing = { "stowage-lease-token": last, "stowage-nothing": "5s", "stowage-tags": "x" };
  await client.ask(...remove("/v1/keys/k/lease", { ...nothing, "stowage-nothing": "x" }));
  await client.ask(...remove("/v1/keys/k/lease", nothing));
  await lease();
  await lease({ ttl: "x" });
  await lease({ ttl: "1s" }, "text/plain");
  await lease({ ttl: "1".repeat(9_000) });
}

/** Bearers of `read`, `write`, `admin` and `prefixed`; `limited` may send nothing more. */
export const access: Access = {
  on: true,
  generation: 1,
  identify(authorization) {
    if (authorization === undefined) return "missing";
    const name = authorization.replace("Bearer ", "");
    const scope = (["read", "write", "admin"] as const).find((each) => each === name);
    const prefixes = name === "prefixed" ? ["mine:"] : null;
    if (scope === undefined && prefixes === null && name !== "limited") return "unknown";
    return { name, scope: scope ?? "write", prefixes } satisfies Principal;
  },
  admit: ({ name }) => (name === "limited" ? 1_500 : 0),
};

/** The same routes with tokens that are missing, unknown, or not good for them. */
export async function sendWithTokens(client: Client): Promise<void> {
  const sent: readonly Sent[] = [
    ["/cache/get?key=a"],
    post("/cache/set", { key: "a", value: 1 }),
    remove("/cache/delete?key=a"),
    post("/cache/incr", { key: "a" }),
    post("/cache/decr", { key: "a" }),
    post("/cache/batch", { operations: [{ op: "delete", key: "a" }] }),
    post("/v1/batch", { operations: [{ op: "touch", key: "a" }] }),
    ["/cache/scan?prefix=a"],
    post("/cache/clear", ""),
    ["/cache/stats"],
    ["/v1/keys/a"],
    put("a", "1"),
    remove("/v1/keys/a"),
    post("/v1/keys/a/lease", ""),
    remove("/v1/keys/a/lease", { "stowage-lease-token": "x" }),
    post("/v1/invalidate", { keys: ["a"] }),
    ["/v1/changes?prefix=a", { method: "HEAD" }],
    ["/v1/changes?prefix=a&from=x"],
    ["/metrics"],
    ["/openapi.json"],
    ["/health"],
    ["/ready"],
    ["/nothing"],
  ];
  for (const token of [undefined, "wrong", "limited", "read", "prefixed"]) {
    for (const [path, asked] of sent) {
      const authorization: Record<string, string> =
        token === undefined ? {} : { authorization: `Bearer ${token}` };
      await client.ask(path, { ...asked, headers: { ...asked?.headers, ...authorization } });
    }
  }
}
