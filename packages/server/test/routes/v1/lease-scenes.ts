/**
 * What leases promise, as races that reject where it does not hold: so that they can be run on servers that are broken on
 * purpose (mutants.test.ts). Two servers over one table stand for two workers.
 */
import assert from "node:assert/strict";
import { FakeClock } from "stowage/testing";
import { type Answer, type Client, tokenOf, until, withServers } from "./support.js";

export type Invalidation = "delete" | "lix" | "keys" | "prefix" | "tag" | "clear" | "overwrite";

const how: Record<Invalidation, (there: Client) => unknown> = {
  delete: (there) => there.delete("user:1"),
  lix: (there) => there.ask("/cache/delete?key=user:1", { method: "DELETE" }),
  keys: (there) => there.post("/v1/invalidate", { keys: ["user:1"] }),
  prefix: (there) => there.post("/v1/invalidate", { prefix: "user:" }),
  tag: (there) => there.post("/v1/invalidate", { tags: ["users"] }),
  clear: (there) => there.ask("/cache/clear", { method: "POST" }),
  overwrite: (there) => there.put("user:1", "newer"),
};

/** Invariant 1: a load that began before its key was written or invalidated never stores its value. */
export function invalidatedWhileLoaded(by: Invalidation, stale: boolean): Promise<void> {
  const clock = new FakeClock();
  return withServers([{ clock }, { clock }], async (here, there) => {
    const tags = { "stowage-tags": "users" };
    if (stale) {
      await here.put("user:1", "stale", { "stowage-ttl": "1s", "stowage-grace": "1m", ...tags });
      clock.advance(1_000);
    }
    const token = tokenOf(await here.lease("user:1"));
    await how[by](there);
    await refused(here.fill("user:1", token, "old", tags));
    assert.equal((await there.get("user:1")).body, by === "overwrite" ? "newer" : '{"error":"not found"}');
    if (by === "overwrite") return;
    const next = tokenOf(await there.lease("user:1"));
    assert.equal((await here.fill("user:1", next, "new", tags)).status, 201);
    assert.equal((await there.get("user:1")).body, "new");
  });
}

/** What does not concern the key does not end its lease. */
export function untouchedWhileLoaded(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    const token = tokenOf(await here.lease("user:1"));
    await there.post("/v1/invalidate", { prefix: "user:10", keys: ["user:2"], tags: ["others"] });
    await there.post("/v1/invalidate", { prefix: "x".repeat(500) });
    await there.put("user:2", "x");
    assert.equal((await there.fill("user:1", token, "value", { "stowage-tags": "users" })).status, 201);
    assert.equal((await here.get("user:1")).body, "value");
  });
}

/** Invariant 2: of all who ask, at whichever worker, one gets the lease; the rest get what he fills in. */
export function oneLoads(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    const asked = Array.from({ length: 40 }, (_, n) => (n % 2 ? here : there).lease("k", { wait: "10s" }));
    const first = await Promise.race(asked);
    await waiting([here, there], 39);
    assert.equal(
      (await here.fill("k", tokenOf(first), "value", { "content-type": "text/plain" })).status,
      201,
    );
    const answers = await Promise.all(asked);
    assert.deepEqual(countsOf(answers), { "201 granted": 1, "200 hit": 39 });
    for (const { headers, body } of answers) {
      if (headers["stowage-lease"] === "hit")
        assert.deepEqual([body, headers["content-type"]], ["value", "text/plain"]);
    }
  });
}

/** Who does not want an old value waits for the new one, and gets the old one only when his time is up. */
export function waitsForFresh(): Promise<void> {
  const clock = new FakeClock();
  return withServers([{ clock }, { clock }], async (here, there) => {
    await here.put("k", "old", { "stowage-ttl": "1s", "stowage-grace": "1m" });
    clock.advance(5_500);
    const granted = await here.lease("k", { stale: false });
    assert.deepEqual([granted.body, granted.headers["stowage-expired"]], ["old", "4500"]);
    const fresh = there.lease("k", { stale: false, wait: "20s" });
    const another = here.lease("k", { stale: false, wait: "20s" });
    await waiting([here, there], 2);
    assert.deepEqual(seen(await there.lease("k", { wait: "20s" })), ["200 stale", "old", "true", "4500"]);
    for (const wait of [0, 20])
      assert.deepEqual(seen(await there.lease("k", { stale: false, wait })), [
        "200 stale",
        "old",
        "true",
        "4500",
      ]);
    await here.fill("k", tokenOf(granted), "new", { "stowage-ttl": "1m" });
    for (const answer of await Promise.all([fresh, another]))
      assert.deepEqual(seen(answer), ["200 hit", "new", undefined, undefined]);
  });
}

/** Of those who do not want an old value one gets the lease when it is given back. */
export function takesOverFromStale(): Promise<void> {
  const clock = new FakeClock();
  return withServers([{ clock }, { clock }], async (here, there) => {
    await here.put("k", "old", { "stowage-ttl": "1s", "stowage-grace": "1m" });
    clock.advance(1_000);
    const token = tokenOf(await here.lease("k"));
    const waits = there.lease("k", { stale: false, wait: "20s" });
    await waiting([there], 1);
    await here.release("k", token);
    const next = await waits;
    assert.deepEqual(seen(next), ["201 granted", "old", "true", "0"]);
    assert.equal((await there.fill("k", tokenOf(next), "new")).status, 204);
  });
}

