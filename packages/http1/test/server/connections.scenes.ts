/** Clients that half-close, break off, flood, or say too much at once. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { Socket } from "node:net";
import { answer, bodiesOf, type Client, get, onStage, settled, until } from "../support/serve.js";

export const connections = {
  "a client that half-closed after its request is answered": () =>
    onStage({}, async ({ client }) => {
      const one = client();
      one.sendLast(get("/x"));
      assert.deepEqual(bodiesOf(await one.all()), ["GET /x "]);
    }),

  "all that came before a half-close is answered, also what waits behind a slow answer": () =>
    onStage(
      {
        request(head, _content, connection) {
          setImmediate(() => {
            answer(connection, head, head.target);
            connection.done();
          });
          return false;
        },
      },
      async ({ client }) => {
        const one = client();
        one.sendLast(get("/1") + get("/2") + get("/3") + get("/4").slice(0, 9));
        assert.deepEqual(bodiesOf(await one.all()), ["/1", "/2", "/3"]);
      },
    ),

  "connections may break off at any point": () =>
    onStage({}, async ({ client, server }) => {
      const request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
      for (let cut = 1; cut < request.length; cut += 5) {
        const one = client();
        one.send(request.slice(0, cut));
        await once(one.socket, "connect");
        one.socket.resetAndDestroy();
      }
      const one = client();
      one.send(request);
      assert.deepEqual(await one.bodies(1), ["POST / abc"]);
      await until(() => server.counts.open === 1);
    }),

  "a sink is told when the client breaks off": async () => {
    const told: string[] = [];
    const sink = { data: (piece: Buffer) => told.push(piece.toString()), abort: () => told.push("aborted") };
    await onStage({ content: () => sink }, async ({ client }) => {
      const one = client();
      one.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
      await until(() => told.length === 1);
      one.socket.destroy();
      await until(() => told.length === 2);
      assert.deepEqual(told, ["abc", "aborted"]);
    });
  },

  "connections above the bound are turned away": () =>
    onStage({ connectionsMax: 1 }, async ({ client, server }) => {
      const first = client();
      first.send(get("/1"));
      await first.bodies(1);
      const second = client();
      assert.equal(await second.all(), "");
      assert.deepEqual(server.counts, { open: 1, accepted: 1, turnedAway: 1, errors: 0 });
      first.socket.destroy();
      await until(() => server.counts.open === 0);
      const third = client();
      third.send(get("/3"));
      assert.deepEqual(await third.bodies(1), ["GET /3 "]);
    }),

  "hooks see each connection come and go": async () => {
    const seen: string[] = [];
    const options = {
      beforeAccept: (open: number) => {
        seen.push(`before ${open}`);
        return seen.length < 4;
      },
      openChanged: (open: number) => void seen.push(`open ${open}`),
    };
    await onStage(options, async ({ client, server }) => {
      const one = client();
      one.send(get("/1"));
      await one.bodies(1);
      one.socket.destroy();
      await until(() => seen.length === 3);
      assert.equal(await client().all(), "");
      assert.deepEqual(seen, ["before 0", "open 1", "open 0", "before 0"]);
      assert.equal(server.counts.turnedAway, 1);
    });
  },

  "a flood of connections that say nothing, or half a request, leaves the others served": () =>
    onStage({}, async ({ client, server, pass }) => {
      const flood = Array.from({ length: 300 }, client);
      for (const [index, each] of flood.entries())
        if (index % 2 === 0) each.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
      await until(() => server.phases().reading === 150 && server.counts.open === 300);
      const one = client();
      one.send(get("/1"));
      assert.deepEqual(await one.bodies(1), ["GET /1 "]);
      pass(80_000);
      for (const each of flood) if ((await each.all()) !== "") each.socket.end();
      await until(() => server.counts.open === 0);
      assert.equal(flood.filter(({ text }) => text.includes(" 408 ")).length, 150);
    }),

  "of a client that pipelines without end, little is read while one request is worked on": async () => {
    let finish = (): void => undefined;
    let count = 0;
    await onStage(
      {
        request(head, _content, connection) {
          if (head.target === "/settled" || count++ > 0) {
            answer(connection, head, "");
            return true;
          }
          finish = () => {
            answer(connection, head, "");
            connection.done();
          };
          return false;
        },
      },
      async (stage) => {
        const one = stage.client();
        one.send(get("/").repeat(600_000));
        await until(() => count === 1);
        const socket = serverSocketOf(one);
        await until(() => socket.isPaused() || socket.bytesRead > LITTLE);
        await settled(stage);
        assert(socket.bytesRead <= LITTLE, `the server has read ${socket.bytesRead} bytes`);
        finish();
        await until(() => count === 600_000);
      },
    );
  },
};

/** Many times what is read at a time, and a small part of what is sent. */
const LITTLE = 1_024 * 1_024;

/** What the server has of a client's connection. How much it has read cannot be told from the client's side. */
function serverSocketOf({ socket }: Client): Socket {
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): unknown[] };
  const found = handles().find((each) => each instanceof Socket && each.remotePort === socket.localPort);
  assert(found instanceof Socket);
  return found;
}
