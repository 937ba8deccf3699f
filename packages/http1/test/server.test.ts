/** Through real sockets: what a client sees. */
import { once } from "node:events";
import net from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Connection,
  fieldLine,
  fixedHead,
  type Handler,
  HttpServer,
  type HttpServerOptions,
  headOf,
  type RequestHead,
  responseOf,
} from "../src/index.js";

const ok = fixedHead(200, { "content-type": "text/plain" });
const closing = fixedHead(200, { connection: "close" });

const servers: HttpServer[] = [];
const clients: net.Socket[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close(0)));
});

/** Says back what it was asked for. */
function echo(head: RequestHead, content: Buffer, connection: Connection): boolean {
  connection.send(
    responseOf(connection.closesAfter(head) ? closing : ok, `${head.method} ${head.target} ${content}`),
  );
  return true;
}

async function serve(
  request: Handler["request"] = echo,
  options: Partial<HttpServerOptions> & { content?: Handler["content"] } = {},
): Promise<{ server: HttpServer; port: number }> {
  const { content, ...rest } = options;
  const server = new HttpServer({ handler: content ? { request, content } : { request }, ...rest });
  servers.push(server);
  const address = (await server.listen({ port: 0, host: "127.0.0.1" })) as net.AddressInfo;
  return { server, port: address.port };
}

/** A client that collects what it gets. */
class Client {
  readonly socket: net.Socket;
  text = "";
  ended = false;
  #wake = (): void => undefined;

