/** Options that are numbers, checked when they are set; what the limits do stands in judge.ts. */
import { describe, expect, it } from "vitest";
import { checkLimits, checkTimeouts, HttpServer, type HttpServerOptions } from "../../src/index.js";
import { read } from "../support/read.js";

const handler = { request: () => true };
const serverOf = (options: object) => () => new HttpServer({ handler, ...options } as HttpServerOptions);

describe("options", () => {
  it.each([
    [() => checkLimits({ head: 0 }), "limits.head must be a whole number from 16 to 1,048,576, not 0"],
    [
      () => checkLimits({ heads: 1 } as object),
      'limits: there is no "heads"; there are requestLine, head, fields',
    ],
    [
      () => checkTimeouts({ idleMs: 1.5 }),
      "timeouts.idleMs must be a whole number from 1 to 2,147,483,647, not 1.5",
    ],
    [() => checkTimeouts({ idle: 1 } as object), 'timeouts: there is no "idle"; there are headMs'],
    [serverOf({ contentMax: -1 }), "contentMax must be a whole number from 0"],
    [serverOf({ connectionsMax: 0 }), "connectionsMax must be a whole number from 1"],
    [serverOf({ requestsMax: "3" }), "requestsMax must be a whole number from 1"],
    [serverOf({ timeout: 3 }), 'options: there is no "timeout"; there are handler, limits'],
    [serverOf({ limits: { fields: 1 } }), "limits.fields must be"],
  ])("are refused by name: %#", (set, message) => {
    expect(set).toThrow(message);
  });

  it("may be left out", () => {
    expect(checkLimits({ head: undefined })).toEqual({ requestLine: 10_000, head: 16_384, fields: 100 });
  });
});

describe("a request within the default limits", () => {
  it("may be long", () => {
    const target = `/${"a".repeat(9_900)}`;
    const fields = Array.from({ length: 99 }, (_, index) => `X-${index}: ${"b".repeat(140)}\r\n`).join("");
    const text = `GET ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
    const { requests, refused } = read(text + text);
    expect(refused).toBeUndefined();
    expect(requests.map((request) => [request.target, request.headers.length])).toEqual([
      [target, 100],
      [target, 100],
    ]);
  });
});
