/** A Lix client works unchanged. */
import { describe, expect, it } from "vitest";
import { everybody } from "../../../src/access/types.js";
import { startAppServer } from "../../support/app-server.js";
import { LixClient, LixError } from "../../support/lix-client.js";

describe("a client of Lix", () => {
  it("does everything that it does with Lix", async () => {
    await using server = await startAppServer({ args: ["--max", "100000"] });
    const lix = new LixClient(server.url);
    expect(await lix.health()).toBe(true);

    const user = { name: "Ädä", tags: ["a", "b"], nested: { n: 1.5, nothing: null } };
    await lix.set("user:1", user);
    expect(await lix.get("user:1")).toEqual(user);
    expect(await lix.get("user:2")).toBeUndefined();
    await lix.set("user:1", null);
    expect(await lix.get("user:1")).toBeNull();
    await lix.delete("user:1");
    await lix.delete("user:1");
    expect(await lix.get("user:1")).toBeUndefined();

    expect(await lix.incr("visits")).toBe(1);
    expect(await lix.incr("visits", 10)).toBe(11);
    expect(await lix.decr("visits", 1)).toBe(10);
    await lix.set("text", "x");
    await expect(lix.incr("text")).rejects.toThrow(new LixError(400, "non_numeric_value"));

    expect(
      await lix.batch([
        { op: "set", key: "a b", value: [1] },
        { op: "get", key: "a b" },
        { op: "get", key: "nothing" },
        { op: "delete", key: "a b" },
        { op: "incr", key: "visits", amount: 5 },
        { op: "decr", key: "visits" },
      ]),
    ).toMatchObject([
      { op: "set", key: "a b", success: true },
      { op: "get", key: "a b", value: [1] },
      { op: "get", key: "nothing", value: null },
      { op: "delete", key: "a b", success: true },
      { op: "incr", key: "visits", value: 15 },
      { op: "decr", key: "visits", value: 14 },
    ]);

    expect((await lix.keys()).sort()).toEqual(["text", "visits"]);
    expect(await lix.items("vis")).toEqual([{ key: "visits", value: 14 }]);
    const { size, limit, stats } = await lix.stats();
    expect({ size, limit }).toEqual({ size: 2, limit: 100_000 });
    expect(stats).toMatchObject({ evictions: 0, expirations: 0 });
    expect(stats.hit_rate + stats.miss_rate).toBeCloseTo(100);
    expect(stats.hits).toBeGreaterThan(0);
    expect(stats.operations).toBeGreaterThanOrEqual(stats.hits + stats.misses + stats.writes);
    expect(stats.updates).toBeGreaterThan(0);
    expect(await lix.clear()).toBe(2);
    expect(await lix.keys()).toEqual([]);
  });

  it("lets what has a ttl expire", async () => {
    const { FakeClock } = await import("stowage/testing");
    const clock = new FakeClock();
    await using server = await startAppServer({ clock });
    const lix = new LixClient(server.url);
    await lix.set("a", 1, { ttl: 1.5 });
    await lix.set("b", 2, { ttl: 0 });
    clock.advance(1_499);
    expect(await lix.get("a")).toBe(1);
    clock.advance(1);
    expect(await lix.get("a")).toBeUndefined();
    expect(await lix.keys()).toEqual(["b"]);
  });

  it("sends its key, and is told when it is wrong", async () => {
    const access = {
      on: true,
      generation: 1,
      identify: (text: string | undefined) =>
        text === undefined ? "missing" : text === "Bearer right" ? everybody : "unknown",
      admit: () => 0,
    } as const;
    await using server = await startAppServer({ context: { access } });
    const get = (apiKey?: string) => new LixClient(server.url, { ...(apiKey && { apiKey }) }).get("a");
    expect(await get("right")).toBeUndefined();
    await expect(get("wrong")).rejects.toThrow(new LixError(401, "Unauthorized"));
    await expect(get()).rejects.toThrow(new LixError(401, "Unauthorized"));
    expect(await new LixClient(server.url).health()).toBe(true);
    const answer = await fetch(`${server.url}/cache/get`, { headers: { authorization: "Bearer wrong" } });
    expect(await answer.text()).toBe('{"error":"Unauthorized","message":"Invalid API key"}');
    const missing = await fetch(`${server.url}/cache/get`);
    expect(await missing.text()).toBe(
      '{"error":"Unauthorized","message":"Missing or invalid Authorization header"}',
    );
  });
});
