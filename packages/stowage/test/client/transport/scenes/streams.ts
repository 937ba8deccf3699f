/** Answers without an end. */
import assert from "node:assert/strict";
import type { TransportStream } from "../../../../src/client/transport/transport.js";
import { handled, ok, say, soon, until } from "../support/scripted-server.js";
import { faultOf, get, onStage, type Scene, send } from "../support/stage.js";

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

function chunk(text: string): string {
  const bytes = Buffer.from(text, "utf8").toString("latin1");
  return `${bytes.length.toString(16)}\r\n${bytes}\r\n`;
}

function all(stream: TransportStream): Promise<string> {
  return handled(textOf(stream));
}

async function textOf(stream: TransportStream): Promise<string> {
  let text = "";
  for await (const piece of stream.pieces) text += piece;
  return text;
}

export const streams: Record<string, Scene> = {
  async "pieces come as they are sent"(subject) {
    await onStage(
      subject,
      () => HEAD,
      async ({ transport, server }) => {
        const stream = await soon(transport.open({ ...get, path: "/v1/changes" }), "the head never came");
        assert.deepEqual([stream.status, stream.header("content-type")], [200, "text/event-stream"]);
        const pieces = stream.pieces[Symbol.asyncIterator]();
        for (const text of ["one", "two"]) {
          await say(server.sockets[0], chunk(text));
          assert.deepEqual(await soon(pieces.next()), { value: text, done: false });
        }
        await say(server.sockets[0], "0\r\n\r\n");
        assert.equal((await soon(pieces.next())).done, true);
        assert.equal((await soon(pieces.next())).done, true);
      },
    );
  },

  async "characters are whole, wherever they are cut"(subject) {
    const text = "a é 🐎 \ufeff ž";
    const bytes = Buffer.from(text, "utf8").toString("latin1");
    await onStage(
      subject,
      () => [HEAD, ...[...bytes].map((byte) => `1\r\n${byte}\r\n`), "0\r\n\r\n"],
      async ({ transport }) => assert.equal(await soon(transport.open(get).then(all)), text),
    );
  },

  async "content is sent, and any status comes back"(subject) {
    await onStage(
      subject,
      ({ body }) => `HTTP/1.1 202 Wait\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      async ({ transport, server }) => {
        const stream = await soon(transport.open({ ...get, method: "POST", body: "lease" }));
        assert.deepEqual([stream.status, await soon(all(stream))], [202, "lease"]);
        assert.equal(server.heard[0].method, "POST");
      },
    );
  },

  async "streams are not counted as connections"(subject) {
    await onStage(
      subject,
      ({ path }) => (path === "/stream" ? HEAD : ok("a")),
      async ({ another }) => {
        const transport = another({ connections: 1 });
        const opened: TransportStream[] = [];
        for (let count = 0; count < 3; count++)
          opened.push(await soon(transport.open({ ...get, path: "/stream" })));
        assert.equal((await send(transport)).text, "a");
        for (const stream of opened) stream.close();
      },
    );
  },

  async "a stream that breaks throws, after what has come"(subject) {
    for (const end of ["end", "resetAndDestroy"] as const) {
      await onStage(
        subject,
        () => HEAD + chunk("first"),
        async ({ transport, server }) => {
          const stream = await soon(transport.open(get));
          const pieces = stream.pieces[Symbol.asyncIterator]();
          assert.equal((await soon(pieces.next())).value, "first");
          server.sockets[0][end]();
          assert.equal((await faultOf(pieces.next())).unsent, false);
        },
      );
    }
  },

  async "a stream that is no HTTP any more throws"(subject) {
    await onStage(
      subject,
      () => `${HEAD}${chunk("first")}nonsense\r\n`,
      async ({ transport, server }) => {
        const stream = await soon(transport.open(get));
        await faultOf(all(stream));
        await until(() => server.closed === 1, "the connection stays open");
      },
    );
  },

  async "a server that is away cannot be followed"(subject) {
    await onStage(
      subject,
      () => "garbage\r\n\r\n",
      async ({ transport, server }) => {
        assert.equal((await faultOf(transport.open(get))).unsent, false);
        await server.close();
        assert.equal((await faultOf(transport.open(get))).unsent, true);
      },
    );
  },

  async "close ends it from this side, quietly"(subject) {
    await onStage(
      subject,
      () => HEAD + chunk("first"),
      async ({ transport, server }) => {
        const stream = await soon(transport.open(get));
        const pieces = stream.pieces[Symbol.asyncIterator]();
        await soon(pieces.next());
        const next = pieces.next();
        stream.close();
        assert.equal((await soon(next, "who waits for a piece is not told")).done, true);
        assert.equal((await soon(pieces.next())).done, true);
        await until(() => server.closed === 1, "the connection stays open");
      },
    );
  },

  async "leaving the loop ends it too"(subject) {
    await onStage(
      subject,
      () => HEAD + chunk("first"),
      async ({ transport, server }) => {
        const stream = await soon(transport.open(get));
        for await (const piece of stream.pieces) {
          assert.equal(piece, "first");
          break;
        }
        await until(() => server.closed === 1, "the connection stays open");
      },
    );
  },

  async "an abort ends it with its reason, before the head and after it"(subject) {
    await onStage(
      subject,
      ({ path }) => (path === "/silent" ? null : HEAD),
      async ({ transport, server }) => {
        for (const path of ["/silent", "/"]) {
          const controller = new AbortController();
          const opening = transport.open({ ...get, path, signal: controller.signal });
          const following = path === "/" ? all(await soon(opening)) : opening;
          const count = server.closed;
          await until(() => server.heard.at(-1)?.path === path);
          controller.abort(new Error("enough"));
          await assert.rejects(soon(following as Promise<unknown>), /enough/);
          await until(() => server.closed === count + 1, "the connection stays open");
        }
      },
    );
  },

  async "closing the transport breaks it"(subject) {
    await onStage(
      subject,
      () => HEAD,
      async ({ transport, server }) => {
        const following = all(await soon(transport.open(get)));
        transport.close();
        await faultOf(following);
        await until(() => server.closed === 1, "the connection stays open");
      },
    );
  },

  async "whoever reads slowly is not sent without end"(subject) {
    await onStage(
      subject,
      () => HEAD,
      async ({ transport, server }) => {
        const stream = await soon(transport.open(get));
        const [socket] = server.sockets;
        const piece = chunk("x".repeat(65_536));
        let sent = 0;
        // Both ends are of this process: whoever reads does so within a turn or two.
        const isBlocked = async () => {
          for (let turn = 0; turn < 300 && socket.writableNeedDrain; turn++)
            await new Promise((resolve) => setImmediate(resolve));
          return socket.writableNeedDrain;
        };
        for (; sent < 4_000; sent++) if (!socket.write(piece, "latin1") && (await isBlocked())) break;
        assert.ok(sent < 4_000, "250 MB were taken in that nobody has read");
        socket.end("0\r\n\r\n");
        assert.equal((await soon(all(stream))).length, (sent + 1) * 65_536);
      },
    );
  },
};
