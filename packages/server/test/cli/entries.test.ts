/** get, set, del, incr, scan, stats, clear, ping against a server: what is printed, and how it ends. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { brokenPipe, type Ran, type RunOptions, type Served, serve, temporaryFile } from "./support.js";

let served: Served;
const run = (argv: readonly string[], options?: RunOptions): Promise<Ran> => served.run(argv, options);
/** What it printed, if it ended well. */
const out = async (...argv: string[]) => {
  const { code, out, err } = await run(argv);
  expect([code, err], `stowage ${argv.join(" ")}`).toEqual([0, expect.any(String)]);
  return out;
};
const json = async (...argv: string[]) => JSON.parse(await out(...argv, "--json"));

beforeAll(async () => {
  served = await serve();
});
afterAll(() => served[Symbol.asyncDispose]());
beforeEach(() => served.server.table.clear());

describe("set and get", () => {
  it("give back the value byte for byte, with a line end on a terminal only", async () => {
    await out("set", "a", "Hello");
    expect(await out("get", "a")).toBe("Hello");
    expect((await run(["get", "a"], { tty: true })).out).toBe("Hello\n");
  });

  it.each([
    ["JSON", '{"n":1}', { value: { n: 1 } }],
    ["a number", "42", { value: 42 }],
    ["a text", "Hi there", { text: "Hi there", type: "text/plain; charset=utf-8" }],
    ["an empty text", "", { text: "", type: "text/plain; charset=utf-8" }],
  ])("find out what the value is: %s", async (_, value, stored) => {
    await out("set", "a", value);
    expect(await json("get", "a")).toEqual({ key: "a", ...stored });
  });

  it("keep bytes, from stdin and from a file", async () => {
    const bytes = Uint8Array.of(0, 255, 10, 13, 128);
    expect((await run(["set", "a"], { input: bytes })).code).toBe(0);
    expect((await run(["get", "a"])).bytes).toEqual(Buffer.from(bytes));
    expect(await json("get", "a")).toEqual({
      key: "a",
      base64: "AP8KDYA=",
      type: "application/octet-stream",
    });
    await out("set", "b", "--file", temporaryFile("photo", bytes), "--as", "image/png");
    expect(await json("get", "b")).toMatchObject({ base64: "AP8KDYA=", type: "image/png" });
    expect((await run(["set", "c", "-"], { input: "x" })).code).toBe(0);
    expect(await out("get", "c")).toBe("x");
  });

  it("take --as at its word", async () => {
    await out("set", "a", "42", "--as", "text");
    expect(await json("get", "a")).toMatchObject({ text: "42" });
    const { code, err } = await run(["set", "a", "{", "--as", "json"]);
    expect(code).toBe(5);
    expect(err).toMatch(/the server refuses: the content must be JSON/);
    expect(await out("get", "a")).toBe("42");
  });

  it("keep every digit", async () => {
    const number = "123456789012345678901234567890.10";
    await out("set", "a", number);
    expect(await out("get", "a", "--json")).toBe(`{"key":"a","value":${number}}\n`);
  });

  it("keep keys that are hostile to paths, shells and terminals", async () => {
    for (const key of ["", ".", "..", "a/b", "ä ö", "a?b#c%", "\n", "\u0000", "__proto__", "-x"]) {
      await out("set", "--", key, JSON.stringify(key));
      expect(JSON.parse(await out("get", "--", key))).toBe(key);
    }
    expect((await run(["get", "\ud800"])).code).toBe(2);
  });

  it("set lifetimes, and say when entries expire", async () => {
    const before = Date.now();
    await out("set", "a", "1", "--ttl", "1h");
    const { expiresAt } = await json("get", "a");
    expect(expiresAt).toBeGreaterThanOrEqual(before + 3_599_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 3_600_001);
    await out("set", "a", "1", "--ttl", "none");
    expect(served.server.table.ttl("a")).toBeNull();
  });

  it("set graces and tags", async () => {
    await out("set", "a", "1", "--ttl", "1h", "--grace", "30s", "--tags", "x,y z");
    expect(await json("get", "a")).toMatchObject({ graceMs: 30_000 });
    served.server.table.invalidateTag("y z");
    expect((await run(["get", "a"])).code).toBe(1);
  });

  it("set only if nothing is there, or if it is what it was", async () => {
    expect(await json("set", "a", "1", "--if-absent")).toMatchObject({ stored: true });
    const again = await run(["set", "a", "2", "--if-absent"]);
    expect(again).toMatchObject({ code: 1, err: expect.stringMatching(/not stored: the entry is "/) });
    const { etag } = await json("set", "a", "3");
    await out("set", "a", "4", "--if-match", etag.replaceAll('"', ""));
    const stale = await run(["set", "a", "5", "--if-match", etag, "--json"]);
    expect([stale.code, JSON.parse(stale.out)]).toEqual([
      1,
      { key: "a", stored: false, etag: expect.any(String) },
    ]);
    expect(await out("get", "a")).toBe("4");
    expect((await run(["set", "b", "1", "--if-match", "*"])).err).toMatch(/there is no entry/);
    expect((await run(["set", "b", "1", "--if-match", "*", "--if-absent"])).code).toBe(2);
  });

  it("end with 1 for what is not there", async () => {
    expect(await run(["get", "a"])).toMatchObject({ code: 1, out: "", err: "there is no entry a\n" });
    expect(await run(["get", "a", "--json"])).toMatchObject({ code: 1, out: "null\n", err: "" });
  });

  it("want a value", async () => {
    expect(await run(["set", "a"], { tty: true })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/pipe/),
    });
    expect((await run(["set", "a", "1", "--file", "b"])).code).toBe(2);
    expect(await run(["set", "a", "--file", "/nowhere/at/all"])).toMatchObject({
      code: 7,
      err: expect.stringMatching(/ENOENT/),
    });
  });
});

describe("del", () => {
  it("removes several, and says which were not there", async () => {
    await out("set", "a", "1");
    await out("set", "b", "1");
    expect(await run(["del", "a", "x", "b"])).toMatchObject({
      code: 1,
      err: "there is no entry x\nremoved 2 of 3\n",
    });
    expect(served.server.table.size()).toBe(0);
    await out("set", "a", "1");
    expect(await json("del", "a")).toEqual({ deleted: 1, absent: [] });
  });
});

describe("incr", () => {
  it("adds whatever number", async () => {
    expect(await out("incr", "n")).toBe("1\n");
    expect(await out("incr", "n", "41")).toBe("42\n");
    expect(await out("incr", "n", "-2")).toBe("40\n");
    expect(await out("incr", "n", "-0.5")).toBe("39.5\n");
    expect(await json("incr", "n", "0.5")).toEqual({ key: "n", value: 40 });
  });

  it("is exact beyond the numbers of JavaScript", async () => {
    await out("incr", "n", "9007199254740993");
    expect(await out("incr", "n", "2")).toBe("9007199254740995\n");
  });

  it("refuses what is no number, here and there", async () => {
    expect(await run(["incr", "n", "five"])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/AMOUNT must be/),
    });
    await out("set", "t", "text");
    expect(await run(["incr", "t"])).toMatchObject({ code: 5, err: expect.stringMatching(/not a number/) });
  });
});

