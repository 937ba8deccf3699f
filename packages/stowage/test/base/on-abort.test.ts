import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { onAbort } from "../../src/base/on-abort.js";

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, "abort").length;
}

describe("onAbort", () => {
  it("calls each once, in order, and leaves nothing behind", () => {
    const controller = new AbortController();
    const called: number[] = [];
    for (let count = 0; count < 20; count++) onAbort(controller.signal, () => called.push(count));
    expect(listeners(controller.signal)).toBe(1);
    controller.abort();
    controller.abort();
    expect(called).toEqual([...Array(20).keys()]);
    expect(listeners(controller.signal)).toBe(0);
  });

  it("does not call who has ended it, and leaves nothing behind when the last one has", () => {
    const controller = new AbortController();
    const called: string[] = [];
    const first = onAbort(controller.signal, () => called.push("first"));
    const second = onAbort(controller.signal, () => called.push("second"));
    first();
    first();
    expect(listeners(controller.signal)).toBe(1);
    second();
    expect(listeners(controller.signal)).toBe(0);
    onAbort(controller.signal, () => called.push("third"));
    second();
    expect(listeners(controller.signal)).toBe(1);
    controller.abort();
    expect(called).toEqual(["third"]);
  });

  it("does not call who is ended by another one's turn", () => {
    const controller = new AbortController();
    const called: string[] = [];
    onAbort(controller.signal, () => endSecond());
    const endSecond = onAbort(controller.signal, () => called.push("second"));
    onAbort(controller.signal, () => called.push("third"));
    controller.abort();
    expect(called).toEqual(["third"]);
  });

  it("takes one function twice for two listeners", () => {
    const controller = new AbortController();
    let calls = 0;
    const count = () => {
      calls += 1;
    };
    const end = onAbort(controller.signal, count);
    onAbort(controller.signal, count);
    end();
    controller.abort();
    expect(calls).toBe(1);
  });

  it("calls at once where it is too late to wait", () => {
    let calls = 0;
    const end = onAbort(AbortSignal.abort(), () => {
      calls += 1;
    });
    end();
    expect(calls).toBe(1);
  });
});
