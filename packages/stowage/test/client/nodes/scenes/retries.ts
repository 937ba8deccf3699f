/** What is tried again, when, and how often. */
import assert from "node:assert/strict";
import type {
  RequestTimeoutError,
  ServerRefusedError,
  ServerUnavailableError,
} from "../../../../src/client/errors.js";
import { broken, type Reply, refused, stale } from "../support/fake-transport.js";
import { count, failed, pending, read, stage, succeeded, URL, watch } from "../support/stage.js";

type Scene = () => Promise<void>;

const ok: Reply = { status: 200, text: "fine" };
const replies =
  (...list: Reply[]) =>
  (_: unknown, at: number): Reply =>
    list[Math.min(at, list.length - 1)];

export const retries: Record<string, Scene> = {
  async "what can be repeated is, after pauses that grow"() {
    const { node, transport, clock, events } = stage(replies(broken(), broken(), ok));
    const start = clock.now();
    const call = watch(node.request(read));
    await clock.advanceAsync(25 + 50);
    assert.equal((await succeeded(call)).text, "fine");
    assert.deepEqual(
      transport.sent.map(({ atMs }) => atMs - start),
      [0, 25, 75],
    );
    const told = events.flatMap((event) =>
      event.type === "request" ? [[event.attempt, event.status, event.error instanceof Error]] : [],
    );
    assert.deepEqual(told, [
      [1, undefined, true],
      [2, undefined, true],
      [3, 200, false],
    ]);
    node.close();
    assert.equal(clock.pending, 0);
  },

  async "it is given up after as many times as allowed, and the error says all"() {
    const { node, transport, clock } = stage(replies(broken()));
    const call = watch(node.request(read));
    await clock.advanceAsync(1_000);
    const error = await failed<ServerUnavailableError>(call, "ServerUnavailableError");
    assert.equal(transport.sent.length, 3);
    assert.equal(error.node, URL);
    assert.match(error.message, /^GET \/v1\/keys\/a: the server at http:\/\/cache:4000 .*ECONNRESET/);
    assert.equal((error.cause as Error).name, "TransportError");
    node.close();
  },

  async "nothing is repeated where no retries are wanted"() {
    const { node, transport } = stage(replies(broken()), { retries: 0 });
    await failed(watch(node.request(read)), "ServerUnavailableError");
    assert.equal(transport.sent.length, 1);
    node.close();
  },

  async "what cannot be repeated is not sent twice"() {
    const { node, transport, clock } = stage(replies(broken(), ok));
    const call = watch(node.request(count));
    await clock.advanceAsync(1_000);
    await failed(call, "ServerUnavailableError");
    assert.equal(transport.sent.length, 1);
    node.close();
  },

  async "what was not sent is sent again, whatever it is"() {
    const { node, transport, clock } = stage(replies(refused(), ok));
    const call = watch(node.request(count));
    await clock.advanceAsync(25);
    await succeeded(call);
    assert.equal(transport.sent.length, 2);
    node.close();
  },

  async "a stale connection costs no pause, and what cannot be repeated its request"() {
    const { node, transport } = stage(replies(stale(), ok, stale()));
    assert.equal((await succeeded(watch(node.request(read)))).text, "fine");
    await failed(watch(node.request(count)), "ServerUnavailableError");
    assert.equal(transport.sent.length, 3);
    node.close();
  },

  async "stale connections do not open the breaker"() {
    const { node } = stage(replies(stale()), { retries: 10, breaker: { failures: 2, cooldownMs: 1_000 } });
    await failed(watch(node.request(read)), "ServerUnavailableError");
    assert.equal(node.state, "closed");
    node.close();
  },

  async "servers that say they are away are asked again, where that does no harm"() {
    for (const status of [408, 502, 503, 504]) {
      const { node, transport, clock } = stage(replies({ status, text: '{"error":"draining"}' }, ok));
      const call = watch(node.request(read));
      await clock.advanceAsync(25);
      await succeeded(call);
      const other = stage(replies({ status, text: '{"error":"draining"}' }, ok));
      const error = await failed<ServerRefusedError>(watch(other.node.request(count)), "ServerRefusedError");
      assert.deepEqual([error.status, error.node, transport.sent.length], [status, URL, 2]);
      assert.match(error.message, /draining/);
      node.close();
      other.node.close();
    }
  },

  async "too many requests are repeated when the server allows it, since none was looked at"() {
    const tooMany: Reply = { status: 429, headers: { "retry-after": "2" } };
    const { node, transport, clock } = stage(replies(tooMany, ok));
    const call = watch(node.request(count));
    await clock.advanceAsync(2_024);
    await pending(call);
    await clock.advanceAsync(1);
    await succeeded(call);
    assert.equal(transport.sent.length, 2);
    assert.equal(node.state, "closed");
    node.close();
  },

  async "a server that wants more time than there is, is not waited for"() {
    const { node, transport, clock } = stage(replies({ status: 429, headers: { "retry-after": "5" } }));
    const error = await failed<ServerRefusedError>(watch(node.request(read)), "ServerRefusedError");
    assert.deepEqual([error.status, error.retryAfterMs, transport.sent.length], [429, 5_000, 1]);
    node.close();
    assert.equal(clock.pending, 0);
  },

  async "other faults of a server are not repeated, and other answers are no faults"() {
    for (const status of [500, 501, 507]) {
      const { node, transport } = stage(replies({ status, text: "oops" }));
      assert.equal(
        (await failed<ServerRefusedError>(watch(node.request(read)), "ServerRefusedError")).status,
        status,
      );
      assert.equal(transport.sent.length, 1);
      node.close();
    }
    for (const status of [200, 204, 304, 400, 401, 404, 409, 412, 413]) {
      const { node } = stage(replies({ status }));
      assert.equal((await succeeded(watch(node.request(read)))).status, status);
      node.close();
    }
  },

  async "there is one deadline for all attempts"() {
    const { node, transport, clock } = stage(replies(broken(), "never"), { timeoutMs: 300 });
    const call = watch(node.request(read));
    await clock.advanceAsync(299);
    await pending(call);
    await clock.advanceAsync(1);
    const error = await failed<RequestTimeoutError>(call, "RequestTimeoutError");
    assert.deepEqual([error.timeoutMs, error.node, transport.sent.length], [300, URL, 2]);
    assert.match(error.message, /within 300 ms/);
    assert.equal((error.cause as Error).message, broken().message);
    assert.equal(transport.underWay, 0);
    node.close();
    assert.equal(clock.pending, 0);
  },

  async "a call may have a deadline of its own"() {
    const { node, clock } = stage(replies("never"));
    const call = watch(node.request(read, { timeoutMs: 20 }));
    await clock.advanceAsync(20);
    assert.equal((await failed<RequestTimeoutError>(call, "RequestTimeoutError")).timeoutMs, 20);
    node.close();
  },

  async "a pause that would last beyond the deadline is not begun"() {
    const { node, transport } = stage(replies(broken()), { timeoutMs: 20 });
    await failed(watch(node.request(read)), "ServerUnavailableError");
    assert.equal(transport.sent.length, 1);
    node.close();
  },

  async "who gives up hears his own reason, at any time"() {
    const reason = Object.assign(new Error("enough"), { name: "Enough" });
    const { node, transport, clock } = stage(replies(broken(), "never"));
    await failed(watch(node.request(read, { signal: AbortSignal.abort(reason) })), "Enough");
    assert.equal(transport.sent.length, 0);
    for (const afterMs of [10, 30]) {
      const controller = new AbortController();
      const call = watch(node.request(read, { signal: controller.signal }));
      await clock.advanceAsync(afterMs);
      controller.abort(reason);
      assert.equal(await failed(call, "Enough"), reason);
      assert.equal(transport.underWay, 0);
    }
    node.close();
    assert.equal(clock.pending, 0);
  },

  async "a transport may say of an abort what it will"() {
    const { node, transport, clock } = stage(replies("never"));
    transport.abortedAs = () => new DOMException("This operation was aborted", "AbortError");
    const late = watch(node.request(read, { timeoutMs: 10 }));
    await clock.advanceAsync(10);
    await failed(late, "RequestTimeoutError");
    const controller = new AbortController();
    const given = watch(node.request(read, { signal: controller.signal }));
    await pending(given);
    controller.abort(Object.assign(new Error("enough"), { name: "Enough" }));
    await failed(given, "Enough");
    node.close();
  },
};
