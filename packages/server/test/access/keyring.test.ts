/**
 * Tokens are compared without an early exit. Time cannot prove that on a busy machine, so it is shown by what is looked at:
 * whichever token is asked for, the same numbers are read in the same order.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { isSame } from "../../src/access/compare.js";
import * as keyring from "../../src/access/keyring.js";
import { hashOf } from "../../src/access/tokens.js";
import { broken, type Edit } from "../support/mutants.js";

const known = Array.from({ length: 20 }, (_, n) => `token-${n}`);
const asked = [...known, "", "token", "token-20", "token-0 ", "TOKEN-0", "x".repeat(1_000)];

afterEach(() => vi.unstubAllGlobals());

const Plain = Int32Array;

/** Makes typed arrays that note which of their numbers are read. */
function watchReads(): string[] {
  const reads: string[] = [];
  let arrays = 0;
  class Watched {
    constructor(length: number) {
      const name = arrays++;
      // biome-ignore lint/correctness/noConstructorReturn: a proxy in the place of the array
      return new Proxy(new Plain(length), {
        get(target, property) {
          if (typeof property === "string" && /^\d+$/.test(property)) reads.push(`${name}[${property}]`);
          const value = Reflect.get(target, property, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    }
  }
  vi.stubGlobal("Int32Array", Watched);
  return reads;
}

function readsOf({ Keyring }: typeof keyring): Set<string> {
  const reads = watchReads();
  const ring = new Keyring(known.map(hashOf));
  const each = asked.map((token) => {
    reads.length = 0;
    ring.find(token);
    return reads.join(" ");
  });
  return new Set(each);
}

const mutant = (edit: Edit) =>
  broken<typeof keyring>(new URL("../../src/access/keyring.ts", import.meta.url), edit);

describe("the keyring", () => {
  it("finds each token, and nothing else", () => {
    const ring = new keyring.Keyring(known.map(hashOf));
    expect(asked.map((token) => ring.find(token))).toEqual([...known.keys(), -1, -1, -1, -1, -1, -1]);
    expect(new keyring.Keyring([]).find("token-0")).toBe(-1);
  });

  it("tells hashes apart that differ in a single bit", () => {
    const bytes = Buffer.from(hashOf("a"), "hex");
    for (let bit = 0; bit < 256; bit++) {
      const other = Buffer.from(bytes);
      other[bit >> 3] ^= 1 << (bit & 7);
      expect(new keyring.Keyring([other.toString("hex")]).find("a"), `bit ${bit}`).toBe(-1);
      expect(new keyring.Keyring([other.toString("hex"), hashOf("a")]).find("a")).toBe(1);
    }
  });

  it("looks at the same numbers whatever is asked", () => {
    const [reads, ...others] = readsOf(keyring);
    expect(others).toEqual([]);
    expect(reads.split(" ")).toHaveLength(known.length * 8);
  });

  const place = "found = (found & ~same) | (at & same);";
  const mutants: [what: string, find: string, replace: string][] = [
    ["ends with the first that matches", place, `if (same) return at; ${place}`],
    ["passes over what differs early", "const high =", "if (low !== 0) continue; const high ="],
    [
      "compares word by word",
      "const low = (hashes[i] ^ a) | (hashes[i + 1] ^ b)",
      "const low = hashes[i] ^ a || (hashes[i + 1] ^ b)",
    ],
  ];
  for (const [what, find, replace] of mutants)
    it(`is tested: one that ${what}`, async () => {
      const module = await mutant({ file: "access/keyring.ts", find, replace });
      expect(readsOf(module).size).toBeGreaterThan(1);
    });
});

describe("isSame", () => {
  it("is equality", () => {
    for (const a of ["", "a", "b", "ab", "Bearer x", "bearer x"])
      for (const b of ["", "a", "b", "ab", "Bearer x", "bearer x"]) expect(isSame(a, b)).toBe(a === b);
  });

  it("looks at every character, wherever the first difference is", () => {
    for (const text of ["secret", "Secret", "secreT", "xxxxxx"]) {
      let looks = 0;
      const watched = {
        length: text.length,
        charCodeAt: (at: number) => {
          looks++;
          return text.charCodeAt(at);
        },
      } as unknown as string;
      expect(isSame(watched, "secret")).toBe(text === "secret");
      expect(looks).toBe(6);
    }
  });
});
