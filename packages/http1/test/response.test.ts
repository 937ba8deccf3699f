/** Response heads: what they look like, and what they refuse. */
import { describe, expect, it } from "vitest";
import { bareHead, dateLine, fieldLine, fixedHead, headOf, responseOf } from "../src/index.js";

describe("responses", () => {
  it("are strings of bytes", () => {
    const head = fixedHead(200, { "content-type": "text/plain", "x-many": ["a", "b"], age: 5 });
    expect(head).toBe("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nx-many: a\r\nx-many: b\r\nage: 5\r\n");
    expect(responseOf(head, "h\xe9")).toBe(`${head}content-length: 2\r\n\r\nh\xe9`);
    expect(headOf(head, 7)).toBe(`${head}content-length: 7\r\n\r\n`);
    expect(bareHead(fixedHead(204))).toBe("HTTP/1.1 204 No Content\r\n\r\n");
    expect(fixedHead(299)).toBe("HTTP/1.1 299 \r\n");
  });

  it("refuse what would split them", () => {
    expect(() => fixedHead(200, { "x-a": "b\r\nSet-Cookie: c" })).toThrow(
      "the header field x-a holds a character",
    );
    expect(() => fieldLine("x a", "b")).toThrow('"x a" is no name of a header field');
    expect(() => fieldLine("", "b")).toThrow('"" is no name of a header field');
    expect(() => fieldLine("x", "\u0100")).toThrow("the header field x holds");
    expect(() => fieldLine("x", "\0")).toThrow("the header field x holds");
    expect(() => fixedHead(99)).toThrow("a status is a whole number from 100 to 999, not 99");
  });

  it("have the date of their second", () => {
    expect(dateLine(784_111_777_999)).toBe("date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    expect(dateLine(784_111_778_000)).toBe("date: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
  });
});
