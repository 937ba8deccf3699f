/**
 * What an editor shows: each verb and option has a sentence that explains it, and the types in a hover are those that a
 * reader wrote, not the machinery behind them. Asked of the compiler itself, over the sources.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const probe = join(dirname(fileURLToPath(import.meta.url)), "probe.ts");
const source = `
import { Cache, commit, ignore } from "stowage";
import type { CacheOptions, FetchOptions, Hook, SetOptions, StreamQuery, Warmer, CacheStats, CacheReport } from "stowage";
interface User { name: string }
declare const ada: User;
const users = new Cache<string, User>({ max: 10 });
const lists = new Cache<string, number[], { last: { type: "read"; execute: (list: number[] | undefined) => number } }>();
const found = users.get("a");
const all = users.getMany(["a"]);
const loaded = users.fetch("a", async () => ada);
const wrapped = users.wrap(async (id: number) => ada);
const rows = [...users.stream({ select: (entry) => entry.key })];
const last = lists.invoke("last", "a");
const moved = users.transaction(["a"], (tx) => tx.take("a"));
const left = users.ttl("a");
const made = commit(ada);
const passed = ignore(5);
type Shapes = [CacheOptions<string, User>, FetchOptions, SetOptions, StreamQuery<string, User>, CacheStats, CacheReport, Hook, Warmer<string, User>];
`;

let checker: ts.TypeChecker;
let file: ts.SourceFile;
let program: ts.Program;

beforeAll(() => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === probe ? ts.createSourceFile(name, source, rest[0], true) : getSourceFile(name, ...rest);
  host.fileExists = (name) => name === probe || fileExists(name);
  host.readFile = (name) => (name === probe ? source : readFile(name));
  program = ts.createProgram([probe], options, host);
  checker = program.getTypeChecker();
  file = program.getSourceFile(probe) as ts.SourceFile;
}, 60_000);

/** What stands behind the name of a variable or type in a hover. */
function typeOf(name: string): ts.Type {
  const symbol = checker
    .getSymbolsInScope(file, ts.SymbolFlags.BlockScopedVariable | ts.SymbolFlags.TypeAlias)
    .find((each) => each.name === name && each.declarations?.[0]?.getSourceFile() === file);
  if (symbol === undefined) throw new Error(`the probe has no ${name}`);
  return symbol.flags & ts.SymbolFlags.TypeAlias
    ? checker.getDeclaredTypeOfSymbol(symbol)
    : checker.getTypeOfSymbol(symbol);
}

const hover = (name: string): string => checker.typeToString(typeOf(name));
const explained = (symbol: ts.Symbol): boolean => symbol.getDocumentationComment(checker).length > 0;

const hovers: [name: string, shown: string][] = [
  ["found", "User | undefined"],
  ["all", "Map<string, User>"],
  ["loaded", "Promise<User>"],
  ["wrapped", "(id: number) => Promise<User>"],
  ["rows", "string[]"],
  ["last", "number"],
  ["moved", "Promise<User | undefined>"],
  ["left", "number | null | undefined"],
  ["made", "Commit<User>"],
  ["passed", "Ignore<number>"],
  ["users", "Cache<string, User, Commands<User>>"],
];

describe("a hover", () => {
  it.each(hovers)("over %s shows %s", (name, shown) => {
    expect(hover(name)).toBe(shown);
  });

  it("the probe compiles, or the rest says nothing", () => {
    const messages = program.getSemanticDiagnostics(file).map(({ messageText, code }) => [code, messageText]);
    expect(messages.filter(([code]) => code !== 6133 && code !== 6196)).toEqual([]);
  });

  it("over each verb fits on a few lines and shows no machinery", () => {
    for (const symbol of typeOf("users").getProperties()) {
      // What a cache without declared commands takes and gives is anything.
      if (symbol.name === "invoke") continue;
      const type = checker.getTypeOfSymbol(symbol);
      for (const signature of type.getCallSignatures()) {
        const text = `${symbol.name}${checker.signatureToString(signature)}`;
        expect(text.length, text).toBeLessThan(230);
        expect(text).not.toMatch(/\binfer\b|\bany\b|(?<!= )\bnever\b| extends .+ \? /);
      }
    }
  });

  const shapes = [
    "CacheOptions",
    "FetchOptions",
    "SetOptions",
    "StreamQuery",
    "CacheStats",
    "CacheReport",
    "Hook",
    "Warmer",
  ];
  it.each([...shapes.entries()])(
    "%s: the options and fields of %s are written out, not computed",
    (at, name) => {
      const shape = checker.getTypeArguments(typeOf("Shapes") as ts.TypeReference)[at];
      const shown = checker.typeToString(shape);
      expect(shown.replace(/<.*/, "")).toBe(name);
      for (const property of shape.getProperties()) {
        expect(property.declarations?.[0].kind, `${name}.${property.name}`).toBe(
          ts.SyntaxKind.PropertySignature,
        );
      }
    },
  );

  it("explains each verb", () => {
    /** What says everything by its name. */
    const plain = ["closed", "resetStats"];
    const silent = typeOf("users")
      .getProperties()
      .filter((symbol) => !/^(__|#)/.test(symbol.name) && !explained(symbol))
      .map(({ name }) => name);
    expect(silent.filter((name) => !plain.includes(name))).toEqual([]);
  });

  it("explains each option of new Cache, fetch and set", () => {
    const plain = ["handle", "when", "execute", "idle", "tags", "weight"];
    const silent = [0, 1, 2].flatMap((at) =>
      checker
        .getTypeArguments(typeOf("Shapes") as ts.TypeReference)
        [at].getProperties()
        .filter((symbol) => !explained(symbol))
        .map(({ name }) => name),
    );
    expect(silent.filter((name) => !plain.includes(name))).toEqual([]);
  });
});
