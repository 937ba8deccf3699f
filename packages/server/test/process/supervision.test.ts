/** Workers that crash, hang, or do not even start. */
import { describe, expect, it } from "vitest";
import { Backoff } from "../../src/process/backoff.js";
import type { Edit } from "../support/mutants.js";
import { becomes, burst, Client, until } from "./support/clients.js";
import { type Line, start, type TestServer } from "./support/servers.js";

const backoff = { firstMs: 100, maxMs: 1_000, stableMs: 60_000 };

/** A connection to each worker, in their order. */
async function oneEach({ port, server }: TestServer): Promise<Client[]> {
  const each: Client[] = [];
  while (each.filter(Boolean).length < server.config.workers!) {
    const client = await Client.connect(port);
    each[await client.worker()] ??= client;
  }
  return each;
}

const starts = ({ server }: TestServer) => server.stats().workers.map((worker) => worker.starts);
const said = (lines: readonly Line[], text: string) => lines.filter(({ msg }) => msg.includes(text));

describe("a worker that ends", () => {
  it("by an error that nobody catches takes only its own connections with it, and comes back", async () => {
    await using test = await start();
    test.server.table.set("kept", '"still here"');
    const [first, second] = await oneEach(test);
    await first.get("/test/crash");
    expect(await first.answer()).toBeUndefined();
    expect((await second.get("/cache/get?key=kept"))?.body).toBe('{"value":"still here"}');
    await until(() => starts(test)[0] === 2 && said(test.lines, "listens").length === 3);
    expect(starts(test)).toEqual([2, 1]);
    const [again] = await oneEach(test);
    expect((await again.get("/cache/get?key=kept"))?.body).toBe('{"value":"still here"}');
    expect(await second.worker()).toBe(1);
    const [line] = said(test.lines, "worker ended");
    expect(line).toMatchObject({ worker: 0, crashes: 1, restartMs: 0, err: { message: "as it should" } });
    expect(() => test.server.table.verify()).not.toThrow();
  });

  it("for want of memory is one like another", async () => {
    await using test = await start([], { resourceLimits: { maxOldGenerationSizeMb: 48 } });
    const [first, second] = await oneEach(test);
    await first.get("/test/heap");
    expect(await second.worker()).toBe(1);
    await until(() => starts(test)[0] === 2);
    expect(said(test.lines, "worker ended")[0]).toMatchObject({
      worker: 0,
      err: { code: "ERR_WORKER_OUT_OF_MEMORY" },
    });
  });

  it("again and again is waited for longer and longer, and that is said", async () => {
    await using test = await start(["--workers", "1"]);
    for (let crash = 1; crash <= 5; crash++) {
      // While there is no worker connections wait for the next one: none is refused.
      const client = await Client.connect(test.port);
      await client.get("/test/crash");
      await client.ended;
    }
    await until(() => starts(test)[0] === 6);
    const ended = test.lines.filter(({ crashes }) => crashes !== undefined);
    expect(ended.map(({ restartMs }) => restartMs)).toEqual([0, 20, 40, 80, 160]);
    expect(said(ended, "again and again").map(({ level, crashes }) => [level, crashes])).toEqual([
      [60, 4],
      [60, 5],
    ]);
  });

  it("is not replaced when the server stops", async () => {
    await using test = await start();
    const ended = test.server.replaceWorker(0);
    await test.server.close();
    await ended;
    expect(said(test.lines, "listens")).toHaveLength(2);
  });
});

describe("a worker that hangs", () => {
  it("is found out and replaced, while others serve", async () => {
    await using test = await start(["--hang-timeout", "1s"]);
    const [first, second] = await oneEach(test);
    first.send("GET /test/hang HTTP/1.1\r\nhost: a\r\n\r\n");
    await until(() => test.server.table.has("hangs"));
    // Until it is noticed, new connections are taken by the other one.
    const { clients, perWorker } = await burst(test.port, 8);
    expect(perWorker[1]).toBe(8);
    await first.ended;
    expect(await second.worker()).toBe(1);
    await until(() => starts(test)[0] === 2 && said(test.lines, "listens").length === 3);
    expect(said(test.lines, "worker hangs")[0]).toMatchObject({ worker: 0, hangMs: 1_000 });
    expect((await oneEach(test)).length).toBe(2);
    expect(await Promise.all(clients.map((client) => client.worker()))).toEqual(Array(8).fill(1));
  });
});

describe("a supervisor that is broken", () => {
  /** Whether there are two workers again, some time after worker 0 was made to do what `path` does. */
  async function recovers(path: string, edit: Edit): Promise<boolean> {
    await using test = await start(["--hang-timeout", "1s"], { edits: [edit] });
    const [first] = await oneEach(test);
    first.send(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
    return await becomes(() => starts(test)[0] === 2 && test.server.stats().workersUp === 2, 2_000);
  }

  it("leaves its workers dead, or hanging", async () => {
    const restartsNone: Edit = {
      file: "process/slot.ts",
      find: "if (this.#restarts) this",
      replace: "if (false) this",
    };
    expect(await recovers("/test/crash", restartsNone)).toBe(false);
    const seesNoHang: Edit = { file: "process/watchdog.ts", find: "pulse.looks + 1", replace: "0" };
    expect(await recovers("/test/hang", seesNoHang)).toBe(false);
  });
});

describe("a server that cannot start its workers", () => {
  it("says why, and leaves nothing open", async () => {
    const wrong = new URL(`data:text/javascript,throw new Error("no module, say")`);
    await expect(start([], { workerModule: wrong })).rejects.toThrow("no module, say");
    const silent = new URL("data:text/javascript,");
    await expect(start([], { workerModule: silent })).rejects.toThrow(/worker [01] ended with code 0/);
  });
});

describe("waits between restarts", () => {
  it("begin anew after a time that it ran well", () => {
    const waits = new Backoff(backoff);
    const ran = [5, 5, 5, 5, 5, 5, 5, 60_000, 5];
    expect(ran.map((ms) => waits.crashed(ms))).toEqual([0, 100, 200, 400, 800, 1_000, 1_000, 0, 100]);
  });
});
