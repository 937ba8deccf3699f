/** Options of `new Client`, and the environment. */
import { describe, expect, it } from "vitest";
import { Client } from "../../../src/client/index.js";
import { loadDefaults } from "../../../src/client/loading/options.js";
import { bindClientOptions, clientOptions, serversOf } from "../../../src/client/options.js";
import type { ClientOptions } from "../../../src/client/types.js";

const bind = (options?: unknown, env = {}) => bindClientOptions(options as ClientOptions | undefined, env);

describe("options of a client", () => {
  it("have defaults, and none is left unbound", () => {
    const bound = bind();
    expect(Object.keys(bound).sort()).toEqual([...clientOptions.names].sort());
    expect(bound).toMatchObject({
      timeout: 5_000,
      retries: 2,
      breaker: { failures: 5, cooldown: 1_000 },
      batch: { max: 1_000, maxBytes: 1_000_000, shareReads: 100 },
      connections: 4,
      maxPending: 10_000,
      healthEvery: 5_000,
    });
    expect(serversOf(bound)).toEqual(["http://127.0.0.1:4000"]);
    expect(Object.isFrozen(bound)).toBe(true);
  });

  it("come from the environment where they are not given", () => {
    const env = {
      STOWAGE_URL: "http://a:1, http://b:2",
      STOWAGE_TOKEN: "12345",
      STOWAGE_TIMEOUT: "250",
      STOWAGE_RETRIES: "0",
      STOWAGE_CONNECTIONS: "8",
      STOWAGE_MAX_PENDING: "7",
      STOWAGE_HEALTH_EVERY: "1m",
      STOWAGE_TTL: "1h",
    };
    expect(bind(undefined, env)).toMatchObject({
      token: "12345",
      timeout: 250,
      retries: 0,
      connections: 8,
      maxPending: 7,
      healthEvery: 60_000,
      ttl: 3_600_000,
    });
    expect(serversOf(bind(undefined, env))).toEqual(["http://a:1", "http://b:2"]);
    expect(bind({ token: "mine", timeout: "1s" }, env)).toMatchObject({ token: "mine", timeout: 1_000 });
    expect(serversOf(bind({ url: "http://c" }, env))).toEqual(["http://c"]);
    expect(serversOf(bind({ urls: ["http://c"] }, env))).toEqual(["http://c"]);
    const discover = { find: async () => [], everyMs: 1 };
    expect(serversOf(bind({ discover }, env))).toBe(discover);
  });

  it("take the variables of Lix behind their own", () => {
    const lix = { LIX_CACHE_URL: "http://lix", LIX_API_KEY: "lix" };
    expect(bind(undefined, lix)).toMatchObject({ url: "http://lix", token: "lix" });
    const both = { ...lix, STOWAGE_URL: "http://own", STOWAGE_TOKEN: "" };
    expect(bind(undefined, both)).toMatchObject({ url: "http://own", token: "lix" });
  });

  it("say which variable is wrong", () => {
    expect(() => bind(undefined, { STOWAGE_RETRIES: "many" })).toThrow(/STOWAGE_RETRIES.*whole number/);
    expect(() => bind(undefined, { STOWAGE_TIMEOUT: "5 minutes" })).toThrow(/STOWAGE_TIMEOUT.*"5m"/);
  });

  it.each([
    [{ uri: "http://a" }, /there is no option "uri"\. Did you mean "url"\?/],
    [{ batch: { maxi: 5 } }, /"batch\.maxi"\. Did you mean "batch\.max"\?/],
    [{ fetch: { grase: 5 } }, /"fetch\.grase"\. Did you mean "fetch\.grace"\?/],
    [{ retries: -1 }, /retries/],
    [{ retries: 1.5 }, /retries/],
    [{ timeout: 0 }, /timeout/],
    [{ url: "" }, /url/],
    [{ urls: [] }, /at least one server/],
    [{ urls: [5] }, /urls/],
    [{ url: "http://a", urls: ["http://b"] }, /"urls" cannot be used so/],
    [{ url: "http://a", discover: { find: async () => [], everyMs: 1 } }, /"discover" cannot be used so/],
    [{ discover: {} }, /a way to find servers/],
    [{ router: "ring" }, /a router/],
    [{ near: { max: 5 } }, /nearCache\(\)/],
    [{ near: true }, /nearCache\(\)/],
    [{ onEvent: "log" }, /a function/],
    [{ breaker: { cooldown: "never" } }, /breaker\.cooldown/],
    [{ batch: true }, /batch/],
    [{ transport: () => {}, fetchWith: fetch }, /"transport" and "fetchWith"/],
    ["http://a", /options.*an object/],
  ])("%o is refused, and the reason said", (options, reason) => {
    expect(() => bind(options)).toThrow(reason);
  });

  it("of loading are those that loading knows, and checked at once in Node", () => {
    for (const name of loadDefaults.names) expect(() => bind({ fetch: { [name]: undefined } })).not.toThrow();
    expect(() => new Client({ fetch: { grace: "never" as "1s" } })).toThrow(/fetch\.grace/);
    expect(() => new Client({ url: "ftp://a" })).toThrow(/url/);
  });
});
