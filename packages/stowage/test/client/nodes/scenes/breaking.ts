/** The breaker, and how a node finds out that its server is back. */
import assert from "node:assert/strict";
import type { ServerUnavailableError } from "../../../../src/client/errors.js";
import { FakeClock, settle } from "../../../../src/testing/fake-clock.js";
import { broken, type Reply } from "../support/fake-transport.js";
import { count, failed, failTimes, read, stage, succeeded, watch } from "../support/stage.js";

type Scene = () => Promise<void>;

const ok: Reply = { status: 200, text: "fine" };

export const breaking: Record<string, Scene> = {
  async "a server that failed several times in a row is left alone, and calls fail at once"() {
    const on = stage(() => broken());
    await failTimes(on, 4);
    assert.equal(on.node.state, "closed");
    await failTimes(on, 1);
    assert.equal(on.node.state, "open");
    const error = await failed<ServerUnavailableError>(
      watch(on.node.request(read)),
      "ServerUnavailableError",
    );
    assert.equal(on.transport.sent.length, 5);
    assert.match(error.message, /failed 5 times in a row, and is left alone for another 1000 ms/);
    assert.equal((error.cause as Error).message, broken().message);
    on.node.close();
  },

  async "attempts stop when the breaker opens"() {
    const on = stage(() => broken(), { retries: 10, breaker: { failures: 3, cooldownMs: 1_000 } });
    const call = watch(on.node.request(read));
    await on.clock.advanceAsync(25 + 50);
    assert.match((await failed<Error>(call, "ServerUnavailableError")).message, /ECONNRESET/);
    assert.equal(on.transport.sent.length, 3);
    on.node.close();
  },

  async "it asks after the server's health, and goes on by itself when it is well"() {
    let isAway = true;
    const on = stage(() => (isAway ? broken() : ok));
    await failTimes(on, 5);
    await on.clock.advanceAsync(999);
    assert.equal(on.transport.healths, 0);
    isAway = false;
    await on.clock.advanceAsync(1);
    assert.deepEqual([on.transport.healths, on.node.state], [1, "closed"]);
    await succeeded(watch(on.node.request(read)));
    const states = on.events.flatMap((event) => (event.type === "node" ? [event.state] : []));
    assert.deepEqual(states, ["open", "half-open", "closed"]);
    on.node.close();
    assert.equal(on.clock.pending, 0);
  },

  async "it asks less and less often, but as often as it was told"() {
    const on = stage(() => broken(), { healthEveryMs: 3_000 });
    await failTimes(on, 5);
    const start = on.clock.now();
    await on.clock.advanceAsync(15_000);
    const asked = on.transport.sent.filter(({ path }) => path === "/health").map(({ atMs }) => atMs - start);
    assert.deepEqual(asked, [1_000, 3_000, 6_000, 9_000, 12_000, 15_000]);
    on.node.close();
  },

  async "nobody is sent while it asks, and it asks one question at a time"() {
    const on = stage(({ path }) => (path === "/health" ? "never" : broken()));
    await failTimes(on, 5);
    await on.clock.advanceAsync(1_000);
    assert.equal(on.node.state, "half-open");
    const error = await failed<Error>(watch(on.node.request(read)), "ServerUnavailableError");
    assert.match(error.message, /until it answers again/);
    await on.clock.advanceAsync(60_000);
    assert.equal(on.transport.healthMax, 1);
    assert(on.transport.healths > 3, "it does not ask again after a question without an answer");
    on.node.close();
  },

  async "where timers do not run, the first caller after the cooldown is the one who tries"() {
    class Frozen extends FakeClock {
      override setTimer(fn: () => void, ms: number): object {
        return ms < 4_000 ? super.setTimer(fn, ms) : {};
      }
    }
    const clock = new Frozen();
    let isAway = true;
    const on = stage(() => (isAway ? broken() : ok), {
      clock,
      breaker: { failures: 5, cooldownMs: 4_000 },
    });
    await failTimes(on, 5);
    isAway = false;
    await clock.advanceAsync(4_000);
    assert.equal(on.transport.healths, 0);
    await succeeded(watch(on.node.request(count)));
    assert.equal(on.node.state, "closed");
    on.node.close();
  },

  async "a server that nobody has heard of for a while is asked, others are not"() {
    const on = stage(() => ok);
    await on.clock.advanceAsync(60_000);
    assert.equal(on.transport.sent.length, 0, "it asks before the first call");
    for (let round = 0; round < 6; round++) {
      await on.node.request(read);
      await on.clock.advanceAsync(4_000);
    }
    assert.equal(on.transport.healths, 0);
    await on.clock.advanceAsync(16_000);
    assert(on.transport.healths >= 2 && on.transport.healths <= 4, `it asked ${on.transport.healths} times`);
    on.node.close();
    assert.equal(on.clock.pending, 0);
  },

  async "answers that say so count as failures, others show that the server is there"() {
    for (const status of [502, 503, 504]) {
      const on = stage(() => ({ status }));
      await failTimes(on, 5);
      assert.equal(on.node.state, "open", String(status));
      on.node.close();
    }
    for (const status of [200, 400, 401, 404, 429, 500, 507]) {
      const on = stage((_, at) => (at % 5 === 4 ? { status } : broken()), { retries: 0 });
      await failTimes(on, 10);
      assert.equal(on.node.state, "closed", String(status));
      on.node.close();
    }
  },

  async "what callers give up says nothing, and short timeouts do not either"() {
    const on = stage(() => "never", { maxPending: 100, healthEveryMs: 1_000_000 });
    for (let time = 0; time < 10; time++) {
      const controller = new AbortController();
      const call = watch(on.node.request(read, { signal: controller.signal }));
      await settle();
      controller.abort(Object.assign(new Error(), { name: "Enough" }));
      await failed(call, "Enough");
      const short = watch(on.node.request(read, { timeoutMs: 100 }));
      await on.clock.advanceAsync(100);
      await failed(short, "RequestTimeoutError");
    }
    assert.equal(on.node.state, "closed");
    for (let time = 0; time < 5; time++) {
      const long = watch(on.node.request(read, { timeoutMs: 2_500 }));
      await on.clock.advanceAsync(2_500);
      await failed(long, "RequestTimeoutError");
    }
    assert.equal(on.node.state, "open");
    on.node.close();
  },

  async "without a breaker, everything is tried"() {
    const on = stage(() => broken(), { breaker: null });
    await failTimes(on, 20);
    assert.deepEqual([on.node.state, on.transport.sent.length], ["closed", 20]);
    await on.clock.advanceAsync(60_000);
    assert.equal(on.transport.healths, 0);
    on.node.close();
  },
};
