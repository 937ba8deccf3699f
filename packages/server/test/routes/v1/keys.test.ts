/** /v1/keys/{key}: what is stored comes back as it was, and what is wrong is refused by name and changes nothing. */
import { FakeClock } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { withServer } from "./support.js";

describe("a value", () => {
  const values: [what: string, body: Buffer, type: string | undefined, back: string][] = [
    ["of no type is bytes", Buffer.from([0, 255, 13, 10]), undefined, "application/octet-stream"],
    ["may be JSON", Buffer.from(' {"a": 12345678901234567890.0}'), "application/json", "application/json"],
    ["may be JSON with a charset", Buffer.from('"ä"'), "Application/JSON; charset=UTF-8", "application/json"],
    [
      "may be JSON of another type",
      Buffer.from("[]"),
      "application/problem+json",
      "application/problem+json",
    ],
    ["may be text", Buffer.from("ä€\u{1f600}"), "text/plain; charset=utf-8", "text/plain; charset=utf-8"],
    ["may be text of a plainer type", Buffer.from("a"), "text/plain", "text/plain"],
    [
      "may be text in Latin-1",
      Buffer.from([0xe4]),
      "text/plain; charset=iso-8859-1",
      "text/plain; charset=iso-8859-1",
    ],
    ["may claim to be text", Buffer.from([0xe4]), "text/html", "text/html"],
    ["may be an image", Buffer.alloc(100_000, "\x89PNG"), "image/png", "image/png"],
    ["may be empty", Buffer.alloc(0), "text/css; a=b", "text/css; a=b"],
    ["may be empty and of no type", Buffer.alloc(0), undefined, "application/octet-stream"],
  ];
  for (const [what, body, type, back] of values)
    it(what, () =>
      withServer(async ({ put, server }) => {
        const { status, headers } = await put("k", body, type === undefined ? {} : { "content-type": type });
        expect(status).toBe(201);
        const response = await fetch(`${server.url}/v1/keys/k`);
        expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
        expect(Object.fromEntries(response.headers)).toMatchObject({
          "content-type": back,
          etag: headers.etag,
          "stowage-ttl": "none",
          "accept-ranges": "none",
          "content-length": String(body.length),
        });
      }),
    );

  it("is told about by HEAD, without being sent", () =>
    withServer(async ({ put, ask }) => {
      await put("k", "12345");
      const { status, headers, body } = await ask("/v1/keys/k", { method: "HEAD" });
      expect([status, headers["content-length"], body]).toEqual([200, "5", ""]);
      expect((await ask("/v1/keys/absent", { method: "HEAD" })).status).toBe(404);
    }));

  it("is read whole: a range is passed over", () =>
    withServer(async ({ put, get }) => {
      await put("k", "12345");
      const { status, body } = await get("k", { range: "bytes=0-1" });
      expect([status, body]).toEqual([200, "12345"]);
    }));

  it("replaces another one", () =>
    withServer(async ({ put, get, delete: remove }) => {
      const first = await put("k", "1");
      const second = await put("k", "2", { "content-type": "text/plain" });
      expect([first.status, second.status]).toEqual([201, 204]);
      expect(second.headers.etag).not.toBe(first.headers.etag);
      expect((await get("k")).body).toBe("2");
      expect((await remove("k")).status).toBe(204);
      const gone = await remove("k");
      expect([gone.status, gone.json]).toEqual([404, { error: "not found" }]);
      expect((await get("k")).json).toEqual({ error: "not found" });
    }));

  it("may be as long as max-value says", () =>
    withServer(
      async ({ put, get }) => {
        expect((await put("k", "x".repeat(200_000))).status).toBe(201);
        expect((await get("k")).body.length).toBe(200_000);
        const long = await put("k", "x".repeat(200_001));
        expect([long.status, long.json.code]).toEqual([413, "value_too_large"]);
        expect((await put("k", "x".repeat(300_001))).status).toBe(413);
        expect((await get("k")).body.length).toBe(200_000);
      },
      { args: ["--max-body", "300000b"], table: { maxValueSize: 200_000 } },
    ));
});

