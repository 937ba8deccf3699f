/** One contender, one row: calls for so long, each answer looked at. */
import { ensure, turn } from "../../harness/checks.js";
import type { Outcome } from "../../harness/types.js";
import type { Connected, Operation } from "../contenders/contender.js";
import { isItem } from "../items.js";
import type { Row } from "../rows.js";
import type { Settings } from "../settings.js";

/** Calls between two looks at the clock, where they are made one by one. */
const LOOK_EVERY = 64;
/** Calls between two turns of the event loop, for those that are answered without one: as in a server, I/O goes on meanwhile. */
const TURN_EVERY = 1_024;
/** Of what was set, so many are read again. */
const READ_AGAIN = 100;

type Times = Pick<Settings, "keys" | "settleMs" | "measuredMs">;

/**
 * @param items which item each call is about, in turns; a power of two of them
 * @throws CheckError where an answer is not what was stored
 * @returns null: the contender cannot do that
 */
export async function measure(
  connected: Connected,
  row: Row,
  { keys, settleMs, measuredMs }: Times,
  items: Uint32Array,
): Promise<Outcome | null> {
  const operation = connected.operation(row.verb);
  if (operation === undefined) return null;
  // What was there before could not be told from what is set.
  if (row.verb !== "set") await connected.fill(keys);
  const measurement = new Measurement(row, operation, items);
  await measurement.run(settleMs);
  const outcome = await measurement.run(measuredMs);
  if (row.verb === "set") await readAgain(connected, items);
  return outcome;
}

async function readAgain(connected: Connected, items: Uint32Array): Promise<void> {
  const get = connected.operation("get");
  // From the second on: that is where calls begin.
  for (const item of items.subarray(1, 1 + READ_AGAIN)) ensureItem(await get?.(item), item);
}

function ensureItem(found: unknown, item: number): void {
  ensure(isItem(found, item), `item ${item} came back as it was stored`);
}

class Measurement {
  #at = 0;

  constructor(
    private readonly row: Row,
    private readonly operation: Operation,
    private readonly items: Uint32Array,
  ) {}

  async run(ms: number): Promise<Outcome> {
    const began = performance.now();
    const cpu = process.cpuUsage();
    let operations = 0;
    while (performance.now() - began < ms) {
      if (operations % TURN_EVERY === 0) await turn();
      operations += await (this.row.together === 1 ? this.#oneByOne() : this.#together());
    }
    const seconds = (performance.now() - began) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    return { figure: operations / seconds, extra: { cpuUs: (user + system) / operations } };
  }

  async #oneByOne(): Promise<number> {
    for (let done = 0; done < LOOK_EVERY; done++) {
      const item = this.#next();
      const found = this.operation(item);
      // What answers at once is not made to wait.
      this.#check(found instanceof Promise ? await found : found, item);
    }
    return LOOK_EVERY;
  }

  async #together(): Promise<number> {
    const items = Array.from({ length: this.row.together }, () => this.#next());
    const found = await Promise.all(items.map(this.operation));
    for (const [index, item] of items.entries()) this.#check(found[index], item);
    return items.length;
  }

  #next(): number {
    this.#at = (this.#at + 1) & (this.items.length - 1);
    return this.items[this.#at];
  }

  #check(found: unknown, item: number): void {
    if (this.row.verb !== "set") ensureItem(found, item);
  }
}
