/** What is sent, what is bounded, what is left after close, and streams. */
import assert from "node:assert/strict";
import type { NodeRequest } from "../../../../src/client/nodes/types.js";
import type { Operation } from "../../../../src/client/wire/operation.js";
import { settle } from "../../../../src/testing/fake-clock.js";
import { broken, type Reply } from "../support/fake-transport.js";
import { count, failed, pending, read, stage, succeeded, watch } from "../support/stage.js";

type Scene = () => Promise<void>;

const ok: Reply = { status: 200, text: "fine" };
const follow: NodeRequest = { method: "GET", path: "/v1/changes", isRepeatable: true };

function get(key: string): Operation {
  return { key, text: JSON.stringify({ op: "get", key }), isRead: true, isRepeatable: true };
}

function watchAll(promises: readonly Promise<unknown>[]): ReturnType<typeof watch>[] {
  return promises.map((promise) => watch(promise));
}

export const calls: Record<string, Scene> = {
  async "a request is sent as it is, with the token"() {
    const on = stage(() => ok, { token: "secret" });
    const headers = Object.freeze({ "content-type": "application/json" });
    await on.node.request({ method: "PUT", path: "/v1/keys/a", headers, body: "1", isRepeatable: true });
    await on.node.request(read);
    const [first, second] = on.transport.sent;
    assert.deepEqual(
      [first.method, first.path, first.body, first.headers],
      ["PUT", "/v1/keys/a", "1", { authorization: "Bearer secret", "content-type": "application/json" }],
    );
    assert.deepEqual(second.headers, { authorization: "Bearer secret" });
    on.node.close();
  },

  async "headers of tracing are asked for at each attempt"() {
    let traces = 0;
    const on = stage((_, at) => (at === 0 ? broken() : ok), {
      inject: (headers) => ({ ...headers, traceparent: String(++traces) }),
    });
    const call = watch(on.node.request(read));
    await on.clock.advanceAsync(25);
    await succeeded(call);
    await on.node.request(read);
    assert.deepEqual(
      on.transport.sent.map(({ headers }) => headers),
      [{ traceparent: "1" }, { traceparent: "2" }, { traceparent: "3" }],
    );
    on.node.close();
  },

  async "operations of one tick are one request, with a deadline"() {
    const results = { results: [{ value: 1 }, { found: false }] };
    const on = stage((_, at) => (at === 0 ? { status: 200, text: JSON.stringify(results) } : "never"));
    const both = watch(Promise.all([on.node.operate(get("a")), on.node.operate(get("b"))]));
    assert.deepEqual(await succeeded(both), results.results);
    const [sent] = on.transport.sent;
    assert.deepEqual([sent.method, sent.path], ["POST", "/v1/batch"]);
    assert.deepEqual(JSON.parse(sent.body as string), {
      operations: [
        { op: "get", key: "a" },
        { op: "get", key: "b" },
      ],
    });
    const [event] = on.events;
    assert(event.type === "request" && event.operations === 2);
    const late = watch(on.node.operate(get("c")));
    await on.clock.advanceAsync(5_000);
    const error = await failed<Error>(late, "RequestTimeoutError");
    assert.match(error.message, /^get "c": /);
    on.node.close();
  },

  async "no more is under way than allowed, and what is too much fails at once"() {
    const on = stage(() => "never", { maxPending: 2 });
    const first = watch(on.node.request(read, { timeoutMs: 100 }));
    const second = watch(on.node.open(read, { timeoutMs: 200 }));
    for (const more of watchAll([on.node.request(read), on.node.open(read)])) {
      const error = await failed<Error>(more, "TooManyPendingError");
      assert.match(error.message, /2 operations/);
    }
    assert.equal(on.transport.sent.length, 2);
    await on.clock.advanceAsync(100);
    await failed(first, "RequestTimeoutError");
    await pending(second);
    const next = watch(on.node.request(read));
    await pending(next);
    assert.equal(on.transport.sent.length, 3);
    on.node.close();
    const operations = stage(() => "never", { maxPending: 2 });
    const three = ["a", "b", "c"].map((key) => watch(operations.node.operate(get(key))));
    await failed(three[2], "TooManyPendingError");
    operations.node.close();
  },

  async "what is under way is counted"() {
    const on = stage((_, at) => (at === 0 ? broken() : "never"), { retries: 0 });
    await failed(watch(on.node.request(count)), "ServerUnavailableError");
    const calls = watchAll([on.node.request(read), on.node.operate(get("a")), on.node.operate(get("b"))]);
    await settle();
    assert.deepEqual(on.node.stats(), {
      url: on.node.url,
      state: "closed",
      pending: 3,
      requests: 3,
      operations: 4,
      failures: 1,
      shared: 0,
    });
    on.node.close();
    for (const call of calls) await failed(call, "ClosedError");
    assert.equal(on.node.stats().pending, 0);
  },

  async "close ends all that is under way, and leaves nothing"() {
    const on = stage(({ path }) =>
      path === "/v1/keys/broken" ? broken() : path === "/v1/changes" ? ok : "never",
    );
    const stream = await on.node.open(follow);
    const following = watch(
      (async () => {
        for await (const _ of stream.pieces);
      })(),
    );
    const underWay = [
      following,
      watch(on.node.request(read)),
      watch(on.node.request({ ...read, path: "/v1/keys/broken" })),
      watch(on.node.open(read)),
      watch(on.node.operate(get("a"))),
    ];
    await settle();
    on.node.close();
    on.node.close();
    for (const each of underWay) await failed(each, "ClosedError");
    assert.equal(on.transport.isClosed, true);
    assert.deepEqual([on.clock.pending, on.transport.underWay], [0, 0]);
    const { length } = on.transport.sent;
    for (const late of watchAll([on.node.request(read), on.node.open(read), on.node.operate(get("a"))]))
      await failed(late, "ClosedError");
    await on.clock.advanceAsync(60_000);
    assert.equal(on.transport.sent.length, length);
  },

  async "a stream has a deadline for its head, and none for the rest"() {
    const on = stage((_, at) => (at === 0 ? "never" : ok), { healthEveryMs: 1_000_000 });
    const late = watch(on.node.open(follow, { timeoutMs: 50 }));
    await on.clock.advanceAsync(50);
    await failed(late, "RequestTimeoutError");
    const stream = await on.node.open(follow, { timeoutMs: 50 });
    const pieces = stream.pieces[Symbol.asyncIterator]();
    assert.equal((await pieces.next()).value, "fine");
    await on.clock.advanceAsync(100_000);
    on.transport.stream?.say({ value: "still" });
    assert.equal((await pieces.next()).value, "still");
    on.transport.stream?.say("end");
    assert.equal((await pieces.next()).done, true);
    on.node.close();
    assert.equal(on.clock.pending, 0);
  },

  async "a stream that breaks, is closed or given up says so in the client's words"() {
    const on = stage(() => ok);
    const next = async (signal?: AbortSignal) => {
      const stream = await on.node.open(follow, { signal });
      const pieces = stream.pieces[Symbol.asyncIterator]();
      await pieces.next();
      return { stream, piece: watch(pieces.next()) };
    };
    const breaks = await next();
    on.transport.stream?.say({ error: broken() });
    await failed(breaks.piece, "ServerUnavailableError");
    const closes = await next();
    closes.stream.close();
    assert.equal((await succeeded(closes.piece)).done, true);
    assert.equal(on.transport.stream?.isClosed, true);
    const controller = new AbortController();
    const given = await next(controller.signal);
    controller.abort(Object.assign(new Error(), { name: "Enough" }));
    await failed(given.piece, "Enough");
    on.node.close();
  },

  async "a stream that is refused is an error with what the server said, others come back with their status"() {
    const on = stage((_, at) => ({ status: [429, 503, 404][at], text: '{"error":"no","code":"why"}' }), {
      breaker: null,
    });
    for (const status of [429, 503]) {
      const error = await failed<Error & { status: number; serverCode: string }>(
        watch(on.node.open(follow)),
        "ServerRefusedError",
      );
      assert.deepEqual([error.status, error.serverCode, on.clock.pending], [status, "why", 0]);
    }
    const stream = await on.node.open(follow);
    assert.equal(stream.status, 404);
    stream.close();
    on.node.close();
    assert.equal(on.clock.pending, 0);
  },

  async "a stream is tried once, and counts for the breaker"() {
    const on = stage(() => broken());
    for (let time = 0; time < 5; time++) await failed(watch(on.node.open(follow)), "ServerUnavailableError");
    assert.deepEqual([on.transport.sent.length, on.node.state], [5, "open"]);
    await failed(watch(on.node.open(follow)), "ServerUnavailableError");
    assert.equal(on.transport.sent.length, 5);
    on.node.close();
  },
};
