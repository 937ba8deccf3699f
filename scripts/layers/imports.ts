/**
 * Reads what a TypeScript source imports, through TypeScript's own parser: a regular expression would be fooled
 * by comments and strings.
 *
 * Told apart, because the rules differ: `type` imports (erased, they cannot make a loading cycle), `static`
 * ones, and `dynamic` ones (`import()`, `require()`: run at call time).
 */
import ts from "typescript";

export interface Import {
  readonly specifier: string;
  readonly kind: "type" | "static" | "dynamic";
  /** Line of the import, from 1. */
  readonly line: number;
}

export function importsOf(path: string, source: string): Import[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const hit = importAt(node);
    if (hit !== undefined) {
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
      found.push({ ...hit, line });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function importAt(node: ts.Node): Omit<Import, "line"> | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return declaration(node);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return named(node.argument.literal, "type");
  }
  if (ts.isCallExpression(node) && isImportCall(node)) return named(node.arguments[0], "dynamic");
  return undefined;
}

function declaration(node: ts.ImportDeclaration | ts.ExportDeclaration): Omit<Import, "line"> | undefined {
  const typeOnly = ts.isImportDeclaration(node)
    ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    : node.isTypeOnly;
  return named(node.moduleSpecifier, typeOnly ? "type" : "static");
}

function isImportCall(node: ts.CallExpression): boolean {
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(node.expression) && node.expression.text === "require";
}

function named(node: ts.Node | undefined, kind: Import["kind"]): Omit<Import, "line"> | undefined {
  if (node === undefined || !ts.isStringLiteralLike(node)) return undefined;
  return { specifier: node.text, kind };
}
