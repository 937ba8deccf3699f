/** The documentation tests find what they are there to find: examples, values, commands and links that lie. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { typeErrorsOf } from "../../docs/check-types.js";
import { commandsOf, problemWithCommand } from "../../docs/commands.js";
import { withExpectations } from "../../docs/expectations.js";
import { parseMarkdown } from "../../docs/markdown.js";
import { brokenLinksOf, readPage } from "../../docs/pages.js";
import { type Program, programsOf } from "../../docs/programs.js";
import { runProgram } from "../../docs/run-program.js";

const root = join(import.meta.dirname, "../../..");
const fence = "```";

function pageOf(...parts: string[]): Program[] {
  return programsOf(parseMarkdown(parts.join("\n")).blocks);
}

function example(code: string, lang = "ts"): Program {
  return pageOf(`${fence}${lang}`, code, fence)[0];
}

/** The same file is the thread's program, TypeScript and all. */
function thread(code: string): string {
  const worker = "new Worker(new URL(import.meta.url))";
  return `import { isMainThread, Worker } from "node:worker_threads";\nif (isMainThread) ${worker};\nelse {\n  const typed: string = "";\n  ${code}\n}`;
}

describe("an example runs", { timeout: 60_000 }, () => {
  it.each([
    ["a value", `[1, 2].map((n) => n + 1); // => [2, 3]`],
    ["a declaration", `const map = new Map([["a", 1]]); // => new Map([["a", 1]])`],
    ["an awaited value", `await Promise.resolve({ a: undefined }); // => { a: undefined }`],
    ["console.log", `console.log("a" + "b"); // => "ab"`],
    ["a number near enough", `1000 - 3; // => about 1_000`],
    ["an error", `JSON.parse("{"); // => throws SyntaxError`],
    ["a rejection", `await Promise.reject(new TypeError("x")); // => throws TypeError`],
    ["a value inside a function", `const f = () => {\n  [1].length; // => 1\n};\nf();`],
    ["a value in a thread", thread("1 + 1; // => 2")],
  ])("and agrees with %s", async (_what, code) => {
    expect(await runProgram(root, example(code))).toMatchObject({ ok: true });
  });

  it.each([
    ["a wrong value", `let n = 0;\nn + 1; // => 2`, "line 3: n + 1"],
    ["a wrong declaration", `const one = 1; // => 2`, "line 2: one"],
    ["a number too far off", `900; // => about 1_000`, "is 900, not about 1000"],
    ["no error", `JSON.parse("{}"); // => throws SyntaxError`, "does not throw SyntaxError"],
    ["another error", `JSON.parse("{"); // => throws RangeError`, "throws SyntaxError, not RangeError"],
    ["a wrong value in a thread", thread("1 + 1; // => 3"), "1 + 1"],
    ["a throw", `throw new Error("told you");`, "told you"],
    ["an unhandled rejection", `void Promise.reject(new Error("left alone"));`, "left alone"],
  ])("and fails on %s", async (_what, code, message) => {
    const { ok, output } = await runProgram(root, example(code));
    expect(ok).toBe(false);
    expect(output).toContain(message);
  });

  it("as plain JavaScript too", async () => {
    expect((await runProgram(root, example(`globalThis.a = 1;\na; // => 2`, "js"))).ok).toBe(false);
  });
});

describe("an expectation", () => {
  it("that stands behind nothing checkable is refused", () => {
    expect(() => withExpectations(`if (true) {\n} // => 1`, [10, 11])).toThrow("line 11");
    expect(() => withExpectations(`// => 1`, [10])).toThrow("line 10");
  });
});

describe("blocks", () => {
  it("stand alone, continue, and have hidden lines", () => {
    const programs = pageOf(
      `${fence}ts`,
      "const a = 1;",
      fence,
      "prose",
      "<!-- example: continues -->",
      "",
      `${fence}ts`,
      "a; // => 1",
      fence,
      "<!-- example: with",
      "const b = 2;",
      "-->",
      `${fence}js`,
      "b; // => 2",
      fence,
      `${fence}text`,
      "not code",
      fence,
    );
    expect(programs).toEqual([
      { lang: "ts", code: "const a = 1;\na; // => 1", line: 2, pageLines: [2, 8] },
      { lang: "js", code: "const b = 2;\nb; // => 2", line: 14, pageLines: [14, 14] },
    ]);
  });

  it("cannot continue nothing, nor carry an unknown note, nor stay open", () => {
    expect(() => pageOf("<!-- example: continues -->", `${fence}ts`, fence)).toThrow("no example before");
    expect(() => pageOf("<!-- example: skip -->", `${fence}ts`, fence)).toThrow(
      `neither "continues" nor "with"`,
    );
    expect(() => pageOf(`${fence}ts`, "1")).toThrow("not closed");
  });

  it("are type-checked together, each with its own names", { timeout: 120_000 }, () => {
    const programs = [example("const a: number = 1;"), example(`const a: number = "1";`)];
    expect(typeErrorsOf(root, programs)).toEqual([
      "line 2: Type 'string' is not assignable to type 'number'.",
    ]);
  });
});

describe("commands", () => {
  it("are taken apart", () => {
    const [block] = parseMarkdown(
      `${fence}sh\n$ npm ci && npm test # all\n# nothing\nnpm run \\\n  build\n${fence}`,
    ).blocks;
    expect(commandsOf(block).map(({ text }) => text)).toEqual(["npm ci", "npm test", "npm run build"]);
  });

  it.each([
    "npm ci",
    "npm test",
    "npm start",
    "npm run check:types -- --watch",
    "node scripts/check-layers.ts",
  ])("that exist pass: %s", (command) => expect(problemWithCommand(root, command)).toBeUndefined());

  it.each([
    ["npm run nothing", `no script "nothing"`],
    ["npm run toString", `no script "toString"`],
    ["node nothing.js", "there is no nothing.js"],
    ["rm -rf x", "can vouch"],
    ["npm stop", "can vouch"],
  ])("that do not exist fail: %s", (command, problem) => {
    expect(problemWithCommand(root, command)).toContain(problem);
  });
});

describe("links", () => {
  it("must lead to a file, and to a heading in it", () => {
    const folder = mkdtempSync(join(tmpdir(), "stowage-links-"));
    writeFileSync(join(folder, "b.md"), "# One `two`, three!\n## Twice\n## Twice\n");
    writeFileSync(
      join(folder, "a.md"),
      "[1](b.md) [2](b.md#one-two-three) [3](b.md#twice-1) [4](https://x.y/z) `[5](none.md)`\n" +
        "[6](none.md) [7](b.md#none) [8](#none) [9](../out.md)\n",
    );
    const broken = brokenLinksOf(folder, readPage(folder, "a.md"));
    rmSync(folder, { recursive: true });
    expect(broken).toEqual([
      "line 2: none.md: there is no such file",
      "line 2: b.md#none: b.md has no heading for #none",
      "line 2: #none: a.md has no heading for #none",
      "line 2: ../out.md: it leads out of the repository",
    ]);
  });
});
