/** Real processes: servers of a fleet that are killed, a Redis master that is, and applications that load one key. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually, RedisCluster } from "../../../stowage/test/support/redis.js";
import { buildPrograms } from "../cli/programs.js";
import { bundled } from "../support/mutants.js";
import { Child } from "./children.js";
import { endSharedRedis, fleetName, sharedRedis } from "./support.js";

const children: Child[] = [];
let serverProgram: string;
let appProgram: string;

beforeAll(async () => {
  const [programs, app] = await Promise.all([
    buildPrograms(),
    bundled(new URL("./app.program.ts", import.meta.url)),
  ]);
  serverProgram = programs.stowageServer;
  appProgram = app;
});

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
});
afterAll(endSharedRedis);

function start(program: string, ...args: string[]): Child {
  const child = new Child(program, args);
  children.push(child);
  return child;
}

interface Server {
  readonly child: Child;
  readonly url: string;
}

async function startServer(...args: string[]): Promise<Server> {
  const child = start(serverProgram, "--port", "0", "--workers", "2", "--memory", "16mb", ...args);
  const [, url] = await child.line(/ready on (http:[^;]*);/);
  await eventually("it is ready", async () => (await fetch(`${url}/ready`)).status === 200);
  return { child, url };
}

async function set({ url }: Server, key: string, value: unknown): Promise<boolean> {
  const request = { method: "POST", headers: { "content-type": "application/json" } };
  const answer = await fetch(`${url}/cache/set`, { ...request, body: JSON.stringify({ key, value }) });
  await answer.arrayBuffer();
  return answer.status === 200;
}

async function get({ url }: Server, key: string): Promise<unknown> {
  const answer = await fetch(`${url}/cache/get?key=${key}`);
  const { value } = (await answer.json()) as { value?: unknown };
  return value;
}

describe("servers as processes", () => {
  it("have what was acknowledged when one of them is killed amid writes, and nothing older", async () => {
    const { url } = await sharedRedis();
    const args = ["--l2", url, "--l2-name", fleetName()];
    const [here, there] = await Promise.all([startServer(...args), startServer(...args)]);
    const keys = Array.from({ length: 20 }, (_, n) => `k${n}`);
    const acknowledged = new Map<string, number>();
    let isOver = false;
    const writers = keys.map(async (key) => {
      for (let n = 1; !isOver; n++) {
        if (!(await set(here, key, n).catch(() => false))) return;
        acknowledged.set(key, n);
        await get(there, key);
      }
    });
    await eventually(
      "it writes",
      () => [...acknowledged.values()].every((n) => n > 5) && acknowledged.size === 20,
    );
    await here.child.kill();
    isOver = true;
    await Promise.all(writers);
    // What it had written last, and told nobody, the other one finds out by its silence.
    const direct = await startServer(...args);
    for (const key of keys) {
      const value = (await get(direct, key)) as number;
      expect(value).toBeGreaterThanOrEqual(acknowledged.get(key)!);
      await eventually(`${key} at the one that lives`, async () => (await get(there, key)) === value);
    }
  });

  it("go on when the master of a cluster is killed, and lose nothing that its replica had", async () => {
    const cluster = await RedisCluster.start();
    try {
      const args = ["--l2", cluster.urls.slice(0, 3).join(","), "--l2-name", fleetName()];
      const [here, there] = await Promise.all([startServer(...args), startServer(...args)]);
      const keys = Array.from({ length: 60 }, (_, n) => `k${n}`);
      await Promise.all(
        keys.map(async (key, n) => expect(await set(n % 2 ? here : there, key, n)).toBe(true)),
      );
      await eventually("the replicas have it", async () => {
        const infos = await Promise.all(
          cluster.servers.slice(0, 3).map((each) => each.ask("INFO", "replication")),
        );
        return infos.every((info) => {
          const offset = /master_repl_offset:(\d+)/.exec(info)?.[1];
          return info.includes(`,offset=${offset},`);
        });
      });
      await cluster.failover();
      for (const server of [here, there])
        for (const [n, key] of keys.entries())
          await eventually(`${key} is there`, async () => (await get(server, key)) === n);
      for (const [n, key] of keys.entries())
        await eventually(`${key} is written`, () => set(n % 2 ? here : there, key, -n - 1));
      for (const server of [here, there])
        for (const [n, key] of keys.entries())
          await eventually(`${key} is the new one`, async () => (await get(server, key)) === -n - 1);
    } finally {
      await cluster.stop();
    }
  });
});

describe("applications as processes", () => {
  it("load a key once, however many ask", async () => {
    const { url } = await sharedRedis();
    const name = fleetName();
    const apps = Array.from({ length: 20 }, () => start(appProgram, url, name, "300"));
    await Promise.all(apps.map((app) => app.line(/^ready/)));
    for (const app of apps) app.say("key");
    const values = await Promise.all(apps.map((app) => app.line(/^value (.*)/)));
    expect(new Set(values.map(([, value]) => value))).toEqual(new Set(["load 1"]));
  });

  it("load it once more when the one that loads is killed", async () => {
    const { url } = await sharedRedis();
    const name = fleetName();
    const holder = start(appProgram, url, name, "60000");
    await holder.line(/^ready/);
    holder.say("key");
    await holder.line(/^loading/);
    const apps = Array.from({ length: 4 }, () => start(appProgram, url, name, "100"));
    await Promise.all(apps.map((app) => app.line(/^ready/)));
    for (const app of apps) app.say("key");
    await holder.kill();
    const values = await Promise.all(apps.map((app) => app.line(/^value (.*)/)));
    expect(new Set(values.map(([, value]) => value))).toEqual(new Set(["load 2"]));
  });
});