describe("scan", () => {
  const fill = (count: number) => {
    for (let i = 0; i < count; i++) served.server.table.set(`key:${i}`, String(i));
  };
  const linesOf = (text: string) => text.trim().split("\n").sort();

  it("lists all keys once, over many pages", async () => {
    fill(2_500);
    served.server.table.set("other", "1");
    const lines = linesOf(await out("scan", "key:", "--page", "100"));
    expect(lines.length).toBe(2_500);
    expect(new Set(lines).size).toBe(2_500);
    expect(lines).not.toContain("other");
    expect(linesOf(await out("scan")).length).toBe(2_501);
  });

  it("stops at the limit", async () => {
    fill(500);
    expect(linesOf(await out("scan", "--limit", "7", "--page", "3")).length).toBe(7);
  });

  it("lists values", async () => {
    fill(2);
    await out("set", "text", "two\nlines");
    await run(["set", "bytes"], { input: Uint8Array.of(255) });
    expect(linesOf(await out("scan", "--values"))).toEqual([
      "bytes\t(1 B of application/octet-stream)",
      "key:0\t0",
      "key:1\t1",
      "text\ttwo lines",
    ]);
    expect(linesOf(await out("scan", "key:", "--values", "--json"))).toEqual([
      '{"key":"key:0","value":0}',
      '{"key":"key:1","value":1}',
    ]);
  });

  it("lets no key fool a script or a terminal", async () => {
    served.server.table.set("a\nb\u001b[2J", "1");
    expect(await out("scan")).toBe('"a\\nb\\u001b[2J"\n');
    expect(JSON.parse(await out("scan", "--json"))).toEqual({ key: "a\nb\u001b[2J" });
  });

  it("prints nothing where there is nothing", async () => {
    expect(await out("scan")).toBe("");
  });

  it("prints while it goes on, and stops when nobody reads any more", async () => {
    fill(5_000);
    let requests = 0;
    const answered = served.server.context.observer.answered;
    served.server.context.observer.answered = (...args) => {
      requests++;
      return answered.apply(served.server.context.observer, args);
    };
    const onOut = (text: string) => {
      if (text.split("\n").length > 250) brokenPipe();
    };
    const { code, err } = await run(["scan", "--page", "100"], { onOut });
    served.server.context.observer.answered = answered;
    expect([code, err]).toEqual([0, ""]);
    expect(requests).toBeGreaterThan(1);
    expect(requests).toBeLessThan(10);
  });
});

