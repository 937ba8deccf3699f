/** Readers and servers with one mistake each, and the suite that has to find it: what has made others smuggle, leak or hang. */
import type { Edit } from "../../../../scripts/build/edited.js";
import type { Suite } from "./suites.js";

export interface Mutant {
  /** Completes "a reader ..." or "a server ...". */
  readonly name: string;
  readonly foundBy: Suite;
  readonly edits: readonly Edit[];
}

function reader(name: string, file: string, find: string | RegExp, replace: string): Mutant {
  return { name: `reader ${name}`, foundBy: "cases", edits: [{ file, find, replace }] };
}

function server(name: string, foundBy: Suite, file: string, find: string | RegExp, replace: string): Mutant {
  return { name: `server ${name}`, foundBy, edits: [{ file, find, replace }] };
}

const framing = [
  reader(
    "that takes a length beside chunks",
    "framing.ts",
    'if (notes.length >= 0) throw new HttpRequestError("LENGTH_AND_CODING");',
    "",
  ),
  reader("that takes two lengths", "framing.ts", "if (notes.length >= 0 || start", "if (start"),
  reader("that takes lengths of any size", "framing.ts", " || end - start > LENGTH_DIGITS_MAX", ""),
  reader(
    "that takes a length of other characters",
    "framing.ts",
    'if ((classes[bytes[at]] & DIGIT) === 0) throw new HttpRequestError("CONTENT_LENGTH");',
    "",
  ),
  reader(
    "that takes chunked twice",
    "framing.ts",
    'if (notes.chunked) throw new HttpRequestError("TRANSFER_CODING");',
    "",
  ),
  reader(
    "that takes every coding for chunked",
    "framing.ts",
    'if (!equalsIgnoringCase(bytes, start, end, "chunked")) {',
    "if (start === end) {",
  ),
  reader(
    "that takes chunks over HTTP/1.0",
    "framing.ts",
    'if (!modern) throw new HttpRequestError("TRANSFER_CODING");',
    "",
  ),
  reader("that takes two hosts", "framing.ts", "notes.hosts > 1 || ", ""),
  reader("that needs no host", "framing.ts", " || (modern && notes.hosts === 0)", ""),
  reader("that takes any host", "framing.ts", "return at === end || IPV6", "return true || IPV6"),
  reader("that gives CONNECT content", "framing.ts", 'if (head.method === "CONNECT") unframe(head);', ""),
  reader(
    "that gives CONNECT the content of the request before it",
    "head-parser.ts",
    'this.#head.method !== "CONNECT" && this',
    "this",
  ),
  reader(
    "that overhears close",
    "framing.ts",
    'if (option.trim() === "close") notes.close = true;',
    "if (false) notes.close = true;",
  ),
];

const lines = [
  reader(
    "that lets a request line end with LF",
    "request-line.ts",
    'if (lineEnd === LF) throw new HttpRequestError("BARE_LF");',
    "if (lineEnd === LF) return minor;",
  ),
  reader(
    "that lets CR stand alone in a head",
    "head-parser.ts",
    'if (bytes[at + 1] !== LF) throw new HttpRequestError("BARE_CR");',
    "",
  ),
  reader(
    "that lets an empty line end with anything",
    "head-parser.ts",
    'if (bytes[start + 1] !== LF) throw new HttpRequestError("BARE_CR");',
    "",
  ),
  reader(
    "that takes names of no characters",
    "head-parser.ts",
    "bytes[at] !== COLON || at === start) throw nameRefusal",
    "bytes[at] !== COLON) throw nameRefusal",
  ),
  reader(
    "that takes NUL in values",
    "syntax.ts",
    "for (const byte of [HTAB, SP])",
    "for (const byte of [0, HTAB, SP])",
  ),
  reader("that takes spaces in names", "syntax.ts", `for (const char of "!#`, `for (const char of " !#`),
  reader(
    "that takes bytes beyond ASCII in targets",
    "syntax.ts",
    "byte <= 0xff; byte++) classes[byte] = VALUE;",
    "byte <= 0xff; byte++) classes[byte] = VALUE | TARGET;",
  ),
  reader(
    "that takes every method",
    "methods.ts",
    'return method === "GET" || known.has(method);',
    "return true;",
  ),
  reader("that takes every target", "request-line.ts", "first !== SLASH && !ABSOLUTE", "false && !ABSOLUTE"),
  reader("that takes every version", "request-line.ts", "if (minor !== 0 && minor !== 1)", "if (minor > 9)"),
  reader(
    "that takes every expectation",
    "framing.ts",
    'throw new HttpRequestError("EXPECTATION");',
    "return;",
  ),
];

