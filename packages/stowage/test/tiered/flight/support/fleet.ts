/** A fleet: several tiered caches, each as in a process of its own, over one store and one bus, on a clock that stands still. */
import { FakeClock, settle } from "stowage/testing";
import type { Bus, BusListener } from "../../../../src/stores/bus.js";
import { MemoryStore } from "../../../../src/stores/memory/index.js";
import type { Store, StoreAbilities, StoreCall } from "../../../../src/stores/store.js";
import type { GuardOptions } from "../../../../src/tiered/guard/index.js";
import { createTiered, MemoryBus, type TieredOptions } from "../../../../src/tiered/index.js";

/** What happens on the way of a call to the store, and of its answer back: waits, throws, or nothing. */
export type Way = (to: "there" | "back", what: string, process: number) => void | Promise<void>;

const BEAT_MS = 1_000;
/** By then each has heard all the others, and knows it. */
const SETTLED_BEATS = 8;
const atOnce: Way = () => undefined;

export type Process = ReturnType<typeof createTiered<unknown>>;

export interface FleetOptions {
  /** What the store is said to be able to. */
  readonly abilities?: Partial<StoreAbilities>;
  /** How the store is asked. */
  readonly guard?: GuardOptions;
}

export class Fleet {
  readonly clock = new FakeClock();
  readonly store = new MemoryStore({ clock: this.clock });
  readonly bus = new MemoryBus();
  readonly processes: Process[] = [];
  /** `0 getMany a`, `1 lease a`, `1 fill a`, in the order in which they were sent; keys without the cache's prefix. */
  readonly sent: string[] = [];
  readonly faults: unknown[] = [];
  way: Way = atOnce;
  luck = 0.5;
  /** Holds back what is said on the bus to those who did not say it. */
  deliver: ((to: number, text: string, tell: () => void) => void) | null = null;
  readonly #options: FleetOptions;

  constructor(options: FleetOptions = {}) {
    this.#options = options;
  }

  /** One more process. */
  process(options: Partial<TieredOptions> & { readonly hasBus?: boolean } = {}): Process {
    const { hasBus = true, ...rest } = options;
    const number = this.processes.length;
    const process = createTiered<unknown>({
      name: "f",
      l2: { store: this.#store(number), ...this.#options.guard },
      ...(hasBus && { bus: this.#bus(number) }),
      clock: this.clock,
      random: () => this.luck,
      onError: (error) => void this.faults.push(error),
      ...rest,
    });
    this.processes.push(process);
    return process;
  }

  /** Connected, and whatever it asks at its start answered. */
  async start<Count extends number>(
    count: Count,
    options?: Parameters<Fleet["process"]>[0],
  ): Promise<Process[]> {
    const started = Array.from({ length: count }, () => this.process(options));
    // Beats are heard, so that nobody is behind.
    await this.clock.advanceAsync(SETTLED_BEATS * BEAT_MS);
    await this.spread();
    this.forget();
    return started;
  }

  /** What was said is heard by all. */
  async spread(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) await settle();
  }

  /** What was sent until now. */
  forget(): void {
    this.sent.length = 0;
  }

  /** What was sent about a key alone. */
  about(key: string): string[] {
    return this.sent.filter((what) => what.endsWith(` ${key}`));
  }

  /** Calls of the store that are about one verb. */
  count(verb: string): number {
    return this.sent.filter((what) => what.split(" ")[1] === verb).length;
  }

  /** What the store has for a key, of no cache's own: whether there is a lease of it. */
  async isLeased(key: string): Promise<boolean> {
    const call: StoreCall = { signal: new AbortController().signal };
    const name = `f:v::${key}`;
    const [seen] = await this.store.getMany([name], call);
    const answer = await this.store.lease(name, { ttlMs: 1, seen }, call);
    if (answer.kind === "granted") await this.store.release(name, answer.token, call);
    return answer.kind === "held";
  }

  async close(): Promise<void> {
    this.way = atOnce;
    await Promise.all(this.processes.map((process) => process.close()));
  }

  #store(number: number): Store {
    const store = this.store.attach();
    const abilities = { ...store.abilities, ...this.#options.abilities };
    const travel = async (verb: string, keys: string, ask: () => unknown): Promise<unknown> => {
      const what = `${number} ${verb} ${keys}`;
      this.sent.push(what);
      await this.way("there", what, number);
      const answer = await ask();
      await this.way("back", what, number);
      return answer;
    };
    return new Proxy(store as Store, {
      get: (_target, verb: string) => {
        if (verb === "abilities") return abilities;
        const own = (store as unknown as Record<string, unknown>)[verb];
        if (verb === "close") return () => store.close();
        if (typeof own !== "function") return own;
        return (...args: unknown[]) =>
          travel(verb, keysIn(args[0]), () => (own as (...all: unknown[]) => unknown).apply(store, args));
      },
    });
  }

  #bus(number: number): Bus {
    const bus = this.bus.attach();
    return {
      name: bus.name,
      textBytesMax: bus.textBytesMax,
      publish: (channel, text) => bus.publish(channel, text),
      close: () => bus.close(),
      subscribe: (channel, listener: BusListener) =>
        bus.subscribe(channel, {
          connected: (isConnected, replayed) => listener.connected(isConnected, replayed),
          message: (text) => {
            const tell = (): void => listener.message(text);
            if (this.deliver === null) tell();
            else this.deliver(number, text, tell);
          },
        }),
    };
  }
}

function keysIn(first: unknown): string {
  const all = Array.isArray(first) ? first : [first];
  return all.map((each) => nameIn(typeof each === "string" ? each : (each as { key: string }).key)).join(",");
}

function nameIn(key: string): string {
  return key.startsWith("f:v::") ? key.slice("f:v::".length) : key;
}
