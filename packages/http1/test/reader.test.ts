/** Requests as bytes, and what comes of them: whole, byte by byte, and cut at each place. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkLimits, HttpRequestError, type Refusal, RequestReader, refusals } from "../src/index.js";
import { read, readEverywhere, readInPieces } from "./support.js";

const get = "GET / HTTP/1.1\r\nHost: a\r\n";
const post = "POST /p HTTP/1.1\r\nHost: a\r\n";

describe("requests that are read", () => {
  const cases: [name: string, text: string, expected: object[]][] = [
    [
      "a request without fields, HTTP/1.0",
      "GET / HTTP/1.0\r\n\r\n",
      [{ method: "GET", version: "1.0", keepAlive: false }],
    ],
    [
      "a request that stays open, HTTP/1.0",
      "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
      [{ keepAlive: true }],
    ],
    [
      "a target with a query",
      `GET /a%20b?c=d&e=%7b HTTP/1.1\r\nHost: a\r\n\r\n`,
      [{ target: "/a%20b?c=d&e=%7b" }],
    ],
    ["an absolute target", `GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n`, [{ target: "http://b/x" }]],
    ["OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", [{ method: "OPTIONS", target: "*" }]],
    ["a method of another name", "PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", [{ method: "PROPFIND" }]],
    [
      "white space around a value",
      `${get}X:  \t a b \t\r\n\r\n`,
      [
        {
          headers: [
            ["host", "a"],
            ["x", "a b"],
          ],
        },
      ],
    ],
    [
      "an empty value",
      `${get}X:\r\n\r\n`,
      [
        {
          headers: [
            ["host", "a"],
            ["x", ""],
          ],
        },
      ],
    ],
    [
      "bytes beyond ASCII in a value",
      `${get}X: \xe4\xff\r\n\r\n`,
      [
        {
          headers: [
            ["host", "a"],
            ["x", "\xe4\xff"],
          ],
        },
      ],
    ],
    ["empty lines before a request", `\r\n\r\n${get}\r\n`, [{ method: "GET" }]],
    ["Connection: close in a list", `${get}Connection: x, Close\r\n\r\n`, [{ keepAlive: false }]],
    ["nothing after close", `${get}Connection: close\r\n\r\n${get}\r\n`, [{ keepAlive: false }]],
    ["content of a length", `${post}Content-Length: 5\r\n\r\nhello`, [{ content: "hello" }]],
    ["content of no length", `${post}Content-Length: 0\r\n\r\n`, [{ content: "" }]],
    [
      "two requests in a row",
      `${get}\r\n${post}content-length: 2\r\n\r\nab${get}\r\n`,
      [{ method: "GET" }, { content: "ab" }, { method: "GET" }],
    ],
    [
      "content in chunks",
      `${post}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0A\r\n0123456789\r\n0\r\n\r\n`,
      [{ content: "hello0123456789" }],
    ],
    [
      "chunks, then a request",
      `${post}Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n${get}\r\n`,
      [{ content: "" }, { method: "GET" }],
    ],
    [
      "extensions and trailers",
      `${post}Transfer-Encoding: chunked\r\n\r\n1;a;b=c;d="e\\"; f"\r\nx\r\n0;z\r\nX-Sum: 1\r\n\r\n`,
      [{ content: "x" }],
    ],
    ["an IPv6 host with a port", "GET / HTTP/1.1\r\nHost: [::1]:4000\r\n\r\n", [{ method: "GET" }]],
    ["an expectation without content", `${get}Expect: 100-continue\r\n\r\n`, [{ method: "GET" }]],
  ];
  for (const [name, text, expected] of cases) {
    it(name, () => {
      const { requests, refused } = readEverywhere(text);
      expect(refused).toBeUndefined();
      expect(requests).toMatchObject(expected);
      expect(requests).toHaveLength(expected.length);
    });
  }
});

describe("requests that are refused", () => {
  const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;
  const cases: [text: string, code: Refusal][] = [
    ["GET / HTTP/1.1\nHost: a\r\n\r\n", "BARE_LF"],
    [`${get}X: a\n\r\n`, "BARE_LF"],
    ["\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "BARE_LF"],
    ["GET /\nHost: a\r\n\r\n", "BARE_LF"],
    ["GET / HTTP/1.1\rHost: a\r\n\r\n", "BARE_CR"],
    [`${get}X: a\rb\r\n\r\n`, "BARE_CR"],
    [`${get}\rX: a\r\n\r\n`, "BARE_CR"],
    ["\rGET / HTTP/1.1\r\n", "BARE_CR"],
    ["G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "METHOD"],
    [" GET / HTTP/1.1\r\nHost: a\r\n\r\n", "METHOD"],
    ["\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n", "METHOD"],
    ["\x16\x03\x01\x02\x00\x01", "METHOD"],
    ["GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "REQUEST_LINE"],
    ["GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "REQUEST_LINE"],
    ["GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "REQUEST_LINE"],
    ["GET /\r\n\r\n", "REQUEST_LINE"],
    ["GET / http/1.1\r\nHost: a\r\n\r\n", "REQUEST_LINE"],
    ["GET / HTTP/1.x\r\nHost: a\r\n\r\n", "REQUEST_LINE"],
    ["GET / HTTP/1.11\r\nHost: a\r\n\r\n", "REQUEST_LINE"],
    ["GET /\xe4 HTTP/1.1\r\nHost: a\r\n\r\n", "TARGET"],
    ["GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", "TARGET"],
    ["GET a HTTP/1.1\r\nHost: a\r\n\r\n", "TARGET_FORM"],
    ["GET * HTTP/1.1\r\nHost: a\r\n\r\n", "TARGET_FORM"],
    ["GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "TARGET_FORM"],
    ["CONNECT /a HTTP/1.1\r\nHost: a\r\n\r\n", "TARGET_FORM"],
    ["GET / HTTP/2.0\r\nHost: a\r\n\r\n", "VERSION"],
    ["GET / HTTP/1.2\r\nHost: a\r\n\r\n", "VERSION"],
    ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "VERSION"],
    [`${get}X : a\r\n\r\n`, "FIELD_NAME"],
    [`${get}: a\r\n\r\n`, "FIELD_NAME"],
    [`${get}X\r\n\r\n`, "FIELD_NAME"],
    [`${get}X\0: a\r\n\r\n`, "FIELD_NAME"],
    [`${get}\xe4: a\r\n\r\n`, "FIELD_NAME"],
    [`${get}X: a\0b\r\n\r\n`, "FIELD_VALUE"],
    [`${get}X: a\x7fb\r\n\r\n`, "FIELD_VALUE"],
    [`${get}X: a\r\n b\r\n\r\n`, "FOLDING"],
    ["GET / HTTP/1.1\r\n Host: a\r\n\r\n", "FOLDING"],
    ["GET / HTTP/1.1\r\n\r\n", "HOST"],
    [`${get}Host: a\r\n\r\n`, "HOST"],
    ["GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "HOST"],
    ["GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "HOST"],
    ["GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", "HOST"],
    [`${post}Content-Length: 1, 1\r\n\r\na`, "CONTENT_LENGTH"],
    [`${post}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`, "CONTENT_LENGTH"],
    [`${post}Content-Length: +1\r\n\r\na`, "CONTENT_LENGTH"],
    [`${post}Content-Length: -1\r\n\r\na`, "CONTENT_LENGTH"],
    [`${post}Content-Length: 0x1\r\n\r\na`, "CONTENT_LENGTH"],
    [`${post}Content-Length: 1 1\r\n\r\na`, "CONTENT_LENGTH"],
    [`${post}Content-Length:\r\n\r\na`, "CONTENT_LENGTH"],
    [`${post}Content-Length: 99999999999999999999\r\n\r\na`, "CONTENT_LENGTH"],
    [`${post}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, "LENGTH_AND_CODING"],
    [`${post}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n`, "LENGTH_AND_CODING"],
    ["POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "TRANSFER_CODING"],
    [`${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, "TRANSFER_CODING"],
    [`${post}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`, "TRANSFER_CODING"],
    [`${post}Transfer-Encoding: chunked, identity\r\n\r\n`, "TRANSFER_CODING"],
    [`${post}Transfer-Encoding: xchunked\r\n\r\n`, "TRANSFER_CODING"],
    [`${post}Transfer-Encoding: \x0bchunked\r\n\r\n`, "FIELD_VALUE"],
    [`${post}Transfer-Encoding: gzip, chunked\r\n\r\n`, "UNKNOWN_CODING"],
    [`${post}Expect: a miracle\r\nContent-Length: 1\r\n\r\na`, "EXPECTATION"],
    [`${chunked}\r\n`, "CHUNK_SIZE"],
    [`${chunked}g\r\n`, "CHUNK_SIZE"],
    [`${chunked}-1\r\n`, "CHUNK_SIZE"],
    [`${chunked} 1\r\na`, "CHUNK_SIZE"],
    [`${chunked}1 \r\na`, "CHUNK_SIZE"],
    [`${chunked}0x1\r\na`, "CHUNK_SIZE"],
    [`${chunked}000000001\r\na`, "CHUNK_SIZE"],
    [`${chunked}1\na`, "BARE_LF"],
    [`${chunked}1\ra`, "BARE_CR"],
    [`${chunked}1;\r\na`, "CHUNK_EXTENSION"],
    [`${chunked}1;a=\r\na`, "CHUNK_EXTENSION"],
    [`${chunked}1;a="b\r\na`, "CHUNK_EXTENSION"],
    [`${chunked}1;a="b"c\r\na`, "CHUNK_EXTENSION"],
    [`${chunked}1;a\0\r\na`, "CHUNK_EXTENSION"],
    [`${chunked}1;${"a".repeat(1_100)}\r\na`, "CHUNK_EXTENSION"],
    [`${chunked}1;a\nb`, "BARE_LF"],
    [`${chunked}1\r\nab\r\n`, "CHUNK_END"],
    [`${chunked}1\r\na\n0\r\n\r\n`, "CHUNK_END"],
    [`${chunked}1\r\na\r0\r\n\r\n`, "CHUNK_END"],
    [`${chunked}0\r\nContent-Length: 1\r\n\r\n`, "TRAILER"],
    [`${chunked}0\r\nX\r\n\r\n`, "FIELD_NAME"],
    [`${chunked}0\r\n X: a\r\n\r\n`, "FOLDING"],
    [`${chunked}0\r\nX: \0\r\n\r\n`, "FIELD_VALUE"],
    [`${chunked}0\r\nX: a\n\r\n`, "BARE_LF"],
    [`${chunked}0\r\nX: ${"a".repeat(17_000)}`, "HEAD_TOO_LARGE"],
  ];
  for (const [text, code] of cases) {
    it(`${code}: ${JSON.stringify(text.length > 90 ? `${text.slice(0, 87)}...` : text)}`, () => {
      const { requests, refused } = text.length > 2_000 ? read(text) : readEverywhere(text);
      expect(refused).toBe(code);
      expect(requests).toEqual([]);
    });
  }

  it("is tried for every reason but the one that takes time", () => {
    const tried = new Set<string>(cases.map(([, code]) => code));
    const limited = ["LINE_TOO_LONG", "TOO_MANY_FIELDS", "BODY_TOO_LARGE", "TIMEOUT"];
    expect([...tried, ...limited].sort()).toEqual(Object.keys(refusals).sort());
  });

  it("says the status, the code and the rule", () => {
    const error = new HttpRequestError("LENGTH_AND_CODING");
    expect(error).toMatchObject({ status: 400, code: "LENGTH_AND_CODING", rule: "RFC 9112 6.1" });
    expect(error.message).toBe("Content-Length and Transfer-Encoding stand together (RFC 9112 6.1)");
  });
});

describe("limits", () => {
  const limits = checkLimits({ requestLine: 64, head: 128, fields: 16 });
  it("the request line, complete or not", () => {
    expect(read(`GET /${"a".repeat(70)} HTTP/1.1\r\nHost: a\r\n\r\n`, { limits }).refused).toBe(
      "LINE_TOO_LONG",
    );
    expect(readEverywhere(`GET /${"a".repeat(90)}`, { limits }).refused).toBe("LINE_TOO_LONG");
    expect(readEverywhere("A".repeat(90), { limits }).refused).toBe("LINE_TOO_LONG");
  });
  it("the head, complete or not", () => {
    expect(readEverywhere(`${get}X: ${"a".repeat(130)}`, { limits }).refused).toBe("HEAD_TOO_LARGE");
    expect(
      readEverywhere(`${get}${"X: 1\r\n".repeat(30)}\r\n`, { limits: checkLimits({ head: 128 }) }).refused,
    ).toBe("HEAD_TOO_LARGE");
  });
  it("the number of fields", () => {
    expect(readEverywhere(`${get}${"X:\r\n".repeat(15)}\r\n`, { limits }).refused).toBeUndefined();
    expect(readEverywhere(`${get}${"X:\r\n".repeat(16)}\r\n`, { limits }).refused).toBe("TOO_MANY_FIELDS");
  });
  it("the content, by its length or as it comes", () => {
    const contentMax = 4;
    expect(read(`${post}Content-Length: 5\r\n\r\n`, { contentMax }).refused).toBe("BODY_TOO_LARGE");
    expect(
      readEverywhere(`${post}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\n`, { contentMax }).refused,
    ).toBeUndefined();
    expect(
      readEverywhere(`${post}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde`, { contentMax }).refused,
    ).toBe("BODY_TOO_LARGE");
  });
  it("are checked when they are set", () => {
    expect(() => checkLimits({ head: 0 })).toThrow("limits.head must be a whole number from 16");
    expect(() => checkLimits({ heads: 100 } as object)).toThrow(
      'there is no "heads"; there are requestLine, head, fields',
    );
  });
});

describe("any bytes, cut anywhere", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "GET ",
      "POST ",
      "/",
      " HTTP/1.1\r\n",
      "Host: a\r\n",
      "\r\n",
      "\r",
      "\n",
      " ",
      "\0",
      ":",
      ";",
      "0",
      "5\r\nhello\r\n",
    ),
    fc.constantFrom(
      `${get}\r\n`,
      `${post}Content-Length: 3\r\n\r\nabc`,
      "Transfer-Encoding: chunked\r\n",
      "0\r\n\r\n",
      "Content-Length: 2\r\n",
    ),
    fc.string({ minLength: 1, maxLength: 5, unit: "binary-ascii" }),
  );
  it("give the same requests and the same refusal", () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 14 }),
        fc.array(fc.nat(400), { maxLength: 8 }),
        (pieces, at) => {
          const bytes = Buffer.from(pieces.join(""), "latin1");
          const cuts = at.filter((cut) => cut < bytes.length).sort((a, b) => a - b);
          expect(readInPieces(bytes, cuts)).toEqual(readInPieces(bytes, []));
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe("pausing", () => {
  it("keeps what follows, and the head, until it is resumed", () => {
    const told: string[] = [];
    const reader = new RequestReader({
      content: () => 10,
      request(head) {
        told.push(head.target);
        kept = head;
        return false;
      },
      refuse: () => told.push("refused"),
    });
    let kept: { target: string; header(name: string): string | undefined } | undefined;
    const bytes = Buffer.from(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: b\r\n\r\nGET /3 HT",
    );
    reader.push(bytes, 0, bytes.length);
    bytes.fill(0);
    expect(told).toEqual(["/1"]);
    expect(kept?.header("host")).toBe("a");
    const more = Buffer.from("TP/1.1\r\nHost: c\r\n\r\n");
    reader.push(more, 0, more.length);
    more.fill(0);
    reader.resume();
    expect(told).toEqual(["/1", "/2"]);
    expect(kept?.header("host")).toBe("b");
    reader.resume();
    reader.resume();
    expect(told).toEqual(["/1", "/2", "/3"]);
    expect(reader.paused).toBe(false);
  });

  it("may be resumed before the receiver returns", () => {
    const told: string[] = [];
    const reader = new RequestReader({
      content: () => 10,
      request(head) {
        told.push(head.target);
        reader.resume();
        return false;
      },
      refuse: () => told.push("refused"),
    });
    const bytes = Buffer.from(
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\naGET /2 HTTP/1.1\r\nHost: b\r\n\r\n",
    );
    for (const byte of bytes) reader.push(Buffer.of(byte), 0, 1);
    expect(told).toEqual(["/1", "/2"]);
  });
});

describe("content into a sink", () => {
  it("comes as it arrives, and is aborted when the connection ends", () => {
    const got: string[] = [];
    const reader = new RequestReader({
      content: () => ({
        data: (piece) => got.push(piece.toString()),
        abort: (error) => got.push(error.message),
      }),
      request: (head, content) => got.push(`${head.target} ${content.length}`) > 0,
      refuse: (error) => got.push(error.code),
    });
    const send = (text: string) => reader.push(Buffer.from(text), 0, text.length);
    send(`${post}Content-Length: 6\r\n\r\nab`);
    send("cd");
    send("ef");
    send(`${post}Transfer-Encoding: chunked\r\n\r\n1\r\ng\r\n`);
    expect(reader.amid).toBe(true);
    reader.end(new Error("gone"));
    send(get);
    expect(got).toEqual(["ab", "cd", "ef", "/p 0", "g", "gone"]);
  });
});