/** Who has seen a value, and wants a newer one, gets the lease of what is fresh; once in the fleet. */
export function renewsFresh(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    const version = versionOf(await here.put("k", "old", { "stowage-ttl": "1h" }));
    assert.deepEqual(seen(await there.lease("k", { seen: "1" })), ["200 hit", "old", undefined, undefined]);
    const granted = await here.lease("k", { seen: version });
    assert.deepEqual(seen(granted), ["201 granted", "old", undefined, undefined]);
    assert.equal((await there.lease("k", { seen: version })).status, 202, "two renew it");
    assert.deepEqual(seen(await there.lease("k")), ["200 hit", "old", undefined, undefined]);
    const waiter = there.lease("k", { seen: version, wait: "20s" });
    await waiting([there], 1);
    assert.equal((await here.fill("k", tokenOf(granted), "new", { "stowage-ttl": "1h" })).status, 204);
    for (const late of [await waiter, await here.lease("k", { seen: version })])
      assert.deepEqual(seen(late), ["200 hit", "new", undefined, undefined], "renewed again");
    const forced = tokenOf(await here.lease("k", { seen: "*" }));
    await there.delete("k");
    await refused(here.fill("k", forced, "too old"));
    assert.equal(tokenOf(await here.lease("k", { seen: "*" })) !== "", true);
  });
}

/** Who waits with `seen: "*"` is content with the first value that comes after he asked. */
export function waitsForNewer(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    await here.put("k", "old");
    const token = tokenOf(await here.lease("k", { seen: "*" }));
    const waiter = there.lease("k", { seen: "*", wait: "20s" });
    await waiting([there], 1);
    await here.fill("k", token, "new");
    assert.deepEqual(seen(await waiter), ["200 hit", "new", undefined, undefined]);
  });
}

/** That there is nothing to load, all are told, until the key changes or the time is over. */
export function foundNothing(by: Invalidation | "time" | "renewal"): Promise<void> {
  const clock = new FakeClock();
  return withServers([{ clock }, { clock }], async (here, there) => {
    const tags = { "stowage-tags": "users" };
    await here.put("user:1", "old", { "stowage-ttl": "1s", "stowage-grace": "1m", ...tags });
    clock.advance(1_000);
    const token = tokenOf(await here.lease("user:1"));
    const waiter = there.lease("user:1", { wait: "20s", stale: false });
    await waiting([there], 1);
    assert.equal((await there.release("user:1", token, { "stowage-nothing": "10s", ...tags })).status, 204);
    for (const told of [
      await waiter,
      await here.lease("user:1"),
      await there.lease("user:1", { wait: "1s" }),
    ])
      assert.deepEqual([told.status, told.headers["stowage-lease"], told.body], [204, "nothing", ""]);
    assert.equal(here.server.table.has("user:1"), false, "the old value is still there");
    if (by === "time") {
      clock.advance(9_999);
      assert.equal((await here.lease("user:1")).status, 204);
      clock.advance(1);
    } else if (by !== "renewal") await how[by](there);
    const wanted = by === "overwrite" ? 200 : 201;
    assert.equal((await here.lease("user:1", by === "renewal" ? { seen: "*" } : {})).status, wanted);
  });
}

/** What was written since the lease was granted stays, and nothing is remembered. */
export function nothingIsTooLate(by: Invalidation, stale: boolean): Promise<void> {
  const clock = new FakeClock();
  return withServers([{ clock }, { clock }], async (here, there) => {
    const tags = { "stowage-tags": "users" };
    if (stale) {
      await here.put("user:1", "stale", { "stowage-ttl": "1s", "stowage-grace": "1m", ...tags });
      clock.advance(1_000);
    }
    const token = tokenOf(await here.lease("user:1"));
    await how[by](there);
    await refused(here.release("user:1", token, { "stowage-nothing": "10s", ...tags }));
    const next = await there.lease("user:1");
    assert.equal(next.status, by === "overwrite" ? 200 : 201);
    if (by === "overwrite") assert.equal(next.body, "newer");
  });
}

/** Without being remembered; and nothing is done without the word. */
export function foundNothingOnce(): Promise<void> {
  const clock = new FakeClock();
  return withServers([{ clock }], async (client) => {
    await client.put("k", "old", { "stowage-ttl": "1s", "stowage-grace": "1m" });
    clock.advance(1_000);
    assert.equal((await client.release("k", tokenOf(await client.lease("k")))).status, 204);
    const kept = await client.lease("k");
    assert.equal(kept.body, "old");
    const token = tokenOf(kept);
    assert.equal((await client.release("k", token, { "stowage-nothing": "5x" })).status, 400);
    assert.equal((await client.release("k", token, { "stowage-nothing": "none" })).status, 204);
    const next = await client.lease("k");
    assert.deepEqual([next.status, next.body], [201, ""]);
  });
}

