/** What is long: bodies, values, batches, scans, answers that nobody reads. */
import { describe, expect, it } from "vitest";
import { startAppServer } from "../../support/app-server.js";
import { RawClient } from "../../support/raw-client.js";

const json = { "content-type": "application/json" };
const big = { memory: "128mb", maxValueSize: "8mb" } as const;

/** Lets the event loop turn until something holds. */
async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error("it never came to hold");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe("long values", () => {
  it("come and go whole, up to 8,000,000 bytes of body", async () => {
    await using server = await startAppServer({ table: big });
    await using client = await RawClient.connect(server.port);
    for (const length of [15_000, 16_383, 16_384, 16_385, 70_000, 1_000_000, 7_999_980]) {
      const value = `"${"x".repeat(length - 2)}"`;
      const body = `{"key":"a","value":${value}}`;
      expect((await client.ask("POST", "/cache/set", { headers: json, body })).status).toBe(200);
      const { text } = await client.ask("GET", "/cache/get?key=a");
      expect(text === `{"value":${value}}`).toBe(true);
      const batch = await client.ask("POST", "/cache/batch", {
        headers: json,
        body: '{"operations":[{"op":"get","key":"a"},{"op":"get","key":"a"}]}',
      });
      const result = `{"op":"get","key":"a","value":${value},"found":true}`;
      expect(batch.text === `{"results":[${result},${result}]}`).toBe(true);
    }
    const tooLong = `{"key":"a","value":"${"x".repeat(7_999_979)}"}`;
    expect(tooLong.length).toBe(8_000_001);
    expect((await client.ask("POST", "/cache/set", { headers: json, body: tooLong })).status).toBe(413);
  });

  it("are not held by connections that sent or got them", async () => {
    await using server = await startAppServer({ table: big });
    const body = `{"key":"a","value":"${"x".repeat(7_000_000)}"}`;
    const clients: RawClient[] = [];
    globalThis.gc?.();
    const before = process.memoryUsage();
    for (let index = 0; index < 12; index++) {
      const client = await RawClient.connect(server.port);
      clients.push(client);
      await client.ask("POST", "/cache/set", { headers: json, body });
      await client.ask("POST", "/cache/set", { headers: json, body: body.slice(0, -1) });
      const head = { headers: {} };
      await client.ask("HEAD", "/cache/get?key=a", head);
    }
    globalThis.gc?.();
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(30_000_000);
    for (const client of clients) client.close();
  });

  it("come in chunks as well", async () => {
    await using server = await startAppServer({ table: big });
    await using client = await RawClient.connect(server.port);
    client.send(
      "POST /cache/set HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\nexpect: 100-continue\r\n\r\n",
    );
    expect((await client.answer()).status).toBe(100);
    for (const part of ['{"key":"a","val', 'ue":"', "y".repeat(100_000), '"}'])
      client.send(`${part.length.toString(16)}\r\n${part}\r\n`);
    client.send("0\r\n\r\n");
    expect((await client.answer()).text).toBe('{"success":true}');
    expect((await client.ask("GET", "/cache/get?key=a")).text.length).toBe(100_012);
  });
});

