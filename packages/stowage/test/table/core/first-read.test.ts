/** A file of its own, since it is about the first read of a thread: the pool of results is made by it. */
import { expect, test } from "vitest";
import { tableOf } from "./support.js";

test("the first value that a thread reads may be empty", () => {
  const table = tableOf();
  table.set("a", "", { tags: ["t"] });
  expect(table.get("a")).toEqual(Buffer.alloc(0));
  expect(table.getEntry("a")?.value.length).toBe(0);
});
