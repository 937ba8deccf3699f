/** Options of nearCache that are wrong, and what is said of them. */
import { describe, expect, it } from "vitest";
import { nearCache } from "../../../src/client/near/index.js";
import { nearOptions } from "../../../src/client/near/options.js";

const wrong: readonly [options: object, says: RegExp][] = [
  [{ maxStalness: "2s" }, /no option "maxStalness"\. Did you mean "maxStaleness"/],
  [{ maxStaleness: "2 s" }, /"maxStaleness" is not a duration/],
  [{ maxStaleness: 199 }, /maxStaleness.*at least 200 ms/],
  [{ max: 0 }, /max.*whole number/],
  [{ maxWeight: 10 }, /maxWeight.*needs a weigher/],
  [{ weigher: () => 1 }, /weigher needs maxWeight/],
  [{ policy: "lruu" }, /policy.*"lru"/],
  [{ policy: "none" }, /policy "none" evicts nothing/],
  [{ ttl: 0 }, /"ttl" is not a duration/],
  [{ prefixes: [] }, /prefixes/],
  [{ prefixes: [""] }, /prefixes/],
  [{ prefixes: "user:" }, /"prefixes" must be a list/],
  [{ whenBehind: "on" }, /"whenBehind" must be "off", or an object with ttl/],
  [{ whenBehind: {} }, /whenBehind\.ttl/],
  [{ whenBehind: { tll: 1 } }, /Did you mean "whenBehind\.ttl"/],
];

describe("nearCache", () => {
  for (const [options, says] of wrong)
    it(`refuses ${JSON.stringify(options)}`, () => {
      expect(() => nearCache(options as never)).toThrow(says);
      expect(() => nearCache(options as never)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^STOWAGE_INVALID_/) }),
      );
    });

  it("has a bound, and defaults that are documented", () => {
    expect(nearOptions.bind(undefined, "test")).toEqual({
      max: 10_000,
      maxWeight: Number.POSITIVE_INFINITY,
      weigher: null,
      ttl: null,
      policy: "w-tinylfu",
      prefixes: null,
      maxStaleness: 2_000,
      whenBehind: "off",
    });
  });

  it("takes every policy by name", () => {
    for (const policy of ["lru", "lrw", "fifo", "sieve", "s3-fifo", "w-tinylfu"] as const)
      expect(() => nearCache({ policy })).not.toThrow();
    expect(() => nearCache({ policy: "none", max: Number.POSITIVE_INFINITY })).not.toThrow();
  });
});