describe("many entries", () => {
  it("are scanned in one answer, in pages, and while other requests are served", async () => {
    await using server = await startAppServer({ table: { memory: "64mb" } });
    const keys = Array.from({ length: 30_000 }, (_, index) => `key:${index}`);
    for (const key of keys) server.table.set(key, `"${key}"`);
    await using client = await RawClient.connect(server.port);
    await using other = await RawClient.connect(server.port);

    const scan = client.ask("GET", "/cache/scan?keys_only=true");
    let between = 0;
    let over = false;
    scan.then(() => (over = true));
    while (!over) {
      await other.ask("GET", "/cache/get?key=key:1");
      between++;
    }
    const answer = await scan;
    expect(answer.headers["transfer-encoding"]).toBe("chunked");
    const all = JSON.parse(answer.text);
    expect(all.count).toBe(30_000);
    expect(all.keys.sort()).toEqual([...keys].sort());
    expect(between).toBeGreaterThan(3);

    const { text } = await client.ask("GET", "/cache/scan?prefix=key:1234");
    expect(
      JSON.parse(text).items.sort((a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)),
    ).toEqual(
      keys
        .filter((key) => key.startsWith("key:1234"))
        .sort()
        .map((key) => ({ key, value: key })),
    );

    const paged: string[] = [];
    let pages = 0;
    for (let cursor: string | null = "0"; cursor !== null; pages++) {
      const page = JSON.parse(
        (await client.ask("GET", `/cache/scan?keys_only=true&limit=1000&cursor=${cursor}`)).text,
      );
      expect(page.count).toBe(page.keys.length);
      expect(page.count).toBeLessThan(1_100);
      paged.push(...page.keys);
      cursor = page.cursor;
    }
    expect(pages).toBeGreaterThanOrEqual(28);
    expect(paged.sort()).toEqual([...keys].sort());
  });

  it("are listed to HTTP/1.0 until the connection ends, and to HEAD not at all", async () => {
    await using server = await startAppServer({ table: { memory: "64mb" } });
    for (let index = 0; index < 9_000; index++) server.table.set(`key:${index}`, "1");
    await using old = await RawClient.connect(server.port);
    old.send("GET /cache/scan?keys_only=true HTTP/1.0\r\nconnection: keep-alive\r\n\r\n");
    const answer = await old.answer();
    expect(answer.headers).toMatchObject({ connection: "close" });
    expect(JSON.parse(answer.text).count).toBe(9_000);
    await using client = await RawClient.connect(server.port);
    expect((await client.ask("HEAD", "/cache/scan")).status).toBe(200);
    expect((await client.ask("GET", "/health")).text).toBe('{"status":"healthy"}');
  });
});

describe("a client that does not read", () => {
  it("does not make the server hold the answer", async () => {
    await using server = await startAppServer({ table: { memory: "128mb" } });
    const value = JSON.stringify("v".repeat(10_000));
    for (let index = 0; index < 8_000; index++) server.table.set(`key:${index}`, value);
    await using client = await RawClient.connect(server.port);
    client.pause();
    client.send("GET /cache/scan HTTP/1.1\r\nhost: x\r\n\r\n");
    const gets = Array.from({ length: 20_000 }, () => ({ op: "get", key: "key:1" }));
    const body = JSON.stringify({ operations: gets });
    await using second = await RawClient.connect(server.port);
    second.pause();
    second.send(
      `POST /cache/batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await using third = await RawClient.connect(server.port);
    globalThis.gc?.();
    const before = process.memoryUsage();
    for (let index = 0; index < 200; index++) await third.ask("GET", "/cache/get?key=key:2");
    globalThis.gc?.();
    const after = process.memoryUsage();
    expect(after.external + after.heapUsed - before.external - before.heapUsed).toBeLessThan(40_000_000);

    client.resume();
    const scan = await client.answer();
    expect(JSON.parse(scan.text).count).toBe(8_000);
    second.resume();
    expect(JSON.parse((await second.answer()).text).results.length).toBe(20_000);
  });

  it("and goes away, leaves nothing behind, and its batch is done", async () => {
    await using server = await startAppServer({ table: { memory: "64mb" } });
    const value = "v".repeat(10_000);
    server.table.set("long", JSON.stringify(value));
    const gets = Array.from({ length: 9_000 }, () => ({ op: "get", key: "long" }));
    const body = JSON.stringify({ operations: [...gets, { op: "set", key: "last", value: 1 }] });
    const client = await RawClient.connect(server.port);
    client.pause();
    client.send(
      `POST /cache/batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await using other = await RawClient.connect(server.port);
    await other.ask("GET", "/health");
    expect(server.table.has("last")).toBe(false);
    client.close();
    await until(() => server.table.has("last"));
    expect((await other.ask("GET", "/health")).status).toBe(200);
  });
});
