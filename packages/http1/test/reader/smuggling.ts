/**
 * Requests that two programs have read differently, so that the second one took for a request what the first one took for
 * content, or the other way round (RFC 9112 11.2). Each names the rule by which there is one way to read it, or none.
 */
import type { Refusal } from "../../src/index.js";

export interface Smuggling {
  readonly name: string;
  readonly rule: string;
  readonly text: string;
  /** A refusal, or the targets of the requests that there are. */
  readonly expected: Refusal | readonly string[];
}

const post = "POST /outer HTTP/1.1\r\nHost: a\r\n";
const inner = "GET /inner HTTP/1.1\r\nHost: a\r\n\r\n";
const sized = (size: number) => `Content-Length: ${size}\r\n`;
const chunked = "Transfer-Encoding: chunked\r\n";

function row(name: string, rule: string, text: string, expected: Smuggling["expected"]): Smuggling {
  return { name, rule, text, expected };
}

const lengths = [
  row(
    "CL.TE: the length covers what the chunks leave",
    "RFC 9112 6.1",
    `${post}${sized(5 + inner.length)}${chunked}\r\n0\r\n\r\n${inner}`,
    "LENGTH_AND_CODING",
  ),
  row(
    "TE.CL: the chunks cover what the length leaves",
    "RFC 9112 6.1",
    `${post}${chunked}${sized(4)}\r\n${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`,
    "LENGTH_AND_CODING",
  ),
  row(
    "CL.0: a length on a method that has no content",
    "RFC 9110 9.3.1",
    `GET /outer HTTP/1.1\r\nHost: a\r\n${sized(inner.length)}\r\n${inner}`,
    ["/outer"],
  ),
  row("0.CL: a length of nothing", "RFC 9112 6.3", `${post}${sized(0)}\r\n${inner}`, ["/outer", "/inner"]),
  row(
    "two lengths",
    "RFC 9112 6.3",
    `${post}${sized(0)}${sized(inner.length)}\r\n${inner}`,
    "CONTENT_LENGTH",
  ),
  row("two equal lengths", "RFC 9112 6.3", `${post}${sized(1)}${sized(1)}\r\nx`, "CONTENT_LENGTH"),
  row("a list of lengths", "RFC 9112 6.3", `${post}Content-Length: 0, 5\r\n\r\n`, "CONTENT_LENGTH"),
  row("a length with a sign", "RFC 9110 8.6", `${post}Content-Length: +5\r\n\r\nhello`, "CONTENT_LENGTH"),
  row(
    "a length in hexadecimal digits",
    "RFC 9110 8.6",
    `${post}Content-Length: 0x5\r\n\r\nhello`,
    "CONTENT_LENGTH",
  ),
  row("a length with a point", "RFC 9110 8.6", `${post}Content-Length: 5.0\r\n\r\nhello`, "CONTENT_LENGTH"),
  row(
    "a length that is exact in no double",
    "RFC 9110 8.6",
    `${post}Content-Length: 9007199254740993\r\n\r\n`,
    "CONTENT_LENGTH",
  ),
  row(
    "a length that wraps around 64 bits",
    "RFC 9110 8.6",
    `${post}Content-Length: 18446744073709551617\r\n\r\nx`,
    "CONTENT_LENGTH",
  ),
  row(
    "a length with leading zeros is the same number",
    "RFC 9110 8.6",
    `${post}Content-Length: 0001\r\n\r\nx${inner}`,
    ["/outer", "/inner"],
  ),
  row(
    "a length with a vertical tab",
    "RFC 9110 5.5",
    `${post}Content-Length: \x0b5\r\n\r\nhello`,
    "FIELD_VALUE",
  ),
  row(
    "a length with an underscore in its name is another field",
    "RFC 9110 5.1",
    `${post}Content_Length: 5\r\n\r\n${inner}`,
    ["/outer", "/inner"],
  ),
];

