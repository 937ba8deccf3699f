/** A path is a path to the letter: what finds routes, and what does not. */
import fc from "fast-check";
import { RequestHead } from "stowage-http1";
import { describe, expect, it } from "vitest";
import type { Route } from "../../src/http/route.js";
import { Router, routeAt } from "../../src/http/router.js";

const route = (method: string, path: string): Route => ({
  name: `${method} ${path}`,
  method,
  path,
  scope: "read",
  handle() {},
});
const router = new Router([
  route("GET", "/cache/get"),
  route("POST", "/cache/set"),
  route("GET", "/v1/keys/{key}"),
  route("PUT", "/v1/keys/{key}"),
  route("POST", "/v1/keys/{key}/lease"),
  route("HEAD", "/own"),
  route("GET", "/own"),
]);

function find(method: string, target: string) {
  const head = new RequestHead();
  head.bytes = Buffer.from(`${method} ${target} HTTP/1.1\r\n`);
  head.base = 0;
  head.targetStart = method.length + 1;
  head.targetEnd = method.length + 1 + target.length;
  const parts = { pathStart: 0, pathEnd: 0, segmentStart: 0, segmentEnd: 0 };
  const place = router.find(head, parts);
  const slice = (start: number, end: number) => head.bytes.toString("latin1", start, end);
  return {
    name: place && routeAt(place, method)?.name,
    there: place !== undefined,
    path: slice(parts.pathStart, parts.pathEnd),
    segment: slice(parts.segmentStart, parts.segmentEnd),
  };
}

describe("the router", () => {
  it("finds exact paths, with and without a query", () => {
    expect(find("GET", "/cache/get")).toMatchObject({ name: "GET /cache/get", path: "/cache/get" });
    expect(find("GET", "/cache/get?key=/a?b")).toMatchObject({ name: "GET /cache/get", path: "/cache/get" });
    expect(find("GET", "/cache/get?")).toMatchObject({ name: "GET /cache/get" });
  });

  it("finds paths with an open segment, which may be empty but holds no slash", () => {
    expect(find("GET", "/v1/keys/a%2Fb")).toMatchObject({ name: "GET /v1/keys/{key}", segment: "a%2Fb" });
    expect(find("GET", "/v1/keys/")).toMatchObject({ name: "GET /v1/keys/{key}", segment: "" });
    expect(find("POST", "/v1/keys/a/lease?x")).toMatchObject({
      name: "POST /v1/keys/{key}/lease",
      segment: "a",
    });
    expect(find("POST", "/v1/keys//lease")).toMatchObject({
      name: "POST /v1/keys/{key}/lease",
      segment: "",
    });
    expect(find("GET", "/v1/keys/lease")).toMatchObject({ name: "GET /v1/keys/{key}", segment: "lease" });
    expect(find("GET", "/v1/keys/a/b")).toMatchObject({ there: false });
    expect(find("GET", "/v1/keys")).toMatchObject({ there: false });
  });

  it("takes absolute targets", () => {
    expect(find("GET", "http://host:1/cache/get?key=a")).toMatchObject({
      name: "GET /cache/get",
      path: "/cache/get",
    });
    expect(find("GET", "HTTPS://u@h/v1/keys/a")).toMatchObject({ name: "GET /v1/keys/{key}", segment: "a" });
    expect(find("GET", "http://host")).toMatchObject({ there: false, path: "" });
    expect(find("GET", "http://host?/cache/get")).toMatchObject({ there: false });
    expect(find("GET", "http://host#/cache/get")).toMatchObject({ there: false });
  });

  it("lets GET routes serve HEAD, unless they have one of their own", () => {
    expect(find("HEAD", "/cache/get").name).toBe("GET /cache/get");
    expect(find("HEAD", "/own").name).toBe("HEAD /own");
    expect(find("HEAD", "/cache/set")).toMatchObject({ there: true, name: undefined });
  });

  it("finds nothing else", () => {
    const targets = [
      "//cache/get",
      "/cache//get",
      "/cache/get/",
      "/./cache/get",
      "/cache/./get",
      "/x/../cache/get",
      "/cache/%67et",
      "/cache%2fget",
      "/%2e/cache/get",
      "/CACHE/get",
      "/cache/get#",
      "/cache/get%3Fkey=a",
      "/cache/get;a",
      "/cache/get%00",
      "\\cache\\get",
      "/",
      "*",
    ];
    for (const target of targets) expect([target, find("GET", target).there]).toEqual([target, false]);
  });

  it("finds the same, whatever was asked for before", () => {
    const target = fc.oneof(
      fc.constantFrom(
        "/cache/get",
        "/cache/set",
        "/own",
        "/v1/keys/a",
        "/v1/keys/a/lease",
        "http://h/cache/get",
        "/own?",
      ),
      fc
        .array(fc.constantFrom("/", "cache", "get", "own", "?", "v1", "keys", "a", "lease", "http://h"), {
          maxLength: 7,
        })
        .map((parts) => `/${parts.join("")}`),
    );
    const naive = (text: string) => {
      const path = text.replace(/^https?:\/\/[^/?#]*/, "").split("?")[0];
      const exact = ["/cache/get", "/cache/set", "/own"].includes(path);
      return exact || /^\/v1\/keys\/[^/]*(\/lease)?$/.test(path) ? path : undefined;
    };
    fc.assert(
      fc.property(fc.array(target, { minLength: 2, maxLength: 8 }), (targets) => {
        for (const each of targets) {
          const { there, path } = find("GET", each);
          expect([each, there ? path : undefined]).toEqual([each, naive(each)]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("refuses two routes for one path and method", () => {
    expect(() => new Router([route("GET", "/a"), route("GET", "/a")])).toThrow("two routes answer to GET /a");
  });
});
