/** lease, fill, release of a table: one caller fills a key, and not with what is out of date. */
import { InvalidArgumentError, InvalidOptionError } from "stowage";
import { type LeaseGranted, SharedTable } from "stowage/table";
import { FakeClock } from "stowage/testing";
import { describe, expect, it, onTestFinished } from "vitest";

function tables(): { clock: FakeClock; one: SharedTable; two: SharedTable } {
  const clock = new FakeClock();
  const one = SharedTable.create({ memory: "1mb", clock });
  const two = SharedTable.attach(one.handle, { clock });
  onTestFinished(() => {
    one.verify();
    one.close();
    two.close();
  });
  return { clock, one, two };
}

function granted(table: SharedTable, key = "a"): number {
  const answer = table.lease(key);
  expect(answer.granted).toBe(true);
  return (answer as LeaseGranted).token;
}

describe("a lease", () => {
  it("is had by one at a time; filling gives it back", () => {
    const { one, two } = tables();
    const token = granted(one);
    expect(two.lease("a")).toEqual({ granted: false, reason: "held", leftMs: 10_000, version: 0 });
    expect(two.lease("b")).toMatchObject({ granted: true, version: 0 });
    const version = one.fill("a", token, "value", { flags: 7, ttl: 500 });
    expect(two.getEntry("a")).toMatchObject({ flags: 7, version, ttl: 500 });
    expect(one.fill("a", token, "again")).toBe(0);
    expect(two.lease("a")).toMatchObject({ granted: true, version });
  });

  it("passes on when it is given back, when its time is over, and when its table is closed", () => {
    const { clock, one, two } = tables();
    expect(one.release(granted(one))).toBe(true);
    const late = granted(two);
    clock.advance(10_000);
    const next = granted(one);
    expect(two.fill("a", late, "late")).toBe(0);
    expect(two.release(late)).toBe(false);
    expect(one.fill("a", next, "next")).toBeGreaterThan(0);
    const three = SharedTable.attach(one.handle, { clock });
    granted(three, "b");
    three.close();
    granted(two, "b");
  });

  it("takes a ttl of its own; null: for as long as its thread lives", () => {
    const { clock, one, two } = tables();
    expect(one.lease("a", { ttl: 50 })).toMatchObject({ granted: true });
    expect(one.lease("b", { ttl: null })).toMatchObject({ granted: true });
    expect(two.lease("a")).toMatchObject({ leftMs: 50 });
    expect(two.lease("b")).toMatchObject({ leftMs: null });
    clock.advance(1_000_000);
    expect(two.lease("a")).toMatchObject({ granted: true });
    expect(two.lease("b")).toMatchObject({ granted: false });
  });

  it("may be used in another thread than it was granted in, for its own key only", () => {
    const { one, two } = tables();
    const token = granted(one);
    expect(two.fill("b", token, "x")).toBe(0);
    expect(two.has("b")).toBe(false);
    expect(two.fill("a", token, "x")).toBeGreaterThan(0);
  });
});

const overtakers: Record<string, (table: SharedTable) => unknown> = {
  set: (table) => table.set("a", "new"),
  add: (table) => table.add("a", "new"),
  append: (table) => table.append("a", "new"),
  incr: (table) => table.incr("a"),
  "delete of what is absent": (table) => table.delete("a"),
  "take of what is absent": (table) => table.take("a"),
  clear: (table) => table.clear(),
};

describe("a fill is refused after", () => {
  for (const [name, overtake] of Object.entries(overtakers)) {
    it(`${name}, in whatever thread`, () => {
      for (const by of ["one", "two"] as const) {
        const scene = tables();
        const token = granted(scene.one);
        overtake(scene[by]);
        const left = scene.two.getString("a");
        expect(scene.one.fill("a", token, "old")).toBe(0);
        expect(scene.two.getString("a")).toBe(left);
      }
    });
  }

  it("an invalidation of a tag of it; what has another tag is stored", () => {
    const { one, two } = tables();
    const tokens = [granted(one, "a"), granted(one, "b")];
    two.invalidateTag("x");
    expect(one.fill("a", tokens[0], "old", { tags: ["y", "x"] })).toBe(0);
    expect(one.fill("b", tokens[1], "fine", { tags: ["y"] })).toBeGreaterThan(0);
    expect([two.getString("a"), two.getString("b")]).toEqual([undefined, "fine"]);
  });

  it("nothing else: expiry and eviction of the old value, other keys, reads", () => {
    const { clock, one, two } = tables();
    one.set("a", "old", { ttl: 5 });
    clock.advance(5);
    const token = granted(one);
    two.get("a");
    two.set("b", "b");
    two.delete("c");
    clock.advance(2_000);
    expect(one.fill("a", token, "new")).toBeGreaterThan(0);
    expect(two.getString("a")).toBe("new");
  });
});

