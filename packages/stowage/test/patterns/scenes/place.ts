/** Where the patterns of a scene stand: in memory with a clock that a scene turns, or in a real Redis, whose time passes by itself. */
import type { RedisPlace } from "../../../src/patterns/index.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";

export interface Place {
  readonly name: string;
  /** Whether times are exact: only where the clock is turned. */
  readonly isExact: boolean;
  /** What patterns are made with. */
  readonly options: { readonly clock?: FakeClock; readonly redis?: RedisPlace };
  /** A name that no other scene has. */
  room(): string;
  advance(ms: number): Promise<void>;
}

let rooms = 0;

export function memoryPlace(): Place {
  const clock = new FakeClock();
  return {
    name: "memory",
    isExact: true,
    options: { clock },
    room: () => `room:${rooms++}`,
    advance: async (ms) => clock.advance(ms),
  };
}

/** @param redis empty, and nobody else's */
export function redisPlace(redis: RedisPlace): Place {
  return {
    name: "Redis",
    isExact: false,
    options: { redis },
    room: () => `room:${rooms++}`,
    advance: (ms) => new Promise((resolve) => setTimeout(resolve, ms + 1)),
  };
}
