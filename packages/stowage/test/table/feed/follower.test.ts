/** What a follower is given, case by case, in one thread. */
import { describe, expect, it } from "vitest";
import { ClosedError, InvalidArgumentError, InvalidOptionError } from "../../../src/base/errors.js";
import { RingFollower } from "../../../src/table/feed/follower.js";
import { changeKind, kindNames } from "../../../src/table/feed/layout.js";
import type { FeedBatch } from "../../../src/table/feed/types.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { makeBuffer, noteKey, openRing, watchersOf } from "./support.js";

const keysOf = (batch: FeedBatch) => batch.changes.map((change) => change.key.toString());

function scene(capacity = 16, first = 1) {
  const watchers = watchersOf();
  const ring = openRing(makeBuffer(capacity, first), 0, watchers);
  const clock = new FakeClock();
  return { ring, watchers, clock, follow: (options = {}) => new RingFollower(ring, clock, options) };
}

describe("a follower", () => {
  it("gets the changes since it began, each once, in order", () => {
    const { ring, follow } = scene();
    noteKey(ring, "before");
    const follower = follow();
    expect(follower.read()).toEqual({ reset: false, changes: [] });
    noteKey(ring, "a");
    noteKey(ring, "b", changeKind.delete);
    const { changes } = follower.read();
    expect(changes.map(({ kind, key }) => [kind, key.toString()])).toEqual([
      ["set", "a"],
      ["delete", "b"],
    ]);
    expect(changes[1].sequence).toBe(changes[0].sequence + 1);
    expect(follower.position).toBe(changes[1].sequence);
    expect(follower.read().changes).toEqual([]);
  });

  it("sees the kinds by name", () => {
    const { ring, follow } = scene();
    const follower = follow();
    for (const kind of Object.values(changeKind)) noteKey(ring, "k", kind);
    expect(follower.read().changes.map(({ kind }) => kind)).toEqual(kindNames.slice(1));
  });

  it("keeps to the limit", () => {
    const { ring, follow } = scene();
    const follower = follow();
    for (const key of ["a", "b", "c"]) noteKey(ring, key);
    expect(keysOf(follower.read(2))).toEqual(["a", "b"]);
    expect(keysOf(follower.read(2))).toEqual(["c"]);
  });

  it("gets the first 48 bytes of a key, any bytes, and is told that there are more", () => {
    const { ring, follow } = scene();
    const follower = follow();
    const exact = Buffer.from(Array.from({ length: 48 }, (_, i) => 255 - i));
    for (const key of [exact, Buffer.alloc(49, 7), Buffer.alloc(65_536, 1), Buffer.alloc(0)])
      noteKey(ring, key);
    const { changes } = follower.read();
    expect(changes.map(({ keyLength, truncated }) => [keyLength, truncated])).toEqual([
      [48, false],
      [49, true],
      [65_536, true],
      [0, false],
    ]);
    expect(changes[0].key).toEqual(exact);
    expect(changes[1].key).toEqual(Buffer.alloc(48, 7));
  });

  it("is told when it was overtaken, and goes on from there", () => {
    const { ring, follow } = scene(16);
    const follower = follow();
    for (let i = 0; i < 16; i++) noteKey(ring, `fits${i}`);
    expect(follower.read().changes).toHaveLength(16);
    for (let i = 0; i < 17; i++) noteKey(ring, `over${i}`);
    expect(follower.read()).toEqual({ reset: true, changes: [] });
    noteKey(ring, "next");
    expect(keysOf(follower.read())).toEqual(["next"]);
  });

  it("goes on where another one ended", () => {
    const { ring, follow } = scene();
    const first = follow();
    noteKey(ring, "a");
    first.read();
    const second = follow({ from: first.position });
    noteKey(ring, "b");
    expect(keysOf(second.read())).toEqual(["b"]);
    expect(keysOf(first.read())).toEqual(["b"]);
  });

  it("is told when nobody followed between its place and now", () => {
    const { ring, follow } = scene();
    const first = follow();
    first.close();
    // A change here is not noted at all.
    const second = follow({ from: first.position });
    expect(second.read().reset).toBe(true);
    noteKey(ring, "a");
    expect(keysOf(second.read())).toEqual(["a"]);
  });

  it.each([
    ["behind the ring", 5],
    ["that has not come yet", 5_000],
    ["of another table", 2 ** 50],
  ])("is told when it asks for a place %s", (_, from) => {
    const { ring, follow } = scene(16, 1_000);
    const other = follow();
    noteKey(ring, "a");
    expect(follow({ from }).read().reset).toBe(true);
    expect(other.read().changes).toHaveLength(1);
  });

  it("can be told of a prefix alone, and of what is of no one key", () => {
    const { ring, follow } = scene();
    const follower = follow({ prefix: "user:" });
    for (const key of ["user:1", "use", "other", "user:"]) noteKey(ring, key);
    ring.noteTag(1, 2, Buffer.from("group"));
    ring.noteBare(changeKind.clear);
    expect(keysOf(follower.read())).toEqual(["user:1", "user:", "group", ""]);
    noteKey(ring, "other");
    expect(follower.wait(0)).toBe(false);
  });

  it("takes what may begin with a prefix longer than what is kept of keys", () => {
    const { ring, follow } = scene();
    const follower = follow({ prefix: "x".repeat(60) });
    noteKey(ring, "x".repeat(100));
    noteKey(ring, "x".repeat(59));
    noteKey(ring, "x".repeat(47));
    expect(follower.read().changes.map(({ keyLength }) => keyLength)).toEqual([100, 59]);
  });

  it("costs the table nothing once it is closed", () => {
    const { watchers, follow } = scene();
    const followers = [follow(), follow()];
    expect(watchers.count).toBe(2);
    for (const follower of followers) {
      follower.close();
      follower.close();
    }
    expect(watchers.count).toBe(0);
    expect(() => followers[0].read()).toThrow(ClosedError);
    expect(() => followers[0].wait(1)).toThrow(ClosedError);
  });

  it("refuses what makes no sense", () => {
    const { follow } = scene();
    expect(() => follow({ from: -1 })).toThrow(InvalidOptionError);
    expect(() => follow({ since: 1 })).toThrow(InvalidOptionError);
    expect(() => follow({ prefix: 1 })).toThrow(InvalidOptionError);
    expect(() => follow().read(0)).toThrow(InvalidArgumentError);
    expect(() => follow().wait(Number.NaN)).toThrow(InvalidArgumentError);
  });
});
