/** What the server listens on, and what it says when it cannot. */
import { once } from "node:events";
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.js";
import { warnOfFewFiles } from "../../src/process/open-files.js";
import { burst, Client, until } from "./support/clients.js";
import { start } from "./support/servers.js";

const folder = mkdtempSync(join(tmpdir(), "stowage-listen-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function listening(options: net.ListenOptions): Promise<net.Server> {
  const server = net.createServer().listen(options);
  await once(server, "listening");
  return server;
}

async function refuses(options: net.NetConnectOpts): Promise<boolean> {
  return Client.connect(options).then(
    () => false,
    () => true,
  );
}

describe("a port", () => {
  it("that is in use is said to be, with what to do, and nothing stays open", async () => {
    const other = await listening({ port: 0, host: "127.0.0.1" });
    const { port } = other.address() as AddressInfo;
    const failing = start(["--port", `${port}`, "--data-dir", join(folder, "data")]);
    await expect(failing).rejects.toMatchObject({
      name: "ListenError",
      code: "EADDRINUSE",
      message: expect.stringMatching(
        new RegExp(`^cannot listen on 127\\.0\\.0\\.1:${port}: port ${port} is in use.*ss -ltnp.*--port 0`),
      ),
    });
    other.close();
    // Neither the port nor the data directory.
    await using test = await start(["--port", `${port}`, "--data-dir", join(folder, "data")]);
    expect(test.url).toBe(`http://127.0.0.1:${port}`);
  });

  it("of an address that this machine has not, or of a name that nobody has", async () => {
    await expect(start(["--host", "192.0.2.1"])).rejects.toThrow(
      "cannot listen on 192.0.2.1:0: this machine has no such address",
    );
    await expect(start(["--host", "no-such-host.invalid"])).rejects.toThrow("the host name is unknown");
  });

  it("of IPv6", async () => {
    await using test = await start(["--host", "::1"]);
    expect(test.url).toBe(`http://[::1]:${test.port}`);
    using client = await Client.connect({ port: test.port, host: "::1" });
    expect((await client.get("/health"))?.status).toBe(200);
  });

  it("of all addresses is shown as one that can be called", async () => {
    await using test = await start(["--host", "::"]);
    expect(test.url).toBe(`http://[::1]:${test.port}`);
    using client = await Client.connect({ port: test.port, host: "127.0.0.1" });
    expect((await client.get("/health"))?.status).toBe(200);
    expect(test.lines.some(({ level, msg }) => level === 40 && msg.includes("anybody who reaches ::"))).toBe(
      true,
    );
  });
});

describe("a Unix socket", () => {
  const path = join(folder, "a.sock");

  it("has the permissions that were set, serves on all workers, and goes with the server", async () => {
    const test = await start(["--socket", path, "--socket-mode", "600"]);
    expect(test.url).toBe(`unix:${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const workers = new Set<number>();
    await until(async () => {
      workers.add(await (await Client.connect({ path })).worker());
      return workers.size === 2;
    });
    await test.server.replaceWorker(0);
    await until(async () => (await (await Client.connect({ path })).worker()) === 0);
    await test.server.close();
    expect(existsSync(path)).toBe(false);
  });

  it("whose server was killed is taken over", async () => {
    const left = await listening({ path });
    // The file stays as it does when a process dies.
    const closed = once(left, "close");
    const moved = join(folder, "moved");
    renameSync(path, moved);
    left.close();
    await closed;
    renameSync(moved, path);
    expect(await refuses({ path })).toBe(true);
    await using test = await start(["--socket", path]);
    using client = await Client.connect({ path });
    expect((await client.get("/health"))?.status).toBe(200);
    expect(test.url).toBe(`unix:${path}`);
  });

  it("on which another server answers is left alone", async () => {
    const other = await listening({ path });
    await expect(start(["--socket", path])).rejects.toThrow(
      `cannot listen on ${path}: another server listens`,
    );
    expect(await refuses({ path })).toBe(false);
    other.close();
  });

  it("in whose place there is a file, or whose folder is missing", async () => {
    const file = join(folder, "precious");
    writeFileSync(file, "data");
    await expect(start(["--socket", file])).rejects.toThrow("there is a file that is not a socket");
    expect(existsSync(file)).toBe(true);
    await expect(start(["--socket", join(folder, "no/a.sock")])).rejects.toThrow("the folder does not exist");
  });
});

describe("connections", () => {
  it("that the system does not allow are warned of", () => {
    const limits = (files: number) =>
      `Limit  Soft Limit  Hard Limit\nMax open files            ${files}   1048576   files\n`;
    const { config } = loadConfig({ args: ["--max-connections", "5000"], env: {} });
    const warnings: string[] = [];
    const log = pino({}, { write: (line: string) => void warnings.push(JSON.parse(line).msg) });
    for (const files of [1_024, 5_000]) warnOfFewFiles(config, log, limits(files));
    warnOfFewFiles(config, log, "");
    expect(warnings).toEqual([
      'the system allows 1024 open files: raise that ("ulimit -n"), or lower max-connections',
    ]);
  });

  it("above the bound, which is of all workers together, are turned away", async () => {
    await using test = await start(["--max-connections", "6"]);
    const { clients, perWorker } = await burst(test.port, 6);
    expect(perWorker.reduce((sum, count) => sum + count)).toBe(6);
    const one = await Client.connect(test.port);
    await one.ended;
    clients[0].socket.destroy();
    await until(async () => {
      const client = await Client.connect(test.port);
      return (await client.get("/health"))?.status === 200;
    });
  });
});
