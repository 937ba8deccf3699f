/** Requests and answers over real sockets. Each scene throws where the server does not do what it says. */
import assert from "node:assert/strict";
import type { Connection, RequestHead } from "../../src/index.js";
import { headOf } from "../../src/index.js";
import { answer, bodiesOf, echo, get, onStage, post, settled, until } from "../support/serve.js";

/** Answers when it is told. */
function waiting() {
  const answers: (() => void)[] = [];
  const request = (head: RequestHead, _content: Buffer, connection: Connection) => {
    if (head.target.startsWith("/now") || head.target === "/settled") return echo(head, _content, connection);
    answers.push(() => {
      answer(connection, head, head.target);
      connection.done();
    });
    return false;
  };
  return { answers, request };
}

export const requests = {
  "request after request on one connection": () =>
    onStage({}, async ({ client, server }) => {
      const one = client();
      one.send(get("/1"));
      assert.deepEqual(await one.bodies(1), ["GET /1 "]);
      one.send(post("/2", "abc"));
      assert.deepEqual(await one.bodies(2), ["GET /1 ", "POST /2 abc"]);
      assert.deepEqual(server.counts, { open: 1, accepted: 1, turnedAway: 0, errors: 0 });
    }),

  "pipelined requests are answered in order": () =>
    onStage({}, async ({ client }) => {
      const one = client();
      const targets = Array.from({ length: 5_000 }, (_, index) => `/${index}`);
      one.send(targets.map((target) => get(target)).join(""));
      assert.deepEqual(
        await one.bodies(5_000),
        targets.map((target) => `GET ${target} `),
      );
    }),

  "an answer that comes later comes before those to later requests": async () => {
    const { answers, request } = waiting();
    await onStage({ request }, async (stage) => {
      const one = stage.client();
      one.send(get("/later") + get("/now1") + get("/later2") + get("/now2"));
      await until(() => answers.length === 1);
      await settled(stage);
      assert.equal(one.text, "");
      answers.shift()?.();
      assert.deepEqual(await one.bodies(2), ["/later", "GET /now1 "]);
      await until(() => answers.length === 1);
      answers.shift()?.();
      assert.deepEqual(await one.bodies(4), ["/later", "GET /now1 ", "/later2", "GET /now2 "]);
    });
  },

  "an answer may be complete before the handler returns that it is not": () =>
    onStage(
      {
        request(head, _content, connection) {
          answer(connection, head, head.target);
          connection.done();
          return false;
        },
      },
      async ({ client }) => {
        const one = client();
        one.send(get("/1") + get("/2") + get("/3"));
        assert.deepEqual(await one.bodies(3), ["/1", "/2", "/3"]);
      },
    ),

  "nothing is answered after close": () =>
    onStage({}, async ({ client }) => {
      for (const request of [get("/x", "Connection: close"), "GET /x HTTP/1.0\r\n\r\n"]) {
        const one = client();
        one.send(request + get("/y"));
        assert.deepEqual(bodiesOf(await one.all()), ["GET /x "]);
        assert.match(one.text, /^connection: close\r$/m);
      }
    }),

  "a client of HTTP/1.0 keeps its connection if it asks to, and is told": () =>
    onStage({}, async ({ client }) => {
      const one = client();
      one.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      await one.bodies(1);
      assert.match(one.text, /^connection: keep-alive\r$/m);
      one.send("GET /2 HTTP/1.0\r\n\r\n");
      assert.deepEqual(bodiesOf(await one.all()), ["GET /1 ", "GET /2 "]);
    }),

  "a connection ends after as many requests as it may have": () =>
    onStage({ requestsMax: 3 }, async ({ client }) => {
      const one = client();
      one.send(get("/1") + post("/2", "a") + get("/3") + get("/4"));
      assert.equal(bodiesOf(await one.all()).length, 3);
      assert.equal(one.text.split("connection: close").length, 2);
    }),

  "a body of bytes arrives whole, also at a client that reads slowly": async () => {
    const body = Buffer.alloc(800_000, "0123456789");
    const head = headOf("HTTP/1.1 200 OK\r\n", body.length);
    let served = 0;
    const request = (_head: RequestHead, _content: Buffer, connection: Connection) => {
      served++;
      connection.sendBytes(head, body);
      return true;
    };
    await onStage({ request }, async ({ client }) => {
      const one = client();
      one.socket.pause();
      one.send(get("/").repeat(40));
      await until(() => served > 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert(served < 40, "the client is read from, and reads nothing itself");
      one.socket.resume();
      const all = (head + body.toString("latin1")).repeat(40);
      await one.until(({ text }) => text.length >= all.length);
      assert(one.text === all);
    });
  },

  "who waits for it is told to go on, and not who will send too much": () =>
    onStage({ contentMax: 5 }, async ({ client }) => {
      const one = client();
      one.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
      await one.until(({ text }) => text.includes("100 Continue\r\n\r\n"));
      one.send("hello");
      assert.deepEqual(await one.bodies(1), ["POST / hello"]);
      one.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n");
      await one.all();
      assert.equal(one.text.split("100 Continue").length, 2);
      assert.match(one.text, /HTTP\/1\.1 413 /);
    }),

  "what cannot be read is refused once, after what came before is answered": () =>
    onStage({}, async ({ client }) => {
      const one = client();
      one.send(`${get("/x")}GET / HTTP/1.1\nHost: a\n\n${get("/y")}`);
      assert.deepEqual(bodiesOf(await one.all()), [
        "GET /x ",
        "a line ends with LF alone; lines end with CR LF (RFC 9112 2.2)",
      ]);
      assert.match(
        one.text,
        /HTTP\/1\.1 400 Bad Request\r\n(.+\r\n)*connection: close\r\ndate: Thu, 01 Jan 1970/,
      );
    }),

  "a refusal is the handler's to word, and has no body for HEAD": () =>
    onStage(
      { refused: (error) => ({ type: "text/x", body: error.code, fields: { "x-id": "7" } }) },
      async ({ client }) => {
        const one = client();
        one.send("GET / HTTP/1.1\r\n\r\n");
        assert.match(await one.all(), /content-type: text\/x\r\nx-id: 7\r\n(.+\r\n)*\r\nHOST$/);
        const other = client();
        other.send("HEAD / HTTP/1.1\r\nA: \x01\r\n\r\n");
        assert.match(await other.all(), /content-length: 11\r\n\r\n$/);
      },
    ),
};