describe("refused by name", () => {
  it("tokens that are none, options that there are not", () => {
    const { one } = tables();
    for (const token of [0, -1, 1.5, "1", undefined, null, 2 ** 60]) {
      expect(() => one.fill("a", token as number, "x")).toThrow(InvalidArgumentError);
      expect(() => one.release(token as number)).toThrow(InvalidArgumentError);
    }
    expect(one.fill("a", 123_456, "x")).toBe(0);
    expect(() => one.lease("a", { tll: 5 } as never)).toThrow(InvalidOptionError);
    expect(() => one.lease("a", { ttl: -5 })).toThrow(InvalidOptionError);
  });

  it("values that the table does not take; the lease stays", () => {
    const { one } = tables();
    const token = granted(one);
    expect(() => one.fill("a", token, new Uint8Array(2 ** 20))).toThrow("maxValueSize");
    expect(one.fill("a", token, "x")).toBeGreaterThan(0);
  });
});

describe("that nothing was found", () => {
  it("is remembered for so long, by all; the old entry goes", () => {
    const { clock, one, two } = tables();
    one.set("a", "old");
    const token = granted(one);
    expect(two.foundNothing("a", token, { for: 500 })).toBe(true);
    expect(one.has("a")).toBe(false);
    expect(one.lease("a")).toEqual({ granted: false, reason: "nothing", leftMs: 500, version: 0 });
    expect(two.lease("a", { overNothing: true })).toMatchObject({ granted: true });
    expect(two.foundNothing("a", token)).toBe(false);
    const again = granted(one, "b");
    expect(one.foundNothing("b", again, { for: 500 })).toBe(true);
    clock.advance(500);
    granted(two, "b");
  });

  it("need not be remembered", () => {
    const { one, two } = tables();
    one.set("a", "old");
    expect(one.foundNothing("a", granted(one))).toBe(true);
    expect(one.has("a")).toBe(false);
    granted(two);
  });

  it("ends with a write, a delete of what is absent, an invalidated tag, and clear", () => {
    const { one, two } = tables();
    const ends: (() => unknown)[] = [
      () => two.set("a", "x"),
      () => two.delete("a"),
      () => two.invalidateTag("red"),
      () => two.clear(),
    ];
    for (const end of ends) {
      expect(one.foundNothing("a", granted(one), { for: 500, tags: ["red"] })).toBe(true);
      end();
      two.delete("a");
      one.release(granted(one));
    }
  });

  it("is not believed if the key was written, deleted or invalidated since; what was written stays", () => {
    const { one, two } = tables();
    const since: (() => unknown)[] = [
      () => two.set("a", "new"),
      () => two.delete("a"),
      () => two.invalidateTag("red"),
      () => two.clear(),
    ];
    for (const [at, write] of since.entries()) {
      one.set("a", "old");
      const token = granted(one);
      write();
      expect(one.foundNothing("a", token, { for: 500, tags: ["red"] })).toBe(false);
      expect(one.get("a")?.toString()).toBe([`new`, undefined, "old", undefined][at]);
      one.release(granted(one));
    }
  });

  it("takes the token of its key, and options that it knows", () => {
    const { one } = tables();
    const token = granted(one);
    expect(one.foundNothing("b", token)).toBe(false);
    expect(() => one.foundNothing("a", 0)).toThrow(InvalidArgumentError);
    expect(() => one.foundNothing("a", token, { fro: 5 } as never)).toThrow(InvalidOptionError);
    expect(() => one.lease("a", { overNothing: 1 } as never)).toThrow(InvalidOptionError);
    expect(one.foundNothing("a", token)).toBe(true);
  });
});
