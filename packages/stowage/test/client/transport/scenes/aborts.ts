/** A request may be given up at any time: it ends with the signal's reason, and nobody else notices. */
import assert from "node:assert/strict";
import { FaultProxy } from "../../../support/fault-proxy.js";
import { ok, say, soon, until } from "../support/scripted-server.js";
import { get, onStage, type Scene, send } from "../support/stage.js";

const reason = new Error("enough");

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return soon(
    promise.then(
      () => "it did not fail",
      (error: unknown) => error,
    ),
    "it was not given up",
  );
}

export const aborts: Record<string, Scene> = {
  async "a request that is given up before it is made is not made"(subject) {
    await onStage(
      subject,
      () => ok(""),
      async ({ transport, server }) => {
        const signal = AbortSignal.abort(reason);
        assert.equal(await reasonOf(transport.send({ ...get, signal })), reason);
        assert.equal(await reasonOf(transport.open({ ...get, signal })), reason);
        assert.equal(server.sockets.length, 0);
      },
    );
  },

  async "a request that waits for its answer is given up, and its connection with it"(subject) {
    await onStage(
      subject,
      ({ connection }, count) => (count === 0 ? null : ok(String(connection))),
      async ({ transport, server }) => {
        const controller = new AbortController();
        const given = reasonOf(transport.send({ ...get, signal: controller.signal }));
        await until(() => server.heard.length === 1);
        controller.abort(reason);
        assert.equal(await given, reason);
        await until(() => server.closed === 1, "the connection stays open");
        assert.notEqual((await send(transport)).text, "0");
      },
    );
  },

  async "a request whose answer has begun is given up"(subject) {
    for (const start of ["HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"]) {
      await onStage(
        subject,
        () => start,
        async ({ transport, server }) => {
          const controller = new AbortController();
          const given = reasonOf(transport.send({ ...get, signal: controller.signal }));
          await until(() => server.heard.length === 1);
          await say(server.sockets[0], "");
          controller.abort(reason);
          assert.equal(await given, reason);
          await until(() => server.closed === 1, "the connection stays open");
        },
      );
    }
  },

  async "a request that waits for a connection is given up, and no other one"(subject) {
    await onStage(
      subject,
      () => null,
      async ({ server, another }) => {
        const transport = another({ connections: 1 });
        const controller = new AbortController();
        const first = send(transport, { path: "/first" });
        const given = reasonOf(transport.send({ ...get, path: "/second", signal: controller.signal }));
        const third = send(transport, { path: "/third" });
        await until(() => server.heard.length === 1);
        controller.abort(reason);
        assert.equal(await given, reason);
        await say(server.sockets[0], ok("1"));
        assert.equal((await first).text, "1");
        await until(() => server.heard.length === 2);
        assert.equal(server.heard[1].path, "/third");
        await say(server.heard[1].socket, ok("3"));
        assert.equal((await third).text, "3");
      },
    );
  },

  async "a request to a server that takes connections and says nothing is given up"(subject) {
    await onStage(
      subject,
      () => ok("back"),
      async ({ server, another }) => {
        const proxy = await FaultProxy.start({ port: server.port });
        try {
          proxy.blackhole();
          const transport = another({ url: proxy.url, connections: 1 });
          const controller = new AbortController();
          const given = reasonOf(transport.send({ ...get, signal: controller.signal }));
          await until(() => proxy.connections === 1);
          controller.abort(reason);
          assert.equal(await given, reason);
          proxy.heal();
          assert.equal((await send(transport)).text, "back");
        } finally {
          await proxy.close();
        }
      },
    );
  },

  async "nothing is left of a request on its signal"(subject) {
    await onStage(
      subject,
      () => ok(""),
      async ({ transport }) => {
        let listeners = 0;
        const { signal } = new AbortController();
        const add = signal.addEventListener.bind(signal);
        const remove = signal.removeEventListener.bind(signal);
        signal.addEventListener = (...args: Parameters<typeof add>) => {
          listeners += 1;
          add(...args);
        };
        signal.removeEventListener = (...args: Parameters<typeof remove>) => {
          listeners -= 1;
          remove(...args);
        };
        for (let count = 0; count < 5; count++) await send(transport, { signal });
        assert.equal(listeners, 0);
      },
    );
  },
};
