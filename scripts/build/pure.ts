/**
 * Says of what modules compute while they are loaded that it is pure. Our packages have `sideEffects: false`, but a bundler
 * believes that of whole files only; what is built has few and large ones, and of each of those it would keep every
 * `const options = declareOptions({ ... })` with all that it mentions, whoever uses it. So such a value becomes
 *
 *     const options = /* @__PURE__ *\/ (() => (declareOptions({ ... })))();
 *
 * which bundlers leave out where nothing uses it, and unwrap where something does.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import ts from "typescript";

const BEGIN = "/* @__PURE__ */ (() => (";
const END = "))()";

/** For esbuild. */
export const pureModules: Plugin = {
  name: "pure-modules",
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: asPure(readFileSync(path, "utf8")),
      loader: "ts",
    }));
  },
};

/** The same module, in which values of variables at the top are marked where a bundler could not see that they are pure. */
export function asPure(source: string): string {
  const file = ts.createSourceFile("module.ts", source, ts.ScriptTarget.ES2022, true);
  const values = file.statements
    .flatMap((statement) => (ts.isVariableStatement(statement) ? statement.declarationList.declarations : []))
    .flatMap(({ name, initializer }) => (ts.isIdentifier(name) && initializer ? initializer : []));
  let marked = source;
  for (const value of values.filter(isDoubtful).reverse()) {
    const [start, end] = [value.getStart(file), value.getEnd()];
    marked = marked.slice(0, start) + BEGIN + marked.slice(start, end) + END + marked.slice(end);
  }
  return marked;
}

/** Whether it does something when it is loaded that might have effects: calls, getters. What its functions do later is no matter. */
function isDoubtful(value: ts.Node): boolean {
  if (ts.isFunctionLike(value) || ts.isClassLike(value) || ts.isTypeNode(value)) return false;
  const isOne =
    mayBeGetter(value) ||
    ts.isCallExpression(value) ||
    ts.isNewExpression(value) ||
    ts.isSpreadAssignment(value) ||
    ts.isSpreadElement(value) ||
    ts.isTemplateExpression(value);
  return isOne || (ts.forEachChild(value, (child) => isDoubtful(child) || undefined) ?? false);
}

/** Members of enums and classes, `State.EMPTY`, are known to bundlers. */
function mayBeGetter(value: ts.Node): boolean {
  return ts.isPropertyAccessExpression(value) && !/^[A-Z][a-z]/.test(value.getText());
}
