/** L2 that is cut off, slow or half open, between one server of two and Redis: what is told meanwhile, and that it heals by itself. */
import assert from "node:assert/strict";
import { FaultProxy } from "../../../stowage/test/support/fault-proxy.js";
import { type Client, patience, until } from "../routes/v1/support.js";
import { passed, sharedRedis, withFleet } from "./support.js";

const BOUND_MS = 400;
const args = ["--l2-timeout", "150ms", "--l2-bound", `${BOUND_MS}ms`];

const get = (client: Client, key: string) => client.ask(`/cache/get?key=${key}`);
const set = (client: Client, key: string, value: unknown) => client.post("/cache/set", { key, value });

/** `here` reaches Redis by way of the proxy, `there` directly. */
async function withFaults(
  run: (proxy: FaultProxy, here: Client, there: Client) => Promise<void>,
  more: readonly string[] = [],
): Promise<void> {
  const { port } = await sharedRedis();
  const proxy = await FaultProxy.start({ port });
  try {
    await withFleet(
      [{ url: `redis://127.0.0.1:${proxy.port}`, args: [...args, ...more] }, {}],
      (here, there) => run(proxy, here, there),
    );
  } finally {
    await proxy.close();
  }
}

async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + patience.ms; !(await isSo()); await passed(10))
    if (performance.now() > end) throw new Error(`it never came that ${what}`);
}

/** It reads, writes and hears as at first, without a restart. */
async function heals(here: Client, there: Client): Promise<void> {
  await eventually("it writes again", async () => (await set(here, "healed", 1)).status === 200);
  assert.equal((await get(there, "healed")).body, '{"value":1}');
  await eventually("it hears again", async () => here.server.context.tier!.coherence.isHearing);
  await set(there, "healed", 2);
  await eventually("it sees writes", async () => (await get(here, "healed")).body === '{"value":2}');
}

export type Fault = "down" | "blackhole";

/** What is told while L2 is away: what the table has, for as long as the bound says; then that there is nothing. */
export function toldWhileAway(fault: Fault): Promise<void> {
  return withFaults(async (proxy, here, there) => {
    await set(here, "k", "old");
    await set(here, "other", 1);
    assert.equal((await get(here, "k")).status, 200);
    await (fault === "down" ? proxy.down() : proxy.blackhole());
    const since = performance.now();
    assert.equal((await get(here, "k")).body, '{"value":"old"}', "the table does not answer");
    const refused = await set(here, "new", 1);
    assert.deepEqual(
      [refused.status, refused.json.code, refused.headers["retry-after"]],
      [503, "l2_unavailable", "1"],
    );
    assert.equal((await here.post("/cache/incr", { key: "n" })).status, 503);
    if (fault === "down") {
      assert.equal((await set(here, "other", 2)).status, 503);
      assert.ok(here.server.table.has("other"), "what was not even sent is dropped");
    }
    assert.equal((await here.put("k", "x", { "if-match": "*" })).status, 503);
    assert.equal((await here.lease("absent")).status, 503);
    const lacks = await get(here, "absent");
    assert.deepEqual([lacks.status, lacks.headers["stowage-l2"]], [404, "away"]);
    // The others go on, and what they write is not answered here after the bound.
    await set(there, "k", "newer");
    await until(() => !here.server.context.tier!.coherence.isTrusted, "the bound is over");
    const away = await get(here, "k");
    assert.deepEqual([away.status, away.headers["stowage-l2"]], [404, "away"]);
    assert.ok(performance.now() - since < 5_000, "the bound came late");
    assert.equal((await here.ask("/health")).status, 200);
    assert.match((await here.ask("/metrics")).body, /^stowage_l2_behind 1$/m);
    if (fault === "down") await proxy.up();
    else {
      proxy.heal();
      proxy.reset();
    }
    await heals(here, there);
    await eventually("the newer value", async () => (await get(here, "k")).body === '{"value":"newer"}');
  });
}

/** Who would rather know is told so. */
export function saysSoIfAsked(): Promise<void> {
  return withFaults(
    async (proxy, here, there) => {
      await proxy.down();
      for (const path of ["/cache/get?key=a", "/v1/keys/a"]) {
        const { status, json } = await here.ask(path);
        assert.deepEqual([status, json.code], [503, "l2_unavailable"]);
      }
      const { json } = await here.post("/v1/batch", { operations: [{ op: "get", key: "a" }] });
      assert.equal(json.results[0].code, "l2_unavailable");
      await proxy.up();
      await heals(here, there);
    },
    ["--when-l2-down", "error"],
  );
}

/** Later than the deadline is as good as never; nothing of it is answered, and what may have been done is dropped everywhere. */
export function slowIsAway(): Promise<void> {
  return withFaults(async (proxy, here, there) => {
    await set(here, "k", 1);
    assert.equal((await get(there, "k")).body, '{"value":1}');
    proxy.delay(400);
    const since = performance.now();
    assert.equal((await set(here, "k", 2)).status, 503);
    assert.ok(performance.now() - since < 350, "the deadline did not hold");
    assert.equal(here.server.table.has("k"), false, "what may be older is kept");
    // Redis has done it, and nobody knows: what anybody is told is what Redis has.
    const after = await get(there, "k");
    assert.ok(['{"value":1}', '{"value":2}'].includes(after.body));
    proxy.heal();
    await heals(here, there);
    for (const client of [here, there])
      await eventually("the value of Redis", async () => (await get(client, "k")).body === '{"value":2}');
  });
}

/** Connections that are cut again and again: no answer is wrong, and what was acknowledged is there. */
export function cutAgainAndAgain(): Promise<void> {
  return withFaults(async (proxy, here, there) => {
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 6; round++) {
      await eventually("it writes again", async () => (await set(here, "probe", round)).status === 200);
      const writes = Array.from({ length: 10 }, async (_, n) => {
        const key = `k${n}`;
        if ((await set(here, key, round)).status === 200) acknowledged.set(key, round);
        if (n === 4) proxy.reset();
      });
      await Promise.all(writes);
    }
    await heals(here, there);
    assert.ok(acknowledged.size > 0, "nothing was written at all");
    for (const [key, round] of acknowledged) {
      const { json } = await get(there, key);
      assert.ok(json.value >= round, `${key} is ${json.value}, and ${round} was acknowledged`);
      await eventually("both agree", async () => (await get(here, key)).json.value === json.value);
    }
  });
}
