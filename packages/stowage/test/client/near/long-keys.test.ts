/** What the client calls a long key is what the server's feed calls it. */
import fc from "fast-check";
import type { Change } from "stowage/table";
import { describe, expect, it } from "vitest";
import { changeEvent, KEY_BYTES_KEPT } from "../../../../server/src/feed/event.js";
import { changeOf } from "../../../src/client/near/changes.js";
import { EventStreamParser } from "../../../src/client/near/event-stream.js";
import { KEY_BYTES_TOLD, labelOf, labelTold } from "../../../src/client/near/long-keys.js";

/** What the server sends, and what the client takes it for. */
function told(key: string) {
  const bytes = Buffer.from(key, "utf8");
  const change: Change = {
    sequence: 1,
    kind: "set",
    key: bytes.subarray(0, KEY_BYTES_KEPT),
    keyLength: bytes.length,
    truncated: bytes.length > KEY_BYTES_KEPT,
    h1: 0,
    h2: 0,
  };
  const text = Buffer.from(changeEvent(change, true), "latin1").toString("utf8");
  return changeOf(new EventStreamParser().push(text)[0]);
}

const keys = fc.string({
  unit: fc.constantFrom("a", "é", "€", "\u{1f600}", "\0", '"', "\n"),
  minLength: 1,
  maxLength: 70,
});

describe("long keys", () => {
  it("are as long as the server thinks", () => {
    expect(KEY_BYTES_TOLD).toBe(KEY_BYTES_KEPT);
  });

  it("have the name that the feed gives them, and others their own", () => {
    fc.assert(
      fc.property(keys, (key) => {
        const change = told(key);
        const label = labelOf(key);
        if (label === undefined) expect(change).toEqual({ kind: "key", key });
        else if (change.kind !== "long-key") throw new Error(`${key} is ${change.kind} to the feed`);
        else expect(labelTold(change.start, change.length)).toBe(label);
      }),
      { numRuns: 5_000 },
    );
  });

  it("may be any, where a server tells less of them", () => {
    expect(labelTold("x".repeat(44), 100)).toBe(undefined);
    expect(labelTold("x".repeat(45), 100)).not.toBe(undefined);
    // One that tells more has all of their names in what it tells.
    expect(labelTold("x".repeat(64), 100)).toBe(labelOf("x".repeat(100)));
  });
});