describe("stats", () => {
  it("are for people, and with --json what the server says", async () => {
    await out("set", "a", "1");
    await out("get", "a");
    const text = await out("stats");
    expect(text).toMatch(/^entries +1$/m);
    expect(text).toMatch(/^worker 0 /m);
    expect(text).toMatch(/p99\.9/);
    expect(await json("stats")).toMatchObject({ size: 1, stats: { writes: expect.any(Number) } });
  });

  it("have colours on a terminal only, and not where NO_COLOR says no", async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
    const colours = /\u001b\[/;
    expect((await run(["stats"])).out).not.toMatch(colours);
    expect((await run(["stats"], { tty: true })).out).toMatch(colours);
    expect((await run(["stats"], { tty: true, env: { NO_COLOR: "1" } })).out).not.toMatch(colours);
  });
});

describe("clear", () => {
  const some = () => {
    for (const key of ["a:1", "a:2", "b:1"]) served.server.table.set(key, "1", { tags: [key.slice(2)] });
  };

  it("asks on a terminal, and does nothing without a yes", async () => {
    some();
    for (const answer of ["", "n\n", "no\n", "what?\n", "\n"])
      expect(await run(["clear"], { tty: true, input: answer })).toMatchObject({ code: 1 });
    expect(served.server.table.size()).toBe(3);
    const { code, err } = await run(["clear"], { tty: true, input: "y\n" });
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/Remove everything from http.*\[y\/N\] .*removed 3 entries/s),
    ]);
    expect(served.server.table.size()).toBe(0);
  });

  it("wants --yes where nobody can be asked", async () => {
    some();
    expect(await run(["clear"], { input: "y\n" })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--yes/),
    });
    expect(served.server.table.size()).toBe(3);
    expect(await json("clear", "--yes")).toEqual({ cleared: 3 });
  });

  it("removes what begins with a prefix, or has a tag", async () => {
    some();
    expect(await json("clear", "--prefix", "a:", "--yes")).toEqual({ cleared: 2 });
    expect(served.server.table.size()).toBe(1);
    some();
    await out("clear", "--tags", "1,9", "--yes");
    expect([...served.server.table.keys()].filter((key) => served.server.table.has(key)).map(String)).toEqual(
      ["a:2"],
    );
  });
});

describe("ping", () => {
  it("says how fast", async () => {
    expect(await out("ping")).toMatch(/^ok {2}http:\/\/127\.0\.0\.1:\d+ {2}[\d.]+ ms\n$/);
    expect(await json("ping")).toEqual({ url: served.server.url, ms: expect.any(Number) });
  });
});
