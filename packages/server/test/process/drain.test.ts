/** Stopping: what is under way is finished, nothing new begins, and it ends in time. */
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, describe, expect, it, vi } from "vitest";
import { heedSignals, type Program } from "../../src/process/signals.js";
import type { Edit } from "../support/mutants.js";
import { Client, until } from "./support/clients.js";
import { start, type TestServer } from "./support/servers.js";

const folder = mkdtempSync(join(tmpdir(), "stowage-drain-"));
afterAll(() => rmSync(folder, { recursive: true }));

const refused = ({ port }: TestServer) =>
  Client.connect(port).then(
    () => false,
    () => true,
  );

/** Requests that wait for the key `go`, once they have reached their workers. */
async function underWay({ port, server }: TestServer, count: number): Promise<Client[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => Client.connect(port)));
  for (const client of clients) client.send("GET /test/wait HTTP/1.1\r\nhost: a\r\n\r\n");
  await until(() => Number(server.table.getString("waiting") ?? 0) === count);
  return clients;
}

describe("a server that is closed", () => {
  it("answers what is under way, ends what is idle, accepts nothing more", async () => {
    const test = await start();
    const idle = await Client.connect(test.port);
    await idle.get("/health");
    const busy = await underWay(test, 6);
    const closed = test.server.close();
    expect(test.server.state).toBe("draining");
    expect(await idle.ended).toBe(false);
    await until(() => refused(test));
    test.server.table.set("go", "1");
    for (const client of busy) {
      const answer = await client.answer();
      expect(answer?.status).toBe(200);
      expect(answer?.head).toContain("connection: close\r\n");
      expect(await client.ended).toBe(false);
    }
    await closed;
    expect(test.server.state).toBe("closed");
    expect(test.server.table.closed).toBe(true);
    // No worker crashed on the way.
    expect(test.lines.filter(({ level }) => level >= 40)).toEqual([]);
  });

  it("which is broken so that it waits for nothing leaves requests without an answer", async () => {
    const cuts: Edit = {
      file: "process/serve.ts",
      find: "await server.close(deadlineMs);",
      replace: "await server.close(0);",
    };
    const test = await start([], { workerEdits: [cuts] });
    const [busy] = await underWay(test, 1);
    await test.server.close();
    expect(await busy.answer()).toBeUndefined();
  });

  it("ends answers that have no end", async () => {
    const test = await start();
    const stream = await Client.connect(test.port);
    stream.send("GET /test/stream HTTP/1.1\r\nhost: a\r\n\r\n");
    await stream.text("\r\n\r\n");
    await test.server.close();
    expect(await stream.text("event: end")).toMatch(/event: end\n\n$/);
    expect(await stream.ended).toBe(false);
  });

  it("cuts at the deadline what does not end: a request, a client that reads nothing, one that sends slowly", async () => {
    const test = await start();
    const [busy] = await underWay(test, 1);
    const slow = await Client.connect(test.port);
    slow.socket.pause();
    slow.send("GET /test/large HTTP/1.1\r\nhost: a\r\n\r\n");
    const half = await Client.connect(test.port);
    half.send("POST /cache/set HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{");
    await half.worker;
    await until(
      () => test.server.stats().workers.reduce((sum, each) => sum + each.connections.open, 0) === 3,
    );
    await test.server.close({ deadlineMs: 150 });
    await Promise.all([busy.ended, half.ended]);
    slow.socket.resume();
    await slow.ended;
    expect(await busy.answer()).toBeUndefined();
  });

  it("says so at /ready first, and goes on accepting for drain-delay", async () => {
    const test = await start(["--drain-delay", "300ms"]);
    const before = await Client.connect(test.port);
    expect((await before.get("/ready"))?.status).toBe(200);
    const closed = test.server.close();
    const after = await Client.connect(test.port);
    expect((await after.get("/ready"))?.status).toBe(503);
    expect((await after.get("/health"))?.status).toBe(200);
    expect((await after.get("/cache/get?key=a"))?.status).toBe(404);
    await closed;
    expect(await refused(test)).toBe(true);
  });

  it("twice is closed once; a worker that hangs does not hold it up", async () => {
    const test = await start();
    const hung = await Client.connect(test.port);
    hung.send("GET /test/hang HTTP/1.1\r\nhost: a\r\n\r\n");
    await Promise.all([test.server.close({ deadlineMs: 50 }), test.server.close()]);
    await hung.ended;
    expect(test.server.state).toBe("closed");
  });

  it("leaves a last snapshot, from which the next one begins", async () => {
    const args = ["--data-dir", join(folder, "last"), "--snapshot-every", "1h"];
    const first = await start(args);
    const client = await Client.connect(first.port);
    expect((await client.post("/cache/set", { key: "a", value: [42] }))?.status).toBe(200);
    await first.server.close();
    await using second = await start(args);
    using again = await Client.connect(second.port);
    expect((await again.get("/cache/get?key=a"))?.body).toBe('{"value":[42]}');
  });
});

describe("a program that is nothing but a server", () => {
  class TestProgram extends EventEmitter implements Program {
    readonly exits: number[] = [];

    exit(code: number): void {
      this.exits.push(code);
      this.emit("exits");
    }
  }

  async function run(args: readonly string[] = []) {
    const program = new TestProgram();
    const test = await start(args);
    heedSignals(test.server, pino({ level: "silent" }), program);
    return { program, test };
  }

  it("drains and exits with 0 on SIGTERM, and at once on a second signal", async () => {
    const { program, test } = await run();
    const [busy] = await underWay(test, 1);
    program.emit("SIGTERM");
    program.emit("SIGINT");
    expect(program.exits).toEqual([130]);
    test.server.table.set("go", "1");
    expect((await busy.answer())?.status).toBe(200);
    await once(program, "exits");
    expect(program.exits).toEqual([130, 0]);
    expect(test.server.state).toBe("closed");
  });

  it("takes a snapshot and exits with 1 when an error was caught by nobody", async () => {
    const args = ["--data-dir", join(folder, "failed"), "--snapshot-every", "1h"];
    const { program, test } = await run(args);
    test.server.table.set("a", '"saved"');
    program.emit("uncaughtException", new Error("as it should"));
    await once(program, "exits");
    expect(program.exits).toEqual([1]);
    await test.server.kill();
    await using after = await start(args);
    expect(after.server.table.getString("a")).toBe('"saved"');
  });

  it("reloads on SIGHUP, and lives on when that fails", async () => {
    const { program, test } = await run();
    const reload = vi.spyOn(test.server, "reload");
    program.emit("SIGHUP");
    expect(reload).toHaveBeenCalledTimes(1);
    reload.mockImplementation(() => {
      throw new Error("no such file, say");
    });
    program.emit("SIGHUP");
    expect(program.exits).toEqual([]);
    await test.server.kill();
  });
});
