/** Two processes, as far as the library can tell, over one Redis, and a load that is held until the probe lets it go. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Outcome } from "../../harness/types.js";
import type { Context } from "../child/context.js";
import type { Tiers } from "../contenders/contender.js";
import { type Item, itemOf } from "../items.js";

/** How long a message from one process to another is given. */
const SPREAD_MS = 200;
/** What takes longer than that is stuck. */
const STUCK_MS = 10_000;

export type Probe = (one: Tiers, other: Tiers, context: Context) => Promise<boolean | null>;

/** null: the library lacks what the probe is about. */
export function probe(run: Probe, tags = false): (context: Context) => Promise<Outcome | null> {
  return async (context) => {
    const { contender, port } = context;
    if (tags && !contender.hasTags) return null;
    const one = await contender.open({ port, tags });
    if (one.fetch === undefined) return null;
    const other = await contender.open({ port, tags });
    const passed = await Promise.race([run(one, other, context), sleep(STUCK_MS, false, { ref: false })]);
    return passed === null ? null : { figure: passed ? 1 : 0 };
  };
}

export const oldItem: Item = itemOf(1, "probed", "old");
export const newItem: Item = itemOf(1, "probed", "new");

export const nameOf = (found: unknown): string | undefined => (found as Item | undefined | null)?.name;

export const spread = (): Promise<void> => sleep(SPREAD_MS);

/** A loader that has begun and waits. */
export class HeldLoad {
  readonly begun: Promise<void>;
  #hasBegun = (): void => undefined;
  #release = (): void => undefined;
  readonly #released: Promise<void>;
  calls = 0;

  constructor() {
    this.begun = new Promise((resolve) => {
      this.#hasBegun = resolve;
    });
    this.#released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  readonly load = async (): Promise<Item> => {
    this.calls++;
    this.#hasBegun();
    await this.#released;
    return oldItem;
  };

  release(): void {
    this.#release();
  }
}

/** Does something while `one` loads the key; then nobody may have what the load brought. */
export async function duringLoad(
  one: Tiers,
  other: Tiers,
  context: Context,
  meanwhile: () => Promise<unknown>,
  tag?: string,
): Promise<(string | undefined)[]> {
  const held = new HeldLoad();
  const loading = one.fetch?.("probed", held.load, tag === undefined ? {} : { tag });
  await held.begun;
  await meanwhile();
  held.release();
  await loading;
  await spread();
  const third = await context.contender.open({ port: context.port, tags: tag !== undefined });
  const found = [];
  for (const tiers of [one, other, third]) found.push(nameOf(await tiers.get("probed")));
  await third.close();
  return found;
}
