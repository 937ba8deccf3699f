/**
 * The rules, and a fleet that is held to them.
 *
 *   - A read that begins after `set` or `delete` returned gives nothing older: at the same process at once, at the others after
 *     the bound.
 *   - A read that begins after `invalidate` returned gives nothing with its mark whose load began before the call: the same.
 *
 * A call that failed, or whose process died, promises nothing; whatever it left has to keep to the rules of the others.
 */
import { settle } from "../../../../src/testing/fake-clock.js";
import { BEAT_MS, BEHIND_TTL_MS, Process, ROOT } from "./process.js";
import { type Version, World } from "./world.js";

export const KEYS = ["a", "b"];
export const MARKS = ["t", "u"];
/**
 * Three beats until a connection that lags or is half open counts as behind, three for one who fell silent, one until the clock is
 * looked at, one to spare; and what is in L1 by then.
 */
const BOUND_MS = 8 * BEAT_MS + BEHIND_TTL_MS;
const STEP_MS = BEAT_MS / 2;

interface Promised {
  readonly by: Process;
  readonly returnedAt: number;
  readonly returnedAtMs: number;
  readonly what: string;
  /** Whether a read may give this. */
  readonly allows: (version: Version) => boolean;
}

export class Fleet {
  readonly world = new World();
  readonly processes: Process[];
  readonly #promises: Promised[] = [];
  readonly log: string[] = [];
  fault: string | undefined;
  reads = 0;
  hits = 0;
  #underWay = 0;

  constructor(count: number) {
    this.processes = Array.from({ length: count }, () => new Process(this.world));
  }

  at(index: number): Process {
    return this.processes[index % this.processes.length];
  }

  read(process: Process, key: string): void {
    const beganAt = this.world.moment();
    const beganAtMs = this.world.clock.now();
    this.#run(process, `get ${key}`, async () => {
      const version = await process.get(key);
      this.reads++;
      if (version === undefined || !process.isAlive) return;
      this.hits++;
      for (const promise of this.#promises) {
        const isHere = promise.by === process && promise.returnedAt < beganAt;
        const isBound = promise.returnedAtMs + BOUND_MS <= beganAtMs;
        if ((isHere || isBound) && !promise.allows(version))
          this.fault ??= `p${process.id} read ${show(version)} ${isHere ? "itself" : "within the bound"} after ${promise.what} of p${promise.by.id}`;
      }
    });
  }

  set(process: Process, key: string, marks: readonly string[], loads: boolean): void {
    this.#run(process, `set ${key} [${marks}]`, async () => {
      const load = loads ? () => this.world.call(process.id, () => undefined) : undefined;
      const { order } = await process.set(key, [ROOT, ...marks], load);
      this.#promise(
        process,
        `set ${key} #${order}`,
        (version) => version.key !== key || version.order >= order,
      );
    });
  }

  delete(process: Process, key: string): void {
    this.#run(process, `delete ${key}`, async () => {
      const writes = await process.delete(key);
      this.#promise(process, `delete ${key}`, (version) => version.key !== key || version.order > writes);
    });
  }

  invalidate(process: Process, mark: string): void {
    const calledAt = this.world.moment();
    this.#run(process, `invalidate ${mark}`, async () => {
      await process.invalidate(mark);
      this.#promise(
        process,
        `invalidate ${mark} @${calledAt}`,
        (version) => !version.marks.includes(mark) || version.beganAt > calledAt,
      );
    });
  }

  kill(index: number): void {
    const at = index % this.processes.length;
    this.processes[at].kill();
    this.processes[at] = new Process(this.world);
  }

  /** L2 loses the counter, a while after the last invalidation, and before the next one reads its clock. */
  async loseEpoch(): Promise<void> {
    await this.pass(1);
    if (this.world.counting > 0) return;
    this.world.counters.delete("e");
  }

  async go(choice: number): Promise<void> {
    this.world.go(choice);
    await settle();
  }

  async pass(steps: number): Promise<void> {
    for (let step = 0; step < steps && this.fault === undefined; step++) {
      this.world.pass(STEP_MS);
      await settle();
    }
  }

  /** All is well from now on: after the bound everybody sees the same. */
  async end(): Promise<void> {
    for (const { line } of this.processes) {
      line.mend();
      Object.assign(line, { lost: 0, doubled: 0, refused: 0 });
    }
    this.world.faults.clear();
    for (let time = 0; time < BOUND_MS; time += STEP_MS) {
      for (let turn = 0; this.world.go(turn); turn++) if (turn % 8 === 7) await settle();
      await this.pass(1);
    }
    for (const process of this.processes) for (const key of KEYS) this.read(process, key);
    for (let turn = 0; turn < 100 && this.#underWay > 0; turn++) await this.go(turn);
    if (this.#underWay > 0) this.fault ??= `${this.#underWay} call(s) never end`;
    for (const process of this.processes) {
      if (process.feed.isBehind) this.fault ??= `p${process.id} stays behind`;
      if (process.repairs.size > 0) this.fault ??= `p${process.id} still owes something`;
      if (process.stamps.stats().known > 2) this.fault ??= `p${process.id} keeps too many stamps`;
    }
  }

  #promise(by: Process, what: string, allows: Promised["allows"]): void {
    if (!by.isAlive) return;
    this.#promises.push({
      by,
      what,
      allows,
      returnedAt: this.world.moment(),
      returnedAtMs: this.world.clock.now(),
    });
  }

  #run(process: Process, what: string, run: () => Promise<void>): void {
    this.#underWay++;
    this.log.push(`p${process.id} ${what}`);
    const ended = (): void => {
      this.#underWay--;
    };
    run().then(ended, ended);
  }

  /** Calls of one who died never end. */
  forgive(): void {
    this.#underWay = 0;
  }
}

function show({ key, order, beganAt, marks, epoch }: Version): string {
  return `${key} #${order} (began @${beganAt}, epoch ${epoch}, marks ${marks})`;
}
