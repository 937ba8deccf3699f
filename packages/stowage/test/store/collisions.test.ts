/**
 * Keys that collide, by the thousand: the index stays right and no lookup becomes a walk over all of them. Work is
 * counted in reads of the pages where keys stand, one for each key that a probe compares, so that no clock is needed.
 */
import { Cache } from "stowage";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Entries } from "../../src/cache/store/entries.js";
import { wholeText } from "../../src/cache/store/key-hash.js";
import { KeyIndex } from "../../src/cache/store/key-index.js";
import { alike, sameHash } from "./keys.js";

const bad = vi.hoisted(() => ({ hash: (hash: number): number => hash }));
vi.mock("../../src/cache/store/key-hash.js", async (original) => {
  const sound = await original<typeof import("../../src/cache/store/key-hash.js")>();
  return {
    ...sound,
    sampleText: (text: string) => bad.hash(sound.sampleText(text)),
    wholeText: (text: string) => bad.hash(sound.wholeText(text)),
    hashNumber: (value: number) => bad.hash(sound.hashNumber(value)),
  };
});
beforeEach(() => {
  bad.hash = (hash) => hash;
});

/** The keys and the index as the cache puts them together, with a counter. */
class Counted {
  reads = 0;
  readonly entries: Entries<unknown, unknown>;
  readonly index: KeyIndex;
  readonly slots = new Map<unknown, number>();

  constructor() {
    const count = (): void => void this.reads++;
    class CountingEntries extends Entries<unknown, unknown> {
      override readonly pages = new Proxy<unknown[][]>([], {
        get(pages, name, receiver) {
          if (typeof name === "string" && name >= "0" && name <= "9999") count();
          return Reflect.get(pages, name, receiver);
        },
      });
    }
    this.entries = new CountingEntries();
    this.index = new KeyIndex(this.entries);
  }

  add(key: unknown): void {
    this.check(key);
    const hash = this.index.lastHash;
    const slot = this.entries.add(key, key, hash);
    // The shortcut past the list of pages, where reads are counted.
    this.entries.only = null;
    this.index.insert(key, slot, hash);
    this.slots.set(key, slot);
  }

  remove(key: unknown): void {
    const slot = this.check(key);
    this.index.remove(slot, this.entries.hashes.get(slot));
    this.entries.remove(slot);
    this.slots.delete(key);
  }

  /** Not with expect, which takes longer than all the rest. */
  check(key: unknown): number {
    const slot = this.index.find(key);
    if (slot !== (this.slots.get(key) ?? -1)) expect.unreachable(`${String(key)} was found at ${slot}`);
    return slot;
  }

  verify(): void {
    this.entries.verify();
    this.index.verify();
    expect(this.entries.size).toBe(this.slots.size);
  }

  /** Adds all keys, looks for each, removes each; the mean number of reads of a call. */
  readsPerCall(keys: readonly unknown[]): number {
    this.reads = 0;
    for (const key of keys) this.add(key);
    for (const key of keys) this.check(key);
    for (const key of keys) this.remove(key);
    return this.reads / (3 * keys.length);
  }
}

const count = (length: number, key: (n: number) => unknown): unknown[] =>
  Array.from({ length }, (_, n) => key(n));

/** As many as a run of cells may be long, plus what a call reads in any case. */
const READS_MAX = 128 + 16;

const oneHash = sameHash(12);

describe("thousands of keys that collide cost a lookup no more than a few do", () => {
  it("strings that sampling cannot tell apart", () => {
    expect(new Counted().readsPerCall(count(4_096, (n) => alike(n)))).toBeLessThan(4);
  });

  it("strings of one whole hash", () => {
    expect(new Counted().readsPerCall(oneHash)).toBeLessThan(READS_MAX);
  });

  it("strings of one whole hash, after the change-over", () => {
    expect(new Counted().readsPerCall([...count(8, (n) => alike(n)), ...oneHash])).toBeLessThan(READS_MAX);
  });

  it("numbers and strings, all of one hash", () => {
    bad.hash = () => 7;
    const keys = [...count(2_000, (n) => n / 3), ...count(2_000, (n) => `key ${n}`)];
    expect(new Counted().readsPerCall(keys)).toBeLessThan(READS_MAX);
  });

  it("and of a sound hash hardly more than one key is compared", () => {
    expect(new Counted().readsPerCall(count(4_096, (n) => `user:${n}`))).toBeLessThan(4);
    expect(new Counted().readsPerCall(count(4_096, (n) => n * 1.5))).toBeLessThan(4);
  });

  it("the family of one whole hash is one", () => {
    expect(new Set(oneHash.map(wholeText)).size).toBe(1);
  });
});

describe("keys made to share the high bits of their hash", () => {
  it("fill one segment, and then go aside instead of splitting it without end", () => {
    const entries = new Entries<unknown, unknown>();
    const index = new KeyIndex(entries);
    const keys = count(40_000, (n) => `crafted ${n}`);
    for (const [n, key] of keys.entries()) {
      const hash = (0x5a3c << 16) | n;
      index.insert(key, entries.add(key, n, hash), hash);
    }
    expect(entries.size).toBe(40_000);
    expect(index.bytes, "a dozen segments that were split off and stay empty").toBeLessThan(5_000_000);
    // Those in the table cannot be looked for, since their true hash is another; those aside can.
    const aside = keys.filter((key) => index.find(key) >= 0);
    expect(aside.length).toBeGreaterThan(3_000);
    for (const n of keys.keys()) index.remove(n, entries.hashes.get(n));
    expect(keys.some((key) => index.find(key) >= 0)).toBe(false);
  });
});

describe("a hash of any quality finds every key", () => {
  const qualities: [name: string, hash: (hash: number) => number][] = [
    ["one hash for all", () => 0],
    ["one hash, all bits set", () => -1],
    ["four hashes", (hash) => hash & 3],
    ["bits of the tag alone", (hash) => hash & 0xff000000],
    ["bits of the segment alone", (hash) => hash & 0xffff0000],
    ["bits of the home cell alone", (hash) => hash & 0xffff],
    ["homes at the end of the segment, where runs go round", (hash) => hash | 0xff8],
  ];

  it.each(qualities)("%s", (_name, quality) => {
    bad.hash = quality;
    const counted = new Counted();
    const keys = [
      ...count(400, (n) => `k${n}`),
      ...count(200, (n) => alike(n)),
      ...count(400, (n) => n * 1.5),
    ];
    const shuffled = keys.map((key, n) => [(n * 7_919) % keys.length, key] as const);
    shuffled.sort(([left], [right]) => left - right);
    for (const [n, key] of keys.entries()) {
      counted.add(key);
      if (n % 100 === 0) counted.verify();
    }
    counted.verify();
    for (const key of count(50, (n) => `absent ${n}`)) counted.check(key);
    for (const [n, [, key]] of shuffled.entries()) {
      counted.remove(key);
      counted.check(key);
      if (n % 3 === 0) counted.add(key);
      if (n % 100 === 0) counted.verify();
    }
    counted.verify();
  });

  it("in a full cache too, where each new key puts an old one out", () => {
    bad.hash = (hash) => hash & 0xff00000f;
    const cache = new Cache<unknown, unknown>({ max: 500, policy: "fifo" });
    for (let n = 0; n < 3_000; n++) {
      const key = n % 2 === 0 ? n / 4 : alike(n);
      cache.set(key, n);
      if (n % 100 === 0) cache.verify();
    }
    expect(cache.size()).toBe(500);
    for (const [key, value] of cache)
      expect(value).toBe(typeof key === "number" ? key * 4 : Number((key as string).slice(1, 11)));
  });
});
