/** Transports with one mistake each, and the suite that has to find it: what makes clients give out wrong answers, hang or leak. */
import type { Edit } from "../../../../../../scripts/build/edited.js";
import type { Suite } from "./suites.js";

export interface Mutant {
  /** Completes "a transport ...". */
  readonly name: string;
  readonly foundBy: Suite;
  readonly edits: readonly Edit[];
}

function mutant(
  foundBy: Suite,
  file: string,
): (name: string, find: string | RegExp, replace: string) => Mutant {
  return (name, find, replace) => ({ name, foundBy, edits: [{ file: `http1/${file}`, find, replace }] });
}

const head = mutant("cases", "head.ts");
const chunks = mutant("cases", "chunks.ts");
const reader = mutant("cases", "reader.ts");

const readers: readonly Mutant[] = [
  head("that takes a length beside chunks", "this.contentLength >= 0 || !this.#isModern", "!this.#isModern"),
  head(
    "that takes chunks over HTTP/1.0",
    "this.contentLength >= 0 || !this.#isModern",
    "this.contentLength >= 0",
  ),
  head("that takes two lengths", "this.contentLength >= 0 || start === end", "start === end"),
  head("that takes an empty length", "this.contentLength >= 0 || start === end", "this.contentLength >= 0"),
  head("that takes lengths of any size", " || end - start > LENGTH_DIGITS_MAX", ""),
  head(
    "that takes a length that is none",
    "if (bytes[at] < 0x30 || bytes[at] > 0x39)",
    "if (bytes[at] > 0x39)",
  ),
  head("that takes any coding for chunked", 'value !== "chunked" || this.isChunked', "this.isChunked"),
  head("that takes chunked twice", 'value !== "chunked" || this.isChunked', 'value !== "chunked"'),
  head(
    "that takes content in a coding",
    'isName(bytes, start, "content-encoding") &&',
    'isName(bytes, start, "content-encoding") && start < 0 &&',
  ),
  head(
    "that takes LF for the end of a line",
    'if (bytes[at] !== CR) throw new BadAnswer("a character in its head that may not be there");',
    "if (bytes[at] === LF) return true;",
  ),
  head(
    "that takes CR and anything for the end of a line",
    /if \(bytes\[at \+ 1\] !== LF\) throw new BadAnswer\("a CR without LF in its head"\);\s*return true;/,
    "return true;",
  ),
  head(
    "that takes CR and anything for the end of a head",
    /if \(bytes\[start \+ 1\] !== LF\) throw new BadAnswer\("a CR without LF in its head"\);/,
    "",
  ),
  head("that takes names of no characters", "bytes[at] !== COLON || at === start", "bytes[at] !== COLON"),
  head("that takes any status line", "if (!isRight) throw", "if (!isRight && at < 0) throw"),
  head(
    "that takes statuses of four digits",
    'if (bytes[at] !== SP && bytes[at] !== CR) throw new BadAnswer("a status line that is none");',
    "",
  ),
  head("that takes heads of any length", "if (this.#line > HEAD_BYTES_MAX) throw tooLong();", ""),
  head("that keeps a length for the next answer", "this.contentLength = -1;", ""),
  head("that keeps chunks for the next answer", "this.isChunked = false;", ""),
  chunks(
    "that takes chunk sizes beyond measure",
    "if (++this.#digits > SIZE_DIGITS_MAX)",
    "if (++this.#digits > 99)",
  ),
  chunks("that takes chunks without a size", "if (this.#digits === 0)", "if (this.#digits < 0)"),
  chunks("that does not look behind a chunk", /case "data-cr":\s*expect\(byte, CR\);/, 'case "data-cr":'),
  chunks(
    "that does not look at the LF behind a chunk",
    /case "data-lf":\s*expect\(byte, LF\);/,
    'case "data-lf":',
  ),
  chunks("that takes anything behind a size", "expect(byte, SEMICOLON);", ""),
  chunks("that takes extras without end", " || ++this.#extras > EXTRAS_MAX", ""),
  chunks("that takes any trailer", "if ((classes[byte] & TOKEN) === 0) throw", "if (byte < 0) throw"),
  chunks(
    "that ends before the last line",
    'if (byte === CR) return "last-lf";',
    'if (byte === CR) return "done";',
  ),
  reader("that takes another protocol", "if (status === 101) throw", "if (status === 999) throw"),
  reader(
    "that passes over answers without end",
    "if (++this.#interims > INTERIMS_MAX) throw",
    "if (this.#left > 9e9) throw",
  ),
  reader("that takes an interim answer for the answer", "if (status < 200) {", "if (status < 100) {"),
  reader("that keeps what it was lent", "Buffer.from(bytes.subarray(at, end))", "bytes.subarray(at, end)"),
  reader("that takes 204 for an answer with a body", "status === 204 || ", ""),
  reader(
    "that takes what was cut for the whole",
    'else if (this.#state !== "idle") throw new BadAnswer("an answer that ends before its end");',
    'else if (this.#state !== "idle") this.#complete();',
  ),
  mutant("cases", "body.ts")(
    "that loses what came before it grew",
    "this.#bytes.copy(larger, 0, 0, this.#length);",
    "",
  ),
  mutant("a body has a bound", "body.ts")(
    "that takes bodies of any length",
    "if (wanted > this.#max) throw tooLong(this.#max);",
    "",
  ),
  mutant("what answers HEAD, 204 and 304 has no body, whatever it says", "reader.ts")(
    "that waits for the body of HEAD",
    "this.#isHead || ",
    "",
  ),
  mutant("fields are found by their lower-case names", "answer.ts")(
    "that gives the first of several fields alone",
    /found === undefined \? value : `\$\{found\}, \$\{value\}`/,
    "found ?? value",
  ),
];

