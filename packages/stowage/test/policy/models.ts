/**
 * The policies once more, as plainly as they can be said: arrays of slots, searched and spliced.
 *
 * They share no code with the real ones, and follow the descriptions of the papers rather than the files they test.
 */

export interface Model {
  added(slot: number, hash: number): void;
  hit(slot: number): void;
  written(slot: number): void;
  removed(slot: number, hash: number): void;
  victim(): number;
  clear(): void;
}

/** One queue, oldest first. */
class QueueModel implements Model {
  queue: number[] = [];

  constructor(
    readonly movesOnHit: boolean,
    readonly movesOnWrite: boolean,
  ) {}

  added(slot: number): void {
    this.queue.push(slot);
  }
  hit(slot: number): void {
    if (this.movesOnHit) this.queue = [...without(this.queue, slot), slot];
  }
  written(slot: number): void {
    if (this.movesOnWrite) this.queue = [...without(this.queue, slot), slot];
  }
  removed(slot: number): void {
    this.queue = without(this.queue, slot);
  }
  victim(): number {
    return this.queue[0];
  }
  clear(): void {
    this.queue = [];
  }
}

/** Oldest first; `hand` is the index it will look at next. */
class SieveModel implements Model {
  queue: { slot: number; visited: boolean }[] = [];
  hand = 0;

  added(slot: number): void {
    // A hand that had passed the newest entry starts over; it must not stop at the new one.
    if (this.hand >= this.queue.length) this.hand = 0;
    this.queue.push({ slot, visited: false });
  }
  hit(slot: number): void {
    for (const entry of this.queue) if (entry.slot === slot) entry.visited = true;
  }
  written(slot: number): void {
    this.hit(slot);
  }
  removed(slot: number): void {
    const index = this.queue.findIndex((entry) => entry.slot === slot);
    this.queue.splice(index, 1);
    if (index < this.hand) this.hand--;
    if (this.hand >= this.queue.length) this.hand = 0;
  }
  victim(): number {
    while (this.queue[this.hand].visited) {
      this.queue[this.hand].visited = false;
      this.hand = (this.hand + 1) % this.queue.length;
    }
    return this.queue[this.hand].slot;
  }
  clear(): void {
    this.queue = [];
    this.hand = 0;
  }
}

interface S3Entry {
  readonly slot: number;
  readonly hash: number;
  uses: number;
}

/** Oldest first, all three. */
class S3FifoModel implements Model {
  small: S3Entry[] = [];
  main: S3Entry[] = [];
  ghost: number[] = [];
  leaving: number | undefined;

  added(slot: number, hash: number): void {
    const entry = { slot, hash, uses: 0 };
    if (this.ghost.includes(hash)) this.main.push(entry);
    else this.small.push(entry);
    this.ghost = without(this.ghost, hash);
  }
  hit(slot: number): void {
    for (const entry of [...this.small, ...this.main]) {
      if (entry.slot === slot) entry.uses = Math.min(3, entry.uses + 1);
    }
  }
  written(slot: number): void {
    this.hit(slot);
  }
  removed(slot: number): void {
    const small = this.small.find((entry) => entry.slot === slot);
    if (small !== undefined && this.leaving === slot) {
      const room = Math.ceil((this.small.length + this.main.length) * 0.9);
      const kept = without(this.ghost, small.hash);
      // At most two are dropped for one that is added.
      this.ghost = [...kept.slice(Math.min(2, Math.max(0, kept.length + 1 - room))), small.hash];
    }
    this.small = this.small.filter((entry) => entry.slot !== slot);
    this.main = this.main.filter((entry) => entry.slot !== slot);
    this.leaving = undefined;
  }
  victim(): number {
    const tenth = Math.floor((this.small.length + this.main.length) / 10);
    for (;;) {
      const small = this.small[0];
      if (small !== undefined && (this.main.length === 0 || this.small.length >= tenth)) {
        if (small.uses < 2) return this.leave(small);
        this.small.shift();
        this.main.push({ ...small, uses: 0 });
      } else {
        const main = this.main[0];
        if (main.uses === 0) return this.leave(main);
        this.main.shift();
        this.main.push({ ...main, uses: main.uses - 1 });
      }
    }
  }
  clear(): void {
    this.small = [];
    this.main = [];
    this.ghost = [];
    this.leaving = undefined;
  }
  private leave(entry: S3Entry): number {
    this.leaving = entry.slot;
    return entry.slot;
  }
}

function without(list: readonly number[], value: number): number[] {
  return list.filter((one) => one !== value);
}

export const models = {
  lru: () => new QueueModel(true, true),
  lrw: () => new QueueModel(false, true),
  fifo: () => new QueueModel(false, false),
  none: () => new QueueModel(false, false),
  sieve: () => new SieveModel(),
  "s3-fifo": () => new S3FifoModel(),
} satisfies Record<string, () => Model>;
