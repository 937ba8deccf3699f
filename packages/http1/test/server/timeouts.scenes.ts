/** What takes too long, by a clock that goes as the scene says. */
import assert from "node:assert/strict";
import { fixedHead, responseOf } from "../../src/index.js";
import { answer, bodiesOf, get, onStage, settled, until } from "../support/serve.js";

const half = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";

export const timeouts = {
  "a head that does not arrive in time is answered with 408, however steadily it comes": () =>
    onStage({ timeouts: { headMs: 1_000 } }, async (stage) => {
      const { client, server, pass } = stage;
      const loris = client();
      loris.send(get("/1"));
      await loris.bodies(1);
      for (const byte of "GET / HTTP") {
        loris.send(byte);
        await until(() => server.phases().reading === 1);
        await settled(stage);
        pass(100);
      }
      assert.equal(server.phases().reading, 1);
      pass(1);
      assert.match(await loris.all(), /HTTP\/1\.1 408 Request Timeout\r\n/);
    }),

  "content has longer, and no more than that": () =>
    onStage({ timeouts: { headMs: 1_000, requestMs: 5_000 } }, async ({ client, server, pass }) => {
      const one = client();
      one.send(half);
      await until(() => server.phases().reading === 1);
      pass(4_000);
      assert.equal(server.phases().reading, 1);
      pass(1_001);
      assert.match(await one.all(), /HTTP\/1\.1 408 /);
    }),

  "a sink hears of it": async () => {
    const told: string[] = [];
    const sink = { data: () => undefined, abort: (error: Error) => told.push(error.message) };
    await onStage(
      { content: () => sink, timeouts: { requestMs: 1_000 } },
      async ({ client, server, pass }) => {
        client().send(half);
        await until(() => server.phases().reading === 1);
        pass(1_001);
        assert.deepEqual(told, ["the request took too long to arrive (RFC 9110 15.5.9)"]);
      },
    );
  },

  "content that is passed over has been answered: there is nothing more to say": () =>
    onStage(
      {
        content(head, connection) {
          connection.send(responseOf(fixedHead(401) + connection.connectionLine(head), ""));
          return null;
        },
      },
      async ({ client, server, pass }) => {
        const one = client();
        one.send(half);
        await one.until(({ text }) => text.includes("401"));
        await until(() => server.phases().reading === 1);
        pass(600_000);
        await until(() => server.counts.open === 0);
        await one.all();
        assert(!one.text.includes("408"));
      },
    ),

  "the time of a request counts from its first byte, not from that of one before it": () =>
    onStage({ timeouts: { headMs: 1_000 } }, async (stage) => {
      const one = stage.client();
      const request = get("/");
      one.send(request.slice(0, 10));
      for (let count = 1; count <= 20; count++) {
        await until(() => stage.server.phases().reading === 1);
        stage.pass(900);
        one.send(request.slice(10) + request.slice(0, 10));
        assert.equal((await one.bodies(count)).length, count);
      }
    }),

  "an idle connection is closed without a word": () =>
    onStage({ timeouts: { idleMs: 1_000 } }, async ({ client, server, pass }) => {
      const one = client();
      for (let count = 1; count <= 3; count++) {
        one.send(get("/"));
        await one.bodies(count);
        pass(900);
      }
      pass(101);
      await until(() => server.counts.open === 0);
      assert.equal(bodiesOf(one.text).length, 3);
    }),

  "the time to answer does not count as idle": async () => {
    let finish = (): void => undefined;
    await onStage(
      {
        timeouts: { idleMs: 1_000, requestMs: 1_000, headMs: 1_000 },
        request(head, _content, connection) {
          finish = () => {
            answer(connection, head, "");
            connection.done();
          };
          if (head.target === "/slow") return false;
          answer(connection, head, "");
          return true;
        },
      },
      async ({ client, server, pass }) => {
        const one = client();
        one.send(get("/slow") + get("/"));
        await until(() => server.phases().working === 1);
        pass(50_000);
        finish();
        await one.bodies(2);
        pass(900);
        one.send(get("/"));
        await one.bodies(3);
      },
    );
  },

  "who keeps its side open after the last response is let go, and sooner if it says nothing": () =>
    onStage({}, async (stage) => {
      const { client, server, pass } = stage;
      const [silent, talking] = [client(), client()];
      for (const one of [silent, talking]) {
        one.send(get("/", "Connection: close"));
        await one.all();
      }
      await until(() => server.phases().lingering === 2);
      for (let round = 0; round < 20; round++) {
        pass(1_400);
        talking.send("x");
        await settled(stage);
      }
      assert.equal(server.phases().lingering, 1);
      pass(2_100);
      await until(() => server.counts.open === 0);
    }),
};
