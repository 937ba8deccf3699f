/** Commits in one thread against a Map: all of a commit, or nothing of it, whatever it asks for. */
import fc from "fast-check";
import { SharedTable } from "stowage/table";
import { FakeClock } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { COMMIT_KEYS_MAX, type CommitStep, commit } from "../../../src/table/commit.js";
import { insideOf } from "../../../src/table/table.js";

const KEYS = ["", "a", "b", "c", "d", "e\0", "\ud800", "long".repeat(500)];

interface Wish {
  readonly key: string;
  readonly change: CommitStep["change"];
  readonly value: string;
  readonly ttlMs: number;
  /** Whether what is there is expected, or something else. */
  readonly right: boolean;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  key: fc.constantFrom(...KEYS),
  change: fc.constantFrom("check" as const, "store" as const, "keep" as const, "delete" as const),
  value: fc.oneof(fc.string(), fc.constantFrom("x".repeat(20_000), "y".repeat(100_000))),
  ttlMs: fc.constantFrom(0, 50, 1_000),
  right: fc.nat(9).map((n) => n > 0),
});
const between = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), key: fc.constantFrom(...KEYS) }),
  fc.record({ kind: fc.constant("advance" as const), ms: fc.nat(60) }),
  fc.record({ kind: fc.constant("invalidate" as const), key: fc.constantFrom(...KEYS) }),
);

class World {
  readonly clock = new FakeClock();
  readonly table = SharedTable.create({
    memory: "2mb",
    segmentSize: "16kb",
    maxValueSize: 200_000,
    clock: this.clock,
    janitor: false,
  });
  readonly model = new Map<string, string>();

  /** What the table holds by now, forgotten by the model as far as time or tags took it. */
  settle(): void {
    for (const key of KEYS) if (!this.table.has(key)) this.model.delete(key);
  }

  versionOf(key: string): number {
    return this.table.getEntry(key)?.version ?? 0;
  }

  commit(wishes: readonly Wish[], allowed: boolean): void {
    const steps = wishes.map((each) => this.#step(each));
    const expected = allowed && wishes.every(({ right }) => right);
    expect(commit(insideOf(this.table), steps, () => allowed)).toBe(expected);
    if (expected)
      for (const { key, change, value } of steps) this.#apply(key as string, change, value as string);
    this.check();
  }

  check(): void {
    for (const key of KEYS)
      expect(this.table.getString(key), JSON.stringify(key.slice(0, 9))).toBe(this.model.get(key));
    expect(this.table.size()).toBe(this.model.size);
    this.table.verify();
  }

  #step({ key, change, value, ttlMs, right }: Wish): CommitStep {
    const version = right ? this.versionOf(key) : this.versionOf(key) + 1;
    const absent = version === 0;
    if (change === "check" || change === "delete") return { key, version, change };
    const sort = change === "keep" && absent ? "store" : change;
    return { key, version, change: sort, value, ttlMs, tags: [key.slice(0, 5)] };
  }

  #apply(key: string, change: CommitStep["change"], value: string): void {
    if (change === "delete") this.model.delete(key);
    else if (change !== "check") this.model.set(key, Buffer.from(value).toString());
  }
}

describe("commit", () => {
  it("is all or nothing, as a Map would be", () => {
    const round = fc.tuple(
      fc.uniqueArray(wish, { selector: ({ key }) => key, maxLength: KEYS.length }),
      fc.boolean(),
      fc.array(between, { maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(round, { maxLength: 12 }), (rounds) => {
        const world = new World();
        for (const [wishes, refused, events] of rounds) {
          for (const event of events) {
            if (event.kind === "advance") world.clock.advance(event.ms);
            else if (event.kind === "invalidate") world.table.invalidateTag(event.key.slice(0, 5));
            else {
              world.table.set(event.key, "set");
              world.model.set(event.key, "set");
            }
          }
          world.settle();
          world.commit(wishes, !refused || wishes.length > 3);
        }
        world.table.close();
      }),
      { numRuns: 4000 },
    );
  });

  it("keeps what is to be kept: deadline and tags", () => {
    const world = new World();
    const { table, clock } = world;
    table.set("a", "1", { ttl: 100, tags: ["x"] });
    clock.advance(30);
    const version = world.versionOf("a");
    expect(commit(insideOf(table), [{ key: "a", version, change: "keep", value: "2" }], () => true)).toBe(
      true,
    );
    expect([table.getString("a"), table.ttl("a")]).toEqual(["2", 70]);
    table.invalidateTag("x");
    expect(table.has("a")).toBe(false);
    table.verify();
    table.close();
  });

  it("keeps to the bound on entries, and evicts others for it", () => {
    const table = SharedTable.create({ memory: "1mb", max: 3, janitor: false });
    for (const key of ["p", "q", "r"]) table.set(key, key);
    const steps = (keys: string[]): CommitStep[] =>
      keys.map((key) => ({ key, version: 0, change: "store", value: key }));
    expect(commit(insideOf(table), steps(["a", "b"]), () => true)).toBe(true);
    expect(["a", "b"].map((key) => table.getString(key))).toEqual(["a", "b"]);
    expect(table.size()).toBe(3);
    expect(commit(insideOf(table), steps(["c", "d", "e", "f", "g"]), () => true)).toBe(true);
    expect(table.size()).toBe(3);
    table.verify();
    table.close();
  });

  it("of a full table that does not evict throws, with nothing changed and nothing left behind", () => {
    const table = SharedTable.create({ memory: "1mb", segmentSize: "16kb", evict: false, janitor: false });
    table.set("a", "before");
    const version = table.getEntry("a")?.version as number;
    for (let n = 0; n < 2_000; n++) {
      try {
        table.set(`filler ${n}`, new Uint8Array(1_000));
      } catch {
        break;
      }
    }
    const steps: CommitStep[] = [
      { key: "a", version, change: "store", value: "after" },
      ...Array.from(
        { length: 40 },
        (_, n): CommitStep => ({
          key: `more ${n}`,
          version: 0,
          change: "store",
          value: new Uint8Array(1_000),
        }),
      ),
    ];
    expect(() => commit(insideOf(table), steps, () => true)).toThrow("full");
    expect([table.getString("a"), table.has("more 0")]).toEqual(["before", false]);
    table.verify();
    table.clear();
    expect(table.set("a", "works")).toBeGreaterThan(0);
    table.close();
  });

  it(`takes ${COMMIT_KEYS_MAX} keys, and not one more`, () => {
    const table = SharedTable.create({ memory: "4mb", janitor: false });
    const steps = Array.from(
      { length: COMMIT_KEYS_MAX },
      (_, n): CommitStep => ({ key: `k${n}`, version: 0, change: "store", value: `${n}` }),
    );
    expect(commit(insideOf(table), steps, () => true)).toBe(true);
    expect(table.size()).toBe(COMMIT_KEYS_MAX);
    table.verify();
    const more: CommitStep = { key: "one more", version: 0, change: "check" };
    expect(() => commit(insideOf(table), [...steps, more], () => true)).toThrow("at most 512");
    table.close();
  });

  it("whose guard throws leaves nothing locked", () => {
    const world = new World();
    const steps: CommitStep[] = [{ key: "a", version: 0, change: "store", value: "1" }];
    const boom = (): never => {
      throw new Error("boom");
    };
    expect(() => commit(insideOf(world.table), steps, boom)).toThrow("boom");
    world.check();
    expect(commit(insideOf(world.table), steps, () => true)).toBe(true);
    world.table.close();
  });
});
