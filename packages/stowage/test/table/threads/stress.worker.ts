/**
 * Threads that do everything at once and check all they see; run by stress.test.ts.
 *
 * Each key has one thread that writes it, with writes numbered 1, 2, 3, ... So everybody can tell much of what a read gives:
 * it is whole, of that key, and never older than what this thread saw of the key before; the owner knows it to the write.
 */
import assert from "node:assert/strict";
import { Random } from "../support/random.js";
import { stamped, stampOf } from "../support/values.js";
import { type Scene, serve } from "../support/worker-side.js";

export interface StressJob {
  readonly seed: number;
  readonly operations: number;
  readonly keysPerThread: number;
  /** Lengths of values are drawn from these, and a few bytes more. */
  readonly bytes: readonly number[];
  /** Whether entries may vanish: eviction, or other threads' clear. */
  readonly losesEntries: boolean;
  /** Of a thousand operations, how many clear the table, or move the shared clock. */
  readonly clears?: number;
  readonly ticks?: number;
  /** Each write gets a ttl of up to this. */
  readonly ttlMs?: number;
  /** The table's bound, asserted after each call. */
  readonly max?: number;
  /** How many counters all threads count up together. */
  readonly counters?: number;
}

export interface StressReport {
  /** What this thread added to each counter. */
  readonly counted: readonly number[];
  readonly hits: number;
  readonly misses: number;
  readonly writes: number;
}

/** What the owner of a key knows of it. */
interface Owned {
  write: number;
  present: boolean;
  /** Other threads move time, so the moment at which it expires is only known to lie between these. */
  endsFrom: number;
  endsBy: number;
}

class Stress {
  readonly #random: Random;
  readonly #owned = new Map<number, Owned>();
  /** Of every key, the newest write and version this thread has seen. */
  readonly #seen = new Map<number, { write: number; version: number }>();
  readonly #counted: number[];
  readonly #target = new Uint8Array(4096);
  #hits = 0;
  #misses = 0;
  #writes = 0;

  constructor(
    readonly scene: Scene,
    readonly job: StressJob,
  ) {
    this.#random = new Random(job.seed * 101 + scene.index);
    this.#counted = new Array(job.counters ?? 0).fill(0);
  }

  run(): StressReport {
    for (let n = 0; n < this.job.operations; n += 1) {
      this.#once();
      if (this.job.max !== undefined)
        assert.ok(this.scene.table.size() <= this.job.max, "more entries than max");
    }
    return { counted: this.#counted, hits: this.#hits, misses: this.#misses, writes: this.#writes };
  }

  #once(): void {
    const random = this.#random;
    const { clears = 0, ticks = 0, counters = 0, keysPerThread } = this.job;
    const dice = random.below(1_000);
    if (dice < clears) this.scene.table.clear();
    else if (dice < clears + ticks) this.scene.clock?.advance(random.between(1, 20));
    else if (dice < 100) this.#count(random.below(Math.max(1, counters)));
    else if (dice < 400) this.#writeOwn(this.#ownKey());
    else if (dice < 450) this.#deleteOwn(this.#ownKey());
    else if (dice < 650) this.#readOwn(this.#ownKey());
    else this.#readAny(random.below(keysPerThread * this.scene.count));
  }

