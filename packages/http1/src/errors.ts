/**
 * Why a request is refused: the status to answer with, a stable code, and the rule that it breaks.
 *
 * After any of these the bytes that follow cannot be trusted to begin where a request begins, so the connection is
 * answered once and closed.
 */

/** Code -> [status, rule, what is wrong]. */
export const refusals = {
  BARE_LF: [400, "RFC 9112 2.2", "a line ends with LF alone; lines end with CR LF"],
  BARE_CR: [400, "RFC 9112 2.2", "a CR stands where no LF follows"],
  METHOD: [400, "RFC 9112 3.1", "the method is not a token"],
  UNKNOWN_METHOD: [501, "RFC 9110 9.1", "the method is none that this server knows"],
  TARGET: [
    400,
    "RFC 9112 3.2",
    "the request target is empty, or holds a character that must be percent-encoded",
  ],
  TARGET_FORM: [400, "RFC 9112 3.2", "the request target is of a form that this method does not have"],
  REQUEST_LINE: [400, "RFC 9112 3", "the request line is not METHOD SP TARGET SP HTTP/1.1"],
  VERSION: [505, "RFC 9110 2.5", "the protocol version is not HTTP/1.0 or HTTP/1.1"],
  LINE_TOO_LONG: [414, "RFC 9112 3", "the request line is longer than this server reads"],
  FIELD_NAME: [
    400,
    "RFC 9112 5.1",
    "a field name is empty, or holds a character (or space) that it must not",
  ],
  FIELD_VALUE: [400, "RFC 9110 5.5", "a field value holds a control character"],
  FOLDING: [400, "RFC 9112 5.2", "a field line begins with white space (obs-fold)"],
  HEAD_TOO_LARGE: [431, "RFC 6585 5", "the header section is larger than this server reads"],
  TOO_MANY_FIELDS: [431, "RFC 6585 5", "the header section has more fields than this server reads"],
  HOST: [
    400,
    "RFC 9112 3.2",
    "an HTTP/1.1 request has exactly one Host field, with a host and perhaps a port",
  ],
  CONTENT_LENGTH: [400, "RFC 9112 6.3", "Content-Length is not one number, stands twice, or is too large"],
  LENGTH_AND_CODING: [400, "RFC 9112 6.1", "Content-Length and Transfer-Encoding stand together"],
  TRANSFER_CODING: [
    400,
    "RFC 9112 6.1",
    "Transfer-Encoding does not end with chunked, stands twice, or came over HTTP/1.0",
  ],
  UNKNOWN_CODING: [501, "RFC 9112 6.1", "a transfer coding other than chunked"],
  EXPECTATION: [417, "RFC 9110 10.1.1", "an expectation other than 100-continue"],
  CHUNK_SIZE: [
    400,
    "RFC 9112 7.1",
    "a chunk does not begin with its size in hexadecimal digits, or is too large",
  ],
  CHUNK_EXTENSION: [400, "RFC 9112 7.1.1", "a chunk extension is malformed or too long"],
  CHUNK_END: [400, "RFC 9112 7.1", "a chunk is not followed by CR LF where its size says that it ends"],
  TRAILER: [400, "RFC 9110 6.5.1", "a trailer field that must not stand in a trailer"],
  BODY_TOO_LARGE: [413, "RFC 9110 15.5.14", "the content is larger than this server takes"],
  TIMEOUT: [408, "RFC 9110 15.5.9", "the request took too long to arrive"],
} as const satisfies Record<string, readonly [status: number, rule: string, what: string]>;

export type Refusal = keyof typeof refusals;

export class HttpRequestError extends Error {
  override readonly name = "HttpRequestError";
  readonly code: Refusal;
  /** What to answer with. */
  readonly status: number;
  /** Where it is written. */
  readonly rule: string;

  constructor(code: Refusal) {
    const [status, rule, what] = refusals[code];
    super(`${what} (${rule})`);
    this.code = code;
    this.status = status;
    this.rule = rule;
  }
}
