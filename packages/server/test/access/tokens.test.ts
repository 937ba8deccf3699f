/** Which tokens there are: of the settings and of the tokens file, what is said of wrong ones, and what a reload keeps. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createAccess, createLimits, hashOf, loadTokens, withoutTokens } from "../../src/access/index.js";
import { HOLDERS_MAX } from "../../src/access/tokens.js";
import { parseTokens } from "../../src/access/tokens-file.js";
import type { Principal } from "../../src/access/types.js";
import { ConfigError, loadConfig } from "../../src/config/index.js";

const folder = mkdtempSync(join(tmpdir(), "stowage-tokens-"));
const path = join(folder, "tokens.json");
afterAll(() => rmSync(folder, { recursive: true }));

const secret = "stw_a-very-secret-token-of-somebody";

function write(content: unknown): void {
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
}

const configOf = (...args: string[]) => loadConfig({ args, env: {} }).config;
const withFile = (...args: string[]) => configOf("--tokens-file", path, ...args);

function faultsOf(content: unknown, ...args: string[]): readonly string[] {
  write(content);
  try {
    loadTokens(withFile(...args));
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map((fault) => fault.replaceAll(path, "FILE"));
    throw error;
  }
  return [];
}

describe("tokens", () => {
  it("are asked for as soon as there are some, unless auth says otherwise", () => {
    write({ tokens: [{ name: "web", sha256: hashOf(secret) }] });
    expect(loadTokens(configOf())).toEqual({ on: false, holders: [] });
    expect(loadTokens(configOf("--tokens", "a")).on).toBe(true);
    expect(loadTokens(withFile()).on).toBe(true);
    expect(loadTokens(withFile("--no-auth"))).toEqual({ on: false, holders: [] });
  });

  it("of the settings may do everything; those of the file what it says", () => {
    write({
      tokens: [
        { name: "web", sha256: hashOf("w").toUpperCase(), scope: "write", prefixes: ["web:", "é"], rate: 5 },
        { name: "reader", sha256: hashOf("r") },
      ],
    });
    const { holders } = loadTokens(withFile("--tokens", "a,b,a", "--rate-limit", "9"));
    expect(holders).toEqual([
      { name: "token#1", sha256: hashOf("a"), scope: "admin", prefixes: null, rate: 9, slot: 0 },
      { name: "token#2", sha256: hashOf("b"), scope: "admin", prefixes: null, rate: 9, slot: 1 },
      { name: "web", sha256: hashOf("w"), scope: "write", prefixes: ["web:", "é"], rate: 5, slot: 2 },
      { name: "reader", sha256: hashOf("r"), scope: "read", prefixes: null, rate: 9, slot: 3 },
    ]);
  });

  it("are as docs/server-access.md has them", () => {
    const page = readFileSync(new URL("../../../../docs/server-access.md", import.meta.url), "utf8");
    const [, example] = /```json\n(\{\n[\s\S]*?)```/.exec(page)!;
    expect(faultsOf(example)).toEqual([]);
  });

  it("are hashed where they are kept, and leave the settings", () => {
    const config = configOf("--tokens", secret);
    const tokens = loadTokens(config);
    const access = createAccess(tokens, createLimits(), () => 0);
    expect((access.identify(`Bearer ${secret}`) as Principal).name).toBe("token#1");
    for (const kept of [withoutTokens(config), tokens, access])
      expect(inspect(kept, { depth: 9, showHidden: true })).not.toContain(secret);
  });

  it("keep the places of their limits when they are read again", () => {
    const names = (...all: string[]) => ({ tokens: all.map((name) => ({ name, sha256: hashOf(name) })) });
    write(names("a", "b", "c"));
    const first = loadTokens(withFile("--rate-limit", "2"));
    write(names("d", "c", "b", "e"));
    const second = loadTokens(withFile("--rate-limit", "2"), first);
    expect(second.holders.map(({ name, slot }) => [name, slot])).toEqual([
      ["d", 0],
      ["c", 2],
      ["b", 1],
      ["e", 3],
    ]);
  });
});

describe("an access", () => {
  const access = createAccess(loadTokens(configOf("--tokens", "good,goo")), createLimits(), () => 0);
  const headers: [header: string | undefined, who: string][] = [
    ["Bearer good", "token#1"],
    ["bearer good", "token#1"],
    ["BEARER   good", "token#1"],
    ["Bearer goo", "token#2"],
    ["Bearer g", "unknown"],
    ["Bearer goodx", "unknown"],
    ["Bearer Good", "unknown"],
    [`Bearer ${"x".repeat(1_024)}`, "unknown"],
    [`Bearer ${"x".repeat(1_025)}`, "missing"],
    [undefined, "missing"],
    ["", "missing"],
    ["good", "missing"],
    ["Bearer", "missing"],
    ["Bearer ", "missing"],
    [" Bearer good", "missing"],
    ["Bearer\tgood", "missing"],
    ["Bearer good ", "missing"],
    ["Bearer good good", "missing"],
    ["Bearer good, Bearer good", "missing"],
    ["Basic Z29vZA==", "missing"],
    ["Basic good", "missing"],
    ["Bearergood", "missing"],
    ["Bearer g\u00f6\u00f6d", "missing"],
    ["Bearer good\0", "missing"],
  ];
  for (const [header, who] of headers)
    it(`takes ${JSON.stringify(header?.slice(0, 40))} for ${who}`, () => {
      const found = access.identify(header);
      expect(typeof found === "string" ? found : found.name).toBe(who);
    });

  it("forgets the old tokens when new ones are loaded, and says that it did", () => {
    const access = createAccess(loadTokens(configOf("--tokens", "old")), createLimits(), () => 0);
    const { generation } = access;
    access.load(loadTokens(configOf("--tokens", "new")));
    expect(access.generation).toBeGreaterThan(generation);
    expect(access.identify("Bearer old")).toBe("unknown");
    expect(access.identify("Bearer new")).toMatchObject({ name: "token#1" });
  });

  it("limits each token as often as it says, whoever of the threads asks", () => {
    let now = 1_000;
    write({
      tokens: [
        { name: "slow", sha256: hashOf("s"), rate: 2 },
        { name: "free", sha256: hashOf("f") },
      ],
    });
    const tokens = loadTokens(withFile());
    const limits = createLimits();
    const [one, two] = [0, 1].map(() => createAccess(tokens, limits, () => now));
    const slow = one.identify("Bearer s") as Principal;
    const other = two.identify("Bearer s") as Principal;
    expect([one.admit(slow), two.admit(other), one.admit(slow) > 0, two.admit(other) > 0]).toEqual([
      0,
      0,
      true,
      true,
    ]);
    // Reading the tokens again must not give anybody a new allowance.
    one.load(loadTokens(withFile(), tokens));
    expect(one.admit(one.identify("Bearer s") as Principal)).toBeCloseTo(500);
    now += 501;
    expect(two.admit(other)).toBe(0);
    const free = one.identify("Bearer f") as Principal;
    for (let n = 0; n < 100; n++) expect(one.admit(free)).toBe(0);
  });
});

describe("whatever comes", () => {
  const member = fc.oneof(
    fc.constantFrom("tokens", "name", "sha256", "scope", "prefixes", "rate", "token"),
    fc.string(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.string(),
      fc.integer(),
      fc.constantFrom(null, true, "read", hashOf("x")),
      tie("list"),
      tie("record"),
    ),
    list: fc.array(tie("tree"), { maxLength: 3 }),
    record: fc.dictionary(member, tie("tree"), { maxKeys: 5 }),
  }));

  it("in the file: entries or faults, and no other error", () => {
    const entry = fc.dictionary(member, tree, { maxKeys: 6 });
    const file = fc.oneof(tree, fc.record({ tokens: fc.array(entry, { maxLength: 4 }) }));
    fc.assert(
      fc.property(file, (content) => {
        const faults: string[] = [];
        const entries = parseTokens(content, "FILE", null, faults);
        for (const fault of faults) expect(fault).toMatch(/^FILE/);
        for (const { name, sha256, scope } of entries)
          expect(`${name} ${sha256} ${scope}`).toMatch(/^[\w.-]+ [0-9a-f]{64} \w+$/);
      }),
      { numRuns: 500 },
    );
  });

  it("in the header: nobody gets in but by the token", () => {
    const access = createAccess(loadTokens(configOf("--tokens", "good")), createLimits(), () => 0);
    const part = fc.constantFrom(
      "Bearer",
      "bearer",
      "good",
      "goo",
      " ",
      "  ",
      "\t",
      ",",
      "=",
      '"',
      "\0",
      "é",
      "Basic",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")),
        ),
        (header) => {
          expect(typeof access.identify(header) === "object").toBe(
            /^bearer +good$/i.test(header) && header.endsWith("good"),
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("a tokens file that is wrong", () => {
  const sha256 = hashOf("x");
  const entry = { name: "a", sha256 };
  const hash = `put its SHA-256 under "sha256" instead: printf %s "$TOKEN" | sha256sum`;
  const cases: [what: string, content: unknown, faults: string[]][] = [
    [
      "is no JSON",
      '{"tokens": [\n  {"name": "a" "b"}]}',
      ['tokens-file FILE cannot be read: it is not JSON at line 2, column 16: "," or "}" is missing'],
    ],
    [
      "ends too soon",
      '{"tokens"',
      ["tokens-file FILE cannot be read: it is not JSON at line 1, column 10: the text ends too soon"],
    ],
    ["is a list", [entry], ['FILE must hold {"tokens": [...]} and nothing else']],
    ["has more than tokens", { tokens: [], more: 1 }, ['FILE must hold {"tokens": [...]} and nothing else']],
    [
      "has a token in the clear",
      { tokens: [{ name: "a", token: secret }] },
      [
        `FILE: tokens[0].token: tokens do not stand in the file; ${hash}`,
        `FILE: tokens[0].sha256 must be 64 hexadecimal digits. If that was the token: ${hash}`,
      ],
    ],
    [
      "has a token for its hash",
      { tokens: [{ name: "a", sha256: secret }] },
      [`FILE: tokens[0].sha256 must be 64 hexadecimal digits. If that was the token: ${hash}`],
    ],
    [
      "has a text for an entry",
      { tokens: [entry, secret] },
      ['FILE: tokens[1] must be an object such as {"name": "web", "sha256": "...", "scope": "read"}'],
    ],
    [
      "has a misspelt member",
      { tokens: [{ ...entry, scop: "read" }] },
      ['FILE: tokens[0] has an unknown member "scop"; did you mean scope?'],
    ],
    [
      "has a misspelt scope",
      { tokens: [{ ...entry, scope: "wirte" }] },
      ["FILE: tokens[0].scope must be one of read, write, admin; did you mean write?"],
    ],
    [
      "has bad names",
      { tokens: [{ sha256 }, { name: "a b", sha256: hashOf("y") }] },
      [
        "FILE: tokens[0].name must be 1 to 64 letters, digits, dots, hyphens or underscores",
        "FILE: tokens[1].name must be 1 to 64 letters, digits, dots, hyphens or underscores",
      ],
    ],
    [
      "has bad prefixes",
      {
        tokens: [
          { ...entry, prefixes: [""] },
          { name: "b", sha256: hashOf("b"), prefixes: [] },
        ],
      },
      [
        "FILE: tokens[0].prefixes must be a list of 1 to 100 texts that are not empty; leave it out for all keys",
        "FILE: tokens[1].prefixes must be a list of 1 to 100 texts that are not empty; leave it out for all keys",
      ],
    ],
    [
      "has a bad rate",
      { tokens: [{ ...entry, rate: 0 }] },
      ["FILE: tokens[0].rate must be a whole number from 1 to 10,000,000: requests a second"],
    ],
    [
      "has two of a name, and of a hash",
      { tokens: [entry, { name: "a", sha256: hashOf("y") }, { name: "b", sha256 }] },
      ['FILE: tokens[1].name is "a" like that of tokens[0]', "FILE: tokens[2].sha256 is that of tokens[0]"],
    ],
  ];
  for (const [what, content, faults] of cases)
    it(what, () => {
      expect(faultsOf(content)).toEqual(faults);
      expect(faultsOf(content).join()).not.toContain(secret);
    });

  it("is not there", () => {
    expect(() => loadTokens(configOf("--tokens-file", join(folder, "none.json")))).toThrow(
      /cannot be read: ENOENT/,
    );
  });

  it("has a token that the settings have too, or none although auth is on", () => {
    expect(faultsOf({ tokens: [entry] }, "--tokens", "x")).toEqual([
      'FILE: "a" is also one of the setting tokens',
    ]);
    expect(faultsOf({ tokens: [] }, "--auth")).toEqual([
      "auth is on, but there is no token: nobody could get in",
    ]);
  });

  it("has none, and so lets nobody in rather than everybody", () => {
    write({ tokens: [] });
    expect(loadTokens(withFile()).on).toBe(true);
  });

  it("has more than can be told apart", () => {
    const tokens = Array.from({ length: HOLDERS_MAX + 1 }, (_, n) => ({
      name: `t${n}`,
      sha256: hashOf(`${n}`),
    }));
    expect(faultsOf({ tokens })).toEqual(["there are 10001 tokens; at most 10000 are kept apart"]);
  });
});
