/**
 * What the commands of the model test act upon: the real table, the naive one, and their clock.
 *
 * `compare` runs after every command: each key answers the same in both (an eviction is an allowed absence and is told to
 * the naive one), versions only grow, bounds hold, and the real table's structures verify.
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { StowageError } from "stowage";
import { type Key, SharedTable, type TableOptions } from "stowage/table";
import { FakeClock } from "stowage/testing";
import { NaiveTable } from "./naive-table.js";

/** Few, so that commands collide; hostile, so that mixing up any two shows. Some differ only in what padding would hide. */
export const KEYS: readonly Key[] = [
  "",
  "\0",
  "\0\0",
  "a",
  "a\0",
  "ab",
  "abc",
  "abcd",
  "__proto__",
  "\ud800",
  "\ud801",
  "\ud83d\ude00",
  "é",
  new Uint8Array([0xff, 0xfe]),
  "x".repeat(65_536),
  `${"x".repeat(65_535)}y`,
];
export const PREFIXES: readonly Key[] = ["", "f1", "a", "ab", "\0", "\ud800", "xx", "nothing"];
export const TAGS = ["red", "blue", "constructor"] as const;

/** Longer keys are refused. */
export const KEY_BYTES_MAX = 65_536;
/** Of all tables of the model test. */
export const VALUE_BYTES_MAX = 131_072;

export interface Setting {
  readonly name: string;
  readonly options: TableOptions;
  /** Whether an entry may vanish, for eviction. */
  readonly evicts: boolean;
  /** Whether a write may be refused, for want of room. */
  readonly fills?: boolean;
}

/** In place of a version that the naive table cannot know: any that is above all before it. */
export const WRITTEN = Symbol("a new version");

export interface Verb {
  readonly key: Key;
  real(table: SharedTable): unknown;
  /** What has to come back; a FailsWith for an error, which has to leave the entry as it is. */
  model(naive: NaiveTable): unknown;
}

export class FailsWith {
  constructor(readonly name: string) {}
}

export class World {
  readonly clock = new FakeClock();
  readonly table: SharedTable;
  readonly naive: NaiveTable;
  #writes = 0;
  #steps = 0;

  constructor(
    readonly setting: Setting,
    create: (options: TableOptions) => SharedTable = SharedTable.create,
  ) {
    this.table = create({ clock: this.clock, ...setting.options });
    this.naive = new NaiveTable((setting.options.ttl as number | undefined) ?? null);
  }

  /** A number that no write of this world had before. */
  nextWrite(): number {
    this.#writes += 1;
    return this.#writes;
  }

  advance(ms: number): void {
    this.clock.advance(ms);
    this.naive.now += ms;
  }

  /** Does a verb on both. Where the table evicts, the entry may have gone just before the verb came to it. */
  verb({ key, real, model }: Verb): void {
    const outcome = attempt(() => real(this.table));
    if (outcome.error === "TableFullError" && this.setting.fills) return;
    const before = this.naive.saved(key);
    if (this.#agrees(key, outcome, model(this.naive))) return;
    this.naive.restore(key, before);
    if (this.setting.evicts) {
      this.naive.drop(key);
      if (this.#agrees(key, outcome, model(this.naive))) return;
      this.naive.restore(key, before);
    }
    assert.deepEqual(outcome, expectedOf(model(this.naive)));
  }

  #agrees(key: Key, outcome: { value?: unknown; error?: string }, expected: unknown): boolean {
    if (expected === WRITTEN) {
      const version = outcome.value;
      return typeof version === "number" && version > 0 && this.naive.accept(key, version);
    }
    return equals(outcome, expectedOf(expected)) && (!this.setting.evicts || this.#isLikely(key));
  }

  /** The same answer may stand for two pasts; then what the entry carries tells them apart. */
  #isLikely(key: Key): boolean {
    const real = key.length > KEY_BYTES_MAX ? undefined : this.table.getEntry(key);
    const held = this.naive.entry(key);
    return real === undefined || (held?.flags === real.flags && this.naive.ttl(key) === real.ttl);
  }

  /** After each command. Reading every key makes all equally worth keeping, so where that matters it is not done each time. */
  compare(): void {
    const { table, naive, setting } = this;
    this.#steps += 1;
    table.verify();
    if (!setting.evicts || this.#steps % 5 === 0) for (const key of KEYS) this.compareKey(key);
    const size = table.size();
    if (!setting.evicts) assert.ok(size >= naive.live().size, "size: fewer than there are");
    assert.ok(size <= naive.sizeMax, "size: more than there can be");
    if (setting.options.max !== undefined) assert.ok(size <= setting.options.max, "more entries than max");
  }

  /** Also tells the naive table the version, if the verb that wrote it did not. */
  compareKey(key: Key): void {
    const { table, naive, setting } = this;
    const real = table.getEntry(key);
    if (real === undefined && setting.evicts) naive.drop(key);
    const held = naive.entry(key);
    assert.equal(real === undefined, held === undefined, "absent");
    if (real === undefined || held === undefined) return;
    assert.ok(held.value.equals(real.value), `${real.value.length} other bytes`);
    assert.equal(real.flags, held.flags);
    assert.equal(real.ttl, naive.ttl(key));
    assert.ok(naive.accept(key, real.version), "another version, with no write");
  }

  close(): void {
    this.table.close();
  }
}

function attempt(act: () => unknown): { value?: unknown; error?: string } {
  try {
    return { value: act() };
  } catch (error) {
    if (error instanceof StowageError && error.code !== "STOWAGE_ASSERTION") return { error: error.name };
    throw error;
  }
}

function expectedOf(expected: unknown): { value?: unknown; error?: string } {
  return expected instanceof FailsWith ? { error: expected.name } : { value: expected };
}

function equals(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other);
}
