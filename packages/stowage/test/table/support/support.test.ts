/** The tools of the thread tests themselves: stamped values, builds of steps, paces, workers that fail, hang and die. */
import { describe, expect, it } from "vitest";
import { bundle } from "./bundle.js";
import { Crew, Hand } from "./crew.js";
import { withSteps } from "./steps.js";
import { stamped, stampOf } from "./values.js";

describe("a stamped value", () => {
  it.each([0, 12, 13, 15, 16, 17, 100, 4_099])("of %i bytes reads back", (bytes) => {
    expect(stampOf(stamped(7, 9, bytes))).toEqual({ key: 7, write: 9 });
  });

  it("tells on every byte that was changed", () => {
    const value = stamped(1, 2, 61);
    for (let at = 0; at < value.length; at += 1) {
      const damaged = value.slice();
      damaged[at] ^= 0x10;
      expect(() => stampOf(damaged), `byte ${at}`).toThrow("torn");
    }
  });

  it("tells on a value that is cut, and on one made of two", () => {
    expect(() => stampOf(stamped(1, 2, 60).subarray(0, 56))).toThrow("torn");
    const [one, other] = [stamped(1, 2, 60), stamped(1, 3, 60)];
    expect(() => stampOf(Buffer.concat([one.subarray(0, 40), other.subarray(40)]))).toThrow("torn");
  });
});

describe("a build of steps", () => {
  it("stops before every statement of every function, and changes no results", () => {
    const source = `export function sum(n: number): number {
      let total = 0;
      for (let i = 1; i <= n; i += 1) if (i % 2 === 0) total += i; else total -= 1;
      while (total > 100) total -= 100;
      switch (n) { case 1: return -1; default: break; }
      return total;
    }`;
    const code = withSteps(source, "sum.ts").replace("export ", "");
    let steps = 0;
    const sum = new Function("__step", `${code}; return sum;`)(() => {
      steps += 1;
    }) as (n: number) => number;
    expect([sum(1), sum(2), sum(10)]).toEqual([-1, 1, 25]);
    expect(steps).toBeGreaterThan(30);
  });
});

describe("workers", () => {
  const script = bundle(new URL("./support.worker.ts", import.meta.url));

  it("do jobs at the same time, and tell their errors", async () => {
    const data = new SharedArrayBuffer(4);
    const crew = await Crew.start({ script: await script, count: 3, data });
    expect(await crew.all("echo", "x")).toEqual([0, 1, 2].map((index) => [index, "x"]));
    await crew.all("meet");
    await expect(crew.all("fail")).rejects.toThrow("fail: TypeError: as it should");
    await expect(crew.all("unheard of")).rejects.toThrow("knows no job");
    await crew.kill();
  });

  it("that hang are told of, and can be killed", async () => {
    const hand = await Hand.start({ script: await script });
    await expect(hand.call("hang", undefined, 50)).rejects.toThrow("hang hung");
    await hand.kill();
    await expect(hand.call("echo")).rejects.toThrow("hung");
    expect(await hand.exited).toBe(1);
  });

  it("that are killed reject what they were doing", async () => {
    const hand = await Hand.start({ script: await script });
    const doing = hand.call("hang");
    await Promise.all([expect(doing).rejects.toThrow("is gone"), hand.kill()]);
  });

  it("stand still where they are told to, and go on as far as they are let", async () => {
    const data = new SharedArrayBuffer(4);
    const counted = new Int32Array(data);
    const hand = await Hand.start({ script: await script, data });
    hand.pace.prepare();
    const counting = hand.call("count", 11);
    expect(hand.pace.settled(5_000)).toBe("standing");
    expect(counted[0]).toBe(10);
    hand.pace.grant(20);
    expect(hand.pace.settled(5_000)).toBe("standing");
    expect(counted[0]).toBe(30);
    hand.pace.grant(0);
    expect(await counting).toBe(100);
    expect(hand.pace.stand).toBe("idle");
    await hand.kill();
  });
});
