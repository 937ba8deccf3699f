/** The feed of a table: every verb that changes something is noted, and who caches by it is never left with the old value. */
import { describe, expect, it } from "vitest";
import { ClosedError } from "../../../src/base/errors.js";
import { SharedTable } from "../../../src/table/index.js";
import type { Change, FeedBatch } from "../../../src/table/types.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";

const clock = new FakeClock();
const make = (options = {}) => SharedTable.create({ memory: "2mb", janitor: false, clock, ...options });
const seen = ({ changes }: FeedBatch) => changes.map(({ kind, key }) => `${kind} ${key}`);

describe("the verbs", () => {
  it.each<[string, (table: SharedTable) => unknown, string[]]>([
    ["set", (table) => table.set("b", "1"), ["set b"]],
    ["add", (table) => table.add("b", "1"), ["set b"]],
    ["add what is there", (table) => table.add("a", "1"), []],
    ["replace", (table) => table.replace("a", "1"), ["set a"]],
    ["append", (table) => table.append("a", "1"), ["set a"]],
    ["incr", (table) => table.incr("n", 1), ["set n"]],
    ["incr in place", (table) => [table.incr("n", 1), table.incr("n", 1)], ["set n", "set n"]],
    ["delete", (table) => table.delete("a"), ["delete a"]],
    ["take", (table) => table.take("a"), ["delete a"]],
    ["clear", (table) => table.clear(), ["clear "]],
    ["invalidateTag", (table) => table.invalidateTag("t"), ["tag t"]],
    ["get", (table) => table.get("a"), []],
    ["a time to live where there was none", (table) => table.expire("a", 10), ["set a"]],
  ])("%s", (_, act, expected) => {
    const table = make();
    table.set("a", "0");
    using follower = table.follow();
    act(table);
    const found = new Set(
      seen(follower.read()).filter((change) => change !== "clear " || expected.length > 0),
    );
    expect([...found]).toEqual([...new Set(expected)]);
    table.close();
  });

  it("expiry, when the entry leaves", () => {
    const table = make();
    table.set("a", "0", { ttl: 10 });
    using follower = table.follow();
    clock.advance(10);
    table.get("a");
    expect(seen(follower.read())).toEqual(["expire a"]);
  });

  it("a shorter time to live, but not a longer one", () => {
    const table = make();
    table.set("a", "0", { ttl: 100 });
    using follower = table.follow();
    table.touch("a");
    table.expire("a", 200);
    expect(seen(follower.read())).toEqual([]);
    table.expire("a", 100);
    table.expireAt("a", clock.wall() + 50);
    expect(seen(follower.read())).toEqual(["set a", "set a"]);
    table.persist("a");
    expect(seen(follower.read())).toEqual([]);
    table.close();
  });

  it("a shorter time to live without an end to loads", () => {
    const table = make();
    table.set("a", "0", { ttl: 100 });
    using _follower = table.follow();
    const lease = table.lease("a");
    table.expire("a", 50);
    if (lease.granted) expect(table.fill("a", lease.token, "1")).toBeGreaterThan(0);
    expect(lease.granted).toBe(true);
    table.close();
  });

  it("eviction", () => {
    const table = make({ max: 10 });
    using follower = table.follow();
    for (let index = 0; index < 20; index++) table.set(`key:${index}`, "1");
    const kinds = follower.read().changes.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "set")).toHaveLength(20);
    expect(kinds.filter((kind) => kind === "evict").length).toBeGreaterThanOrEqual(10);
  });
});

describe("a follower of a table", () => {
  it("is refused where there is no feed", () => {
    expect(() => make({ feed: 0 }).follow()).toThrow(/feed/);
  });

  it("ends with the table", async () => {
    const table = make();
    const other = SharedTable.attach(table.handle, { clock });
    const follower = table.follow();
    const rest = other.follow();
    const batches: FeedBatch[] = [];
    const iterating = (async () => {
      for await (const batch of follower) batches.push(batch);
    })();
    await new Promise(setImmediate);
    table.close();
    await iterating;
    follower.close();
    expect(() => follower.read()).toThrow(ClosedError);
    other.set("a", "1");
    expect([batches.length, rest.read().changes.length]).toEqual([0, 1]);
  });

  it("is given the key's hashes, the same for the same key", () => {
    const table = make();
    using follower = table.follow();
    table.set("a", "1");
    table.set("b", "1");
    table.delete("a");
    const [first, second, third] = follower.read().changes.map(({ h1, h2 }: Change) => `${h1} ${h2}`);
    expect(first).toBe(third);
    expect(first).not.toBe(second);
  });

  it("sees the new value once it sees the note", () => {
    const table = make();
    using follower = table.follow();
    for (let write = 0; write < 100; write++) {
      table.set("a", String(write));
      expect(follower.read().changes).toHaveLength(1);
      expect(table.getString("a")).toBe(String(write));
    }
  });
});
