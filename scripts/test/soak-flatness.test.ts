/** What the soak takes for memory that grows, and what not. */
import { describe, expect, it } from "vitest";
import { flatness } from "../soak/flatness.js";

const MB = 2 ** 20;
const samples = (bytesAt: (second: number) => number) =>
  Array.from({ length: 600 }, (_, second) => ({ ms: second * 1_000, bytes: bytesAt(second) }));
/** Jumps as garbage collection makes them. */
const jumps = (second: number) => ((second * 7919) % 40) * MB;

describe("memory is flat", () => {
  it("when it jumps, and when it grew at the beginning", () => {
    expect(flatness(samples((second) => 200 * MB + jumps(second))).flat).toBe(true);
    expect(flatness(samples((second) => Math.min(second, 150) * MB + jumps(second))).flat).toBe(true);
  });

  it("but not when each minute adds some of it", () => {
    const { flat, said } = flatness(samples((second) => 200 * MB + jumps(second) + (second / 60) * 6 * MB));
    expect(flat).toBe(false);
    expect(said).toMatch(/^memory 2\d\d MB after the warm-up, 2\d\d MB at the end$/);
  });
});
