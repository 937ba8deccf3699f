/** What workers tell each other about leases: between real threads, and when one of them dies in the middle. */
import { describe, expect, it } from "vitest";
import { createLeaseBoard, LeaseBoard } from "../../src/feed/lease-board.js";
import { broken, bundled, type Edit } from "../support/mutants.js";

const key = Buffer.from("user:1");

const filler = () => bundled(new URL("./filler.worker.ts", import.meta.url));
const races = (...edits: Edit[]) =>
  broken<typeof import("./race.js")>(new URL("./race.ts", import.meta.url), ...edits);

describe("a prefix that is invalidated while a key is filled", () => {
  it("never leaves an old value", async () => {
    const { race } = await races();
    const { stale, taken, refused } = await race(await filler(), 5_000);
    expect(stale).toBe(0);
    expect(Math.min(taken, refused)).toBeGreaterThan(0);
  });

  it("waits for the fill, or would not if it were broken", async () => {
    const { waitsForFill } = await races();
    expect(await waitsForFill(await filler())).toBe(true);
    const edit = { file: "feed/lease-board.ts", find: "this.#awaitFill(at);", replace: "void at;" };
    expect(await (await races(edit)).waitsForFill(await filler())).toBe(false);
  });

  it("concerns the keys that begin so, and no others", () => {
    const board = new LeaseBoard(createLeaseBoard(), 0);
    const cases: [prefix: string, key: string, concerned: boolean][] = [
      ["user:", "user:1", true],
      ["user:1", "user:1", true],
      ["user:10", "user:1", false],
      ["users", "user:1", false],
      ["", "user:1", true],
      ["u", "", false],
      [`${"k".repeat(120)}A`, `${"k".repeat(120)}B`, true], // of a long one, the beginning counts
      [`${"k".repeat(119)}A`, `${"k".repeat(119)}B`, false],
    ];
    for (const [prefix, name, concerned] of cases) {
      const { sequence } = board;
      board.noteInvalidation(Buffer.from(prefix));
      expect([prefix, board.fill(sequence, Buffer.from(name), () => "filled")]).toEqual([
        prefix,
        concerned ? undefined : "filled",
      ]);
      expect(board.fill(board.sequence, Buffer.from(name), () => "filled")).toBe("filled");
    }
  });
});

describe("a worker that dies", () => {
  it("over a fill holds an invalidation up for a moment only, and its successor begins anew", () => {
    const memory = createLeaseBoard();
    const dead = new LeaseBoard(memory, 1);
    const board = new LeaseBoard(memory, 0);
    // What a thread leaves that is gone within the call.
    const left = new Int32Array(memory).slice();
    let amid: Int32Array | undefined;
    dead.fill(dead.sequence, key, () => (amid = new Int32Array(memory).slice()));
    new Int32Array(memory).set(amid ?? left);
    const since = performance.now();
    board.noteInvalidation(Buffer.from("user:"));
    const held = performance.now() - since;
    expect([held > 150, held < 2_000]).toEqual([true, true]);
    const successor = new LeaseBoard(memory, 1);
    const again = performance.now();
    board.noteInvalidation(Buffer.from("user:"));
    expect(performance.now() - again).toBeLessThan(100);
    expect(successor.fill(successor.sequence, key, () => "filled")).toBe("filled");
  });

  it("over a note makes loads of before it count as invalidated", () => {
    const memory = createLeaseBoard();
    const board = new LeaseBoard(memory, 0);
    const { sequence } = board;
    Atomics.add(new Int32Array(memory), 0, 1); // it took a number, and no more
    expect(board.fill(sequence, key, () => "filled")).toBeUndefined();
    expect(board.fill(board.sequence, key, () => "filled")).toBe("filled");
  });
});

it("rings whoever listens, and remembers that it rang", async () => {
  const memory = createLeaseBoard();
  const [one, other] = [new LeaseBoard(memory, 0), new LeaseBoard(memory, 1)];
  const seen = other.bell;
  const rung = other.untilRung(seen);
  one.ring();
  await rung;
  await other.untilRung(seen);
  expect(other.bell).not.toBe(seen);
});

it("has a secret of its own", () => {
  const memory = createLeaseBoard();
  expect(new LeaseBoard(memory, 0).secret).toEqual(new LeaseBoard(memory, 3).secret);
  expect(new LeaseBoard(createLeaseBoard(), 0).secret).not.toEqual(new LeaseBoard(memory, 0).secret);
});
