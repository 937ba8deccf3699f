/**
 * Requests that wait for a key: until it changes, or its lease is given back. Nobody polls; the change feed and the bell of
 * the lease board wake them, and a tick now and then for what neither tells of: a lease whose time is over, or whose
 * worker died.
 *
 * Waiters of a key are asked in the order they came, until one goes on waiting: then so do those behind it.
 */
import type { Change } from "stowage/table";
import { KEY_BYTES_KEPT } from "./event.js";
import type { ChangeHub, Listener } from "./hub.js";
import type { LeaseBoard } from "./lease-board.js";

/** Looks whether its wait is over. True: it has answered, and is not asked again. */
export type Look = () => boolean;

export class KeyWaiters implements Listener {
  readonly #hub: ChangeHub;
  readonly #board: LeaseBoard;
  /** By the part of the key that the feed tells. */
  readonly #waiters = new Map<string, Set<Look>>();
  /** Of the changes in a batch, those that somebody waits for. */
  readonly #touched = new Set<string>();
  #leave: (() => void) | undefined;
  #hears = false;

  constructor(hub: ChangeHub, board: LeaseBoard) {
    this.#hub = hub;
    this.#board = board;
  }

  /** How many wait. */
  get size(): number {
    let size = 0;
    for (const waiters of this.#waiters.values()) size += waiters.size;
    return size;
  }

  /**
   * From now on, `look` is called whenever its wait may be over. It is for the caller to look once more after this call:
   * what happened before it, nobody tells. Returns what ends it.
   */
  add(key: Buffer, look: Look): () => void {
    const name = nameOf(key, key.length);
    const waiters = this.#waiters.get(name) ?? new Set();
    this.#waiters.set(name, waiters.add(look));
    this.#listen();
    return () => {
      waiters.delete(look);
      this.#forgetIfEmpty(name, waiters);
    };
  }

  change({ kind, key, keyLength }: Change): void {
    if (kind === "clear" || kind === "tag") this.reset();
    else {
      const name = nameOf(key, keyLength);
      if (this.#waiters.has(name)) this.#touched.add(name);
    }
  }

  reset(): void {
    for (const name of this.#waiters.keys()) this.#touched.add(name);
  }

  settled(): void {
    for (const name of this.#touched) {
      this.#touched.delete(name);
      this.#ask(name);
    }
  }

  tick(): void {
    this.reset();
    this.settled();
  }

  /** They learn of nothing any more; their own time limits end their waits. */
  ended(): void {
    this.#leave = undefined;
  }

  #ask(name: string): void {
    const waiters = this.#waiters.get(name);
    if (waiters === undefined) return;
    for (const look of waiters) {
      if (!look()) break;
      waiters.delete(look);
    }
    this.#forgetIfEmpty(name, waiters);
  }

  #forgetIfEmpty(name: string, waiters: Set<Look>): void {
    if (waiters.size > 0 || this.#waiters.get(name) !== waiters) return;
    this.#waiters.delete(name);
    if (this.#waiters.size > 0) return;
    this.#leave?.();
    this.#leave = undefined;
  }

  #listen(): void {
    this.#leave ??= this.#hub.join(this);
    if (this.#hears) return;
    this.#hears = true;
    this.#hear();
  }

  /** Once begun, it goes on: what is waited for so cannot be called off, and should not pile up. */
  async #hear(): Promise<never> {
    for (let seen = this.#board.bell; ; ) {
      await this.#board.untilRung(seen);
      seen = this.#board.bell;
      this.tick();
    }
  }
}

/** Keys of the same beginning and length share a name: one of them is then asked once in vain. */
function nameOf(key: Buffer, length: number): string {
  return `${length} ${key.latin1Slice(0, Math.min(KEY_BYTES_KEPT, length))}`;
}
