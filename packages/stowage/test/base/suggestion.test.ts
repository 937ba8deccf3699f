/** Suggestions: near names are found, far ones are not. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, suggest } from "../../src/base/suggestion.js";

const known = ["max", "maxWeight", "ttl", "idle", "janitor", "staleWhileRevalidate"];

test.each([
  ["maxx", "max"],
  ["Max", "max"],
  ["tll", "ttl"],
  ["maxweight", "maxWeight"],
  ["jantior", "janitor"],
  ["staleWhileRevalidating", "staleWhileRevalidate"],
])("%s means %s", (name, meant) => {
  expect(suggest(name, known)).toBe(meant);
});

test.each(["", "foo", "expires", "__proto__", "x".repeat(100_000)])(
  "the name at %# means none of them",
  (name) => {
    expect(suggest(name, known)).toBeUndefined();
  },
);

test("one slip is a distance of one", () => {
  for (const slip of ["tl", "ttll", "tta", "tlt", "TTL"])
    expect(editDistance("ttl", slip)).toBeLessThanOrEqual(1);
  expect(editDistance("kitten", "sitting")).toBe(3);
});

test("is symmetric, zero for equals, and never more than the longer name", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(editDistance(a, a)).toBe(0);
      expect(distance).toBeLessThanOrEqual(Math.max(a.toLowerCase().length, b.toLowerCase().length));
    }),
  );
});
