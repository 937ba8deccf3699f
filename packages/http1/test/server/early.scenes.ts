/** Answers that are given before the content of a request has come: 401 to somebody who wants to send 8 MB. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type Connection, fixedHead, type RequestHead, responseOf } from "../../src/index.js";
import { bodiesOf, get, onStage, post, until } from "../support/serve.js";

const unauthorized = fixedHead(401);

/** Refuses what is sent to /no before its content comes. */
function content(head: RequestHead, connection: Connection): number | null {
  if (head.target !== "/no") return 1_000;
  connection.send(responseOf(unauthorized + connection.connectionLine(head), "no"));
  return null;
}

export const early = {
  "short content is passed over, and the connection lives on": () =>
    onStage({ content }, async ({ client }) => {
      const one = client();
      const [first, second] = [post("/no", get("/smuggled")), post("/yes", "abc")];
      one.send(first.slice(0, -5));
      assert.deepEqual(await one.bodies(1), ["no"]);
      one.send(first.slice(-5) + second);
      assert.deepEqual(await one.bodies(2), ["no", "POST /yes abc"]);
      assert(!one.text.includes("connection: close"));
    }),

  "content that comes with its head is passed over": () =>
    onStage({ content }, async ({ client }) => {
      const one = client();
      one.send((post("/no", get("/smuggled")) + post("/yes", "abc")).repeat(3));
      assert.deepEqual(await one.bodies(6), Array(3).fill(["no", "POST /yes abc"]).flat());
    }),

  "who waits for 100 Continue gets the answer alone, and the end": () =>
    onStage({ content }, async ({ client }) => {
      const one = client();
      one.send("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
      const text = await one.all();
      assert(!text.includes("100 Continue"));
      assert.match(text, /^HTTP\/1\.1 401 .*\r\nconnection: close\r\n/);
    }),

  "a client that goes on sending megabytes still reads its answer": () =>
    onStage({ content }, async ({ client }) => {
      const one = client();
      one.socket.pause();
      one.send("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
      one.send("x".repeat(8_000_000));
      await once(one.socket, "drain");
      one.socket.resume();
      assert.deepEqual(bodiesOf(await one.all()), ["no"]);
      one.socket.end();
      await one.until(({ closed }) => closed);
      assert.match(one.text, /connection: close/);
    }),

  "chunks are not passed over: nobody knows how many come": () =>
    onStage({ content }, async ({ client }) => {
      const one = client();
      one.send("POST /no HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      one.send(`1\r\na\r\n0\r\n\r\n${get("/next")}`);
      assert.deepEqual(bodiesOf(await one.all()), ["no"]);
    }),

  "a handler that does not ask whether the connection ends has ended it": () =>
    onStage(
      {
        content(_head, connection) {
          connection.send(responseOf(unauthorized, "no"));
          return null;
        },
      },
      async ({ client }) => {
        const one = client();
        one.send(post("/no", "abc") + get("/next"));
        assert.deepEqual(bodiesOf(await one.all()), ["no"]);
      },
    ),

  "a client that reads none of its refusals is not read from": async () => {
    let refused = 0;
    const body = "n".repeat(20_000);
    await onStage(
      {
        content(head, connection) {
          refused++;
          connection.send(responseOf(unauthorized + connection.connectionLine(head), body));
          return null;
        },
      },
      async ({ client }) => {
        const one = client();
        one.socket.pause();
        one.send(post("/no", "abc").repeat(2_000));
        await until(() => refused > 0);
        await new Promise((resolve) => setTimeout(resolve, 100));
        assert(refused < 1_000, `${refused} answers wait`);
        one.socket.resume();
        await one.until(({ text }) => text.length > 2_000 * body.length);
        assert.equal(refused, 2_000);
      },
    );
  },
};
