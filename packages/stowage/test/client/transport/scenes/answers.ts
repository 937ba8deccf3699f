/** Answers of all kinds, whole and cut, right and wrong: what is taken, and what is refused. */
import assert from "node:assert/strict";
import { ok } from "../support/scripted-server.js";
import { faultOf, get, onStage, type Scene, send } from "../support/stage.js";

interface Case {
  readonly bytes: string;
  readonly status?: number;
  readonly text: string;
}

const H = "HTTP/1.1";

/** Each of them comes whole, and cut at every place. */
export const rightAnswers: Record<string, Case> = {
  "a length": { bytes: ok("hello"), text: "hello" },
  "a length of none": { bytes: `${H} 200 OK\r\nContent-Length: 0\r\n\r\n`, text: "" },
  "characters of several bytes": { bytes: ok('"žluťoučký 🐎"'), text: '"žluťoučký 🐎"' },
  "a byte order mark": { bytes: ok("\ufeffa"), text: "\ufeffa" },
  "no reason": { bytes: `${H} 404\r\ncontent-length: 2\r\n\r\nno`, status: 404, text: "no" },
  chunks: {
    bytes: `${H} 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\ndefghijklm\r\n0\r\n\r\n`,
    text: "abcdefghijklm",
  },
  "chunks with extensions and a trailer": {
    bytes: `${H} 201 Created\r\ntransfer-encoding: chunked\r\n\r\n2;a=1\r\nab\r\n01\r\nc\r\n0\r\nX: y\r\n\r\n`,
    status: 201,
    text: "abc",
  },
  "no chunk": { bytes: `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, text: "" },
  "no content": { bytes: `${H} 204 No Content\r\netag: "1"\r\n\r\n`, status: 204, text: "" },
  "an answer of others before it": {
    bytes: `${H} 103 Early Hints\r\nlink: </a>\r\n\r\n${ok("after")}`,
    text: "after",
  },
  "a refusal": {
    bytes: `${H} 503 Away\r\nretry-after: 1\r\ncontent-length: 4\r\n\r\nlate`,
    status: 503,
    text: "late",
  },
};

/** Nobody may take these for an answer. */
const wrongAnswers: Record<string, string> = {
  "no HTTP": "SSH-2.0-OpenSSH_9.6\r\n\r\n",
  "another version": "HTTP/3.0 200 OK\r\ncontent-length: 1\r\n\r\na",
  "no status": `${H} OK\r\ncontent-length: 1\r\n\r\na`,
  "a length that is no number": `${H} 200 OK\r\ncontent-length: 1x\r\n\r\na`,
  "a length below nothing": `${H} 200 OK\r\ncontent-length: -1\r\n\r\na`,
  "two lengths": `${H} 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab`,
  "a chunk without a size": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\nabc\r\n0\r\n\r\n`,
  "a chunk that is longer than it says": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n`,
  "NUL in a field": `${H} 200 OK\r\nx: \0\r\ncontent-length: 1\r\n\r\na`,
};

/** Lenient readers take some of these. */
export const doubtfulAnswers: Record<string, string> = {
  "a length beside chunks": `${H} 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  "another coding": `${H} 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  "chunked twice": `${H} 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  "chunks over HTTP/1.0": "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  "the same length twice": `${H} 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na`,
  "a list of lengths": `${H} 200 OK\r\ncontent-length: 1, 1\r\n\r\na`,
  "a length with a sign": `${H} 200 OK\r\ncontent-length: +1\r\n\r\na`,
  "an empty length": `${H} 200 OK\r\ncontent-length: \r\n\r\na`,
  "a length beyond numbers": `${H} 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\na`,
  "lines that end with LF": `${H} 200 OK\ncontent-length: 1\n\na`,
  "one line that ends with LF": `${H} 200 OK\r\nx: y\ncontent-length: 1\r\n\r\na`,
  "CR alone in a field": `${H} 200 OK\r\nx: a\rb\r\ncontent-length: 1\r\n\r\na`,
  "CR alone in the status line": `${H} 200 O\rK\r\ncontent-length: 1\r\n\r\na`,
  "CR alone at the end": `${H} 200 OK\r\ncontent-length: 1\r\n\ra`,
  "a folded line": `${H} 200 OK\r\nx: a\r\n b\r\ncontent-length: 1\r\n\r\na`,
  "a space before a colon": `${H} 200 OK\r\ncontent-length : 1\r\n\r\na`,
  "a name with a space": `${H} 200 OK\r\nconte nt: 1\r\ncontent-length: 1\r\n\r\na`,
  "a field without a name": `${H} 200 OK\r\n: 1\r\ncontent-length: 1\r\n\r\na`,
  "a field without a colon": `${H} 200 OK\r\nabc\r\ncontent-length: 1\r\n\r\na`,
  "a status of four digits": `${H} 2000 OK\r\ncontent-length: 1\r\n\r\na`,
  "a status of no kind": `${H} 799 OK\r\ncontent-length: 1\r\n\r\na`,
  "a status of kind none": `${H} 099 OK\r\ncontent-length: 1\r\n\r\na`,
  "lower case": "http/1.1 200 OK\r\ncontent-length: 1\r\n\r\na",
  "something before it": `\r\n${H} 200 OK\r\ncontent-length: 1\r\n\r\na`,
  "another protocol": `${H} 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n`,
  "a coding of its content": `${H} 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\na`,
  "a chunk size with 0x": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n`,
  "a chunk size beyond measure": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n000000001\r\na\r\n0\r\n\r\n`,
  "chunk lines that end with LF": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\na\n0\n\n`,
  "a chunk without anything": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n\r\n`,
  "a chunk that ends with anything and LF": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nax\n0\r\n\r\n`,
  "a chunk that ends with CR and anything": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\rx0\r\n\r\n`,
  "a chunk that ends with LF": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n`,
  "a chunk size and a space": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n`,
  "LF in an extension": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;a\nb\r\na\r\n0\r\n\r\n`,
  "a trailer without a name": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n: a\r\n\r\n`,
  "a trailer with a space in its name": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\na b: a\r\n\r\n`,
  "a trailer of many bytes": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ${"a".repeat(20_000)}\r\n\r\n`,
  "extensions of many bytes": `${H} 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;${"a".repeat(20_000)}\r\na\r\n0\r\n\r\n`,
  "a head of many bytes": `${H} 200 OK\r\nx: ${"a".repeat(40_000)}\r\ncontent-length: 1\r\n\r\na`,
  "a head of many lines": `${H} 200 OK\r\n${"x: y\r\n".repeat(8_000)}content-length: 1\r\n\r\na`,
  "a status line of many bytes": `${H} 200 ${"a".repeat(40_000)}\r\ncontent-length: 1\r\n\r\na`,
  "interim answers without end": `${`${H} 100 Continue\r\n\r\n`.repeat(1_000)}${ok("a")}`,
};

export const answers: Record<string, Scene> = {
  async "answers of all kinds come whole"(subject) {
    for (const [kind, { bytes, status = 200, text }] of Object.entries(rightAnswers)) {
      await onStage(
        subject,
        () => bytes,
        async ({ transport }) => {
          const answer = await send(transport);
          assert.deepEqual([answer.status, answer.text], [status, text], kind);
        },
      );
    }
  },

  async "answers that come in two pieces are the same"(subject) {
    const list = Object.entries(rightAnswers);
    const stride = subject.isStrict ? 1 : 9;
    for (const [kind, { bytes, status = 200, text }] of list) {
      let at = 0;
      await onStage(
        subject,
        () => [bytes.slice(0, at), bytes.slice(at)],
        async ({ transport }) => {
          for (at = 1; at < bytes.length; at += stride) {
            const answer = await send(transport);
            assert.deepEqual([answer.status, answer.text], [status, text], `${kind}, cut at ${at}`);
          }
        },
      );
    }
  },

  async "an answer without a length ends with the connection"(subject) {
    await onStage(
      subject,
      ({ socket }) => {
        socket.end("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        return null;
      },
      async ({ transport, server }) => {
        assert.equal((await send(transport)).text, "until the end");
        assert.equal((await send(transport)).text, "until the end");
        assert.equal(server.sockets.length, 2);
      },
    );
  },

  async "what answers HEAD, 204 and 304 has no body, whatever it says"(subject) {
    await onStage(
      subject,
      ({ method, path }) =>
        method === "HEAD"
          ? 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\netag: "7"\r\n\r\n'
          : `HTTP/1.1 ${path.slice(1)} x\r\netag: "7"\r\n${subject.isStrict ? "content-length: 5\r\n" : ""}\r\n`,
      async ({ transport, server }) => {
        for (const request of [{ method: "HEAD" as const }, { path: "/204" }, { path: "/304" }]) {
          const answer = await send(transport, request);
          assert.deepEqual([answer.text, answer.header("etag")], ["", '"7"']);
        }
        if (subject.isStrict) assert.equal(server.sockets.length, 1);
      },
    );
  },

  async "fields are found by their lower-case names"(subject) {
    const fields = ['ETag: "1"', "Stowage-TTL:   12\t ", "X-Twice: a", "x-twice: b", "x-empty:"];
    await onStage(
      subject,
      () => ok("", ...fields),
      async ({ transport }) => {
        const answer = await send(transport);
        const found = ["etag", "stowage-ttl", "x-twice", "x-empty", "x-none", "x"].map((name) =>
          answer.header(name),
        );
        assert.deepEqual(found, ['"1"', "12", "a, b", "", undefined, undefined]);
      },
    );
  },

  async "what is no answer is none"(subject) {
    for (const [kind, bytes] of Object.entries({
      ...wrongAnswers,
      ...(subject.isStrict ? doubtfulAnswers : {}),
    })) {
      await onStage(
        subject,
        ({ socket }) => {
          socket.end(bytes, "latin1");
          return null;
        },
        async ({ transport, server }) => {
          const fault = await faultOf(send(transport)).catch((error) =>
            assert.fail(`${kind}: ${error.message}`),
          );
          assert.equal(fault.unsent, false, kind);
          assert.ok(server.sockets.length <= 2, `${kind}: the connection was not used again`);
        },
      );
    }
  },

  async "an answer that ends before its end is none"(subject) {
    const cuttable = ["a length", "chunks", "an answer of others before it"];
    for (const kind of cuttable) {
      const { bytes } = rightAnswers[kind];
      let at = 0;
      await onStage(
        subject,
        ({ socket }) => {
          socket.end(bytes.slice(0, at), "latin1");
          return null;
        },
        async ({ transport }) => {
          for (at = 0; at < bytes.length; at += subject.isStrict ? 1 : 7)
            assert.equal((await faultOf(transport.send(get))).unsent, false, `${kind}, cut at ${at}`);
        },
      );
    }
  },

  async "a body has a bound"(subject) {
    const long = "x".repeat(300_000);
    const forms = [
      ok(long),
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${(300_000).toString(16)}\r\n${long}\r\n0\r\n\r\n`,
      `HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${long}`,
      "HTTP/1.1 200 OK\r\ncontent-length: 300000000000\r\n\r\n",
    ];
    for (const form of forms) {
      await onStage(
        subject,
        ({ socket }) => {
          socket.end(form);
          return null;
        },
        async ({ transport, another }) => {
          await faultOf(send(another({ bytesMax: 299_999 })));
          if (form !== forms[3]) assert.equal((await send(transport)).text, long);
        },
      );
    }
  },
};
