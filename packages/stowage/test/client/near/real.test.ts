/** A client's near cache on a real server: what others do to an entry, by whichever way, takes it from here. */
import { execFile } from "node:child_process";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleEdited } from "../../../../../scripts/build/edited.js";
import {
  type AppServer,
  type AppServerOptions,
  startAppServer,
} from "../../../../server/test/support/app-server.js";
import {
  Client,
  type ClientEvent,
  type NearOptions,
  nearCache,
  ServerRefusedError,
} from "../../../src/client/index.js";
import { nearSources } from "./support/broken.js";

const LONG = "long/".repeat(12);

let server: AppServer;
let others: Client;
const clients: Client[] = [];

async function start(options?: AppServerOptions): Promise<void> {
  server = await startAppServer(options);
  others = new Client({ url: server.url });
}

beforeEach(() => start());
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  others.close();
  await server.close();
});

function nearClient(options?: NearOptions, onEvent?: (event: ClientEvent) => void): Client {
  const client = new Client({ url: server.url, near: nearCache(options), ...(onEvent && { onEvent }) });
  clients.push(client);
  return client;
}

async function until(holds: () => unknown): Promise<void> {
  while (!(await holds())) await nextTurn();
}

async function warmed(client: Client, ...keys: string[]): Promise<void> {
  for (const key of keys)
    await until(async () => (await client.get(key)) !== undefined && client.peek(key) !== undefined);
}

/** What others may do to "a" and to the long key, and what it is afterwards. */
const ways: Record<string, readonly [does: (key: string) => Promise<unknown>, after: unknown]> = {
  set: [(key) => others.set(key, 2), 2],
  delete: [(key) => others.delete(key), undefined],
  incr: [(key) => others.incr(key), 2],
  compareAndSet: [
    async (key) => others.compareAndSet(key, 2, { version: (await others.entry(key))?.version ?? null }),
    2,
  ],
  "a shorter time to live": [(key) => others.expire(key, "1h"), 1],
  "invalidate by key": [(key) => others.invalidate({ keys: [key] }), undefined],
  "invalidate by prefix": [(key) => others.invalidate({ prefix: key.slice(0, 5) }), undefined],
  "invalidate by tag": [() => others.invalidateTag("t"), undefined],
  clear: [() => others.clear(), undefined],
  "a batch of Lix's API": [
    (key) =>
      fetch(`${server.url}/cache/batch`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ operations: [{ op: "set", key, value: 2 }] }),
      }),
    2,
  ],
  "a PUT": [
    (key) =>
      fetch(`${server.url}/v1/keys/${encodeURIComponent(key)}`, {
        method: "PUT",
        body: "2",
        headers: { "content-type": "application/json" },
      }),
    2,
  ],
};