const chunks = [
  reader(
    "that takes sizes of many digits",
    "chunk-decoder.ts",
    "SIZE_DIGITS_MAX = 8",
    "SIZE_DIGITS_MAX = 32",
  ),
  reader("that does not look behind a chunk", "chunk-decoder.ts", 'expect(byte, CR, "CHUNK_END");', ""),
  reader(
    "that does not look at the LF behind a chunk",
    "chunk-decoder.ts",
    'expect(byte, LF, "CHUNK_END");',
    "",
  ),
  reader(
    "that ends extensions with LF",
    "chunk-decoder.ts",
    /if \(byte === LF\) throw new HttpRequestError\("BARE_LF"\);\s*const next/,
    "const next",
  ),
  reader(
    "that takes extensions of any length",
    "chunk-decoder.ts",
    " || ++this.#extensions > EXTENSIONS_MAX",
    "",
  ),
  reader(
    "that takes anything in trailers",
    "chunk-decoder.ts",
    'if (isForbiddenInTrailer(line, 0, at)) throw new HttpRequestError("TRAILER");',
    "",
  ),
  reader(
    "that takes trailers of any length",
    "chunk-decoder.ts",
    'if (++this.#trailers > this.#trailersMax) throw new HttpRequestError("HEAD_TOO_LARGE");',
    "",
  ),
];

