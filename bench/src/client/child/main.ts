/**
 * The child process: one contender, one row. Its job comes as JSON in the first argument; its answer is the last line of its
 * output.
 */
import { ensure } from "../../harness/checks.js";
import { readSequence } from "../../harness/sequences.js";
import type { Job, JobAnswer, Outcome } from "../../harness/types.js";
import type { Operation } from "../contenders/contender.js";
import { type ContenderName, contenders } from "../contenders/index.js";
import { isItem } from "../items.js";
import { type Row, type RowName, rows } from "../rows.js";
import type { Settings } from "../settings.js";

/** Calls between two looks at the clock, where they are made one by one. */
const LOOK_EVERY = 64;

class Measurement {
  readonly #items: Uint32Array;
  #at = 0;

  constructor(
    private readonly row: Row,
    private readonly operation: Operation,
    items: Uint32Array,
  ) {
    this.#items = items;
  }

  async run(ms: number): Promise<Outcome> {
    const began = performance.now();
    const cpu = process.cpuUsage();
    let operations = 0;
    while (performance.now() - began < ms) {
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
    this.#at = (this.#at + 1) & (this.#items.length - 1);
    return this.#items[this.#at];
  }

  #check(found: unknown, item: number): void {
    ensure(this.row.verb === "set" || isItem(found, item), `item ${item} came back as it was stored`);
  }
}

async function measured({ contender: name, row: rowName, settings, sequences, port }: Job<Settings>) {
  const { contender } = await contenders[name as ContenderName].load();
  const connected = await contender.connect(port ?? 0);
  const row = rows[rowName as RowName];
  const operation = connected.operation(row.verb);
  if (operation === undefined) return null;
  await connected.fill(settings.keys);
  const items = readSequence(sequences.keys);
  const measurement = new Measurement(row, operation, items);
  await measurement.run(settings.settleMs);
  const outcome = await measurement.run(settings.measuredMs);
  await connected.close();
  return outcome;
}

const outcome = await measured(JSON.parse(process.argv[2]) as Job<Settings>);
const answer: JobAnswer = { outcome };
process.stdout.write(`\n${JSON.stringify(answer)}\n`, () => process.exit(0));
