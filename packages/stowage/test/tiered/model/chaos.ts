/**
 * Processes over one store and one bus, on bad lines: random verbs at random times, calls that overtake each other, faults that come and
 * go. No read is ever stale (history.ts), while it goes on and when all is mended; and then all say the same.
 */
import fc from "fast-check";
import { FakeClock, settle } from "stowage/testing";
import { MemoryStore } from "../../../src/stores/memory/index.js";
import { createTiered, MemoryBus, type TieredOptions } from "../../../src/tiered/index.js";
import { faultyBus } from "./faulty-bus.js";
import { faultyStore, type StoreFaultKind } from "./faulty-store.js";
import { type Change, History } from "./history.js";

type Process = ReturnType<typeof createTiered<number>>;
type Part = Pick<
  Process,
  "get" | "getMany" | "set" | "delete" | "fetch" | "fetchMany" | "invalidateTag" | "clear" | "take"
>;

/** The last is of a namespace. */
const KEYS = ["a", "b", "ns/c"];
const DELAY_MAX_MS = 8;
const TIMEOUT_MS = 60;
/** Connected, and past the first beats. */
const WARM_UP_MS = 8_000;
const HEAL_MS = 40_000;
const TURNS = 3;

export interface Step {
  readonly atMs: number;
  readonly process: number;
  readonly key: string;
  readonly verb: "get" | "getMany" | "fetch" | "fetchMany" | "set" | "delete" | "tag" | "clear" | "take";
}

export interface Trouble {
  readonly fromMs: number;
  readonly forMs: number;
  /** Of this process alone; -1: of all. */
  readonly process: number;
  readonly kind: "refused" | "lost" | "hung" | "cut" | "loss";
}

export interface Script {
  readonly seed: number;
  readonly processes: number;
  readonly steps: readonly Step[];
  readonly troubles: readonly Trouble[];
}

export interface ChaosSetting {
  readonly name: string;
  readonly troubles: readonly Trouble["kind"][];
  readonly options?: Partial<TieredOptions<number>>;
  readonly leases?: boolean;
}

export function chaosProperty(setting: ChaosSetting) {
  return fc.asyncProperty(scripts(setting), async (script) => {
    const chaos = new Chaos(script, setting);
    try {
      await chaos.run();
    } finally {
      await chaos.close();
    }
  });
}

function scripts({ troubles }: ChaosSetting): fc.Arbitrary<Script> {
  const process = fc.nat({ max: 2 });
  const step = fc.record({
    atMs: fc.nat({ max: 300 }),
    process,
    key: fc.constantFrom(...KEYS),
    verb: fc.constantFrom<Step["verb"]>(
      ...([
        "get",
        "get",
        "getMany",
        "fetch",
        "fetch",
        "fetchMany",
        "set",
        "set",
        "delete",
        "tag",
        "clear",
        "take",
      ] as const),
    ),
  });
  const trouble = fc.record({
    fromMs: fc.nat({ max: 300 }),
    forMs: fc.integer({ min: 5, max: 150 }),
    process: fc.integer({ min: -1, max: 2 }),
    kind: fc.constantFrom(...(troubles.length === 0 ? (["cut"] as const) : troubles)),
  });
  return fc.record({
    seed: fc.integer(),
    processes: fc.integer({ min: 2, max: 3 }),
    steps: fc.array(step, { minLength: 5, maxLength: 40, size: "max" }),
    troubles: fc.array(trouble, { maxLength: troubles.length === 0 ? 0 : 4 }),
  });
}

class Chaos {
  readonly #script: Script;
  readonly #clock = new FakeClock();
  readonly #history = new History();
  readonly #processes: Process[] = [];
  readonly #calls: Promise<void>[] = [];
  readonly #onCut = new Map<number, (isCut: boolean) => void>();
  readonly #random: () => number;
  readonly #troubles = new Set<Trouble>();
  #failure: Error | undefined;
  #healedMs = Number.POSITIVE_INFINITY;