const limits = [
  reader(
    "of any request line",
    "request-line.ts",
    'if (length > requestLine) throw new HttpRequestError("LINE_TOO_LONG");',
    "",
  ),
  reader(
    "that looks at the request line's length when it is whole",
    "head-parser.ts",
    /(at\+\+;\s*)checkLineLength\(at - start, this\.#limits\);(\s*if \(at === end\) return -1;\s*if \(bytes\[at\] !== SP \|\| at === start\))/,
    "$1$2",
  ),
  reader(
    "of one field too many",
    "head-parser.ts",
    "head.fieldCount === this.#limits.fields",
    "head.fieldCount > this.#limits.fields",
  ),
  reader(
    "whose head may be longer by its last line",
    "head-parser.ts",
    'if (this.#line > this.#fieldsStart + this.#limits.head) throw new HttpRequestError("HEAD_TOO_LARGE");',
    "",
  ),
  reader(
    "of any content",
    "content.ts",
    'if (wanted > this.#max) throw new HttpRequestError("BODY_TOO_LARGE");',
    "",
  ),
];

const memory = [
  reader("that keeps what it was lent", "reader.ts", "owned ? rest : Buffer.from(rest)", "rest"),
  reader(
    "whose head goes with the bytes it came in",
    "reader.ts",
    "head.bytes = Buffer.from(head.bytes.subarray(head.base, headEnd));",
    "head.bytes = head.bytes.subarray(head.base, headEnd);",
  ),
  reader(
    "that takes heads of one length for the same",
    "kept-bytes.ts",
    "return differing === 0;",
    "return differing !== 1;",
  ),
  reader(
    "that takes long heads of one length for the same",
    "kept-bytes.ts",
    "return this.#bytes.compare(bytes, at, at + this.length, 0, this.length) === 0;",
    "return this.#bytes.length > bytes.length - at - 1e9;",
  ),
  reader(
    "that compares the last word alone",
    "kept-bytes.ts",
    "differing |= view.getInt32",
    "differing = view.getInt32",
  ),
  reader(
    "that remembers a head that others have replaced",
    "head-parser.ts",
    /this\.#kept\.forget\(\);\s*this\.#notes/,
    "this.#notes",
  ),
  reader("that forgets fields when they become many", "request.ts", "larger.set(this.#fields);", ""),
];

const answers = [
  server(
    "that answers out of order",
    "an answer that comes later comes before those to later requests",
    "connection.ts",
    "return !this.#working && this.#takesMore();",
    "return this.#takesMore();",
  ),
  server(
    "that answers after close",
    "a connection ends after as many requests as it may have",
    "connection.ts",
    "if (this.#last) return false;",
    "",
  ),
  server(
    "that does not tell HTTP/1.0 that it stays",
    "a client of HTTP/1.0 keeps its connection if it asks to, and is told",
    "connection.ts",
    '"connection: keep-alive\\r\\n"',
    '""',
  ),
  server(
    "that reads on whoever reads nothing",
    "a body of bytes arrives whole, also at a client that reads slowly",
    "connection.ts",
    "this.#full = this.#outbox.gathered > BACKLOG_MAX || this.#outbox.isWaiting;",
    "this.#full = false;",
  ),
  server(
    "that asks for content that it will not take",
    "who waits for it is told to go on, and not who will send too much",
    "connection.ts",
    "if (head.expectsContinue && !tooLarge) {",
    "if (head.expectsContinue) {",
  ),
  server(
    "whose refusals have a body for HEAD",
    "a refusal is the handler's to word, and has no body for HEAD",
    "refusal.ts",
    'method === "HEAD" ? headOf',
    'method === "" ? headOf',
  ),
  server(
    "that counts no requests",
    "a connection ends after as many requests as it may have",
    "connection.ts",
    /if \(!head\.hasBody\) this\.#requests\+\+;/,
    "",
  ),
  server(
    "that takes content it does not want for requests",
    "short content is passed over, and the connection lives on",
    "connection.ts",
    'return this.#last ? "stop" : "drop";',
    'return this.#last ? "stop" : 1e6;',
  ),
  server(
    "that goes on behind content that may not come",
    "who waits for 100 Continue gets the answer alone, and the end",
    "connection.ts",
    "head.expectsContinue || head.contentLength < 0",
    "head.contentLength < 0",
  ),
  server(
    "that closes on a client that still sends",
    "a client that goes on sending megabytes still reads its answer",
    "connection.ts",
    "this.#outbox.end(() => this.#lingerFrom(this.#host.now()));",
    "this.#outbox.end(() => this.#socket.resetAndDestroy());",
  ),
  server(
    "that refuses without bound",
    "a client that reads none of its refusals is not read from",
    "connection.ts",
    /dropped\(\): boolean \{\s*return this\.#takesMore\(\);/,
    "dropped(): boolean {\n return true;",
  ),
];

const ends = [
  server(
    "that drops what came before a half-close",
    "all that came before a half-close is answered, also what waits behind a slow answer",
    "connection.ts",
    "if (!this.#peerDone || this.#unread > 0 || this.#working || this.#full || this.#reader.paused) return;",
    "if (!this.#peerDone) return;",
  ),
  server(
    "that leaves a sink alone",
    "a sink is told when the client breaks off",
    "reader.ts",
    "this.#sink?.abort(error);",
    "",
  ),
  server(
    "that takes every connection",
    "connections above the bound are turned away",
    "server.ts",
    " && open < this.#options.connectionsMax",
    "",
  ),
  server(
    "that reads all that is pipelined",
    "of a client that pipelines without end, little is read while one request is worked on",
    "connection.ts",
    "if (this.#reader.held > AHEAD_MAX && this.#reader.paused) this.#socket.pause();",
    "",
  ),
  server(
    "that does not notice that the client has gone",
    "whoever sends is told when the client has gone, without having to send",
    "connection.ts",
    "if (this.#reader.held > AHEAD_MAX && this.#reader.paused)",
    "if (this.#reader.paused)",
  ),
  server(
    "that tells nobody of its end",
    "and when it sends no more, or the server stops",
    "connection.ts",
    "if (this.#working) this.onEnding?.();\n    else if (",
    "if (!this.#working && ",
  ),
  server(
    "that keeps those waiting who wait for the client",
    "who sends faster than the client reads sees it, and is told when that has changed",
    "connection.ts",
    "listener?.();",
    "",
  ),
  server(
    "that waits for clients that read nothing",
    "a client that reads nothing is let go",
    "connection.ts",
    "if (stalledMs > writeMs) this.#socket.destroy();",
    "",
  ),
  server(
    "that has no patience with slow readers",
    "a client that reads slowly gets all of it",
    "outbox.ts",
    "if (taken < 0 || taken !== this.#taken)",
    "if (taken < 0 || this.#taken < 0)",
  ),
  server(
    "that lingers while it still sends",
    "a client that reads slowly gets all of it",
    "connection.ts",
    'if (this.#outbox.unsent > 0) return "writing";',
    "",
  ),
  server(
    "that cuts what it sent when it stops",
    "what has been sent when the server stops still arrives",
    "connection.ts",
    "else if (!this.#reader.amid && !this.#full && this.#unread === 0) this.#end();",
    "else this.#socket.destroy();",
  ),
  server(
    "that leaves idle connections open when it stops",
    "a request that has begun when the server stops is answered, an idle connection ends",
    "connection.ts",
    "else if (!this.#reader.amid && !this.#full && this.#unread === 0) this.#end();",
    "",
  ),
  server(
    "that forgets what has arrived when it stops",
    "a request that has arrived when the server stops is answered",
    "connection.ts",
    " && this.#unread === 0) this.#end();",
    ") this.#end();",
  ),
  server(
    "that gives up requests in pieces when it stops",
    "a request that comes in several pieces after the server stops is answered",
    "connection.ts",
    "if (this.#last && !this.#reader.amid) this.#end();",
    "if (this.#last) this.#end();",
  ),
];

const order = [
  server(
    "whose texts overtake bytes",
    "texts and bytes arrive in the order in which they were sent",
    "outbox.ts",
    "return !this.#streaming;",
    "return true;",
  ),
  server(
    "that does not know what waits in the system",
    "a text that the system does not take at once waits, and it is told when it has",
    "outbox.ts",
    'else if (written === "waits") this.#waiting = text.length;',
    "",
  ),
  server(
    "that does not hear that the system has taken it",
    "a text that the system does not take at once waits, and it is told when it has",
    "outbox.ts",
    "else if (!this.isWaiting) this.#drained();",
    "",
  ),
];

const times = [
  server(
    "that is patient with those who go on sending",
    "a head that does not arrive in time is answered with 408, however steadily it comes",
    "connection.ts",
    "if (!this.#reader.amid) this.#since = now;\n    this.#reader.push",
    "this.#since = now;\n    this.#reader.push",
  ),
  server(
    "that gives content no longer than a head",
    "content has longer, and no more than that",
    "connection.ts",
    "this.#reader.amidContent ? requestMs : headMs",
    "headMs",
  ),
  server(
    "that says 408 to who has been answered",
    "content that is passed over has been answered: there is nothing more to say",
    "connection.ts",
    "if (this.#reader.dropping) this.#socket.destroy();\n    else",
    "",
  ),
  server(
    "that counts from an earlier request",
    "the time of a request counts from its first byte, not from that of one before it",
    "connection.ts",
    "this.#since = this.#arrivedAt;\n    this.#working",
    "this.#working",
  ),
  server(
    "that keeps idle connections",
    "an idle connection is closed without a word",
    "connection.ts",
    "if (age > idleMs) this.#socket.destroy();",
    "",
  ),
  server(
    "that takes its own time for the client's",
    "the time to answer does not count as idle",
    "connection.ts",
    "this.#since = this.#host.now();\n    this.#settle();",
    "this.#settle();",
  ),
  server(
    "that lets go of those who still send",
    "who keeps its side open after the last response is let go, and sooner if it says nothing",
    "connection.ts",
    /if \(this\.#ended\) \{\s*this\.#since = now;/,
    "if (this.#ended) {",
  ),
];

export const mutants: readonly Mutant[] = [
  ...framing,
  ...lines,
  ...chunks,
  ...limits,
  ...memory,
  ...answers,
  ...ends,
  ...order,
  ...times,
];
