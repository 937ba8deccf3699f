/** dump and load: everything there and back, whatever it is; what is wrong with a file; progress. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { entryOfLine, lineOf } from "../../src/client/index.js";
import { type Served, serve, temporaryFile } from "./support.js";

let from: Served;
let to: Served;

beforeAll(async () => {
  from = await serve();
  to = await serve();
});
afterAll(async () => {
  await from[Symbol.asyncDispose]();
  await to[Symbol.asyncDispose]();
});
beforeEach(() => {
  from.server.table.clear();
  to.server.table.clear();
});

const linesOf = (text: string) => text.trim().split("\n").sort();

describe("dump and load", () => {
  it("carry over values of every kind, types, lifetimes and graces", async () => {
    const { table } = from.server;
    table.set("json", '{"big": 123456789012345678901234567890, "f": 1.10}');
    table.set("null", "null");
    table.incr("counter", 42);
    for (const argv of [
      ["set", "text", "Hi\n\u2028\u{1f600}", "--as", "text"],
      ["set", "html", "<p>Hi</p>", "--as", "text/html"],
      ["set", "problem", '{"a":1}', "--as", "application/problem+json"],
      ["set", "", "empty key"],
      ["set", "a/ä\n", "1", "--ttl", "1h", "--grace", "5m"],
    ])
      expect((await from.run(argv)).code).toBe(0);
    await from.run(["set", "bytes", "--as", "image/png"], { input: Uint8Array.of(137, 80, 0, 255) });
    const dumped = await from.run(["dump"]);
    expect(dumped.err).toBe("dumped 9 entries\n");
    expect((await to.run(["load"], { input: dumped.bytes })).err).toBe("loaded 9 entries\n");
    const again = await to.run(["dump"]);
    const withoutTimes = (text: string) => linesOf(text.replaceAll(/"expiresAt":\d+/g, '"expiresAt":0'));
    expect(withoutTimes(again.out)).toEqual(withoutTimes(dumped.out));
    expect(again.out).toContain('"value":{"big": 123456789012345678901234567890, "f": 1.10}');
    const left = (text: string) => Number(/"expiresAt":(\d+)/.exec(text)?.[1]);
    expect(Math.abs(left(again.out) - left(dumped.out))).toBeLessThan(1_000);
    expect(to.server.table.incr("counter")).toBe(43);
  });

  it("write a file that is there when it is whole, and read it", async () => {
    for (let i = 0; i < 3_000; i++) from.server.table.set(`key:${i}`, String(i));
    const file = temporaryFile("all.jsonl");
    expect(JSON.parse((await from.run(["dump", file, "--json"])).out)).toEqual({ entries: 3_000, file });
    expect(readFileSync(file, "utf8").trim().split("\n").length).toBe(3_000);
    expect(JSON.parse((await to.run(["load", file, "--json"])).out)).toEqual({
      loaded: 3_000,
      expired: 0,
      present: 0,
    });
    expect(to.server.table.size()).toBe(3_000);
    expect(to.server.table.getString("key:2999")).toBe("2999");
  });

  it("leave nothing behind when they fail", async () => {
    from.server.table.set("a", "1");
    const file = temporaryFile("none.jsonl");
    const interrupt = new AbortController();
    interrupt.abort();
    expect((await from.run(["dump", file, "--url", "http://127.0.0.1:1"])).code).toBe(3);
    expect((await from.run(["dump", file], { signal: interrupt.signal })).code).not.toBe(70);
    expect(readdirSync(dirname(file)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(existsSync(`${file}.tmp`)).toBe(false);
  });

  it("dump what begins with a prefix", async () => {
    for (const key of ["a:1", "a:2", "b:1"]) from.server.table.set(key, "1");
    expect(linesOf((await from.run(["dump", "--prefix", "a:"])).out)).toEqual([
      '{"key":"a:1","value":1}',
      '{"key":"a:2","value":1}',
    ]);
  });

  it("leave out what has expired meanwhile", async () => {
    const input = '{"key":"old","value":1,"expiresAt":1000}\n{"key":"new","value":1,"expiresAt":99999}\n';
    const ran = await to.run(["load"], { input, wall: () => 50_000 });
    expect(ran).toMatchObject({ code: 0, err: "loaded 1 entries; 1 had expired\n" });
    expect(to.server.table.ttl("new")).toBeGreaterThan(40_000);
    expect(to.server.table.ttl("new")).toBeLessThanOrEqual(49_999);
  });

  it("replace what is there, unless --if-absent says otherwise", async () => {
    to.server.table.set("a", '"old"');
    const input = '{"key":"a","value":"new"}\n{"key":"b","value":1}';
    expect((await to.run(["load", "-", "--if-absent"], { input })).err).toBe(
      "loaded 1 entries; 1 were there\n",
    );
    expect(to.server.table.getString("a")).toBe('"old"');
    await to.run(["load"], { input });
    expect(to.server.table.getString("a")).toBe('"new"');
  });

  it("show how far they are on a terminal, and only there", async () => {
    for (let i = 0; i < 3_000; i++) from.server.table.set(`key:${i}`, String(i));
    const file = temporaryFile("shown.jsonl");
    let ms = 0;
    const now = () => (ms += 101);
    const { err } = await from.run(["dump", file], { tty: true, now });
    expect(err).toMatch(/\rdumping {2}█+░+ {2}33 % {2}1,\d\d\d of 3,000 {2}[\d,]+\/s {2}[\d.]+ s left/);
    expect(err).toMatch(/100 %.*\r.*dumped 3,000 entries\n$/s);
    expect((await to.run(["load", file], { tty: true, now })).err).toMatch(/\rloading {2}█*░* {2}\d+ %/);
    expect((await from.run(["dump", file], { now })).err).toBe("dumped 3,000 entries\n");
  });
});

describe("a line that is wrong", () => {
  it.each([
    ["", ""],
    ["{", /line 1: .*it must be as "stowage dump" writes it/],
    ["[]", /line 1/],
    ['{"key":"a"}', /must have one of "value", "text", "base64"/],
    ['{"key":"a","value":1,"text":""}', /must have one of/],
    ['{"value":1}', /"key" must be a string, not missing/],
    ['{"key":"a","text":1}', /"text" must be a string, not a number/],
    ['{"key":"a","base64":"A"}', /"base64" must be base64/],
    ['{"key":"a","base64":"ä"}', /"base64" must be base64/],
    ['{"key":"a","value":1,"expiresAt":"soon"}', /"expiresAt" must be a number/],
    ['{"key":"a","value":1,"graceMs":-1}', /"graceMs" must not be below 0/],
    ['{"key":"a","value":1} x', /line 1/],
    ['{"key":"a","value":01}', /line 1/],
  ])("is named, and what it must be: %s", async (line, text) => {
    const { code, err } = await to.run(["load"], { input: line });
    if (text === "") expect(code).toBe(0);
    else expect([code, err]).toEqual([7, expect.stringMatching(text)]);
  });

  it("that the server refuses is named too", async () => {
    const input = `{"key":"a","value":1}\n{"key":"${"k".repeat(70_000)}","value":1}`;
    expect(await to.run(["load"], { input })).toMatchObject({
      code: 5,
      err: expect.stringMatching(/stdin, line 2: /),
    });
  });
});

it("a line says an entry, and an entry a line", () => {
  const key = fc.string({ unit: "grapheme" });
  const time = fc.option(fc.integer({ min: 0, max: 2 ** 50 }), { nil: null });
  const content = fc.oneof(
    fc.json().map((text) => ({ value: Buffer.from(text), type: "application/json" })),
    fc
      .string({ unit: "grapheme" })
      .map((text) => ({ value: Buffer.from(text), type: "text/plain; charset=utf-8" })),
    fc.uint8Array().map((bytes) => ({ value: Buffer.from(bytes), type: "image/png" })),
    fc.uint8Array().map((bytes) => ({ value: Buffer.from(bytes), type: "text/plain; charset=latin1" })),
  );
  fc.assert(
    fc.property(key, content, time, fc.nat(), (name, { value, type }, expiresAt, graceMs) => {
      const entry = { key: name, value, type, expiresAt, graceMs };
      const line = lineOf(entry);
      expect(line).not.toMatch(/[\r\n]/);
      const { value: read, ...rest } = entryOfLine(line);
      expect(rest).toEqual({ key: name, type, expiresAt, graceMs });
      expect(read.toString("latin1").trim()).toBe(value.toString("latin1").trim());
    }),
  );
});
