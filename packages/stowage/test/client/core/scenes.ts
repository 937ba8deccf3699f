/** What the core promises, over a server without sockets. The tests run them, and so do the tests of these tests. */
import assert from "node:assert/strict";
import { CoreClient, type CoreClientOptions } from "../../../src/client/core/index.js";
import { FakeClock, settle } from "../../../src/testing/fake-clock.js";
import { FakeServer, response } from "../support/fake-server.js";

export type Scene = () => Promise<void>;

const url = "http://one/base";

/** What `fetch` would bring of that server. */
function fetchOf(server: FakeServer): typeof fetch {
  const transport = server.transport({ url, connections: 1, keepAliveMs: 1 });
  return async (where, init = {}) => {
    const { status, text, header } = await transport.send({
      method: init.method as "POST",
      path: String(where).slice(url.length),
      headers: init.headers as Record<string, string>,
      body: init.body as string,
      signal: init.signal as AbortSignal,
    });
    const retryAfter = header("retry-after");
    return new Response(text, {
      status,
      headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
    });
  };
}

async function withCore(
  run: (core: CoreClient, server: FakeServer, clock: FakeClock) => Promise<void>,
  options: Partial<CoreClientOptions> = {},
): Promise<void> {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const core = new CoreClient({ url, fetchWith: fetchOf(server), clock, ...options });
  try {
    await run(core, server, clock);
  } finally {
    core.close();
  }
  await settle();
  assert.equal(clock.pending, 0, "timers are left");
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "fulfilled",
    (error: { code?: unknown; name?: unknown }) => (typeof error.code === "string" ? error.code : error.name),
  );
}

const verbs: Readonly<Record<string, Scene>> = {
  "values are stored, read and removed": () =>
    withCore(async (core) => {
      await core.set("a", { n: 1 });
      assert.deepEqual(await core.get("a"), { n: 1 });
      assert.equal(await core.get("b"), undefined);
      assert.equal(await core.has("a"), true);
      assert.equal(await core.delete("a"), true);
      assert.equal(await core.delete("a"), false);
      assert.equal(await core.has("a"), false);
    }),

  "many at a time": () =>
    withCore(async (core) => {
      await core.setMany([
        ["a", 1],
        ["b", 2],
      ]);
      assert.deepEqual(
        [...(await core.getMany(["b", "c", "a", "b"]))],
        [
          ["b", 2],
          ["a", 1],
        ],
      );
      assert.equal(await core.deleteMany(["a", "b", "c"]), 2);
    }),

  "counters count": () =>
    withCore(async (core) => {
      assert.equal(await core.incr("n"), 1);
      assert.equal(await core.incr("n", 4), 5);
      assert.equal(await core.decr("n", 2), 3);
      assert.equal(await core.incr("m", 1, { default: 10 }), 11);
    }),

  "lifetimes are given, told, begun anew and taken away": () =>
    withCore(async (core, _server, clock) => {
      await core.set("a", 1, { ttl: "1s" });
      assert.equal(await core.ttl("a"), 1_000);
      clock.advance(600);
      assert.equal(await core.touch("a"), true);
      clock.advance(600);
      assert.equal(await core.ttl("a"), 400);
      assert.equal(await core.expire("a", "1m"), true);
      assert.equal(await core.ttl("a"), 60_000);
      assert.equal(await core.persist("a"), true);
      assert.equal(await core.ttl("a"), null);
      assert.equal(await core.ttl("none"), undefined);
      assert.equal(await core.expire("none", 5), false);
    }),

  "what is set without a lifetime has the client's": () =>
    withCore(
      async (core) => {
        await core.set("a", 1);
        assert.equal(await core.ttl("a"), 300_000);
      },
      { ttl: "5m" },
    ),
};

const batching: Readonly<Record<string, Scene>> = {
  "what is asked for in one tick is one request, and the same read is asked for once": () =>
    withCore(async (core, server) => {
      await Promise.all([core.set("a", 1), core.get("b"), core.get("b"), core.has("c")]);
      assert.deepEqual(
        server.batches.map((batch) => batch.map(({ op, key }) => `${op} ${key}`)),
        [["set a", "get b", "has c"]],
      );
      assert.equal(server.requests[0].method, "POST");
      assert.equal(server.requests[0].path, "/v1/batch");
      assert.equal(server.requests[0].headers["content-type"], "application/json");
    }),

  "the token goes along": () =>
    withCore(
      async (core, server) => {
        await core.get("a");
        assert.equal(server.requests[0].headers.authorization, "Bearer secret");
      },
      { token: "secret" },
    ),

  "at most four requests are under way": () =>
    withCore(async (core, server) => {
      let go: () => void = () => undefined;
      const gate = new Promise<undefined>((resolve) => (go = () => resolve(undefined)));
      server.intercept = () => gate;
      const answers: Promise<unknown>[] = [];
      for (let at = 0; at < 6; at++) {
        const answer = core.get(`k${at}`);
        answer.catch(() => undefined); // where the scene fails before it is waited for
        answers.push(answer);
        await settle();
      }
      assert.equal(server.requests.length, 4);
      go();
      await Promise.all(answers);
      assert.equal(server.requests.length, 5, "what waited leaves together");
    }),
};