const codings = [
  row(
    "a coding that ends with chunked",
    "RFC 9112 6.1",
    `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    "UNKNOWN_CODING",
  ),
  row(
    "a coding that only looks like chunked",
    "RFC 9112 6.1",
    `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    "TRANSFER_CODING",
  ),
  row(
    "a coding in quotes",
    "RFC 9112 7",
    `${post}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`,
    "TRANSFER_CODING",
  ),
  row(
    "chunked with a parameter",
    "RFC 9112 7.1",
    `${post}Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n`,
    "TRANSFER_CODING",
  ),
  row(
    "chunked, then identity",
    "RFC 9112 6.1",
    `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    "TRANSFER_CODING",
  ),
  row("chunked on two lines", "RFC 9112 6.1", `${post}${chunked}${chunked}\r\n0\r\n\r\n`, "TRANSFER_CODING"),
  row(
    "identity before chunked on a line of its own",
    "RFC 9112 6.1",
    `${post}Transfer-Encoding: identity\r\n${chunked}\r\n0\r\n\r\n`,
    "TRANSFER_CODING",
  ),
  row("an empty coding", "RFC 9112 6.1", `${post}Transfer-Encoding:\r\n${sized(1)}\r\nx`, "TRANSFER_CODING"),
  row(
    "a space before the colon",
    "RFC 9112 5.1",
    `${post}Transfer-Encoding : chunked\r\n${sized(1)}\r\nx`,
    "FIELD_NAME",
  ),
  row(
    "a tab before the colon",
    "RFC 9112 5.1",
    `${post}Transfer-Encoding\t: chunked\r\n${sized(1)}\r\nx`,
    "FIELD_NAME",
  ),
  row(
    "a name that ends with a form feed",
    "RFC 9110 5.1",
    `${post}Transfer-Encoding\x0c: chunked\r\n${sized(1)}\r\nx`,
    "FIELD_NAME",
  ),
  row(
    "a value that begins with a vertical tab",
    "RFC 9110 5.5",
    `${post}Transfer-Encoding: \x0bchunked\r\n${sized(1)}\r\nx`,
    "FIELD_VALUE",
  ),
  row(
    "a value that ends with NUL",
    "RFC 9110 5.5",
    `${post}Transfer-Encoding: chunked\0\r\n${sized(1)}\r\nx`,
    "FIELD_VALUE",
  ),
  row(
    "a coding that is folded",
    "RFC 9112 5.2",
    `${post}Transfer-Encoding:\r\n chunked\r\n${sized(1)}\r\nx`,
    "TRANSFER_CODING",
  ),
  row(
    "a coding in a folded line of another field",
    "RFC 9112 5.2",
    `${post}X: a\r\n Transfer-Encoding: chunked\r\n\r\n`,
    "FOLDING",
  ),
  row(
    "a coding behind a bare CR",
    "RFC 9112 2.2",
    `${post}X: a\rTransfer-Encoding: chunked\r\n\r\n`,
    "BARE_CR",
  ),
  row(
    "a coding behind a bare LF",
    "RFC 9112 2.2",
    `${post}X: a\nTransfer-Encoding: chunked\r\n\r\n`,
    "BARE_LF",
  ),
  row(
    "chunks over HTTP/1.0",
    "RFC 9112 6.1",
    `POST / HTTP/1.0\r\n${chunked}\r\n0\r\n\r\n`,
    "TRANSFER_CODING",
  ),
];

const chunks = (content: string) => `${post}${chunked}\r\n${content}`;

const chunkSizes = [
  row(
    "a size that wraps around 32 bits",
    "RFC 9112 7.1",
    chunks(`100000001\r\nx\r\n0\r\n\r\n`),
    "CHUNK_SIZE",
  ),
  row(
    "a size that wraps around 64 bits",
    "RFC 9112 7.1",
    chunks(`10000000000000001\r\nx\r\n0\r\n\r\n`),
    "CHUNK_SIZE",
  ),
  row("a size with 0x", "RFC 9112 7.1", chunks("0x1\r\nx\r\n0\r\n\r\n"), "CHUNK_SIZE"),
  row("a size with an underscore", "RFC 9112 7.1", chunks("0_1\r\nx\r\n0\r\n\r\n"), "CHUNK_SIZE"),
  row("a size with a sign", "RFC 9112 7.1", chunks("-1\r\nx\r\n0\r\n\r\n"), "CHUNK_SIZE"),
  row("a size behind a space", "RFC 9112 7.1", chunks(" 1\r\nx\r\n0\r\n\r\n"), "CHUNK_SIZE"),
  row("a size before a space", "RFC 9112 7.1.1", chunks("1 ;a\r\nx\r\n0\r\n\r\n"), "CHUNK_SIZE"),
  row("a size line that ends with LF alone", "RFC 9112 2.2", chunks("1\nx\r\n0\r\n\r\n"), "BARE_LF"),
  row("a size line that ends with CR alone", "RFC 9112 2.2", chunks("1\rx\r\n0\r\n\r\n"), "BARE_CR"),
  row(
    "TERM.EXT: an extension that LF ends for some",
    "RFC 9112 7.1.1",
    chunks("1;\nx\r\n0\r\n\r\n"),
    "BARE_LF",
  ),
  row(
    "EXT.TERM: an extension with a CR in it",
    "RFC 9112 7.1.1",
    chunks("1;a\rb\r\nx\r\n0\r\n\r\n"),
    "BARE_CR",
  ),
  row(
    "an extension in whose quotes a line ends",
    "RFC 9112 7.1.1",
    chunks('1;a="\r\nx\r\n0\r\n\r\n'),
    "CHUNK_EXTENSION",
  ),
  row("a chunk that is longer than it says", "RFC 9112 7.1", chunks("1\r\nxy\r\n0\r\n\r\n"), "CHUNK_END"),
  row(
    "a chunk that ends with two bytes that are no line end",
    "RFC 9112 7.1",
    chunks("1\r\nx++0\r\n\r\n"),
    "CHUNK_END",
  ),
  row(
    "a chunk that ends with LF behind another byte",
    "RFC 9112 7.1",
    chunks("1\r\nx+\n0\r\n\r\n"),
    "CHUNK_END",
  ),
  row("a chunk that ends with LF alone", "RFC 9112 7.1", chunks("1\r\nx\n0\r\n\r\n"), "CHUNK_END"),
  row("a last chunk that is followed by LF alone", "RFC 9112 7.1.2", chunks("0\r\n\n"), "BARE_LF"),
  row("a request behind the last chunk is one", "RFC 9112 7.1", chunks(`0\r\n\r\n${inner}`), [
    "/outer",
    "/inner",
  ]),
  row(
    "a request behind the last chunk without the empty line is a trailer, and a bad one",
    "RFC 9112 7.1.2",
    chunks(`0\r\n${inner}`),
    "FIELD_NAME",
  ),
  row("a length in a trailer", "RFC 9110 6.5.1", chunks("0\r\nContent-Length: 9\r\n\r\n"), "TRAILER"),
  row(
    "a coding in a trailer",
    "RFC 9110 6.5.1",
    chunks("0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "TRAILER",
  ),
  row("a size of many zeros", "RFC 9112 7.1", chunks("00000000\r\n\r\n"), ["/outer"]),
];

const lines = [
  row("an empty line in the request line's place", "RFC 9112 2.2", `\r\n${inner}`, ["/inner"]),
  row("a field before the request line", "RFC 9112 2.2", `X: a\r\n${inner}`, "METHOD"),
  row(
    "a space before the first field",
    "RFC 9112 2.2",
    "GET / HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n",
    "FOLDING",
  ),
  row("two requests of which one has no Host", "RFC 9112 3.2", `${inner}GET / HTTP/1.1\r\n\r\n`, "HOST"),
  row("two hosts", "RFC 9112 3.2", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HOST"),
  row(
    "a target with a space in it",
    "RFC 9112 3.2",
    "GET /a HTTP/1.1/../b HTTP/1.1\r\nHost: a\r\n\r\n",
    "REQUEST_LINE",
  ),
  row("a version of HTTP/1.10", "RFC 9112 2.3", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", "REQUEST_LINE"),
  row("a request without a version", "RFC 9112 3", `GET /\r\n${inner}`, "REQUEST_LINE"),
  row(
    "what follows close is nobody's request",
    "RFC 9112 9.6",
    `GET /outer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${inner}`,
    ["/outer"],
  ),
  row(
    "what follows CONNECT is nobody's request",
    "RFC 9110 9.3.6",
    `CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n${inner}`,
    ["a:1"],
  ),
];

export const smuggling: readonly Smuggling[] = [...lengths, ...codings, ...chunkSizes, ...lines];
