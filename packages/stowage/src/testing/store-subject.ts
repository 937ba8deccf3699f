/**
 * What the store suite needs to know of a store: how to open an empty one, what it can do, and how time passes in it.
 *
 * The abilities are the store's own (`abilities` of the interface); they alone decide which cases it is held to.
 */
import type { Store, StoreAbilities, StoreCall } from "../stores/store.js";

/** What a case may need, with what it means to have it. */
export const STORE_NEEDS = {
  leases: "lease, fill and release (by the store's abilities)",
  counters: "incr (by the store's abilities)",
  scans: "scan (by the store's abilities)",
  time: "time can pass: the subject says `time`",
  exactTime: 'and to the millisecond: `time: "exact"`',
  another: "the subject opens another store on the same place",
} as const;

export type StoreNeed = keyof typeof STORE_NEEDS;

export interface StoreUnderTest {
  readonly store: Store;
  /** Lets so many milliseconds pass by the store's own clock: moves a clock, or waits. With `time` only. */
  advance?(ms: number): void | Promise<void>;
  /** Another store on the same place, as another process would open it. With `sharing` only. */
  another?(): Store | Promise<Store>;
  /** Called after all stores were closed. */
  dispose?(): void | Promise<void>;
}

export interface StoreSubject {
  readonly name: string;
  /** What its stores say of themselves. */
  readonly abilities: StoreAbilities;
  /**
   * Whether `advance` is there: `"exact"`: it moves a clock, and nothing else does; `"about"`: time passes by itself as well (a
   * real server), so that only what has plainly expired is looked at. Default: only what `ttl` tells of time is.
   */
  readonly time?: "exact" | "about";
  /** Whether `another` is there. */
  readonly sharing?: boolean;
  /** Opens an empty store. */
  open(): StoreUnderTest | Promise<StoreUnderTest>;
}

/** What a case is given: an empty store, closed when the case ends. */
export class StoreContext {
  readonly #under: StoreUnderTest;
  readonly #opened: Store[];
  readonly #aborting = new AbortController();

  private constructor(under: StoreUnderTest) {
    this.#under = under;
    this.#opened = [under.store];
  }

  static async open(subject: StoreSubject): Promise<StoreContext> {
    return new StoreContext(await subject.open());
  }

  get store(): Store {
    return this.#under.store;
  }

  /** The store, where the case needs leases, counters or scans. */
  get full(): Required<Store> {
    return this.store as Required<Store>;
  }

  /** A call that nobody aborts. */
  get call(): StoreCall {
    return { signal: this.#aborting.signal };
  }

  async another(): Promise<Required<Store>> {
    if (this.#under.another === undefined)
      throw new Error("the subject says `sharing`, and has no `another`");
    const store = await this.#under.another();
    this.#opened.push(store);
    return store as Required<Store>;
  }

  async advance(ms: number): Promise<void> {
    if (this.#under.advance === undefined) throw new Error("the subject says `time`, and has no `advance`");
    await this.#under.advance(ms);
  }

  async set(key: string, value: string | Uint8Array, ttlMs: number | null = null): Promise<void> {
    const bytes = typeof value === "string" ? bytesOf(value) : value;
    await this.store.setMany([{ key, bytes, ttlMs }], this.call);
  }

  /** The value as a text; undefined: there is none. */
  async get(key: string, store: Store = this.store): Promise<string | undefined> {
    const [bytes] = await store.getMany([key], this.call);
    return bytes && textOf(bytes);
  }

  async close(): Promise<void> {
    for (const store of this.#opened) await store.close();
    await this.#under.dispose?.();
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
