/** Workers that are killed under load: no wrong answer, and nothing lost but connections of their own. */
import { describe, expect, it } from "vitest";
import type { Edit } from "../support/mutants.js";
import { Client, until } from "./support/clients.js";
import { type Tally, useServer } from "./support/load.js";
import { start, type TestServer } from "./support/servers.js";

const CLIENTS = 24;
const KILLS = 12;

/** Kills worker 0 again and again while clients work. */
async function killUnderLoad(test: TestServer, kills: number): Promise<Tally> {
  const stats = () => test.server.stats();
  const tally: Tally = { answers: 0, losses: 0, wrong: [] };
  // A connection of worker 1, which is not killed: it must not notice.
  const bystander = await connectionOf(test, 1);
  let over = false;
  const load = { port: test.port, isOver: () => over, tally };
  const clients = Array.from({ length: CLIENTS }, (_, name) => useServer(load, name));
  for (let kill = 1; kill <= kills; kill++) {
    const { answers } = tally;
    await until(() => tally.answers > answers + 200);
    await test.server.replaceWorker(0);
    expect(await bystander.worker()).toBe(1);
    await until(() => stats().workers[0].starts === kill + 1 && stats().workersUp === 2);
  }
  over = true;
  await Promise.all(clients);
  return tally;
}

describe("workers killed under load", () => {
  it("give no wrong answer, and take no connection with them that is another's", async () => {
    await using test = await start(["--memory", "64mb"]);
    const { wrong, losses } = await killUnderLoad(test, KILLS);
    expect(wrong).toEqual([]);
    // Each client loses one connection a kill at most.
    expect(losses).toBeGreaterThan(0);
    expect(losses).toBeLessThanOrEqual(KILLS * CLIENTS);
    expect(test.server.stats().workers[1].starts).toBe(1);
    expect(() => test.server.table.verify()).not.toThrow();
  });

  it("give wrong answers if each has a table of its own", async () => {
    const ownTable: Edit = {
      file: "process/serve.ts",
      find: "SharedTable.attach(data.table, { onError })",
      replace: "SharedTable.create({ memory: 2 ** 24, onError })",
    };
    await using test = await start([], { workerEdits: [ownTable] });
    expect((await killUnderLoad(test, 1)).wrong.length).toBeGreaterThan(0);
  });
});

async function connectionOf({ port }: TestServer, worker: number): Promise<Client> {
  for (;;) {
    const client = await Client.connect(port);
    if ((await client.worker()) === worker) return client;
    client.socket.destroy();
  }
}