  constructor(port: number) {
    this.socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    clients.push(this.socket);
    this.socket.on("data", (bytes) => {
      this.text += bytes.toString("latin1");
      this.#wake();
    });
    this.socket.on("end", () => this.#end());
    this.socket.on("close", () => this.#end());
    this.socket.on("error", () => undefined);
  }

  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  async until(wanted: (client: Client) => boolean): Promise<void> {
    while (!wanted(this)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #end(): void {
    this.ended = true;
    this.#wake();
  }

  /** The bodies of so many responses. */
  async bodies(count: number): Promise<string[]> {
    await this.until(({ text }) => bodiesOf(text).length >= count);
    return bodiesOf(this.text);
  }
}

function bodiesOf(text: string): string[] {
  const bodies: string[] = [];
  let at = 0;
  for (;;) {
    const match = /content-length: (\d+)\r\n(?:.+\r\n)*\r\n/g;
    match.lastIndex = at;
    const found = match.exec(text);
    if (found === null) return bodies;
    const start = match.lastIndex;
    const end = start + Number(found[1]);
    if (end > text.length) return bodies;
    bodies.push(text.slice(start, end));
    at = end;
  }
}

const get = (target: string, ...fields: string[]) =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\n${fields.map((field) => `${field}\r\n`).join("")}\r\n`;

describe("a server", () => {
  it("answers request after request on one connection", async () => {
    const { port, server } = await serve();
    const client = new Client(port);
    client.send(get("/1"));
    expect(await client.bodies(1)).toEqual(["GET /1 "]);
    client.send("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    expect(await client.bodies(2)).toEqual(["GET /1 ", "POST /2 abc"]);
    expect(server.counts).toEqual({ open: 1, accepted: 1, turnedAway: 0 });
  });

  it("answers pipelined requests in order", async () => {
    const { port } = await serve();
    const client = new Client(port);
    const targets = Array.from({ length: 5_000 }, (_, index) => `/${index}`);
    client.send(targets.map((target) => get(target)).join(""));
    expect(await client.bodies(5_000)).toEqual(targets.map((target) => `GET ${target} `));
  });

  it("waits for an answer that comes later before it looks at the next request", async () => {
    const waiting: (() => void)[] = [];
    const { port } = await serve((head, _content, connection) => {
      if (head.target === "/now") return echo(head, _content, connection);
      waiting.push(() => {
        connection.send(responseOf(ok, head.target));
        connection.done();
      });
      return false;
    });
    const client = new Client(port);
    client.send(get("/later") + get("/now") + get("/later2") + get("/now"));
    await vi.waitUntil(() => waiting.length === 1);
    expect(client.text).toBe("");
    waiting.shift()?.();
    expect(await client.bodies(2)).toEqual(["/later", "GET /now "]);
    await vi.waitUntil(() => waiting.length === 1);
    waiting.shift()?.();
    expect(await client.bodies(4)).toEqual(["/later", "GET /now ", "/later2", "GET /now "]);
  });

  it("closes after the response that says so, and after HTTP/1.0", async () => {
    const { port } = await serve();
    for (const request of [get("/x", "Connection: close") + get("/y"), "GET /x HTTP/1.0\r\n\r\n"]) {
      const client = new Client(port);
      client.send(request);
      await client.until(({ ended }) => ended);
      expect(bodiesOf(client.text)).toEqual(["GET /x "]);
      expect(client.text).toContain("connection: close");
    }
  });

  it("answers a client that half-closed after its request", async () => {
    const { port } = await serve();
    const client = new Client(port);
    client.socket.end(get("/x"), "latin1");
    await client.until(({ ended }) => ended);
    expect(bodiesOf(client.text)).toEqual(["GET /x "]);
  });

  it("answers all that came before the client half-closed, also what waits behind a slow answer", async () => {
    const { port } = await serve((head, _content, connection) => {
      setImmediate(() => {
        connection.send(responseOf(ok, head.target));
        connection.done();
      });
      return false;
    });
    const client = new Client(port);
    client.socket.end(get("/1") + get("/2") + get("/3") + get("/4").slice(0, 9), "latin1");
    await client.until(({ ended }) => ended);
    expect(bodiesOf(client.text)).toEqual(["/1", "/2", "/3"]);
  });

  it("sends large bodies of bytes whole, also to a client that reads slowly", async () => {
    const body = Buffer.alloc(800_000, "0123456789");
    const head = headOf(ok, body.length);
    let served = 0;
    const { port } = await serve((_head, _content, connection) => {
      served++;
      connection.sendBytes(head, body);
      return true;
    });
    const client = new Client(port);
    client.socket.pause();
    client.send(get("/").repeat(20));
    await vi.waitUntil(() => served > 0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(served).toBeLessThan(20);
    client.socket.resume();
    const all = (head + body.toString("latin1")).repeat(20);
    await client.until(({ text }) => text.length >= all.length);
    expect(client.text === all).toBe(true);
    expect(served).toBe(20);
  });

  it("tells who waits for it to go on, and not who sends too much", async () => {
    const { port } = await serve(echo, { contentMax: 5 });
    const client = new Client(port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    await client.until(({ text }) => text.includes("100 Continue\r\n\r\n"));
    client.send("hello");
    expect(await client.bodies(1)).toEqual(["POST / hello"]);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n");
    await client.until(({ ended }) => ended);
    expect(client.text.split("100 Continue")).toHaveLength(2);
    expect(client.text).toContain("HTTP/1.1 413 ");
  });

  it("refuses what it cannot read, once, after answering what came before", async () => {
    const { port } = await serve();
    const client = new Client(port);
    client.send(`${get("/x")}GET / HTTP/1.1\nHost: a\n\n${get("/y")}`);
    await client.until(({ ended }) => ended);
    expect(bodiesOf(client.text)).toEqual([
      "GET /x ",
      "a line ends with LF alone; lines end with CR LF (RFC 9112 2.2)",
    ]);
    expect(client.text).toContain("HTTP/1.1 400 Bad Request\r\n");
  });

  it("survives connections that break off at any point", async () => {
    const { port, server } = await serve();
    const request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    for (let cut = 1; cut < request.length; cut += 7) {
      const client = new Client(port);
      client.send(request.slice(0, cut));
      await once(client.socket, "connect");
      client.socket.resetAndDestroy();
    }
    const client = new Client(port);
    client.send(request);
    expect(await client.bodies(1)).toEqual(["POST / abc"]);
    await vi.waitUntil(() => server.counts.open === 1);
  });

  it("turns away connections above its bound", async () => {
    const { port, server } = await serve(echo, { connectionsMax: 1 });
    const first = new Client(port);
    first.send(get("/1"));
    await first.bodies(1);
    const second = new Client(port);
    await second.until(({ ended }) => ended);
    expect(second.text).toBe("");
    expect(server.counts).toEqual({ open: 1, accepted: 1, turnedAway: 1 });
  });
});

describe("stopping", () => {
  it("ends idle connections at once and others after their response", async () => {
    let answer = (): void => undefined;
    const { port, server } = await serve((head, _content, connection) => {
      answer = () => {
        connection.send(responseOf(connection.closesAfter(head) ? closing : ok, "late"));
        connection.done();
      };
      return head.target === "/idle" ? echo(head, _content, connection) : false;
    });
    const idle = new Client(port);
    idle.send(get("/idle"));
    await idle.bodies(1);
    const busy = new Client(port);
    busy.send(get("/busy"));
    await vi.waitUntil(() => server.counts.open === 2);
    const stopped = server.close(60_000);
    await idle.until(({ ended }) => ended);
    idle.socket.end();
    answer();
    await busy.until(({ ended }) => ended);
    busy.socket.end();
    expect(bodiesOf(busy.text)).toEqual(["late"]);
    expect(busy.text).toContain("connection: close");
    await stopped;
  });

  it("cuts what is still open at the deadline", async () => {
    const { port, server } = await serve(() => false);
    const client = new Client(port);
    client.send(get("/"));
    await vi.waitUntil(() => server.counts.open === 1);
    await server.close(0);
    await client.until(({ ended }) => ended);
  });
});

describe("timeouts", () => {
  async function withClock(timeouts: HttpServerOptions["timeouts"], request: Handler["request"] = echo) {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const clock = { ms: 0 };
    const served = await serve(request, { timeouts, now: () => clock.ms });
    const pass = (ms: number) => {
      clock.ms += ms;
      vi.advanceTimersByTime(500);
    };
    return { ...served, pass };
  }

  it("a request that does not arrive in time is answered with 408", async () => {
    const { port, pass, server } = await withClock({ requestMs: 1_000, idleMs: 60_000 });
    const client = new Client(port);
    client.send(get("/1"));
    await client.bodies(1);
    client.send("GET / HTTP/1.1\r\nX: ");
    await vi.waitUntil(() => server.phases().reading === 1);
    pass(900);
    client.send("a");
    await new Promise((resolve) => setImmediate(resolve));
    pass(200);
    await client.until(({ ended }) => ended);
    expect(client.text).toContain("HTTP/1.1 408 Request Timeout");
  });

  it("an idle connection is closed without a word", async () => {
    const { port, pass } = await withClock({ idleMs: 1_000 });
    const client = new Client(port);
    client.send(get("/1"));
    await client.bodies(1);
    pass(900);
    client.send(get("/2"));
    await client.bodies(2);
    pass(900);
    client.send(get("/3"));
    await client.bodies(3);
    pass(1_100);
    await client.until(({ ended }) => ended);
    expect(bodiesOf(client.text)).toHaveLength(3);
  });

  it("a client that reads nothing is let go", async () => {
    const body = Buffer.alloc(30_000_000);
    const { port, pass, server } = await withClock({ writeMs: 1_000 }, (_head, _content, connection) => {
      connection.sendBytes(headOf(ok, body.length), body);
      return true;
    });
    const client = new Client(port);
    client.socket.pause();
    client.send(get("/"));
    await vi.waitUntil(() => server.phases().writing === 1);
    pass(1_100);
    await vi.waitUntil(() => server.counts.open === 0);
  });
});

describe("response heads", () => {
  it("refuse what would split a response", () => {
    expect(() => fixedHead(200, { "x-a": "b\r\nSet-Cookie: c" })).toThrow(
      "the header field x-a holds a character",
    );
    expect(() => fieldLine("x a", "b")).toThrow('"x a" is no name of a header field');
    expect(() => fieldLine("x", "\u0100")).toThrow("the header field x holds");
    expect(() => fixedHead(99)).toThrow("a status is a whole number from 100 to 999, not 99");
  });
});
