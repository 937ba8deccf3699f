/** New connections spread evenly over the workers, however many come at once. */
import { describe, expect, it } from "vitest";
import { Board } from "../../src/process/board.js";
import { Spread } from "../../src/process/spread.js";
import type { Edit } from "../support/mutants.js";
import { burst, type Client, until } from "./support/clients.js";
import { start, type TestServer } from "./support/servers.js";

const neverSleeps: Edit = {
  file: "process/spread.ts",
  find: "Atomics.wait(nobody, 0, 0, ms);",
  replace: "void ms;",
};

/** How far the one that is farthest from its share is from it, as a part of the share. */
function deviation(perWorker: readonly number[], share: number): number {
  return Math.max(...perWorker.map((count) => Math.abs(count - share))) / share;
}

/** On a machine that is busy with other things a worker may get no processor during a burst: the median of some counts. */
async function median(rounds: 3 | 5, round: () => Promise<number>): Promise<number> {
  const deviations: number[] = [];
  while (deviations.length < rounds) deviations.push(await round());
  return deviations.sort((a, b) => a - b)[(rounds - 1) / 2];
}

async function evenness(test: TestServer, count: number): Promise<number> {
  const { workers } = test.server.config;
  return median(count > 100 ? 3 : 5, async () => {
    const { clients, perWorker } = await burst(test.port, count);
    expect(perWorker.reduce((sum, each) => sum + each)).toBe(count);
    await allGone(test, clients);
    return deviation(
      Array.from({ length: workers! }, (_, worker) => perWorker[worker] ?? 0),
      count / workers!,
    );
  });
}

/** As many connections as one of two workers has come when the other one was just started again. */
function evennessAfterRestart(test: TestServer): Promise<number> {
  const { server, port } = test;
  return median(3, async () => {
    const before = await burst(port, 80);
    const { starts } = server.stats().workers[0];
    await server.replaceWorker(0);
    await until(() => server.stats().workers[0].starts > starts && server.stats().workersUp === 2);
    const kept = before.perWorker[1];
    const after = await burst(port, kept);
    await allGone(test, [...before.clients, ...after.clients]);
    return deviation([after.perWorker[0] ?? 0, kept + (after.perWorker[1] ?? 0)], kept);
  });
}

describe("connections that are opened at one time", () => {
  it("64 and 1,000: each of two workers gets its share, give or take a fifth", async () => {
    await using test = await start();
    expect(await evenness(test, 64)).toBeLessThanOrEqual(0.2);
    expect(await evenness(test, 1_000)).toBeLessThanOrEqual(0.2);
  });

  it("400 for four workers", async () => {
    await using test = await start(["--workers", "4"]);
    expect(await evenness(test, 400)).toBeLessThanOrEqual(0.2);
  });

  it("a worker that was started again gets those that come, until it has as many as the others", async () => {
    await using test = await start();
    expect(await evennessAfterRestart(test)).toBeLessThanOrEqual(0.2);
  });

  it("are not spread like this by chance: without the sleeping it is otherwise", async () => {
    await using test = await start([], { workerEdits: [neverSleeps] });
    expect(await evennessAfterRestart(test)).toBeGreaterThan(0.2);
  });
});

describe("a worker that is ahead", () => {
  function setUp() {
    const board = Board.create(2);
    for (const worker of [0, 1]) board.setUp(worker, true);
    const clock = { ms: 1_000 };
    let sleeps = 0;
    let whileAsleep = (): void => undefined;
    const sleep = (ms: number) => {
      sleeps++;
      clock.ms += ms;
      whileAsleep();
    };
    const spread = new Spread(board, 0, () => clock.ms, sleep);
    const asleepDuring = (open: number, then = (): void => undefined) => {
      whileAsleep = then;
      const before = sleeps;
      spread.accepted(open);
      return sleeps - before;
    };
    return { board, clock, asleepDuring };
  }

  it("sleeps until the other one has caught up", () => {
    const { board, asleepDuring } = setUp();
    expect([1, 2].map((open) => asleepDuring(open))).toEqual([0, 0]);
    let taken = 0;
    const slept = asleepDuring(6, () => {
      taken += 2;
      board.setOpen(1, taken);
    });
    expect(slept).toBe(2);
    expect(board.open(0)).toBe(6);
  });

  it("sleeps for a small part of the time where nobody takes anything", () => {
    const { clock, asleepDuring } = setUp();
    let slept = 0;
    const since = clock.ms;
    for (let open = 10; clock.ms - since < 10_000; open++) {
      slept += asleepDuring(open) * 0.2;
      clock.ms += 5;
    }
    expect(slept).toBeGreaterThan(50);
    expect(slept).toBeLessThan(50 + 10_000 * 0.04);
  });

  it("does not wait for one that accepts nothing", () => {
    const { board, asleepDuring } = setUp();
    board.setUp(1, false);
    expect(asleepDuring(10)).toBe(0);
  });
});

async function allGone({ server }: TestServer, clients: readonly Client[]): Promise<void> {
  for (const { socket } of clients) socket.destroy();
  await until(() => server.stats().workers.every(({ connections }) => connections.open === 0));
}
