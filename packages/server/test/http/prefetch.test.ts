/** Which keys are fetched ahead, of whatever bytes have arrived. */
import type { SharedTable } from "stowage/table";
import { describe, expect, it } from "vitest";
import { prefetchGets } from "../../src/http/prefetch.js";

function keysOf(...pieces: string[]): string[][] {
  const ranges = new Int32Array(128);
  let all = "";
  pieces.forEach((piece, index) => {
    ranges[index * 2] = all.length;
    all += piece;
    ranges[index * 2 + 1] = all.length;
  });
  const calls: string[][] = [];
  const prefetch: SharedTable["prefetch"] = (bytes, keys, count) => {
    const texts = Array.from({ length: count }, (_, at) => bytes.subarray(keys[2 * at], keys[2 * at + 1]));
    calls.push(texts.map((text) => Buffer.from(text).toString("latin1")));
  };
  prefetchGets({ prefetch } as SharedTable, Buffer.from(all, "latin1"), ranges, pieces.length);
  return calls;
}

const get = (key: string) => `GET /cache/get?key=${key} HTTP/1.1\r\nhost: a\r\n\r\n`;

describe("keys that are fetched ahead", () => {
  it("are those of GETs", () => {
    const others = [
      "POST /cache/set HTTP/1.1\r\n",
      "GET /cache/get?kex=1 HTTP/1.1\r\n",
      "GET /cache/get",
      "\r\n",
    ];
    expect(keysOf(get("1"), others[0], get("22"), ...others.slice(1), get(""), get("4"))).toEqual([
      ["1", "22", "", "4"],
    ]);
  });

  it("end with what arrived", () => {
    const cut = "GET /cache/get?key=ab";
    expect(keysOf(get("1"), get("2"), get("3"), cut)).toEqual([["1", "2", "3", "ab"]]);
  });

  it("are not read beyond what arrived", () => {
    expect(keysOf(get("1"), get("2"), get("3"), get("4"), "GET /cache", "/get?key=5")).toEqual([
      ["1", "2", "3", "4"],
    ]);
  });

  it("are not fetched if there are few", () => {
    expect(keysOf(get("1"), get("2"), get("3"))).toEqual([]);
    expect(keysOf(get("1"), get("2"), get("3"), "POST / HTTP/1.1")).toEqual([]);
  });
});