function versionOf({ headers }: Answer): string {
  return String(headers.etag).replaceAll('"', "");
}

function seen({ status, headers, body }: Answer): (string | string[] | undefined)[] {
  return [
    `${status} ${headers["stowage-lease"]}`,
    body,
    headers["stowage-stale"],
    headers["stowage-expired"],
  ];
}

/** A second fill, and one after the lease's time. */
export function filledOnce(): Promise<void> {
  const clock = new FakeClock();
  return withServers([{ clock }, { clock }], async (here, there) => {
    const token = tokenOf(await here.lease("k", { ttl: "5s" }));
    assert.equal((await here.fill("k", token, "one")).status, 201);
    await refused(there.fill("k", token, "two"));
    await here.delete("k");
    const slow = tokenOf(await here.lease("k", { ttl: "5s" }));
    assert.equal((await there.lease("k")).headers["stowage-lease"], "wait");
    clock.advance(5_000);
    const quick = tokenOf(await there.lease("k"));
    await refused(here.fill("k", slow, "late"));
    assert.equal((await there.fill("k", quick, "in time")).status, 201);
    assert.equal((await here.get("k")).body, "in time");
  });
}

/** Who waits is woken by what ends the wait, at another worker, long before his time is up. */
export function wokenBy(what: "fill" | "release" | "delete" | "set" | "expiry"): Promise<void> {
  const clock = new FakeClock();
  return withServers([{ clock }, { clock }], async (here, there) => {
    const token = tokenOf(await here.lease("k", { ttl: "20s" }));
    const waiter = there.lease("k", { wait: "20s" });
    const another = here.lease("k", { wait: "20s" });
    await waiting([here, there], 2);
    const since = performance.now();
    if (what === "fill") await here.fill("k", token, "value");
    if (what === "release") assert.equal((await there.release("k", token)).status, 204);
    if (what === "set") await here.put("k", "value");
    if (what === "expiry") clock.advance(20_000);
    if (what === "delete") {
      await there.delete("k");
      await refused(here.fill("k", token, "old"));
    }
    const loads = what === "fill" || what === "set" ? 0 : 1;
    const first = await Promise.race([waiter, another]);
    if (loads === 1) await here.fill("k", tokenOf(first), "value");
    const answers = await Promise.all([waiter, another]);
    assert.deepEqual(countsOf(answers), loads === 1 ? { "201 granted": 1, "200 hit": 1 } : { "200 hit": 2 });
    assert.ok(performance.now() - since < 5_000, "they were not woken");
  });
}

/** A lease that is given back wakes at once: the tick, four times a second, would be late for most of these. */
export function wokenByBell(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    const took: number[] = [];
    for (let round = 0; round < 9; round++) {
      const token = tokenOf(await here.lease("k"));
      const waiter = there.lease("k", { wait: "20s" });
      await waiting([there], 1);
      const since = performance.now();
      await here.release("k", token);
      const next = tokenOf(await waiter);
      took.push(performance.now() - since);
      await there.release("k", next);
    }
    took.sort((one, other) => one - other);
    assert.ok(took[4] < 60, `woken after ${took[4]} ms`);
  });
}

/** A waiter whose client has gone is not given the lease; his place is not kept. */
export function waiterGone(): Promise<void> {
  return withServers([{}, {}], async (here, there) => {
    const token = tokenOf(await here.lease("k"));
    const gone = new AbortController();
    const left = there.lease("k", { wait: "20s" }, gone.signal).catch(() => "gone");
    await waiting([there], 1);
    const stays = there.lease("k", { wait: "20s" });
    await waiting([there], 2);
    gone.abort();
    assert.equal(await left, "gone");
    await waiting([there], 1);
    await here.release("k", token);
    tokenOf(await stays);
  });
}

/** A token is good for its key, and at this server. */
export function tokensAreBound(): Promise<void> {
  return withServers([{}], async (client) => {
    const token = tokenOf(await client.lease("a"));
    const [number, sequence, signature] = token.split(".");
    const others = [
      `${number}0.${sequence}.${signature}`,
      `${number}.1.${signature}`,
      "x",
      "",
      `${token}x`,
      "0.0.0",
    ];
    await client.lease("b");
    await refused(client.release("b", token));
    for (const other of others) await refused(client.release("a", other));
    for (const other of others) if (other !== "") await refused(client.fill("a", other, "x"));
    await refused(client.fill("b", token, "x"));
    assert.equal((await client.lease("a")).status, 202, "the lease was lost to somebody who had no token");
    assert.equal((await client.release("a", token)).status, 204);
    await refused(client.release("a", token));
  });
}

async function refused(answer: Promise<Answer>): Promise<void> {
  const { status, json } = await answer;
  assert.deepEqual([status, json?.code], [409, "lease_lost"]);
}

/** So many wait at these servers together. */
function waiting(clients: readonly Client[], count: number): Promise<void> {
  const size = () => clients.reduce((sum, { server }) => sum + server.context.feed.waiters.size, 0);
  return until(() => size() === count, `${count} wait`);
}

function countsOf(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, headers } of answers) {
    const name = `${status} ${headers["stowage-lease"]}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
