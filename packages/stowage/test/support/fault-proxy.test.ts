/** The fault proxy does what it says; tests that use it prove nothing otherwise. */
import net, { type AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FaultProxy } from "./fault-proxy.js";

let server: net.Server;
let proxy: FaultProxy;
/** What the server was sent. */
let heard: string;
/** How its connections ended. */
let ends: string[];
const sockets: net.Socket[] = [];

interface Client {
  readonly socket: net.Socket;
  text: string;
  pieces: number;
  ended: "no" | "end" | "error";
}

beforeEach(async () => {
  heard = "";
  ends = [];
  server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on("data", (bytes) => {
      heard += bytes;
      socket.write(bytes);
    });
    socket.on("end", () => ends.push("end"));
    socket.on("error", () => ends.push("error"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy = await FaultProxy.start({ port: (server.address() as AddressInfo).port });
});

afterEach(async () => {
  await proxy.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function connect(): Client {
  const client: Client = { socket: net.connect(proxy.port, "127.0.0.1"), text: "", pieces: 0, ended: "no" };
  sockets.push(client.socket);
  client.socket.on("data", (bytes) => {
    client.text += bytes;
    client.pieces += 1;
  });
  client.socket.on("end", () => {
    client.ended = "end";
  });
  client.socket.on("error", () => {
    client.ended = "error";
  });
  return client;
}

async function until(wanted: () => boolean): Promise<void> {
  await expect.poll(wanted, { timeout: 5_000, interval: 1 }).toBe(true);
}

/** Everything that is on its way has arrived: whatever was sent on another connection after it has. */
async function settled(): Promise<void> {
  const other = net.connect((server.address() as AddressInfo).port, "127.0.0.1");
  for (let round = 0; round < 5; round++) {
    other.write("");
    await new Promise((resolve) => setImmediate(resolve));
  }
  other.destroy();
}

describe("FaultProxy", () => {
  it("lets everything through, and the end", async () => {
    const client = connect();
    const long = "x".repeat(300_000);
    client.socket.end(long);
    await until(() => client.text.length === long.length);
    await until(() => client.ended === "end" && ends.length === 1);
    expect(heard).toBe(long);
    await until(() => proxy.connections === 0);
    expect(proxy.accepted).toBe(1);
  });

  it("cuts politely, and resets harshly", async () => {
    const [first, second] = [connect(), connect()];
    first.socket.write("a");
    second.socket.write("b");
    await until(() => first.text === "a" && second.text === "b");
    expect(proxy.cut()).toBe(2);
    await until(() => first.ended === "end" && second.ended === "end");
    const third = connect();
    third.socket.write("c");
    await until(() => third.text === "c");
    expect(proxy.reset()).toBe(1);
    await until(() => third.ended === "error" && ends.includes("error"));
  });

  it("stalls, and goes on where it stopped", async () => {
    const client = connect();
    client.socket.write("a");
    await until(() => client.text === "a");
    proxy.stall("down");
    client.socket.write("b");
    await until(() => heard === "ab");
    proxy.stall("up");
    client.socket.write("c");
    await settled();
    expect([heard, client.text]).toEqual(["ab", "a"]);
    proxy.resume();
    await until(() => client.text === "abc");
  });

  it("loses what comes once it is a black hole, without a word, until it is reset", async () => {
    const client = connect();
    client.socket.write("a");
    await until(() => client.text === "a");
    proxy.blackhole();
    const late = connect();
    client.socket.write("b");
    late.socket.write("c");
    await settled();
    proxy.heal();
    client.socket.write("d");
    await settled();
    expect([heard, client.text, client.ended, late.ended]).toEqual(["a", "a", "no", "no"]);
    const fresh = connect();
    fresh.socket.write("e");
    await until(() => fresh.text === "e");
    proxy.reset();
    await until(() => client.ended === "error");
  });

  it("delays, and keeps the order", async () => {
    let delayMs = 30;
    proxy.delay(() => {
      delayMs -= 10;
      return Math.max(0, delayMs);
    });
    const client = connect();
    const began = performance.now();
    for (const letter of "abcd") {
      client.socket.write(letter);
      await until(() => heard.endsWith(letter));
    }
    await until(() => client.text === "abcd");
    expect(performance.now() - began).toBeGreaterThan(18);
  });

  it("sends in small pieces", async () => {
    proxy.pieces(2);
    const client = connect();
    client.socket.write("abcdefgh");
    await until(() => client.text === "abcdefgh");
    expect(client.pieces).toBeGreaterThan(1);
  });

  it("cuts in the midst of an answer", async () => {
    proxy.cutAfter(3);
    const client = connect();
    client.socket.write("abcdefgh");
    await until(() => client.ended !== "no");
    expect(client.text).toBe("abc");
  });

  it("says what no server has said", async () => {
    const client = connect();
    client.socket.write("a");
    await until(() => client.text === "a");
    proxy.garbage("HTTP/1.1 200 OK\r\n");
    await until(() => client.text === "aHTTP/1.1 200 OK\r\n");
  });

  it("refuses, is away, and comes back on its port", async () => {
    const before = connect();
    before.socket.write("a");
    await until(() => before.text === "a");
    proxy.refuse();
    const refused = connect();
    await until(() => refused.ended !== "no");
    expect(before.ended).toBe("no");
    proxy.heal();
    const { port } = proxy;
    await proxy.down();
    const away = connect();
    await until(() => away.ended === "error" && before.ended === "error");
    await proxy.up();
    expect(proxy.port).toBe(port);
    const after = connect();
    after.socket.write("b");
    await until(() => after.text === "b");
  });
});
