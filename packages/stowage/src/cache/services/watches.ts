/**
 * Who wants to know that a key was written: loads, which must not commit what they read before, and transactions, which
 * have to begin again. A write marks the watches of its key; whoever holds one looks at it when it is done.
 *
 * Costs a write nothing but a look at `size` while nobody watches. Warmers do not know their keys beforehand and watch
 * all: such a watch remembers the keys written, up to KEYS_MAX, after which it takes every key for written.
 */
const KEYS_MAX = 100_000;

/** Marked when its key is written, deleted or invalidated, or the whole cache cleared. */
export class Watch {
  overtaken = false;
}

export class WatchOfAll {
  readonly #keys = new Set<unknown>();
  #all = false;

  overtook(key: unknown): boolean {
    return this.#all || this.#keys.has(key);
  }

  mark(key: unknown): void {
    if (this.#keys.size >= KEYS_MAX) this.markAll();
    else if (!this.#all) this.#keys.add(key);
  }

  markAll(): void {
    this.#all = true;
    this.#keys.clear();
  }
}

export class Watches {
  readonly #keys = new Map<unknown, Set<Watch>>();
  readonly #ofAll = new Set<WatchOfAll>();
  size = 0;

  add(key: unknown): Watch {
    const watch = new Watch();
    const set = this.#keys.get(key);
    if (set === undefined) this.#keys.set(key, new Set([watch]));
    else set.add(watch);
    this.size++;
    return watch;
  }

  remove(key: unknown, watch: Watch): void {
    const set = this.#keys.get(key);
    if (set?.delete(watch) !== true) return;
    this.size--;
    if (set.size === 0) this.#keys.delete(key);
  }

  addOfAll(): WatchOfAll {
    const watch = new WatchOfAll();
    this.#ofAll.add(watch);
    this.size++;
    return watch;
  }

  removeOfAll(watch: WatchOfAll): void {
    if (this.#ofAll.delete(watch)) this.size--;
  }

  mark(key: unknown): void {
    for (const watch of this.#keys.get(key) ?? []) watch.overtaken = true;
    for (const watch of this.#ofAll) watch.mark(key);
  }

  markAll(): void {
    for (const set of this.#keys.values()) for (const watch of set) watch.overtaken = true;
    for (const watch of this.#ofAll) watch.markAll();
  }
}
