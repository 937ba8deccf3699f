/** The clock that the tests of time stand on has to be right itself. */
import { FakeClock, settle } from "stowage/testing";
import { describe, expect, it } from "vitest";

describe("FakeClock", () => {
  it("stands still until it is moved", () => {
    const clock = new FakeClock();
    const [now, wall] = [clock.now(), clock.wall()];
    clock.advance(5);
    expect(clock.now() - now).toBe(5);
    expect(clock.wall() - wall).toBe(5);
  });

  it("fires timers in order of time, then of setting, each at its moment", () => {
    const clock = new FakeClock();
    const start = clock.now();
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name}@${clock.now() - start}`);
    clock.setTimer(note("c"), 20);
    clock.setTimer(note("a"), 10);
    clock.setTimer(note("b"), 10);
    clock.advance(15);
    expect(fired).toEqual(["a@10", "b@10"]);
    clock.advance(5);
    expect(fired).toEqual(["a@10", "b@10", "c@20"]);
    expect(clock.pending).toBe(0);
  });

  it("fires timers that timers set, within the same advance", () => {
    const clock = new FakeClock();
    let rounds = 0;
    const again = (): void => {
      rounds += 1;
      clock.setTimer(again, 10);
    };
    clock.setTimer(again, 10);
    clock.advance(100);
    expect(rounds).toBe(10);
    expect(clock.nextIn).toBe(10);
  });

  it("lets promises settle between timers when asked to", async () => {
    const clock = new FakeClock();
    const order: string[] = [];
    clock.setTimer(() => void Promise.resolve().then(() => order.push("promise")), 10);
    clock.setTimer(() => order.push("timer"), 20);
    await clock.advanceAsync(30);
    expect(order).toEqual(["promise", "timer"]);
  });

  it("after sleep each due timer fires once, late", () => {
    const clock = new FakeClock();
    const start = clock.now();
    const fired: number[] = [];
    const every = (): void => {
      fired.push(clock.now() - start);
      clock.setTimer(every, 10);
    };
    clock.setTimer(every, 10);
    clock.sleep(1_000);
    expect(fired).toEqual([1_000]);
  });

  it("a cleared timer does not fire, clearing twice or an unknown one is harmless", () => {
    const clock = new FakeClock();
    const timer = clock.setTimer(() => expect.unreachable("it was cleared"), 10);
    clock.clearTimer(timer);
    clock.clearTimer(timer);
    clock.clearTimer({});
    clock.advance(100);
    expect(clock.fired).toBe(0);
  });

  it("shiftWall moves the calendar and not the timers", () => {
    const clock = new FakeClock();
    const [now, wall] = [clock.now(), clock.wall()];
    clock.shiftWall(-1_000);
    expect(clock.now()).toBe(now);
    expect(clock.wall()).toBe(wall - 1_000);
  });

  it("says so instead of running for ever", () => {
    const clock = new FakeClock();
    const again = (): void => void clock.setTimer(again, 0);
    again();
    expect(() => clock.advance(1)).toThrow(/sets itself again/);
  });

  it("refuses to go back, and timers without a delay", () => {
    const clock = new FakeClock();
    expect(() => clock.advance(-1)).toThrow(RangeError);
    expect(() => clock.sleep(Number.NaN)).toThrow(RangeError);
    expect(() => clock.setTimer(() => undefined, -1)).toThrow(RangeError);
  });

  it("settle waits for chains of promises", async () => {
    let done = false;
    void (async () => {
      for (let n = 0; n < 1_000; n += 1) await null;
      done = true;
    })();
    await settle();
    expect(done).toBe(true);
  });
});