  #ownKey(): number {
    return this.#random.below(this.job.keysPerThread) * this.scene.count + this.scene.index;
  }

  #writeOwn(key: number): void {
    if (this.job.ttlMs !== undefined && this.#random.chance(0.3)) this.#expireOwn(key, this.job.ttlMs);
    else this.#setOwn(key);
  }

  #expireOwn(key: number, ttlMsMax: number): void {
    const { table, clock } = this.scene;
    const owned = this.#own(key);
    const ttlMs = this.#random.between(1, ttlMsMax);
    const before = clock?.now() ?? 0;
    if (table.expire(nameOf(key), ttlMs)) {
      assert.ok(owned.present, `expire of key ${key}: there was nothing`);
      Object.assign(owned, { endsFrom: before + ttlMs, endsBy: (clock?.now() ?? 0) + ttlMs });
    } else {
      assert.ok(this.#mayBeGone(owned), `expire of key ${key}: it was lost`);
      owned.present = false;
    }
  }

  #setOwn(key: number): void {
    const { table, clock } = this.scene;
    const owned = this.#own(key);
    const write = owned.write + 1;
    const ttlMs = this.job.ttlMs === undefined ? undefined : this.#random.between(1, this.job.ttlMs);
    const bytes = this.#random.pick(this.job.bytes) + this.#random.below(9);
    const before = clock?.now() ?? 0;
    const version = table.set(
      nameOf(key),
      stamped(key, write, bytes),
      ttlMs === undefined ? {} : { ttl: ttlMs },
    );
    this.#writes += 1;
    const after = clock?.now() ?? 0;
    const ttl = ttlMs ?? Number.POSITIVE_INFINITY;
    Object.assign(owned, { write, present: true, endsFrom: before + ttl, endsBy: after + ttl });
    this.#saw(key, write, version);
  }

  #deleteOwn(key: number): void {
    const owned = this.#own(key);
    const done = this.scene.table.delete(nameOf(key));
    if (done) assert.ok(owned.present, `delete of key ${key}: there was nothing to delete`);
    else assert.ok(this.#mayBeGone(owned), `delete of key ${key}: it was lost`);
    owned.present = false;
  }

  #readOwn(key: number): void {
    const owned = this.#own(key);
    const startedAt = this.scene.clock?.now() ?? 0;
    const write = this.#read(key);
    if (write === undefined) {
      assert.ok(this.#mayBeGone(owned), `key ${key}: write ${owned.write} was lost`);
      owned.present = false;
      return;
    }
    assert.ok(owned.present, `key ${key}: write ${write} came back after it was gone`);
    assert.equal(
      write,
      owned.write,
      `key ${key}: an old write is read by the thread that wrote the newer one`,
    );
    assert.ok(startedAt < owned.endsBy, `key ${key} is read after it expired`);
  }

  #readAny(key: number): void {
    if (this.#read(key) === undefined) this.#misses += 1;
    else this.#hits += 1;
  }

  /** Reads by one of the verbs, checks what can be checked of any value, gives the number of the write. */
  #read(key: number): number | undefined {
    const { table } = this.scene;
    const name = nameOf(key);
    switch (this.#random.below(3)) {
      case 0: {
        const value = table.get(name);
        return value === undefined ? undefined : this.#check(key, value);
      }
      case 1: {
        const entry = table.getEntry(name);
        return entry === undefined ? undefined : this.#check(key, entry.value, entry.version);
      }
      default: {
        const length = table.getInto(name, this.#target);
        if (length === -1) return undefined;
        // What does not fit is not copied; its length alone says nothing of the write.
        if (length > this.#target.length) return this.#check(key, table.get(name));
        return this.#check(key, this.#target.subarray(0, length));
      }
    }
  }

  #check(key: number, value: Uint8Array | undefined, version?: number): number | undefined {
    if (value === undefined) return undefined;
    const stamp = stampOf(value);
    assert.equal(stamp.key, key, `a read of key ${key} gave the value of key ${stamp.key}`);
    this.#saw(key, stamp.write, version);
    return stamp.write;
  }

  #saw(key: number, write: number, version = 0): void {
    const seen = this.#seen.get(key);
    if (seen !== undefined) {
      assert.ok(write >= seen.write, `key ${key}: write ${write} is read after write ${seen.write} was`);
      if (version !== 0 && seen.version !== 0) {
        const order = Math.sign(version - seen.version);
        // The clock of versions goes round once in 2^31; no test is that long.
        if (seen.write === write) assert.equal(order, 0, `key ${key}: one write, two versions`);
        else assert.equal(order, 1, `key ${key}: version ${version} is not above ${seen.version}`);
      }
    }
    const known = version !== 0 ? version : seen?.write === write ? seen.version : 0;
    this.#seen.set(key, { write, version: known });
  }

  #count(counter: number): void {
    if (counter >= this.#counted.length) return;
    const amount = this.#random.between(1, 5);
    const after = this.scene.table.incr(counterName(counter), amount);
    this.#counted[counter] += amount;
    if (!this.job.losesEntries) assert.ok(after >= this.#counted[counter], `counter ${counter} lost a count`);
  }

  #mayBeGone(owned: Owned): boolean {
    const expired = (this.scene.clock?.now() ?? 0) >= owned.endsFrom;
    return !owned.present || this.job.losesEntries || expired;
  }

  #own(key: number): Owned {
    let owned = this.#owned.get(key);
    if (owned === undefined) {
      owned = { write: 0, present: false, endsFrom: 0, endsBy: 0 };
      this.#owned.set(key, owned);
    }
    return owned;
  }
}

function nameOf(key: number): string {
  return `k${key}`;
}

export function counterName(counter: number): string {
  return `counter:${counter}`;
}

serve({
  stress(scene: Scene, job: StressJob): StressReport {
    scene.together();
    return new Stress(scene, job).run();
  },
});
