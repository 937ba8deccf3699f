/** The server within a program: settings as values, its table, its log, its figures. */
import pino from "pino";
import { describe, expect, it } from "vitest";
import { startServer } from "../../src/index.js";
import { until } from "./support/clients.js";

describe("startServer", () => {
  it("serves this thread's table from the sources, and closes with its scope", async () => {
    const lines: { msg: string; worker?: number }[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const settings = {
      port: 0,
      memory: "16mb",
      workers: 2,
      ttl: "1h",
      "slow-ms": 1,
      "access-log": true,
    } as const;
    let url: string;
    {
      await using server = await startServer(settings, { log });
      url = server.url;
      server.table.set("greeting", '"Hello"');
      const answer = await fetch(`${url}/cache/get?key=greeting`);
      expect(await answer.json()).toEqual({ value: "Hello" });
      expect(server.config).toMatchObject({ workers: 2, ttl: 3_600_000, memory: 2 ** 24, tokens: null });
      const { workers, workersUp, uptime, table } = server.stats();
      expect([workers.length, workersUp, table.entries]).toEqual([2, 2, 1]);
      expect(uptime).toBeGreaterThan(0);
      expect(await server.snapshot()).toBe(false);
    }
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    // Lines of workers come to the log that was given.
    await until(() => lines.some(({ worker, msg }) => worker !== undefined && msg.includes("request")));
  });

  it("names every setting that is wrong, before anything is opened", async () => {
    const settings = { prot: 4000, memory: "lots", ttl: 5_000, workers: 0 } as object;
    await expect(startServer(settings)).rejects.toMatchObject({
      name: "ConfigError",
      faults: [
        expect.stringContaining('there is no option "prot"; did you mean port?'),
        expect.stringContaining('"workers" in the settings of startServer must be a whole number'),
        expect.stringContaining('"memory" in the settings of startServer must be a size'),
        expect.stringContaining('"ttl" in the settings of startServer must be a duration'),
      ],
    });
  });

  it("several in one program do not know of each other", async () => {
    const settings = { port: 0, memory: "4mb", workers: 1, "log-level": "silent" } as const;
    await using first = await startServer(settings);
    await using second = await startServer(settings);
    first.table.set("a", "1");
    expect((await fetch(`${second.url}/cache/get?key=a`)).status).toBe(404);
    expect((await fetch(`${first.url}/cache/get?key=a`)).status).toBe(200);
  });
});