const connection = (foundBy: Suite) => mutant(foundBy, "connection.ts");
const pool = (foundBy: Suite) => mutant(foundBy, "pool.ts");

const connections: readonly Mutant[] = [
  connection("a connection that the server closes is not used again")(
    "that uses a connection again that the server closes",
    "!this.#reader.keepAlive || ",
    "",
  ),
  connection("what nobody asked for ends a connection")(
    "that goes on after what nobody asked for",
    "if (!wasExact) this.destroy();",
    "if (!wasExact) return;",
  ),
  mutant("what follows an answer is not the next one", "reader.ts")(
    "that does not see what follows an answer",
    "return this.#read(bytes, start, end) === end;",
    "return this.#read(bytes, start, end) <= end;",
  ),
  connection("an answer before the request was sent whole ends the connection")(
    "that sends into the midst of a request",
    " || this.#socket.writableLength > 0",
    "",
  ),
  connection("what was sent to a server that says nothing of it is not called unsent")(
    "that calls unsent what was sent",
    "exchange.wasWritten = true;",
    "",
  ),
  mutant("what could not be sent is called so", "exchange.ts")(
    "that calls sent what was not",
    "!this.wasWritten",
    "false",
  ),
  connection("a kept connection that breaks before it answers is called stale")(
    "that calls nothing stale",
    "const isStale = this.#answers > 0 &&",
    "const isStale = this.#answers < 0 &&",
  ),
  connection("what was sent to a server that says nothing of it is not called unsent")(
    "that calls everything stale",
    "const isStale = this.#answers > 0 &&",
    "const isStale =",
  ),
  connection("a kept connection that has begun to answer is not called stale")(
    "that calls stale what has begun to answer",
    " && !this.#reader.hasBegun",
    "",
  ),
  pool("a kept connection that breaks before it answers is called stale")(
    "that tries the other stale connections",
    "for (const connection of [...this.#idle]) connection.destroy();\n  }\n\n  close",
    "}\n\n  close",
  ),
  pool("there are no more connections than allowed, and the others wait in their order")(
    "that opens as many connections as it likes",
    "this.#all.size < this.#options.connections",
    "true",
  ),
  pool("there are no more connections than allowed, and the others wait in their order")(
    "that forgets who waits",
    "if (next !== undefined) connection.send(next);\n    else this.#keep(connection);",
    "this.#keep(connection);",
  ),
  pool("who waits gets a new connection when one breaks")(
    "that leaves waiting who waited for a connection that broke",
    "if (next !== undefined) this.#connect(next, this.#all);",
    "",
  ),
  pool("a connection is used again")("that keeps no connection", "this.#idle.push(connection);", ""),
  pool("connections that are not used are closed when their time is over")(
    "that keeps connections for ever",
    "if (leftMs <= 0) connection.destroy();\n      else",
    "",
  ),
  pool("a connection is left alone before the server closes it")(
    "that does not hear for how long the server keeps it",
    "Math.min(ownMs, connection.keepAliveMs - KEEP_ALIVE_MARGIN_MS)",
    "ownMs",
  ),
  pool("a connection is left alone before the server closes it")(
    "that waits for a connection whose time is over",
    "this.stale();\n    return undefined;",
    "return undefined;",
  ),
  pool("close ends everything, and nothing begins after it")(
    "that forgets at close who waits",
    'for (const exchange of this.#waiting) exchange.failWith("the transport was closed");',
    "",
  ),
  pool("close ends everything, and nothing begins after it")(
    "that forgets at close what is under way",
    'exchange?.failWith("the transport was closed");',
    "",
  ),
  pool("a request that waits for its answer is given up, and its connection with it")(
    "that keeps the connection of what was given up",
    "if (connection.exchange === exchange) connection.destroy();",
    "if (connection.exchange !== exchange) connection.destroy();",
  ),
  pool("a request that waits for a connection is given up, and no other one")(
    "that sends what was given up",
    "if (!this.#waiting.delete(exchange)) {",
    "{",
  ),
  mutant("nothing is left of a request on its signal", "exchange.ts")(
    "that goes on listening to a signal",
    "this.#unlink?.();",
    "",
  ),
  mutant("each request has its own headers", "request-text.ts")(
    "that takes changed headers for the same",
    "if (Object.isFrozen(headers)) {",
    "{",
  ),
  mutant("nobody slips a line of his own in", "request-text.ts")(
    "that sends any header",
    'if (typeof value !== "string" || !VALUE.test(value))',
    'if (typeof value !== "string")',
  ),
  mutant("nobody slips a line of his own in", "request-text.ts")(
    "that sends any path",
    "!PATH.test(path)",
    'path === "/never"',
  ),
  mutant("a request is sent as it is", "request-text.ts")(
    "that counts characters for bytes",
    "Buffer.byteLength(body)",
    "body.length",
  ),
  mutant("characters are whole, wherever they are cut", "stream-exchange.ts")(
    "that decodes each piece by itself",
    "{ stream: true }",
    "{ stream: false }",
  ),
  mutant("whoever reads slowly is not sent without end", "pieces.ts")(
    "that takes in what nobody reads",
    "if (this.#waiting > WAITING_MAX) this.#source.pause();",
    "",
  ),
  mutant("whoever reads slowly is not sent without end", "pieces.ts")(
    "that never reads on",
    "this.#source.resume();",
    "this.#waiting += 0;",
  ),
  mutant("a stream that breaks throws, after what has come", "pieces.ts")(
    "whose broken streams end",
    "this.#error = error;",
    "this.#error = undefined;",
  ),
  mutant("close ends it from this side, quietly", "stream-exchange.ts")(
    "that does not close a stream",
    "this.connection?.destroy();",
    "",
  ),
];

const secure: readonly Mutant[] = [
  {
    name: "that trusts any certificate",
    foundBy: "a certificate that nobody vouches for is refused",
    edits: [{ file: "sockets.ts", find: "rejectUnauthorized: true", replace: "rejectUnauthorized: false" }],
  },
  {
    name: "that looks at no name",
    foundBy: "a certificate of another name is refused",
    edits: [
      {
        file: "sockets.ts",
        find: "rejectUnauthorized: true",
        replace: "rejectUnauthorized: true, checkServerIdentity: () => undefined",
      },
    ],
  },
];

export const mutants: readonly Mutant[] = [...readers, ...connections, ...secure];
