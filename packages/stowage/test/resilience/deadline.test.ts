import { getEventListeners } from "node:events";
import { beforeEach, describe, expect, it } from "vitest";
import { Deadline, DeadlineExceeded } from "../../src/resilience/deadline.js";
import { FakeClock } from "../../src/testing/fake-clock.js";

let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
});

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, "abort").length;
}

describe("Deadline", () => {
  it("aborts when the time is over", () => {
    const deadline = new Deadline(clock, 100);
    const { signal } = deadline;
    clock.advance(99);
    expect([signal.aborted, deadline.leftMs, deadline.isCancelled]).toEqual([false, 1, false]);
    clock.advance(1);
    expect(signal.reason).toBeInstanceOf(DeadlineExceeded);
    expect(signal.reason.timeoutMs).toBe(100);
    expect([deadline.isCancelled, clock.pending]).toEqual([true, 0]);
  });

  it("counts from when it was made, not from when its signal is asked for", () => {
    const deadline = new Deadline(clock, 100);
    clock.advance(60);
    const { signal } = deadline;
    clock.advance(40);
    expect(signal.aborted).toBe(true);
    const late = new Deadline(clock, 100);
    clock.advance(200);
    const lateSignal = late.signal;
    clock.advance(0);
    expect(lateSignal.aborted).toBe(true);
  });

  it("aborts with the caller's signal, for its reason", () => {
    const outer = new AbortController();
    const deadline = new Deadline(clock, 100, outer.signal);
    const { signal } = deadline;
    outer.abort("enough");
    expect([signal.reason, deadline.reason]).toEqual(["enough", "enough"]);
    expect([clock.pending, listeners(outer.signal)]).toEqual([0, 0]);
    expect(new Deadline(clock, 100, outer.signal).signal.reason).toBe("enough");
    expect([clock.pending, listeners(outer.signal)]).toEqual([0, 0]);
  });

  it("leaves nothing behind when it is over", () => {
    const outer = new AbortController();
    const deadlines = Array.from({ length: 20 }, () => new Deadline(clock, 100, outer.signal));
    for (const { signal } of deadlines) expect(signal.aborted).toBe(false);
    expect([clock.pending, listeners(outer.signal)]).toEqual([20, 1]);
    for (const deadline of deadlines) deadline.end();
    expect([clock.pending, listeners(outer.signal)]).toEqual([0, 0]);
    clock.advance(1_000);
    const unused = new Deadline(clock, 100, outer.signal);
    unused.end();
    expect([unused.signal.aborted, clock.pending]).toEqual([false, 0]);
    outer.abort();
    expect(deadlines.some(({ signal }) => signal.aborted)).toBe(false);
  });

  it("tells those who listen to it without a signal, once, and those who come late at once", () => {
    const outer = new AbortController();
    const deadline = new Deadline(clock, 100, outer.signal);
    const told: string[] = [];
    deadline.onCancel(() => told.push("first"));
    deadline.onCancel(() => told.push("second"))();
    const { signal } = deadline;
    clock.advance(100);
    outer.abort("enough");
    deadline.cancel("closed");
    deadline.onCancel(() => told.push("late"));
    expect(told).toEqual(["first", "late"]);
    expect(deadline.reason).toBeInstanceOf(DeadlineExceeded);
    expect(signal.reason).toBe(deadline.reason);
    expect(new Deadline(clock, 100, outer.signal).isCancelled).toBe(true);
    expect([clock.pending, listeners(outer.signal)]).toEqual([0, 0]);
  });

  it("can be left to the caller's signal alone", () => {
    const outer = new AbortController();
    const deadline = new Deadline(clock, 100, outer.signal);
    const { signal } = deadline;
    deadline.stopClock();
    clock.advance(1_000);
    expect([signal.aborted, clock.pending]).toEqual([false, 0]);
    outer.abort("enough");
    expect(signal.reason).toBe("enough");
  });

  it("can be cancelled for another reason", () => {
    const outer = new AbortController();
    const deadline = new Deadline(clock, 100, outer.signal);
    deadline.cancel("closed");
    expect(deadline.signal.reason).toBe("closed");
    expect([clock.pending, listeners(outer.signal)]).toEqual([0, 0]);
    const ended = new Deadline(clock, 100);
    ended.end();
    ended.cancel("closed");
    expect(ended.signal.aborted).toBe(false);
  });

  it("pauses, unless it is over before", async () => {
    const deadline = new Deadline(clock, 100);
    let isOver = false;
    const pause = deadline.pause(40).then(() => {
      isOver = true;
    });
    await clock.advanceAsync(39);
    expect(isOver).toBe(false);
    await clock.advanceAsync(1);
    await pause;
    const long = deadline.pause(1_000);
    const outcome = long.catch((error: unknown) => error);
    await clock.advanceAsync(60);
    expect(await outcome).toBeInstanceOf(DeadlineExceeded);
    expect([clock.pending, listeners(deadline.signal)]).toEqual([0, 0]);
    await expect(deadline.pause(1)).rejects.toBeInstanceOf(DeadlineExceeded);
  });

  it("pauses no longer than its caller wants", async () => {
    const outer = new AbortController();
    const deadline = new Deadline(clock, 100, outer.signal);
    const pause = deadline.pause(50);
    outer.abort(new Error("enough"));
    await expect(pause).rejects.toThrow("enough");
    expect(clock.pending).toBe(0);
  });
});
