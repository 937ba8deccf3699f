/**
 * The kill suite: a thread is terminated before a chosen statement of what it does, again and again; after each kill the
 * others go on at once, find nothing torn, and verify() passes. Throws when the table is wrong.
 */
import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SharedTable, type TableOptions } from "stowage/table";
import { Hand } from "../support/crew.js";
import { Random } from "../support/random.js";
import { SharedClock } from "../support/shared-clock.js";
import { SNAPSHOT, scenarios } from "./scenarios.js";

export interface KillSetting {
  /** kill.worker.ts: with steps, and without. */
  readonly stepped: string;
  readonly plain: string;
  /** How many instants to try; all there are, if there are fewer. */
  readonly kills: number;
  readonly seed: number;
  /** Whether the next one, who may be taking over from the first, is killed as well. */
  readonly twice?: boolean;
}

export interface KillReport {
  /** Statements that the act takes. */
  readonly steps: number;
  readonly kills: number;
  /** The longest that the survivors took to look at everything and use it, in milliseconds. */
  readonly slowestMs: number;
  readonly stats: Readonly<Record<string, unknown>>;
}

/** Far above what a takeover takes (5 ms until a lock's owner is looked at), far below a wedge. */
const EXAMINE_LIMIT_MS = 5_000;

/** What taking over may add to the statements of an act, about. */
const TAKEOVER_STEPS = 2_000;
/** How exactly capacity comes back: what fits varies with how items happen to fill segments. */
const CAPACITY_SHARE = 0.93;

const small: TableOptions = { memory: "1mb", segmentSize: "16kb", maxValueSize: 100_000, janitor: false };

export async function killAmid(name: string, setting: KillSetting): Promise<KillReport> {
  const { options } = scenarios[name];
  const clock = new SharedClock();
  const table = SharedTable.create({ ...small, ...options, clock });
  const start = (script: string, attach: object = {}) =>
    Hand.start({ script, handle: table.handle, attach: { janitor: false, ...attach }, time: clock.buffer });
  const witness = await start(setting.plain);
  try {
    return await new Kills(name, setting, witness, () =>
      start(setting.stepped, { janitor: options?.janitor ?? false }),
    ).run();
  } finally {
    await witness.kill();
    table.close();
    for (const file of readdirSync(tmpdir())) if (file.startsWith(SNAPSHOT)) rmSync(join(tmpdir(), file));
  }
}

class Kills {
  #slowestMs = 0;
  #kills = 0;

  constructor(
    readonly name: string,
    readonly setting: KillSetting,
    readonly witness: Hand,
    readonly victim: () => Promise<Hand>,
  ) {}

  async run(): Promise<KillReport> {
    const capacity = await this.witness.call<number>("capacity");
    await this.witness.call("prepare", this.name);
    const steps = await this.#measure();
    const random = new Random(this.setting.seed);
    // Each victim is attached before the one before it dies: attaching takes over from the dead, and here the survivors have to.
    let next = this.victim();
    for (const instant of this.#instants(steps, random)) {
      const victim = await next;
      next = this.victim();
      await this.witness.call("prepare", this.name);
      await next;
      const instants = [instant];
      await this.#strike(victim, instant);
      if (this.setting.twice) {
        instants.push(random.between(1, steps + TAKEOVER_STEPS));
        const second = await next;
        next = this.victim();
        await next;
        await this.#strike(second, instants[1]);
      }
      await this.#examine(instants);
    }
    await (await next).kill();
    const left = await this.witness.call<number>("capacity");
    assert.ok(left >= capacity * CAPACITY_SHARE, `memory was lost: ${left} entries fit, ${capacity} did`);
    const stats = await this.witness.call<Record<string, unknown>>("stats");
    return { steps, kills: this.#kills, slowestMs: this.#slowestMs, stats };
  }

  /** Lets the act happen once, and checks that the scenario itself is right. */
  async #measure(): Promise<number> {
    const hand = await this.victim();
    try {
      const steps = await hand.call<number>("act", { name: this.name, limit: 0 });
      await this.witness.call("examine", this.name);
      assert.ok(steps > 0, "nothing of the table ran");
      return steps;
    } finally {
      await hand.kill();
    }
  }

  /** Spread evenly, each at a random place in its share, so that every run tries others. */
  #instants(steps: number, random: Random): number[] {
    const count = Math.min(steps, this.setting.kills);
    const share = steps / count;
    return Array.from({ length: count }, (_, n) => 1 + Math.floor(n * share + random.next() * share));
  }

  async #strike(victim: Hand, instant: number): Promise<void> {
    victim.pace.prepare();
    const acting = victim.call("act", { name: this.name, limit: instant }).catch((error: unknown) => error);
    const stand = await standing(victim);
    await victim.kill();
    const outcome = await acting;
    if (stand === "standing") this.#kills += 1;
    else if (outcome instanceof Error && !outcome.message.includes("is gone")) throw outcome;
  }

  async #examine(instants: readonly number[]): Promise<void> {
    try {
      const tookMs = await this.witness.call<number>("examine", this.name, EXAMINE_LIMIT_MS);
      this.#slowestMs = Math.max(this.#slowestMs, tookMs);
    } catch (error) {
      const where = `${this.name}, killed before statement ${instants.join(", then the next one before ")}`;
      throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** Until it stands or is done; acts that go through promises need this thread's event loop meanwhile. */
async function standing(victim: Hand): Promise<string> {
  for (let waits = 0; waits < 5_000; waits += 1) {
    if (victim.pace.settled(1) !== "running") return victim.pace.stand;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("hung: the victim neither came to its end nor to where it was to stop");
}