describe("a key", () => {
  const keys = [
    "",
    " ",
    "/",
    "a/lease",
    "%",
    "ä€\u{1f600}",
    "\0",
    "..",
    "a?b#c&d=e+f",
    "__proto__",
    "x".repeat(3_000),
  ];
  for (const key of keys)
    it(`may be ${JSON.stringify(key.slice(0, 20))}`, () =>
      withServer(async ({ put, get, server, delete: remove }) => {
        await put(key, "value");
        expect(server.table.getString(key)).toBe("value");
        expect((await get(key)).body).toBe("value");
        expect((await remove(key)).status).toBe(204);
        expect(server.table.size()).toBe(0);
      }));

  it("is the same in any spelling", () =>
    withServer(async ({ ask, server }) => {
      server.table.set("a+~b", "1");
      for (const path of ["a+~b", "%61%2B%7eb", "a%2b~%62"])
        expect((await ask(`/v1/keys/${path}`)).body).toBe("1");
    }));

  for (const path of ["%", "%2", "%zz", "%ff", "%c3", "%ed%a0%80", "a%00%80"])
    it(`cannot be ${path}`, () =>
      withServer(async ({ ask, server }) => {
        for (const method of ["GET", "PUT", "DELETE"]) {
          const { status, json } = await ask(`/v1/keys/${path}`, { method });
          expect([status, json.code]).toEqual([400, "invalid_key"]);
        }
        expect(server.table.size()).toBe(0);
      }));

  it("is one segment", () =>
    withServer(async ({ ask }) => {
      for (const path of ["/v1/keys", "/v1/keys/a/b", "/v1/keys//", "/v1/keys/a/lease/b", "/V1/keys/a"])
        expect((await ask(path)).status).toBe(404);
    }));
});

describe("a request that is wrong is refused, and changes nothing:", () => {
  const wrong: [what: string, headers: Record<string, string>, body: string, status: number, said: RegExp][] =
    [
      ["a ttl of no unit known", { "stowage-ttl": "5x" }, "", 400, /^stowage-ttl must be a duration/],
      ["a ttl of 0", { "stowage-ttl": "0" }, "", 400, /^stowage-ttl /],
      ["a ttl below 0", { "stowage-ttl": "-5" }, "", 400, /^stowage-ttl .*not "-5"/],
      ["an empty ttl", { "stowage-ttl": "" }, "", 400, /^stowage-ttl /],
      ["a ttl beyond all times", { "stowage-ttl": "2000y" }, "", 400, /^stowage-ttl /],
      [
        "a grace of no unit known",
        { "stowage-ttl": "1s", "stowage-grace": "x" },
        "",
        400,
        /^stowage-grace must be/,
      ],
      ["a grace of what lives for ever", { "stowage-grace": "1s" }, "", 400, /^stowage-grace .*stowage-ttl/],
      ["a grace of ttl none", { "stowage-ttl": "none", "stowage-grace": "1s" }, "", 400, /^stowage-grace /],
      ["tags that are no percent-encoding", { "stowage-tags": "a, %zz" }, "", 400, /^stowage-tags /],
      ["tags beyond ASCII", { "stowage-tags": "\xe4" }, "", 400, /^stowage-tags /],
      [
        "too many tags",
        { "stowage-tags": Array.from({ length: 256 }, (_, i) => i).join() },
        "",
        400,
        /^stowage-tags /,
      ],
      ["a content type that is none", { "content-type": "text" }, "", 400, /^content-type /],
      [
        "a content type that is too long",
        { "content-type": `a/b;c=${"d".repeat(255)}` },
        "",
        400,
        /^content-type /,
      ],
      ["JSON that is none", { "content-type": "application/json" }, '{"a":}', 400, /JSON.*at byte 5/],
      ["JSON that is empty", { "content-type": "application/ld+json" }, "", 400, /JSON/],
      ["encoded content", { "content-encoding": "gzip" }, "x", 415, /^content-encoding /],
      ["a part of a value", { "content-range": "bytes 0-1/5" }, "x", 400, /^content-range /],
      ["an entity tag without quotes", { "if-match": "5" }, "", 400, /^if-match /],
      ["an entity tag that does not end", { "if-match": '"5' }, "", 400, /^if-match /],
      ["a weak tag in lower case", { "if-none-match": 'w/"5"' }, "", 400, /^if-none-match /],
      ["* among tags", { "if-none-match": '*, "5"' }, "", 400, /^if-none-match /],
      ["no tags at all", { "if-match": " , " }, "", 400, /^if-match /],
      [
        "a condition with a lease",
        { "if-match": "*", "stowage-lease-token": "x" },
        "",
        400,
        /^stowage-lease-token /,
      ],
    ];
  for (const [what, headers, body, status, said] of wrong)
    it(what, () =>
      withServer(async ({ put, get }) => {
        await put("k", "before", { "content-type": "text/plain" });
        const answer = await put("k", body, headers);
        expect([answer.status, answer.json.error]).toEqual([status, expect.stringMatching(said)]);
        if (status === 400 && !/JSON/.test(answer.json.error))
          expect(answer.json.header).toBe(answer.json.error.split(" ")[0]);
        expect((await get("k")).body).toBe("before");
      }),
    );

  it("JSON that is not UTF-8", () =>
    withServer(async ({ put }) => {
      const { json } = await put("k", Buffer.from([0x22, 0xff, 0x22]), {
        "content-type": "application/json",
      });
      expect(json.error).toMatch(/UTF-8/);
    }));

  it("a method that there is none of", () =>
    withServer(async ({ ask }) => {
      for (const method of ["POST", "PATCH", "OPTIONS", "TRACE", "LOCK"]) {
        const { status, headers } = await ask("/v1/keys/k", { method });
        expect(status).toBe(405);
        expect(headers.allow?.split(", ").sort()).toEqual(["DELETE", "GET", "HEAD", "PUT"]);
      }
    }));
});

