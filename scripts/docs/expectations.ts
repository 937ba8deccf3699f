/**
 * Makes `// => value` comments true or fatal: each is checked against the value of the statement it stands
 * behind, while the example runs.
 *
 *   cache.get("a"); // => 1                      an expression statement: its value
 *   const size = cache.size(); // => 2           a declaration: the variable
 *   console.log(cache.ttl("a")); // => null      console.log: what it is given
 *   cache.ttl("a"); // => about 60_000           a number within 5 %
 *   cache.set("a", undefined); // => throws InvalidValueError     the name of the error
 *
 * The value is any JavaScript expression, compared with deepStrictEqual. A `// =>` that stands behind nothing
 * checkable is an error, so none is ever ignored.
 */
import ts from "typescript";

/** Name of the checking function that expect-runtime.mjs puts on globalThis. */
const check = "__expectExample";
const marker = /^\/\/\s*=>\s*(.*)$/;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** `pageLines[i]` is the line to blame for line i of the code. */
export function withExpectations(code: string, pageLines: readonly number[]): string {
  const file = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2022, true);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    const edit = ts.isStatement(node) ? editOf(file, node, pageLines) : undefined;
    if (edit !== undefined) edits.push(edit);
    else ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  assertAllClaimed(file, edits, pageLines);
  return edits.sort((a, b) => b.start - a.start).reduce(applyEdit, code);
}

function applyEdit(code: string, { start, end, text }: Edit): string {
  return code.slice(0, start) + text + code.slice(end);
}

function editOf(file: ts.SourceFile, node: ts.Statement, pageLines: readonly number[]): Edit | undefined {
  const expected = expectationAfter(file.text, node.end);
  if (expected === undefined) return undefined;
  const line = pageLines[lineAt(file, node.end)];
  const start = node.getStart(file);
  const make = (text: string): Edit => ({ start, end: node.end, text });
  if (ts.isVariableStatement(node)) {
    const name = node.declarationList.declarations[0].name.getText(file);
    return make(`${node.getText(file)} ${call(name, expected, line)}`);
  }
  if (ts.isExpressionStatement(node))
    return make(call(checkedPart(node.expression).getText(file), expected, line));
  return undefined;
}

function checkedPart(expression: ts.Expression): ts.Expression {
  const logs = ts.isCallExpression(expression) && expression.expression.getText() === "console.log";
  return logs && expression.arguments.length === 1 ? expression.arguments[0] : expression;
}

function expectationAfter(text: string, end: number): string | undefined {
  const [comment] = ts.getTrailingCommentRanges(text, end) ?? [];
  return comment && marker.exec(text.slice(comment.pos, comment.end))?.[1].trim();
}

/** One line, so that a stack trace still points at the right line of the example. */
function call(actual: string, expected: string, line: number): string {
  const where = JSON.stringify({ line, code: actual });
  const thrown = /^throws\s+(\w+)$/.exec(expected)?.[1];
  const thunk = /\bawait\b/.test(actual) ? `async () => (${actual})` : `() => (${actual})`;
  if (thrown !== undefined) return `await ${check}.throws(${thunk}, ${JSON.stringify(thrown)}, ${where});`;
  const about = /^about\s+([\d_.]+)$/.exec(expected)?.[1];
  if (about !== undefined) return `${check}.about((${actual}), ${about}, ${where});`;
  return `${check}.equal((${actual}), (${expected}), ${where});`;
}

function assertAllClaimed(file: ts.SourceFile, edits: readonly Edit[], pageLines: readonly number[]): void {
  const claimed = new Set(edits.map((edit) => lineAt(file, edit.end)));
  file.text.split("\n").forEach((text, at) => {
    if (/\/\/\s*=>/.test(text) && !claimed.has(at)) {
      throw new Error(`line ${pageLines[at]}: "// =>" must stand behind an expression or a declaration`);
    }
  });
}

function lineAt(file: ts.SourceFile, position: number): number {
  return file.getLineAndCharacterOfPosition(position).line;
}
