/**
 * A store, a bus and a few processes in one, in which nothing happens before the script says so: each call of the store waits
 * twice, before it is done and before its answer comes; each message waits with its publisher and with each who listens. What
 * waits goes on in whatever order the script wants, but for what the real ones promise: messages of one publisher keep their
 * order, and so do those that one listener is told.
 *
 * Time moves only when the script says so, and a text that is published is with the bus before it moves.
 */
import type { Bus, BusListener } from "../../../../src/stores/bus.js";
import type { CounterOptions } from "../../../../src/stores/store.js";
import { FakeClock } from "../../../../src/testing/fake-clock.js";

/** What stands under a key in L2, and what of it the rules look at. */
export interface Version {
  readonly key: string;
  readonly marks: readonly string[];
  readonly epoch: number;
  /** When its load began, or its `set` was called. */
  readonly beganAt: number;
  /** Which write to L2 it was; what is written later has a higher number. */
  order: number;
}

type Fault = "before" | "after";

interface Waiting {
  readonly owner: number;
  readonly go: () => void;
}

const utf8 = new TextEncoder();

export class World {
  readonly clock = new FakeClock();
  readonly records = new Map<string, Version>();
  readonly counters = new Map<string, number>();
  readonly lines: Line[] = [];
  /** Calls to count something up that are under way. */
  counting = 0;
  /** What becomes of the next calls of a process. */
  readonly faults = new Map<number, Fault>();
  readonly #waiting: Waiting[] = [];
  #moments = 0;
  #writes = 0;

  /** Every event has a moment of its own. */
  moment(): number {
    return ++this.#moments;
  }

  /** Lets one of the things that wait go on. False: nothing waits. */
  go(choice: number): boolean {
    const ready = [
      ...this.#waiting.map((one) => () => this.#release(one)),
      ...this.lines.flatMap((line) => line.ready()),
    ];
    if (ready.length === 0) return false;
    ready[choice % ready.length]();
    return true;
  }

  /** Lets the calls of one process go on, by one step each. */
  goOf(owner: number): void {
    for (const one of this.#waiting.filter((each) => each.owner === owner)) this.#release(one);
  }

  /** So much time passes, in which all that was published gets to the bus. */
  pass(ms: number): void {
    for (const line of this.lines) line.hand();
    this.clock.advance(ms);
    for (const line of this.lines) line.hand();
  }

  /** Whatever it was about to do, it does not. */
  kill(owner: number): void {
    for (const one of this.#waiting.filter((each) => each.owner === owner))
      this.#waiting.splice(this.#waiting.indexOf(one), 1);
  }

  /** One call of the store. */
  async call<T>(owner: number, run: () => T): Promise<T> {
    const fault = this.faults.get(owner);
    this.faults.delete(owner);
    await this.#pause(owner);
    if (fault === "before") throw new Error("not done");
    const answer = run();
    await this.#pause(owner);
    if (fault === "after") throw new Error("done, and not heard of");
    return answer;
  }

  write(version: Version): void {
    version.order = ++this.#writes;
    this.records.set(version.key, version);
  }

  /** @returns the number of the last write, of whatever key */
  remove(key: string): number {
    this.records.delete(key);
    return this.#writes;
  }

  /** What stamps and repairs ask. */
  guardOf(owner: number) {
    const { counters, records } = this;
    return {
      isAvailable: true,
      getMany: (keys: readonly string[]) =>
        this.call(owner, () =>
          keys.map((key) => (counters.has(key) ? utf8.encode(`${counters.get(key)}`) : undefined)),
        ),
      incr: (key: string, amount: number, { initial, atLeast = 0 }: CounterOptions) => {
        this.counting++;
        return this.call(owner, () => {
          this.counting--;
          const raised = Math.max((counters.get(key) ?? initial) + amount, atLeast);
          counters.set(key, raised);
          return raised;
        });
      },
      deleteMany: (keys: readonly string[]) =>
        this.call(owner, () => keys.filter((key) => records.delete(key)).length),
    };
  }

  #pause(owner: number): Promise<void> {
    return new Promise((go) => this.#waiting.push({ owner, go }));
  }

  #release(one: Waiting): void {
    this.#waiting.splice(this.#waiting.indexOf(one), 1);
    one.go();
  }
}

/** A process's end of the bus. */
export class Line implements Bus {
  readonly name = "world";
  readonly textBytesMax = Number.POSITIVE_INFINITY;
  readonly #world: World;
  /** Published, and not with the bus yet. */
  readonly #out: { readonly text: string; readonly done: (error?: Error) => void }[] = [];
  /** With the bus, and not told yet. */
  readonly #in: string[] = [];
  #listener: BusListener | undefined;
  #isOpen = true;
  /** Messages that get lost, or come twice, before it is well again. */
  lost = 0;
  doubled = 0;
  refused = 0;

  constructor(world: World) {
    this.#world = world;
    world.lines.push(this);
  }

  publish(_channel: string, text: string): Promise<void> {
    if (this.refused > 0) {
      this.refused--;
      return Promise.reject(new Error("refused"));
    }
    return new Promise((resolve, reject) => {
      this.#out.push({ text, done: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  }

  subscribe(_channel: string, listener: BusListener): () => void {
    this.#listener = listener;
    listener.connected(true, false);
    return () => {
      this.#listener = undefined;
    };
  }

  async close(): Promise<void> {}

  /** The ways in which it can go on. */
  ready(): (() => void)[] {
    return [
      ...(this.#out.length > 0 ? [() => this.#handOne()] : []),
      ...(this.#in.length > 0 ? [() => this.#tellOne()] : []),
    ];
  }

  hand(): void {
    while (this.#out.length > 0) this.#handOne();
  }

  /** Tells all that is with the bus. */
  tell(): void {
    while (this.#in.length > 0) this.#tellOne();
  }

  /** The connection is gone; where that is not told it is half open. */
  cut(isTold: boolean): void {
    this.#isOpen = false;
    this.#in.length = 0;
    if (isTold) this.#listener?.connected(false, false);
  }

  mend(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#listener?.connected(true, false);
  }

  /** Its process is dead. */
  kill(): void {
    this.#world.lines.splice(this.#world.lines.indexOf(this), 1);
    this.#listener = undefined;
  }

  #handOne(): void {
    const one = this.#out.shift();
    if (one === undefined) return;
    for (const line of this.#world.lines)
      if (line.#isOpen && line.#listener !== undefined) line.#in.push(one.text);
    one.done();
  }

  #tellOne(): void {
    const text = this.#in.shift() ?? "";
    if (this.lost > 0) {
      this.lost--;
      return;
    }
    this.#listener?.message(text);
    if (this.doubled > 0) {
      this.doubled--;
      this.#listener?.message(text);
    }
  }
}
