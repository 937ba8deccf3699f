/** Where a url leads, and which ones lead nowhere. */
import { describe, expect, it } from "vitest";
import { errorCodes } from "../../../src/base/errors.js";
import { fetchTransport } from "../../../src/client/transport/fetch.js";
import { parseAddress } from "../../../src/client/transport/http1/address.js";
import { socketTransport } from "../../../src/client/transport/sockets.js";

const options = { connections: 1, keepAliveMs: 1_000 };

describe("a url", () => {
  it.each([
    ["http://cache", "cache", 80, false, "cache", "cache", ""],
    ["http://Cache:4000/", "cache", 4000, false, "cache:4000", "cache", ""],
    [
      "https://cache.example.org/base/",
      "cache.example.org",
      443,
      true,
      "cache.example.org",
      "cache.example.org",
      "/base",
    ],
    ["https://cache:8443/a/b", "cache", 8443, true, "cache:8443", "cache", "/a/b"],
    ["https://10.0.0.1", "10.0.0.1", 443, true, "10.0.0.1", undefined, ""],
    ["http://[::1]:4000", "::1", 4000, false, "[::1]:4000", undefined, ""],
  ] as const)("%s leads there", (url, host, port, isSecure, authority, serverName, basePath) => {
    expect(parseAddress(url)).toEqual({ target: { host, port }, isSecure, authority, serverName, basePath });
  });

  it.each(["unix:/run/a.sock", "unix:///run/a.sock"])("%s is a file", (url) => {
    expect(parseAddress(url)).toMatchObject({ target: { path: "/run/a.sock" }, authority: "localhost" });
  });

  it.each([
    "",
    "cache:4000",
    "/base",
    "ftp://cache",
    "http://",
    "http://user@cache",
    "http://user:secret@cache",
    "http://cache/?a=b",
    "http://cache/#a",
    "unix:",
    "unix:run/a.sock",
    "unix:/run/\0",
  ])("%j leads nowhere, and the error says what would", (url) => {
    for (const create of [socketTransport(), fetchTransport()]) {
      try {
        create({ url, ...options });
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: "STOWAGE_INVALID_OPTION", option: "url", received: url });
        expect((error as Error).message).toMatch(/http:\/\/host:4000/);
        expect(Object.keys(errorCodes)).toContain((error as { code: string }).code);
      }
    }
  });

  it("of a file is nothing for fetch", () => {
    expect(() => fetchTransport()({ url: "unix:/run/a.sock", ...options })).toThrow(/sockets of files/);
  });
});