  constructor(script: Script, { options, leases = true }: ChaosSetting) {
    this.#script = script;
    this.#random = randomOf(script.seed);
    const store = new MemoryStore({ clock: this.#clock });
    const bus = new MemoryBus();
    for (let at = 0; at < script.processes; at++) {
      const l2 = faultyStore(store.attach(), this.#storeLine(at), { leases });
      this.#processes.push(
        createTiered<number>({
          name: "chaos",
          clock: this.#clock,
          random: this.#random,
          l2: { store: l2, timeout: TIMEOUT_MS, failures: 3, cooldown: 20 },
          bus: faultyBus(bus.attach(), this.#busLine(at)),
          ttl: "1h",
          ...options,
        }),
      );
    }
  }

  async run(): Promise<void> {
    const clock = this.#clock;
    await this.#advance(WARM_UP_MS);
    for (const step of this.#script.steps)
      clock.setTimer(() => this.#calls.push(this.#play(step)), step.atMs);
    for (const trouble of this.#script.troubles) {
      clock.setTimer(() => this.#trouble(trouble, true), trouble.fromMs);
      clock.setTimer(() => this.#trouble(trouble, false), trouble.fromMs + trouble.forMs);
    }
    await this.#advance(1_000);
    await this.#advance(HEAL_MS);
    await within(Promise.all(this.#calls), "a call never ended");
    this.#healedMs = clock.now();
    await this.#advance(1);
    await this.#compare();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    const closed = Promise.allSettled(this.#processes.map((each) => each.close()));
    await this.#advance(1_000);
    await closed;
    await settle();
    if (this.#clock.pending > 0) throw new Error(`${this.#clock.pending} timers left`);
  }

  /** What happens at one moment has happened before the next: a message is sent some turns of the event loop after its write. */
  async #advance(ms: number): Promise<void> {
    const clock = this.#clock;
    const untilMs = clock.now() + ms;
    await settle();
    while (clock.now() + (clock.nextIn ?? ms + 1) <= untilMs) {
      clock.step();
      for (let turn = 0; turn < TURNS; turn++) await settle();
    }
    clock.advance(Math.max(0, untilMs - clock.now()));
    await settle();
  }

  /** All say the same, and nothing that is stale. */
  async #compare(): Promise<void> {
    for (const key of KEYS) {
      const values: (number | undefined)[] = [];
      for (const at of this.#processes.keys()) {
        const read = this.#read({ atMs: 0, process: at, key, verb: "get" });
        const [value] = await Promise.all([read, this.#advance(100)]);
        values.push(value);
      }
      const [first] = values;
      if (values.some((value) => value !== first))
        throw new Error(`in the end, ${key} is ${values.join(", ")}`);
    }
    for (const process of this.#processes) process.verify();
  }

  async #play(step: Step): Promise<void> {
    try {
      if (
        step.verb === "get" ||
        step.verb === "getMany" ||
        step.verb === "fetch" ||
        step.verb === "fetchMany"
      )
        await this.#read(step);
      else await this.#change(step);
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }

  async #read({ process, key, verb }: Step): Promise<number | undefined> {
    const beganMs = this.#clock.now();
    const part = this.#part(process, key);
    const name = nameOf(key);
    const load = async (): Promise<number> => {
      const version = this.#history.version(key);
      await this.#pause();
      return version;
    };
    const all = async (): Promise<[string, number][]> => [[name, await load()]];
    const options = { tags: [tagOf(key)] };
    const value = await {
      get: () => part.get(name),
      getMany: async () => (await part.getMany([name])).get(name),
      fetch: () => part.fetch(name, load, options),
      fetchMany: async () => (await part.fetchMany([name], all, options)).get(name),
    }[verb as "get"]();
    if (value === undefined) return undefined;
    this.#history.judge({ key, version: value, process, beganMs, what: verb }, (change) =>
      this.#isHeard(change, beganMs),
    );
    return value;
  }

  async #change({ process, key, verb }: Step): Promise<void> {
    const part = this.#part(process, key);
    const name = nameOf(key);
    const change = this.#history.begin(key, process, verb === "set", this.#clock.now());
    const options = { tags: [tagOf(key)] };
    const run: Record<string, () => Promise<unknown>> = {
      set: () => part.set(name, change.version, options),
      delete: () => part.delete(name),
      take: () => part.take(name),
      tag: () => part.invalidateTag(tagOf(key)),
      clear: () => this.#processOf(process).clear(),
    };
    try {
      await run[verb]();
    } catch (error) {
      if ((error as { code?: string }).code !== "STOWAGE_STORE_UNAVAILABLE") throw error;
      change.isRefused = true;
    }
    change.endedMs = this.#clock.now();
  }

  /** With a bus that works, the next message is on its way for so long at most. With one that does not: when all is mended. */
  #isHeard({ endedMs = 0, isRefused }: Change, nowMs: number): boolean {
    if (nowMs > this.#healedMs) return true;
    return !isRefused && this.#script.troubles.length === 0 && nowMs > endedMs + DELAY_MAX_MS;
  }

  #trouble(trouble: Trouble, isOn: boolean): void {
    if (isOn) this.#troubles.add(trouble);
    else this.#troubles.delete(trouble);
    if (trouble.kind !== "cut") return;
    for (const [process, tell] of this.#onCut)
      if (concerns(trouble, process)) tell(this.#has("cut", process));
  }

  #has(kind: Trouble["kind"], process: number): boolean {
    for (const trouble of this.#troubles)
      if (trouble.kind === kind && concerns(trouble, process)) return true;
    return false;
  }

  #storeLine(process: number) {
    return {
      clock: this.#clock,
      delay: () => this.#delayMs(),
      fault: (): StoreFaultKind => {
        for (const kind of ["refused", "lost", "hung"] as const)
          if (this.#has(kind, process) && this.#random() < 0.7) return kind;
        return "none";
      },
    };
  }

  #busLine(process: number) {
    return {
      clock: this.#clock,
      delay: () => this.#delayMs(),
      onCut: (tell: (isCut: boolean) => void) => void this.#onCut.set(process, tell),
      isCut: () => this.#has("cut", process),
      loses: () => this.#has("loss", process) && this.#random() < 0.5,
    };
  }

  #delayMs(): number {
    return Math.floor(this.#random() * DELAY_MAX_MS);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimer(resolve, this.#delayMs()));
  }

  #processOf(process: number): Process {
    return this.#processes[process % this.#processes.length];
  }

  #part(process: number, key: string): Part {
    const whole = this.#processOf(process);
    return key.startsWith("ns/") ? whole.namespace("ns") : whole;
  }
}

function concerns(trouble: Trouble, process: number): boolean {
  return trouble.process === -1 || trouble.process === process;
}

function nameOf(key: string): string {
  return key.replace("ns/", "");
}

function tagOf(key: string): string {
  return `tag of ${key}`;
}

function within<T>(promise: Promise<T>, message: string): Promise<T> {
  const late = settle()
    .then(settle)
    .then(() => {
      throw new Error(message);
    });
  return Promise.race([promise, late]);
}

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
