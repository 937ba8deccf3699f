/** Leases: one client of all fills a key, and never with what is out of date. The races stand in lease-scenes.ts. */
import { describe, expect, it } from "vitest";
import * as scenes from "./lease-scenes.js";
import { JSON_POST, tokenOf, until, withServer, withServers } from "./support.js";

describe("a fill is refused after", () => {
  for (const by of ["delete", "lix", "keys", "prefix", "tag", "clear", "overwrite"] as const) {
    it(`${by} of an absent key`, () => scenes.invalidatedWhileLoaded(by, false));
    it(`${by} of a stale one`, () => scenes.invalidatedWhileLoaded(by, true));
  }
  it("no change of other keys", () => scenes.untouchedWhileLoaded());
  it("another fill, and when its lease's time is over", () => scenes.filledOnce());
  it("more prefixes than are remembered, to be safe", () =>
    withServers([{}, {}], async (here, there) => {
      const token = tokenOf(await here.lease("k"));
      for (let n = 0; n < 256; n++) await there.post("/v1/invalidate", { prefix: `other:${n}` });
      const kept = tokenOf(await here.lease("l"));
      expect((await here.fill("k", token, "x")).status).toBe(201);
      for (let n = 0; n < 257; n++) await there.post("/v1/invalidate", { prefix: `other:${n}` });
      expect((await here.fill("l", kept, "x")).status).toBe(409);
      expect((await here.lease("l")).status).toBe(201);
    }));
});

describe("of all who ask", () => {
  it("one gets the lease", () => scenes.oneLoads());
  for (const what of ["fill", "release", "delete", "set", "expiry"] as const)
    it(`those who wait are woken by ${what}`, () => scenes.wokenBy(what));
  it("those who wait are woken at once", () => scenes.wokenByBell());
  it("those who want no old value wait for the new one", () => scenes.waitsForFresh());
  it("those who want no old value may get the lease", () => scenes.takesOverFromStale());
  it("one who has gone gets nothing", () => scenes.waiterGone());
  it("one renews what is fresh", () => scenes.renewsFresh());
  it("those who want what is newer wait for it", () => scenes.waitsForNewer());

  it("those who do not wait are told to", () =>
    withServer(async ({ lease }) => {
      await lease("k");
      const { status, headers, json } = await lease("k");
      expect([status, headers["stowage-lease"], headers["retry-after"], json]).toEqual([
        202,
        "wait",
        "1",
        { lease: "wait" },
      ]);
      const since = performance.now();
      expect((await lease("k", { wait: 50 })).status).toBe(202);
      expect(performance.now() - since).toBeGreaterThan(45);
    }));

  it("those who come to a value get it", () =>
    withServer(async ({ put, lease, server }) => {
      await put("k", "value", { "content-type": "text/plain", "stowage-ttl": "1h" });
      const { status, headers, body } = await lease("k");
      expect([status, headers["stowage-lease"], headers["content-type"], body]).toEqual([
        200,
        "hit",
        "text/plain",
        "value",
      ]);
      expect(server.table.lease("k").granted).toBe(true);
    }));
});

describe("that there is nothing to load", () => {
  for (const by of ["delete", "lix", "keys", "tag", "clear", "overwrite", "time", "renewal"] as const)
    it(`is told until ${by}`, () => scenes.foundNothing(by));
  for (const by of ["delete", "lix", "keys", "prefix", "tag", "clear", "overwrite"] as const) {
    it(`is not believed after ${by} of an absent key`, () => scenes.nothingIsTooLate(by, false));
    it(`is not believed after ${by} of a stale one`, () => scenes.nothingIsTooLate(by, true));
  }
  it("need not be remembered", () => scenes.foundNothingOnce());
});

describe("a lease", () => {
  it("is bound to its key", () => scenes.tokensAreBound());

  it("is kept over a fill that is malformed", () =>
    withServer(async ({ lease, fill }) => {
      const token = tokenOf(await lease("k"));
      expect((await fill("k", token, "{", { "content-type": "application/json" })).status).toBe(400);
      expect((await fill("k", token, "{}", { "content-type": "application/json" })).status).toBe(201);
    }));

  const wrong: [what: string, body: string, said: RegExp][] = [
    ["a ttl of no unit known", '{"ttl":"5x"}', /^ttl must be a duration.*not "5x"/],
    ["a ttl of 0", '{"ttl":0}', /^ttl .*not 0/],
    ["a ttl of a day", '{"ttl":"1d"}', /^ttl .*at most 1h/],
    ["a wait of a minute", '{"wait":60000}', /^wait .*at most 30s/],
    ["a wait that is no duration", '{"wait":null}', /^wait .*not null/],
    ["a misspelt field", '{"tll":1}', /there is no field "tll"; there are ttl, wait, stale, seen/],
    ["a stale that is no boolean", '{"stale":null}', /^stale must be true or false, not null/],
    ["a seen that is no version", '{"seen":"abc"}', /^seen must be a version.*not "abc"/],
    ["a seen that is a number", '{"seen":12}', /^seen must be a version.*not 12/],
    ["an array", "[]", /^the body must be a JSON object/],
    ["no JSON", "{", /JSON/],
  ];
  for (const [what, body, said] of wrong)
    it(`is not given for ${what}`, () =>
      withServer(async ({ ask, server }) => {
        const { status, json } = await ask("/v1/keys/k/lease", { ...JSON_POST, body });
        expect([status, json.error]).toEqual([400, expect.stringMatching(said)]);
        expect(server.table.lease("k").granted).toBe(true);
      }));

  it("is not given back without its token", () =>
    withServer(async ({ ask }) => {
      const { status, json } = await ask("/v1/keys/k/lease", { method: "DELETE" });
      expect([status, json.header]).toEqual([400, "stowage-lease-token"]);
    }));

  it("has its own methods", () =>
    withServer(async ({ ask }) => {
      const { status, headers } = await ask("/v1/keys/k/lease", { method: "PUT" });
      expect([status, headers.allow]).toEqual([405, "POST, DELETE"]);
    }));

  it("does not outlive its worker", () =>
    withServers([{}, {}], async (here, there) => {
      const token = tokenOf(await there.lease("k"));
      const waiter = here.lease("k", { wait: "10s" });
      await there.server.close();
      const next = tokenOf(await waiter);
      expect((await here.fill("k", token, "old")).status).toBe(409);
      expect((await here.fill("k", next, "new")).status).toBe(201);
    }));

  it("does not hold up a server that stops", () =>
    withServer(async ({ lease, server }) => {
      await lease("k");
      const waiter = lease("k", { wait: "20s" });
      await until(() => server.context.feed.waiters.size === 1, "it waits");
      const since = performance.now();
      await server.close();
      expect([(await waiter).status, performance.now() - since < 5_000]).toEqual([202, true]);
    }));
});
