/** What a network does to one client, at random: mostly a little late, now and then worse. From a seed, but for the timing. */
import { setTimeout as pause } from "node:timers/promises";
import type { FaultProxy } from "../../support/fault-proxy.js";
import { randomFrom } from "./protocol.js";

type Trouble = (proxy: FaultProxy, random: () => number) => Promise<unknown> | unknown;

/** Longer than the bound, often enough that a client that does not mind is found. */
const LONG_MS = 3_500;

const troubles: readonly Trouble[] = [
  (proxy) => proxy.cut(),
  (proxy) => proxy.reset(),
  (proxy, random) => proxy.cutAfter(Math.floor(random() * 2_000)),
  (proxy, random) => proxy.pieces(1 + Math.floor(random() * 30)),
  async (proxy, random) => {
    proxy.stall((["up", "down", "both"] as const)[Math.floor(random() * 3)]);
    await pause(random() * LONG_MS);
    proxy.resume();
  },
  async (proxy, random) => {
    proxy.blackhole();
    await pause(random() * LONG_MS);
  },
  async (proxy, random) => {
    proxy.refuse();
    proxy.reset();
    await pause(random() * LONG_MS);
  },
  async (proxy, random) => {
    const slowMs = random() * 900;
    proxy.delay(() => slowMs * (0.5 + random()), random() < 0.5 ? "up" : "down");
    await pause(random() * LONG_MS);
  },
];

/** Some milliseconds each way, different for each piece, so that answers and events overtake each other. */
export function mild(proxy: FaultProxy, random: () => number): void {
  proxy.heal();
  proxy.delay(() => random() * 15, "up");
  proxy.delay(() => random() ** 2 * 40, "down");
}

/** Trouble, and an hour of calm, and trouble, until it is stopped. Resolves with how many there were. */
export async function weather(proxy: FaultProxy, seed: number, stop: AbortSignal): Promise<number> {
  const random = randomFrom(seed);
  let count = 0;
  mild(proxy, random);
  while (!stop.aborted) {
    await pause(100 + random() * 900);
    if (stop.aborted) break;
    await troubles[Math.floor(random() * troubles.length)](proxy, random);
    count++;
    mild(proxy, random);
  }
  return count;
}
