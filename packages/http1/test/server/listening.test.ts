/** Where it listens: TLS, Unix sockets, bound file descriptors; and what goes wrong there. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type tls from "node:tls";
import { describe, expect, it } from "vitest";
import { bundleEdited } from "../../../../scripts/build/edited.js";
import { type Connection, fixedHead, HttpServer, headOf, type RequestHead } from "../../src/index.js";
import { bodiesOf, Client, echo, get, onStage, post, until } from "../support/serve.js";

const fixture = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url));
const secure = { tls: { key: fixture("key.pem"), cert: fixture("cert.pem") } };

describe("over TLS", () => {
  it("serves as it does without", () =>
    onStage(secure, async ({ client, server }) => {
      const one = client({ ALPNProtocols: ["h2", "http/1.1"] });
      one.send(get("/1") + post("/2", "abc"));
      expect(await one.bodies(2)).toEqual(["GET /1 ", "POST /2 abc"]);
      expect((one.socket as tls.TLSSocket).alpnProtocol).toBe("http/1.1");
      expect(server.counts).toMatchObject({ open: 1, accepted: 1 });
      one.sendLast(get("/3"));
      expect(bodiesOf(await one.all())).toHaveLength(3);
      await until(() => server.counts.open === 0);
    }));

  it("sends large bodies, waits for slow readers and lets go of those that read nothing", async () => {
    const large = Buffer.alloc(20_000_000, "abc");
    const request = (_head: RequestHead, _content: Buffer, connection: Connection) => {
      connection.sendBytes(headOf(fixedHead(200), large.length), large);
      return true;
    };
    await onStage({ ...secure, request, timeouts: { writeMs: 1_000 } }, async ({ client, server, pass }) => {
      const one = client();
      one.socket.pause();
      one.send(get("/"));
      await until(() => server.phases().writing === 1);
      for (let megabytes = 4; megabytes <= 20; megabytes += 4) {
        one.socket.resume();
        await one.until(({ text }) => text.length > megabytes * 1_000_000);
        if (megabytes < 20) one.socket.pause();
        pass(900);
      }
      const silent = client();
      silent.socket.pause();
      silent.send(get("/"));
      await until(() => server.phases().writing === 1);
      await until(() => {
        pass(300);
        return server.counts.open === 1;
      });
    });
  });

  it("counts handshakes that fail, and outlives them", () =>
    onStage(secure, async ({ client, server, port }) => {
      const plain = new Client(port);
      plain.send(get("/"));
      await plain.all();
      await until(() => server.counts.errors === 1);
      const one = client();
      one.send(get("/1"));
      expect(await one.bodies(1)).toEqual(["GET /1 "]);
      plain.socket.destroy();
    }));

  it("bounds connections, those in a handshake too, and does not wait for these when it stops", () =>
    onStage({ ...secure, connectionsMax: 2 }, async ({ client, server, port }) => {
      const silent = new Client(port);
      await once(silent.socket, "connect");
      const one = client();
      one.send(get("/1"));
      await one.bodies(1);
      const third = client();
      await third.all();
      expect(server.counts).toMatchObject({ open: 1, accepted: 1, turnedAway: 1 });
      const closing = server.close(60_000);
      await one.all();
      one.socket.end();
      await closing;
      silent.socket.destroy();
    }));

  it("takes new certificates while it serves", () =>
    onStage(secure, async ({ server, client }) => {
      (server.socketServer as tls.Server).setSecureContext(secure.tls);
      const one = client();
      one.send(get("/1"));
      expect(await one.bodies(1)).toEqual(["GET /1 "]);
    }));
});

describe("a server", () => {
  const make = (options: object = {}) => new HttpServer({ handler: { request: echo }, ...options });

  it("listens on a Unix socket", { skip: process.platform === "win32" }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "stowage-http1-"));
    const path = join(folder, "socket");
    const server = make();
    expect(await server.listen({ path })).toBe(path);
    const socket = net.connect(path);
    socket.write(get("/x", "Connection: close"));
    const chunks = await socket.toArray();
    expect(bodiesOf(Buffer.concat(chunks).toString("latin1"))).toEqual(["GET /x "]);
    await server.close(0);
    rmSync(folder, { recursive: true });
  });

  it("listens on a file descriptor that is bound", { skip: process.platform === "win32" }, async () => {
    const bound = net.createServer();
    bound.listen(0, "127.0.0.1");
    await once(bound, "listening");
    const { port } = bound.address() as net.AddressInfo;
    const { fd } = (bound as unknown as { _handle: { fd: number } })._handle;
    const program = await bundleEdited(new URL("./on-descriptor.ts", import.meta.url), { sources: "" });
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "ignore", "inherit", fd] });
    await once(child, "spawn");
    bound.close();
    const one = new Client(port);
    one.send(get("/x"));
    expect(await one.bodies(1)).toEqual(["GET /x "]);
    one.socket.destroy();
    child.kill();
    await once(child, "exit");
  });

  it("listens as a function has it do", async () => {
    const server = make();
    const address = await server.listen((socketServer) => socketServer.listen(0, "127.0.0.1"));
    expect((address as net.AddressInfo).port).toBeGreaterThan(0);
    await server.close(0);
  });

  it("says why it cannot listen, may try again, and survives errors when it does", async () => {
    const first = make();
    const { port } = (await first.listen({ port: 0, host: "127.0.0.1" })) as net.AddressInfo;
    const errors: Error[] = [];
    const second = make({ onError: (error: Error) => errors.push(error) });
    await expect(second.listen({ port, host: "127.0.0.1" })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await second.listen({ port: 0, host: "127.0.0.1" });
    second.socketServer.emit("error", new Error("EMFILE"));
    expect(errors.map(({ message }) => message)).toEqual(["EMFILE"]);
    expect(second.counts.errors).toBe(1);
    await Promise.all([first.close(0), second.close(0), second.close(0)]);
  });
});
