/** What is built tells bundlers what they may leave out, and means the same as the source. */
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { asPure } from "../build/pure.js";

/** What a bundler makes of a module of which one export is used. */
async function used(source: string, name: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `import { ${name} } from "module"; globalThis.used = ${name};`, loader: "js" },
    bundle: true,
    format: "esm",
    write: false,
    plugins: [
      {
        name: "module",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^module$/ }, () => ({ path: "module", namespace: "own" }));
          onLoad({ filter: /.*/, namespace: "own" }, () => ({ contents: asPure(source), loader: "ts" }));
        },
      },
    ],
  });
  return outputFiles[0].text;
}

const doubtful: [what: string, value: string][] = [
  ["a call", `make("unused")`],
  ["a call in an object", `{ a: { b: make("unused") } }`],
  ["a constructor", `new Map([["unused", make("a")]])`],
  ["a property of what was made", `used.unused`],
  ["what is spread", `{ ...used, unused: 1 }`],
  ["a list that is spread", `[...list, "unused"]`],
  ["a text with values", `\`unused \${list}\``],
];

const source = (value: string) => `
  const make = (name: string) => ({ name });
  export const list = make("list") as unknown as string[];
  export const used = make("used");
  export const other = ${value} as unknown;`;

describe("what is marked as pure", () => {
  it.each(doubtful)("is left out where nothing uses it: %s", async (_what, value) => {
    expect(await used(source(value), "used")).not.toContain("unused");
    expect(await used(source(value), "other")).toContain("unused");
  });

  it("is not what functions and classes do later, nor what is plain", () => {
    const plain = `const f = () => call(); class A { b = call(); } const n = 2 ** 3, o = { n }, e = State.Empty;`;
    expect(asPure(plain)).toBe(plain);
  });

  it("has the value that it had", () => {
    const text = `const one = wrap(1), two = { a: [...wrap([one]), wrap(2)] }; return two;`;
    const run = (code: string) => new Function("wrap", code)((value: unknown) => value);
    // A module's statements: without `return`, which a module cannot have.
    const [body, end] = [text.slice(0, text.indexOf("return")), "return two;"];
    expect(asPure(body)).not.toBe(body);
    expect(run(asPure(body) + end)).toEqual(run(text));
  });
});
