/** Connections: how many, when they are used again, and what is said of those that break. */
import assert from "node:assert/strict";
import { FakeClock } from "../../../../src/testing/fake-clock.js";
import { handled, ok, say, until } from "../support/scripted-server.js";
import { faultOf, get, onStage, type Scene, type Subject, send } from "../support/stage.js";

/** Runtimes may open one that they do not use. */
function assertCount({ isStrict }: Subject, count: number, wanted: number): void {
  assert.ok(count === wanted || (!isStrict && count === wanted + 1), `there are ${count} connections`);
}

export const connections: Record<string, Scene> = {
  async "a connection is used again"(subject) {
    await onStage(
      subject,
      (_, count) => ok(String(count)),
      async ({ transport, server }) => {
        for (let count = 0; count < 5; count++) assert.equal((await send(transport)).text, String(count));
        assertCount(subject, server.sockets.length, 1);
      },
    );
  },

  async "a connection that the server closes is not used again"(subject) {
    await onStage(
      subject,
      ({ connection }) =>
        connection === 0 ? ok("a", "Connection: Close") : "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nb",
      async ({ transport, server }) => {
        const texts: string[] = [];
        for (let count = 0; count < 3; count++) texts.push((await send(transport)).text);
        assert.deepEqual(texts, ["a", "b", "b"]);
        assert.equal(server.sockets.length, 3);
        await until(() => server.closed === 3, "its end of the connection stays open");
      },
    );
  },

  async "there are no more connections than allowed, and the others wait in their order"(subject) {
    await onStage(
      subject,
      () => null,
      async ({ server, another }) => {
        const transport = another({ connections: 2 });
        const order: number[] = [];
        const all = [0, 1, 2, 3, 4].map((count) =>
          handled(
            send(transport, { path: `/${count}` }).then((answer) => {
              order.push(count);
              return answer.text;
            }),
          ),
        );
        for (let done = 0; done < 5; done++) {
          await until(() => server.heard.length === Math.min(5, done + 2));
          const { socket, path } = server.heard[done];
          await say(socket, ok(path));
          await until(() => order.length === done + 1);
        }
        assert.deepEqual(await Promise.all(all), ["/0", "/1", "/2", "/3", "/4"]);
        assert.deepEqual(order, [0, 1, 2, 3, 4]);
        assertCount(subject, server.sockets.length, 2);
      },
    );
  },

  async "who waits gets a new connection when one breaks"(subject) {
    await onStage(
      subject,
      ({ connection, socket }) => {
        if (connection > 0) return ok("second");
        socket.resetAndDestroy();
        return null;
      },
      async ({ another }) => {
        const transport = another({ connections: 1 });
        const [first, second] = [faultOf(transport.send(get)), send(transport)];
        assert.equal((await first).unsent, false);
        assert.equal((await second).text, "second");
      },
    );
  },

  async "what could not be sent is called so"(subject) {
    await onStage(
      subject,
      () => ok(""),
      async ({ transport, server }) => {
        await server.close();
        const fault = await faultOf(send(transport));
        assert.equal(fault.unsent, true);
        assert.match(fault.message, /ECONNREFUSED/);
        assert.notEqual(fault.cause, undefined);
      },
    );
  },

  async "what was sent to a server that says nothing of it is not called unsent"(subject) {
    for (const end of ["end", "resetAndDestroy"] as const) {
      await onStage(
        subject,
        ({ socket }) => {
          socket[end]();
          return null;
        },
        async ({ transport }) => {
          const fault = await faultOf(send(transport));
          assert.deepEqual([fault.unsent, fault.isStale], [false, false], end);
        },
      );
    }
  },

  async "a kept connection that breaks before it answers is called stale"(subject) {
    if (!subject.isStrict) return;
    for (const end of ["end", "resetAndDestroy"] as const) {
      await onStage(
        subject,
        ({ socket, connection }, count) => {
          if (connection > 1 || count < 2) return ok("a");
          socket[end]();
          return null;
        },
        async ({ transport, server }) => {
          await Promise.all([send(transport), send(transport)]);
          const fault = await faultOf(send(transport));
          assert.deepEqual([fault.unsent, fault.isStale], [false, true], end);
          await send(transport);
          assert.equal(server.sockets.length, 3, "the other kept connection is not tried");
        },
      );
    }
  },

  async "a kept connection that has begun to answer is not called stale"(subject) {
    if (!subject.isStrict) return;
    await onStage(
      subject,
      ({ socket }, count) => {
        if (count === 0) return ok("a");
        socket.end("HTTP/1.1 2");
        return null;
      },
      async ({ transport }) => {
        await send(transport);
        assert.equal((await faultOf(send(transport))).isStale, false);
      },
    );
  },

  async "a kept connection that the server closes is let go"(subject) {
    await onStage(
      subject,
      ({ connection }) => ok(String(connection)),
      async ({ transport, server }) => {
        assert.equal((await send(transport)).text, "0");
        server.sockets[0].end();
        await until(() => server.closed === 1, "its end of the connection stays open");
        assert.equal((await send(transport)).text, "1");
      },
    );
  },

  async "what nobody asked for ends a connection"(subject) {
    await onStage(
      subject,
      ({ connection }) => ok(String(connection)),
      async ({ transport, server }) => {
        assert.equal((await send(transport)).text, "0");
        await say(server.sockets[0], ok("slipped in"));
        await until(() => server.closed === 1, "the connection stays open");
        assert.equal((await send(transport)).text, "1");
      },
    );
  },

  async "what follows an answer is not the next one"(subject) {
    await onStage(
      subject,
      ({ connection }) => ok(`${connection}`) + ok("slipped in"),
      async ({ another }) => {
        const transport = another({ connections: 1 });
        const answers = await Promise.all([send(transport), send(transport), send(transport)]);
        assert.deepEqual(
          answers.map(({ text }) => text),
          ["0", "1", "2"],
        );
      },
    );
  },

  async "an answer before the request was sent whole ends the connection"(subject) {
    if (!subject.isStrict) return;
    await onStage(
      subject,
      () => ok("whole"),
      async ({ transport, server }) => {
        const big = send(transport, { method: "PUT", body: "x".repeat(30_000_000) });
        await until(() => server.sockets.length === 1);
        server.sockets[0].pause();
        await say(server.sockets[0], "HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
        assert.equal((await big).status, 413);
        assert.equal((await send(transport)).text, "whole");
        assert.equal(server.sockets.length, 2);
      },
    );
  },

  async "connections that are not used are closed when their time is over"(subject) {
    if (!subject.isStrict) return;
    const clock = new FakeClock();
    await onStage(
      subject,
      () => ok(""),
      async ({ transport, server }) => {
        await Promise.all([send(transport), send(transport)]);
        clock.advance(600);
        await send(transport);
        clock.advance(500);
        await until(() => server.closed === 1, "no connection was closed");
        clock.advance(400);
        await send(transport);
        assert.equal(server.sockets.length, 2);
        clock.advance(1_000);
        await until(() => server.closed === 2, "the other one was not closed");
        assert.equal(clock.pending, 0);
      },
      { clock, keepAliveMs: 1_000 },
    );
  },

  async "a connection is left alone before the server closes it"(subject) {
    if (!subject.isStrict) return;
    const clock = new FakeClock();
    await onStage(
      subject,
      ({ path }) => ok("", `keep-alive: timeout=${path.slice(1)}, max=100`),
      async ({ transport, server }) => {
        await send(transport, { path: "/5" });
        clock.sleep(3_999);
        await send(transport, { path: "/5" });
        assert.equal(server.sockets.length, 1);
        clock.sleep(4_001);
        await send(transport, { path: "/1" });
        assert.equal(server.sockets.length, 2);
        await send(transport, { path: "/1" });
        assert.equal(server.sockets.length, 3);
      },
      { clock, connections: 1 },
    );
  },

  async "close ends everything, and nothing begins after it"(subject) {
    await onStage(
      subject,
      (_, count) => (count === 0 ? ok("") : null),
      async ({ server, another }) => {
        const transport = another({ connections: 1 });
        await send(transport);
        const underWay = [faultOf(transport.send(get)), faultOf(transport.send(get))];
        await until(() => server.heard.length === 2);
        transport.close();
        const faults = await Promise.all(underWay);
        assert.equal(faults[0].unsent, false);
        assert.equal(faults[1].unsent, subject.isStrict || faults[1].unsent);
        if (subject.isStrict)
          await until(() => server.closed === server.sockets.length, "a connection stays open");
        assert.equal((await faultOf(transport.send(get))).unsent, true);
        await faultOf(transport.open(get));
        transport.close();
      },
    );
  },
};