const failing: Readonly<Record<string, Scene>> = {
  "a refusal says what to do, and fails its own call alone": () =>
    withCore(async (core, server) => {
      server.intercept = (request) =>
        request.body?.includes('"bad"') ? response(401, { error: "no token" }) : undefined;
      await assert.rejects(core.get("bad"), /answered 401: no token\. Give the option "token"/);
      assert.equal(await core.get("a"), undefined);
    }),

  "a server that is away is named, and asked again by the next call": () => {
    let isAway = true;
    const server = new FakeServer();
    const there = fetchOf(server);
    const fetchWith: typeof fetch = (where, init) =>
      isAway ? Promise.reject(new TypeError("Failed to fetch")) : there(where, init);
    return withCore(
      async (core) => {
        await assert.rejects(
          core.get("a"),
          /the server at http:\/\/one\/base is not available.*cors-origins/,
        );
        assert.equal(await codeOf(core.set("a", 1)), "STOWAGE_SERVER_UNAVAILABLE");
        isAway = false;
        await core.set("a", 1);
        assert.equal(await core.get("a"), 1);
      },
      { fetchWith },
    );
  },

  "no answer within the timeout": () =>
    withCore(
      async (core, server, clock) => {
        server.intercept = () => new Promise(() => undefined);
        const asked = codeOf(core.get("a"));
        const patient = codeOf(core.get("b", { timeout: "10s" }));
        await settle();
        clock.advance(2_000);
        assert.equal(await asked, "STOWAGE_REQUEST_TIMEOUT");
        clock.advance(8_000);
        assert.equal(await patient, "STOWAGE_REQUEST_TIMEOUT");
      },
      { timeout: "2s" },
    ),

  "a call that is given up rejects with its reason, and takes its request with it": () =>
    withCore(async (core, server) => {
      let signal: AbortSignal | undefined;
      server.intercept = (request) => {
        signal = request.signal;
        return new Promise(() => undefined);
      };
      const controller = new AbortController();
      const asked = core.get("a", { signal: controller.signal });
      await settle();
      controller.abort(new Error("enough"));
      await assert.rejects(asked, /enough/);
      assert.equal(signal?.aborted, true);
    }),

  "close ends what is under way, what waits, and what comes": () =>
    withCore(async (core, server) => {
      server.intercept = () => new Promise(() => undefined);
      const underWay = codeOf(core.get("a"));
      await settle();
      const waiting = codeOf(core.get("b"));
      core.close();
      assert.deepEqual(await Promise.all([underWay, waiting]), ["STOWAGE_CLOSED", "STOWAGE_CLOSED"]);
      assert.equal(await codeOf(core.get("c")), "STOWAGE_CLOSED");
      core[Symbol.dispose]();
    }),

  "a text is what it was, its byte order mark too": () =>
    withCore(async (core) => {
      await core.set("a", "\uFEFFx");
      assert.equal(await core.get("a"), "\uFEFFx");
    }),
};

const options: Readonly<Record<string, Scene>> = {
  "options are checked": async () => {
    const wrong: [object, RegExp][] = [
      [{}, /new CoreClient: option "url" must be/],
      [{ url: "ftp://one" }, /new CoreClient: option "url" must be http:\/\/host:4000/],
      [{ url, tokn: "a" }, /there is no option "tokn". Did you mean "token"\?/],
      [{ url, timeout: "5 minutes" }, /Did you mean "5m"\?/],
      [{ url, clock: {} }, /option "clock" must be a clock/],
    ];
    for (const [given, message] of wrong)
      assert.throws(() => new CoreClient(given as CoreClientOptions), message);
  },

  "options of calls are checked": () =>
    withCore(async (core) => {
      await assert.rejects(core.set("a", 1, { ttl: "soon" as "1m" }), { code: "STOWAGE_INVALID_DURATION" });
      await assert.rejects(core.get("a", { local: "http://two" }), /must be http:\/\/one\/base/);
      assert.equal(await core.get("a", { local: url }), undefined);
    }),
};

export const scenes: Readonly<Record<string, Scene>> = { ...verbs, ...batching, ...failing, ...options };
