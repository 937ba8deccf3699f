/** Answers that take long: streams without end, bodies for slow readers, and what ends them. */
import assert from "node:assert/strict";
import { bareHead, type Connection, fixedHead, headOf, type RequestHead } from "../../src/index.js";
import { answer, bodiesOf, echo, get, onStage, settled, until } from "../support/serve.js";

const HOUR = 3_600_000;
const stream = bareHead(fixedHead(200, { connection: "close" }));
const large = Buffer.alloc(20_000_000, "0123456789");

/** Starts an answer that ends when the scene says so; keeps the connection for it. */
function streaming() {
  const open: Connection[] = [];
  const told: string[] = [];
  const request = (head: RequestHead, content: Buffer, connection: Connection) => {
    if (head.target === "/settled") return echo(head, content, connection);
    open.push(connection);
    connection.onClose = () => told.push("closed");
    connection.onEnding = () => told.push("ending");
    connection.closeAfterResponse();
    connection.send(stream);
    connection.flush();
    return false;
  };
  return { open, told, request };
}

function sendLarge(head: RequestHead, _content: Buffer, connection: Connection): boolean {
  connection.sendBytes(headOf(fixedHead(200) + connection.connectionLine(head), large.length), large);
  return true;
}

export const streams = {
  "an answer in parts may take hours": async () => {
    const { open, request } = streaming();
    await onStage({ request }, async ({ client, pass }) => {
      const one = client();
      one.send(get("/"));
      await until(() => open.length === 1);
      for (let part = 1; part <= 5; part++) {
        pass(HOUR);
        open[0].send(`part ${part};`);
        open[0].flush();
        await one.until(({ text }) => text.endsWith(`part ${part};`));
      }
      open[0].done();
      assert.equal(await one.all(), `${stream}part 1;part 2;part 3;part 4;part 5;`);
    });
  },

  "whoever sends is told when the client has gone, without having to send": async () => {
    const { open, told, request } = streaming();
    await onStage({ request }, async ({ client, server }) => {
      const one = client();
      one.send(get("/"));
      await until(() => open.length === 1);
      one.socket.resetAndDestroy();
      await until(() => server.counts.open === 0);
      assert.deepEqual(told, ["closed"]);
      open[0].send("more");
      open[0].sendBytes("", large);
      open[0].flush();
      open[0].done();
      assert.equal(open[0].backlog, 0);
    });
  },

  "and when it sends no more, or the server stops": async () => {
    const { open, told, request } = streaming();
    await onStage({ request }, async ({ client, server }) => {
      const [one, two] = [client(), client()];
      one.sendLast(get("/"));
      await until(() => told.length === 1);
      open[0].send("last words");
      open[0].done();
      assert.equal(await one.all(), `${stream}last words`);
      two.send(get("/"));
      await until(() => open.length === 2);
      const closing = server.close(60_000);
      assert.deepEqual(told, ["ending", "closed", "ending"]);
      open[1].done();
      await two.all();
      two.socket.end();
      await closing;
    });
  },

  "who sends faster than the client reads sees it, and is told when that has changed": async () => {
    const { open, request } = streaming();
    await onStage({ request }, async ({ client }) => {
      const one = client();
      one.socket.pause();
      one.send(get("/"));
      await until(() => open.length === 1);
      let sent = 0;
      while (open[0].backlog < 1_000_000 && sent < 100_000_000) {
        open[0].send("x".repeat(100_000));
        open[0].flush();
        sent += 100_000;
      }
      let drained = 0;
      open[0].onDrain = () => drained++;
      one.socket.resume();
      await until(() => drained === 1);
      assert(open[0].backlog < 100_000);
      open[0].onDrain = () => drained++;
      await until(() => drained === 2);
      open[0].done();
      assert.equal((await one.all()).length, stream.length + sent);
    });
  },

  "texts and bytes arrive in the order in which they were sent": async () => {
    const { open, request } = streaming();
    await onStage({ request }, async ({ client }) => {
      const one = client();
      one.socket.pause();
      one.send(get("/"));
      await until(() => open.length === 1);
      let all = stream;
      for (const letter of "abcd") {
        const piece = letter.repeat(6_000_000);
        open[0].sendBytes("", Buffer.from(piece));
        open[0].send(`<${letter}>`);
        open[0].flush();
        all += `${piece}<${letter}>`;
      }
      // Now the first pieces are on their way, and others wait.
      for (const megabytes of [8, 14]) {
        one.socket.resume();
        await one.until(({ text }) => text.length > megabytes * 1_000_000);
        one.socket.pause();
        const piece = String(megabytes).repeat(50_000);
        open[0].sendBytes("", Buffer.from(piece));
        open[0].send(`<${megabytes}>`);
        open[0].flush();
        all += `${piece}<${megabytes}>`;
      }
      open[0].done();
      one.socket.resume();
      assert((await one.all()) === all);
    });
  },

  "a text that the system does not take at once waits, and it is told when it has": async () => {
    const { open, request } = streaming();
    await onStage({ request }, async ({ client, server }) => {
      const one = client();
      one.socket.pause();
      one.send(get("/"));
      await until(() => open.length === 1);
      open[0].send("x".repeat(20_000_000));
      open[0].flush();
      assert(open[0].backlog > 1_000_000);
      let drained = 0;
      open[0].onDrain = () => drained++;
      one.socket.resume();
      await until(() => drained === 1);
      assert.equal(open[0].backlog, 0);
      open[0].done();
      assert.equal((await one.all()).length, stream.length + 20_000_000);
      one.socket.end();
      await until(() => server.counts.open === 0);
    });
  },

  "a client that reads nothing is let go": async () => {
    await onStage({ request: sendLarge, timeouts: { writeMs: 1_000 } }, async ({ client, server, pass }) => {
      const one = client();
      one.socket.pause();
      one.send(get("/"));
      await until(() => server.phases().writing === 1);
      // The system goes on taking a little after that: until it has not for a while.
      await until(() => {
        pass(300);
        return server.counts.open === 0;
      });
    });
  },

  "also in the middle of an answer in parts": async () => {
    const { open, told, request } = streaming();
    await onStage({ request, timeouts: { writeMs: 1_000 } }, async ({ client, pass }) => {
      const one = client();
      one.socket.pause();
      one.send(get("/"));
      await until(() => open.length === 1);
      open[0].sendBytes("", large);
      await until(() => {
        pass(300);
        return told.length === 1;
      });
    });
  },

  "a client that reads slowly gets all of it": async () => {
    const options = { request: sendLarge, timeouts: { writeMs: 1_000, idleMs: 1_000 } };
    await onStage(options, async ({ client, server, pass }) => {
      const one = client();
      one.socket.pause();
      one.send(get("/", "Connection: close"));
      await until(() => server.phases().writing === 1);
      for (let megabytes = 4; megabytes < 20; megabytes += 4) {
        one.socket.resume();
        await one.until(({ text }) => text.length > megabytes * 1_000_000);
        one.socket.pause();
        pass(900);
      }
      one.socket.resume();
      assert((await one.all()).endsWith(large.toString("latin1", 0, 100)));
      assert(one.text.length > large.length);
    });
  },

  "what has been sent when the server stops still arrives": async () => {
    await onStage({ request: sendLarge }, async ({ client, server, pass }) => {
      const one = client();
      one.socket.pause();
      one.send(get("/"));
      await until(() => server.phases().writing === 1);
      const closing = server.close(60_000);
      pass(10_000);
      one.socket.resume();
      assert((await one.all()).length > large.length);
      one.socket.end();
      await closing;
    });
  },

  "a request that has begun when the server stops is answered, an idle connection ends": async () => {
    await onStage(
      {
        request(head, _content, connection) {
          answer(connection, head, "late");
          return true;
        },
      },
      async (stage) => {
        const { client, server } = stage;
        const [idle, busy] = [client(), client()];
        idle.send(get("/"));
        await idle.bodies(1);
        busy.send(get("/").slice(0, 20));
        await until(() => server.phases().reading === 1);
        const closing = server.close(60_000);
        await idle.all();
        idle.socket.end();
        busy.send(get("/").slice(20));
        assert.match(await busy.all(), /connection: close\r\n(.+\r\n)*\r\nlate$/);
        busy.socket.end();
        await closing;
      },
    );
  },

  "a request that comes in several pieces after the server stops is answered": async () => {
    let heads = 0;
    const content = () => {
      heads++;
      return 10;
    };
    await onStage({ content }, async ({ client, server }) => {
      const one = client();
      one.send("POST /x HTTP/1.1\r\nHost: a\r\n");
      await until(() => server.phases().reading === 1);
      const closing = server.close(60_000);
      one.send("Content-Length: 2\r\n\r\n");
      await until(() => heads === 1);
      one.send("ab");
      assert.deepEqual(bodiesOf(await one.all()), ["POST /x ab"]);
      one.socket.end();
      await closing;
    });
  },

  "a request that has arrived when the server stops is answered": async () => {
    const served: string[] = [];
    let close: (() => Promise<void>) | undefined;
    await onStage(
      {
        request(head, _content, connection) {
          served.push(head.target);
          answer(connection, head, head.target);
          if (head.target === "/stop") void close?.();
          return true;
        },
      },
      async ({ client, server }) => {
        close = () => server.close(60_000);
        const [one, two] = [client(), client()];
        for (const each of [one, two]) each.send(get("/first"));
        for (const each of [one, two]) await each.bodies(1);
        // Both are there when the loop looks: what the second one says waits while the first is served.
        one.send(get("/stop"));
        two.send(get("/last"));
        assert.match(await two.all(), /connection: close\r\n(.+\r\n)*\r\n\/last$/);
        assert.deepEqual(served, ["/first", "/first", "/stop", "/last"]);
        for (const each of [one, two]) each.socket.end();
      },
    );
  },

  "what is open at the deadline is cut": async () => {
    const { open, told, request } = streaming();
    await onStage({ request }, async (stage) => {
      const one = stage.client();
      one.send(get("/"));
      await until(() => open.length === 1);
      await settled(stage);
      await stage.server.close(0);
      assert.deepEqual(told, ["ending", "closed"]);
      await one.all();
    });
  },
};
