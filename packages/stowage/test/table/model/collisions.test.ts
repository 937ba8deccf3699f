/** Keys with the same hash stay different keys. */
import { SharedTable } from "stowage/table";
import { describe, expect, it } from "vitest";
import { collidingPairs, keepApart } from "./collisions.js";

describe("two keys with the same hash", () => {
  it("are two keys", () => {
    const table = SharedTable.create({ memory: "4mb", janitor: false });
    const pairs = collidingPairs(table);
    expect(pairs.length).toBeGreaterThan(1);
    keepApart(table, pairs);
    table.close();
  });
});
