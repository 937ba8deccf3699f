/** Tags against a list of what happened: an item is invalid if a tag of it was invalidated since, and else hardly ever. */
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { InvalidArgumentError } from "../../../src/base/errors.js";
import { hashTag, hashTags, TagTable, tagTableBytes } from "../../../src/table/tags.js";

const lock = { acquire() {}, release() {} };
const smallest = 2 ** 20;
const tags = (memory = smallest) => new TagTable(new SharedArrayBuffer(tagTableBytes(memory)), lock);

function invalidate(table: TagTable, tag: string): void {
  table.invalidate(...hashTag(tag, "test"));
}

/** An item with these tags, as written now. */
function write(table: TagTable, ...names: string[]) {
  const sequence = table.sequence;
  const hashes = hashTags(names, "test");
  return { isInvalid: () => table.isInvalid(sequence, hashes, 0, names.length) };
}

describe("an item with tags", () => {
  it("is invalid once one of them was invalidated, and a new one is not", () => {
    const table = tags();
    const item = write(table, "a", "b");
    const other = write(table, "c");
    expect(item.isInvalid()).toBe(false);
    invalidate(table, "b");
    expect(item.isInvalid()).toBe(true);
    expect(other.isInvalid()).toBe(false);
    expect(write(table, "a", "b").isInvalid()).toBe(false);
    table.verify();
  });

  it("stays invalid when its tag has long been forgotten", () => {
    const table = tags();
    const item = write(table, "a");
    invalidate(table, "a");
    for (let i = 0; i < 10_000; i++) invalidate(table, `other${i}`);
    expect(item.isInvalid()).toBe(true);
    table.verify();
  });

  it("is written anew and valid, however many tags there were", () => {
    const table = tags();
    for (let i = 0; i < 10_000; i++) invalidate(table, `other${i}`);
    const item = write(table, "never", "seen");
    expect(item.isInvalid()).toBe(false);
    invalidate(table, "one more");
    expect(item.isInvalid()).toBe(false);
  });

  it("that was begun before an invalidation is invalid when it comes after it", () => {
    const table = tags();
    const { sequence } = table;
    invalidate(table, "a");
    expect(table.invalidatedSince(hashTags(["a"], "test"), sequence)).toBe(true);
    expect(table.invalidatedSince(hashTags(["b"], "test"), sequence)).toBe(false);
    expect(table.invalidatedSince(hashTags([], "test"), sequence)).toBe(false);
  });

  it("may have 255 of them", () => {
    const table = tags();
    const names = Array.from({ length: 255 }, (_, i) => `tag${i}`);
    const item = write(table, ...names);
    invalidate(table, "tag254");
    expect(item.isInvalid()).toBe(true);
    expect(hashTags([...names, "tag0"], "test")).toHaveLength(510);
    expect(() => hashTags([...names, "more"], "set")).toThrow(InvalidArgumentError);
  });
});

describe("tags of any order and number", () => {
  const step = fc.record({
    what: fc.constantFrom("write", "invalidate"),
    tags: fc.array(fc.nat(200), { maxLength: 4 }),
  });

  it("are never valid when they must not be; and exact as long as there is room", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.boolean(), (steps, roomy) => {
        const table = tags(roomy ? 2 ** 30 : smallest);
        const items: { item: ReturnType<typeof write>; tags: number[]; stale: boolean }[] = [];
        for (const { what, tags } of steps) {
          if (what === "write") items.push({ item: write(table, ...tags.map(String)), tags, stale: false });
          else
            for (const tag of tags) {
              invalidate(table, String(tag));
              for (const item of items) item.stale ||= item.tags.includes(tag);
            }
        }
        for (const { item, stale } of items) if (stale || roomy) expect(item.isInvalid()).toBe(stale);
        table.verify();
      }),
      { numRuns: 300 },
    );
  });
});

describe("a thread that dies while it invalidates", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Names of so many tags that share a set of the smallest table. */
  function sharingASet(count: number): string[] {
    const names: string[] = [];
    for (let i = 0; names.length < count; i++)
      if ((hashTag(`t${i}`, "test")[0] & 7) === 0) names.push(`t${i}`);
    return names;
  }

  it.each([1, 2, 3])("leaves nothing valid that was invalid: at its step %i", (step) => {
    const buffer = new SharedArrayBuffer(tagTableBytes(smallest));
    const table = new TagTable(buffer, lock);
    const names = sharingASet(9);
    const items = names.map((name) => write(table, name));
    for (const name of names.slice(0, 8)) invalidate(table, name);
    const { add } = Atomics;
    let steps = 0;
    vi.spyOn(Atomics, "add").mockImplementation((...args) => {
      if (++steps === step) throw new Error("terminated");
      return add(...(args as Parameters<typeof add>));
    });
    expect(() => invalidate(table, names[8])).toThrow("terminated");
    vi.restoreAllMocks();
    const others = new TagTable(buffer, lock);
    others.verify();
    for (const item of items.slice(0, 8)) expect(item.isInvalid()).toBe(true);
    invalidate(others, names[8]);
    for (const item of items) expect(item.isInvalid()).toBe(true);
    expect(write(others, ...names).isInvalid()).toBe(false);
    others.verify();
  });
});

describe("hashes of tags", () => {
  it("mean the same in every table and every process", () => {
    expect(hashTag("users", "test")).toEqual([...hashTag("users", "test")]);
    expect([...hashTags(["users", "é", "\ud800", ""], "test")]).toMatchInlineSnapshot(`
      [
        598349302,
        1710861622,
        624718765,
        723379955,
        1001653923,
        1439981023,
        1218656152,
        853396302,
      ]
    `);
  });

  it("refuse what is no text", () => {
    expect(() => hashTags("users" as never, "set")).toThrow(InvalidArgumentError);
    expect(() => hashTags([1] as never, "set")).toThrow(InvalidArgumentError);
  });
});

describe("the size of the table of tags", () => {
  it.each([
    [2 ** 20, 1_152],
    [2 ** 28, 2 ** 18 + 128],
    [2 ** 35, 2 ** 23 + 128],
  ])("for %i bytes of memory is %i", (memory, bytes) => expect(tagTableBytes(memory)).toBe(bytes));
});
