/**
 * Whatever a server does, and whenever callers give up: each call ends in time, nothing that must not be is sent twice, one
 * question after health at a time, and nothing is left. Random schedules over a fake transport and a clock that is told.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TransportError } from "../../../src/client/transport/transport.js";
import { settle } from "../../../src/testing/fake-clock.js";
import { broken, type Reply, refused, stale } from "./support/fake-transport.js";
import { stage, watch } from "./support/stage.js";

const TIMEOUT_MS = 1_000;

const reply = fc.constantFrom<() => Reply>(
  () => ({ status: 200 }),
  () => ({ status: 404 }),
  () => ({ status: 429, headers: { "retry-after": "1" } }),
  () => ({ status: 503 }),
  () => ({ status: 500 }),
  () => "never",
  broken,
  refused,
  stale,
);

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("call" as const), isRepeatable: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("abort" as const), which: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 700 }) }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const expected = new Set([
  "ServerUnavailableError",
  "ServerRefusedError",
  "RequestTimeoutError",
  "TooManyPendingError",
  "Enough",
]);

describe("a node under random faults", () => {
  it("ends every call in time, and leaves nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(reply, { minLength: 1, maxLength: 12 }),
        fc.array(step, { maxLength: 30 }),
        run,
      ),
      { numRuns: 300 },
    );
  });
});

async function run(replies: readonly (() => Reply)[], steps: readonly Step[]): Promise<void> {
  const reached = new Map<string, number>();
  const on = stage(
    ({ path }, at) => {
      const given = replies[at % replies.length]();
      const isLost = given instanceof Error && (given as TransportError).unsent;
      const isRefused = typeof given === "object" && "status" in given && given.status === 429;
      if (!isLost && !isRefused) reached.set(path, (reached.get(path) ?? 0) + 1);
      return given;
    },
    { timeoutMs: TIMEOUT_MS, healthEveryMs: 2_000, breaker: { failures: 3, cooldownMs: 500 }, maxPending: 8 },
  );
  const calls: { path: string; isRepeatable: boolean; beganMs: number; call: ReturnType<typeof watch> }[] =
    [];
  const controllers: AbortController[] = [];
  for (const one of steps) {
    if (one.kind === "pass") await on.clock.advanceAsync(one.ms);
    else if (one.kind === "abort")
      controllers[one.which % Math.max(1, controllers.length)]?.abort(
        Object.assign(new Error("enough"), { name: "Enough" }),
      );
    else {
      const controller = new AbortController();
      controllers.push(controller);
      const path = `/${calls.length}`;
      const { isRepeatable } = one;
      const call = watch(
        on.node.request({ method: "POST", path, isRepeatable }, { signal: controller.signal }),
      );
      calls.push({ path, isRepeatable, beganMs: on.clock.now(), call });
    }
    await settle();
    for (const { beganMs, call } of calls)
      if (on.clock.now() - beganMs >= TIMEOUT_MS) expect(call.outcome).toBeDefined();
  }
  await on.clock.advanceAsync(TIMEOUT_MS);
  for (const { path, isRepeatable, call } of calls) {
    expect(call.outcome).toBeDefined();
    if (call.outcome && "error" in call.outcome)
      expect(expected).toContain((call.outcome.error as Error).name);
    if (!isRepeatable) expect(reached.get(path) ?? 0).toBeLessThanOrEqual(1);
    expect(reached.get(path) ?? 0).toBeLessThanOrEqual(3);
  }
  expect(on.transport.healthMax).toBeLessThanOrEqual(1);
  expect(on.node.stats().pending).toBe(0);
  on.node.close();
  await settle();
  expect([on.clock.pending, on.transport.underWay]).toEqual([0, 0]);
}