describe("an entry that is kept near", () => {
  for (const [name, [does, after]] of Object.entries(ways))
    for (const key of ["a", `${LONG}a`])
      it(`goes when others do this to it: ${name}${key === "a" ? "" : ", of a long key"}`, async () => {
        const client = nearClient();
        await others.set(key, 1, { tags: ["t"] });
        await warmed(client, key);
        await does(key);
        await until(() => client.peek(key) === undefined);
        expect(await client.get(key)).toBe(after);
      });

  it("stays when others do something else", async () => {
    const client = nearClient();
    for (const key of ["a", `${LONG}a`]) await others.set(key, 1, { tags: [key] });
    await others.set("untagged", 1);
    await warmed(client, "a", `${LONG}a`, "untagged");
    await others.set("b", 2);
    await others.set(`${LONG}bb`, 2);
    await others.touch("a");
    await others.invalidate({ keys: ["c"], prefix: "d" });
    await others.set("marker", 1);
    await warmed(client, "marker");
    await others.delete("marker");
    await until(() => client.peek("marker") === undefined);
    expect([client.peek("a"), client.peek(`${LONG}a`), client.peek("untagged")]).toEqual([1, 1, 1]);
    await others.invalidateTag("other");
    await until(() => client.peek("a") === undefined);
    expect(client.peek("untagged")).toBe(1);
  });

  it("ends with its time on the server", async () => {
    const client = nearClient();
    await others.set("a", 1, { ttl: 1_500 });
    const storedAt = performance.now();
    await warmed(client, "a");
    let seenAt = storedAt;
    for (let at = storedAt; client.peek("a") !== undefined; at = performance.now()) {
      seenAt = at;
      await nextTurn();
    }
    expect(seenAt - storedAt).toBeLessThanOrEqual(1_501);
    await until(async () => (await client.get("a")) === undefined);
  });

  it("is what its own client wrote, at once", async () => {
    const client = nearClient();
    await client.set("a", 0);
    await warmed(client, "a");
    for (let n = 1; n < 200; n++) {
      await client.set("a", n);
      expect(await client.get("a")).toBe(n);
      expect(client.peek("a") ?? n).toBe(n);
    }
    const last = client.delete("a");
    expect(client.peek("a")).toBe(undefined);
    await last;
    expect(await client.get("a")).toBe(undefined);
  });

  it("serves all verbs that read values", async () => {
    const client = nearClient();
    await others.setMany([
      ["a", 1],
      ["b", { deep: [null] }],
      ["null", null],
    ]);
    await warmed(client, "a", "b", "null");
    await others.close();
    await server.close();
    expect(await client.get("a")).toBe(1);
    expect(await client.get("null")).toBe(null);
    expect(await client.getMany(["a", "b"])).toEqual(
      new Map<string, unknown>([
        ["a", 1],
        ["b", { deep: [null] }],
      ]),
    );
    await expect(client.fetch("a", () => 2)).resolves.toBe(1);
    expect(client.inspect().near).toMatchObject({ size: 3, resets: 0 });
  });

  it("is filled by getMany and fetch too", async () => {
    const client = nearClient();
    await others.setMany([
      ["a", 1],
      ["b", 2],
    ]);
    await until(
      async () =>
        (await client.getMany(["a", "b"])).size === 2 && client.peek("a") === 1 && client.peek("b") === 2,
    );
    await until(async () => (await client.fetch("c", () => 3)) === 3 && client.peek("c") === 3);
  });

  it("is told of by the prefixes that are kept alone", async () => {
    const client = nearClient({ prefixes: ["user:1", "user:2"] });
    await others.setMany([
      ["user:1", 1],
      ["user:3", 3],
    ]);
    await warmed(client, "user:1");
    expect(await client.get("user:3")).toBe(3);
    expect(client.peek("user:3")).toBe(undefined);
    await others.set("user:1", 2);
    await until(() => client.peek("user:1") === undefined);
  });
});

describe("a near cache", () => {
  it("is as if it was behind where the token does not reach, and says so once", async () => {
    await server.close();
    others.close();
    const some = { name: "some", scope: "write", prefixes: ["a:"] } as const;
    await start({
      context: { access: { on: true, generation: 1, identify: () => some, admit: () => 0 } },
    });
    const events: ClientEvent[] = [];
    const client = nearClient({ prefixes: ["b:"] }, (event) => void events.push(event));
    await until(() => events.some(({ type }) => type === "near"));
    const told = events.filter(({ type }) => type === "near" || type === "fault");
    expect(told).toEqual([
      { type: "fault", error: expect.any(ServerRefusedError) },
      { type: "near", node: server.url, state: "off" },
    ]);
    expect(String((told[0] as { error: unknown }).error)).toMatch(/403.*its prefixes/);
    await client.set("a:1", 1);
    expect(client.peek("a:1")).toBe(undefined);
  });

  it("is off on a server that has no changes, as Lix's", async () => {
    await server.close();
    others.close();
    await start({
      routes: (await import("../../../../server/src/routes/index.js")).routes.filter(
        ({ name }) => name !== "v1_changes",
      ),
    });
    const events: ClientEvent[] = [];
    const client = nearClient({}, (event) => void events.push(event));
    await until(() => events.some(({ type }) => type === "near"));
    expect(
      events
        .filter(({ type }) => type === "fault")
        .map((event) => String((event as { error?: unknown }).error))
        .join(),
    ).toMatch(/404.*Lix/);
    await client.set("a", 1);
    expect(await client.get("a")).toBe(1);
    expect(client.peek("a")).toBe(undefined);
  });

  it("keeps no process alive", async () => {
    const program = await bundleEdited(new URL("./unclosed.program.ts", import.meta.url), {
      sources: nearSources,
    });
    const { stdout } = await promisify(execFile)(process.execPath, [program, server.url], {
      timeout: 20_000,
    });
    expect(stdout).toBe("kept");
  });

  it("says when it is coherent", async () => {
    const events: ClientEvent[] = [];
    const client = nearClient({}, (event) => void events.push(event));
    await until(() => client.inspect().near?.coherent);
    expect(events.filter(({ type }) => type === "near")).toEqual([
      { type: "near", node: server.url, state: "coherent" },
    ]);
    expect(client.inspect().near?.lagMs).toBeLessThan(2_000);
  });
});
