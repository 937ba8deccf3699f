/** What a measurement works with, and its clock. */
import type { Redis } from "ioredis";
import { turn } from "../../harness/checks.js";
import type { Outcome } from "../../harness/types.js";
import type { Contender, Tiers } from "../contenders/contender.js";
import type { Settings } from "../settings.js";

export interface Context {
  readonly contender: Contender;
  readonly settings: Settings;
  /** Which item each call is about, in turns; a power of two of them. */
  readonly items: Uint32Array;
  readonly port: number;
  /** A connection of the benchmark's own. */
  readonly redis: Pick<Redis, "call">;
}

export type Measure = (context: Context) => Promise<Outcome | null>;

/** What is opened is closed, whatever becomes of it. */
export async function withTiers<T>(
  { contender, port }: Context,
  tags: boolean,
  use: (tiers: Tiers) => Promise<T>,
): Promise<T> {
  const tiers = await contender.open({ port, tags });
  try {
    return await use(tiers);
  } finally {
    await tiers.close();
  }
}

/** Counts calls and the time that they took; what is done in between is not counted. */
export class Meter {
  #calls = 0;
  #ms = 0;

  async time(calls: number, fn: () => Promise<void>): Promise<void> {
    const began = performance.now();
    await fn();
    this.#ms += performance.now() - began;
    this.#calls += calls;
  }

  /** Repeats until it has measured so long. The event loop turns in between, as in a server. */
  async upTo(ms: number, round: () => Promise<void>): Promise<void> {
    while (this.#ms < ms) {
      await round();
      await turn();
    }
  }

  outcome(): Outcome {
    return { figure: this.#calls / (this.#ms / 1_000) };
  }
}

/** Runs it once unmeasured, so that everything is compiled, and once for the figure. */
export async function settled(
  { settleMs, measuredMs }: Settings,
  round: (meter: Meter) => Promise<void>,
): Promise<Outcome> {
  const [before, meter] = [new Meter(), new Meter()];
  await before.upTo(settleMs, () => round(before));
  await meter.upTo(measuredMs, () => round(meter));
  return meter.outcome();
}
