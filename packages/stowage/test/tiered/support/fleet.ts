/** Two tiered caches, as of two processes, over one store and one bus in memory, on one clock. */
import { FakeClock, settle } from "stowage/testing";
import { MemoryStore } from "../../../src/stores/memory/index.js";
import type { Store, StoreAbilities, StoreCall } from "../../../src/stores/store.js";
import { createTiered, MemoryBus, type Tiered, type TieredOptions } from "../../../src/tiered/index.js";

// biome-ignore lint/suspicious/noExplicitAny: values of any kind
type Any = any;

export interface Pair {
  readonly clock: FakeClock;
  readonly store: SwitchedStore;
  readonly a: Tiered<Any>;
  readonly b: Tiered<Any>;
}

/** Plays the scene, and sees that nothing is left. `null` for `l2` or `bus`: none. */
export function withPair(
  play: (pair: Pair) => Promise<void>,
  options: Partial<TieredOptions<Any>> = {},
  { hasL2 = true, hasBus = true, abilities = {} as Partial<StoreAbilities> } = {},
): () => Promise<void> {
  return async () => {
    const clock = new FakeClock();
    const memory = new MemoryStore({ clock });
    const bus = new MemoryBus();
    const store = new SwitchedStore(memory, abilities);
    const create = (l2: Store): Tiered<Any> =>
      createTiered<Any>({
        name: "pair",
        clock,
        ...(hasL2 && { l2: { store: l2, timeout: 50, failures: 3, cooldown: 100 } }),
        ...(hasBus && { bus: bus.attach() }),
        ...options,
      });
    const a = create(store);
    const b = create(new SwitchedStore(memory.attach(), abilities));
    try {
      await clock.advanceAsync(8_000);
      // Both know the marks that every record bears.
      await a.set("warm", 1);
      await Promise.all([a.get("warm", { only: "l2" }), b.get("warm")]);
      await a.delete("warm");
      await settle();
      store.calls.length = 0;
      await play({ clock, store, a, b });
    } finally {
      store.mode = "well";
      await Promise.all([a.close(), b.close()]);
      await settle();
    }
    if (clock.pending > 0) throw new Error(`${clock.pending} timers are left`);
  };
}

/** Of the first process: it can be away, hang, or be held up, and tells what it was asked. */
export class SwitchedStore implements Store {
  mode: "well" | "away" | "hung" = "well";
  /** `getMany a,b`: without the cache's prefix. */
  readonly calls: string[] = [];
  /** Waited for before a call is done; and after it, before its answer. */
  before: (verb: string) => Promise<void> | undefined = () => undefined;
  after: (verb: string) => Promise<void> | undefined = () => undefined;
  readonly abilities: StoreAbilities;
  readonly #memory: MemoryStore;

  constructor(memory: MemoryStore, abilities: Partial<StoreAbilities>) {
    this.#memory = memory;
    this.abilities = { ...memory.abilities, ...abilities };
  }

  readonly getMany: Store["getMany"] = (...args) => this.#ask("getMany", args);
  readonly setMany: Store["setMany"] = (...args) => this.#ask("setMany", args);
  readonly deleteMany: Store["deleteMany"] = (...args) => this.#ask("deleteMany", args);
  readonly expire: Store["expire"] = (...args) => this.#ask("expire", args);
  readonly ttl: Store["ttl"] = (...args) => this.#ask("ttl", args);
  readonly clear: Store["clear"] = (...args) => this.#ask("clear", args);
  readonly lease: Store["lease"] = (...args) => this.#ask("lease", args);
  readonly fill: Store["fill"] = (...args) => this.#ask("fill", args);
  readonly release: Store["release"] = (...args) => this.#ask("release", args);
  readonly incr: Store["incr"] = (...args) => this.#ask("incr", args);
  readonly scan: Store["scan"] = (...args) => this.#ask("scan", args);

  close(): Promise<void> {
    return this.#memory.close();
  }

  async #ask(verb: string, args: readonly unknown[]): Promise<never> {
    this.calls.push(`${verb} ${keysIn(args[0]).join(",")}`);
    const { signal } = args.at(-1) as StoreCall;
    const waits = this.before(verb);
    if (waits !== undefined) await waits;
    signal.throwIfAborted();
    if (this.mode === "away") throw new Error("away");
    if (this.mode === "hung") await new Promise(() => {});
    const call = (this.#memory as Any)[verb] as (...all: unknown[]) => Promise<never>;
    const answer = await call.apply(this.#memory, args as unknown[]);
    const answers = this.after(verb);
    if (answers !== undefined) await answers;
    return answer;
  }
}

function keysIn(asked: unknown): string[] {
  const all = Array.isArray(asked) ? asked : [asked];
  return all.map((each) => (typeof each === "string" ? each : each.key).replace("pair:", ""));
}