describe("time", () => {
  it("ends an entry to the millisecond", async () => {
    const clock = new FakeClock();
    await withServer(
      async ({ put, get }) => {
        await put("a", "1", { "stowage-ttl": "1s" });
        await put("b", "1", { "stowage-ttl": "1500" });
        await put("c", "1", { "stowage-ttl": "none" });
        await put("d", "1");
        clock.advance(999);
        expect((await get("a")).headers["stowage-ttl"]).toBe("1");
        clock.advance(1);
        const left = await Promise.all(
          ["a", "b", "c", "d"].map(async (key) => (await get(key)).headers["stowage-ttl"]),
        );
        expect(left).toEqual([undefined, "500", "none", "9000"]);
      },
      { clock, args: ["--ttl", "10s"], table: { ttl: "10s" } },
    );
  });

  it("leaves a grace to leases, and to nobody else", async () => {
    const clock = new FakeClock();
    await withServer(
      async ({ put, get, lease, server }) => {
        await put("k", '"old"', {
          "content-type": "application/json",
          "stowage-ttl": "1s",
          "stowage-grace": "5s",
        });
        const { headers } = await get("k");
        expect([headers["stowage-ttl"], headers["stowage-grace"]]).toEqual(["1000", "5000"]);
        clock.advance(1_000);
        expect((await get("k")).status).toBe(404);
        expect((await put("k", "x", { "if-match": String(headers.etag) })).status).toBe(412);
        expect(server.table.has("k")).toBe(true);
        const granted = await lease("k");
        expect(granted.headers).toMatchObject({
          "stowage-lease": "granted",
          "stowage-stale": "true",
          "content-type": "application/json",
          "stowage-ttl": "0",
        });
        expect(granted.body).toBe('"old"');
        const other = await lease("k", { wait: "10s" });
        expect([other.status, other.headers["stowage-lease"], other.body]).toEqual([200, "stale", '"old"']);
        clock.advance(5_000);
        expect((await lease("k")).status).toBe(202);
        expect(server.table.has("k")).toBe(false);
      },
      { clock },
    );
  });

  it("is that of the server for a grace without a ttl", async () => {
    const clock = new FakeClock();
    const options = { clock, args: ["--ttl", "1s"], table: { ttl: 1_000 } };
    await withServer(async ({ put, get, lease }) => {
      await put("k", "old", { "stowage-grace": "1s" });
      clock.advance(999);
      expect((await get("k")).status).toBe(200);
      clock.advance(1);
      expect((await get("k")).status).toBe(404);
      expect((await lease("k")).body).toBe("old");
    }, options);
  });
});

describe("tags", () => {
  it("are what entries are invalidated by", () =>
    withServer(async ({ put, get, post }) => {
      await put("a", "1", { "stowage-tags": "x,y , ,a%2Cb" });
      await put("b", "1", { "stowage-tags": "y" });
      await put("c", "1", { "stowage-tags": "%C3%A4" });
      expect((await post("/v1/invalidate", { tags: ["a,b", "ä"] })).json).toEqual({
        keys: 0,
        prefix: 0,
        tags: 2,
      });
      const found = await Promise.all(["a", "b", "c"].map(async (key) => (await get(key)).status));
      expect(found).toEqual([404, 200, 404]);
    }));
});
