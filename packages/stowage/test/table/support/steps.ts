/**
 * A build of the table for tests in which every statement is a place to stop at: `__step()` stands before each one inside
 * functions. A worker that runs it can be paused, or terminated, at any instant that another thread could observe, and
 * the production code knows nothing of it.
 *
 * Statements, not Atomics operations, because half-done work shows in plain stores as well.
 */
import ts from "typescript";

/** The name of the global function that is called before each statement. */
export const STEP = "__step";

/** The source with a call of `__step` before each statement of each function. Comments and types are gone. */
export function withSteps(source: string, fileName: string): string {
  const { outputText } = ts.transpileModule(source, {
    fileName,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    transformers: { after: [stepTransformer] },
  });
  return outputText;
}

function stepTransformer(context: ts.TransformationContext): ts.Transformer<ts.SourceFile> {
  const { factory } = context;
  const step = () =>
    factory.createExpressionStatement(factory.createCallExpression(factory.createIdentifier(STEP), [], []));
  const stepped = (statements: readonly ts.Statement[]): ts.Statement[] =>
    statements.flatMap((statement) => [step(), statement]);
  const asBlock = (statement: ts.Statement): ts.Statement =>
    ts.isBlock(statement) ? statement : factory.createBlock(stepped([statement]), true);

  const visit: ts.Visitor = (before) => {
    const node = ts.visitEachChild(before, visit, context);
    if (ts.isBlock(node)) return factory.updateBlock(node, stepped(node.statements));
    if (ts.isCaseClause(node))
      return factory.updateCaseClause(node, node.expression, stepped(node.statements));
    if (ts.isDefaultClause(node)) return factory.updateDefaultClause(node, stepped(node.statements));
    if (ts.isIfStatement(node)) {
      const otherwise = node.elseStatement && asBlock(node.elseStatement);
      return factory.updateIfStatement(node, node.expression, asBlock(node.thenStatement), otherwise);
    }
    if (ts.isForStatement(node)) {
      const { initializer, condition, incrementor } = node;
      return factory.updateForStatement(node, initializer, condition, incrementor, asBlock(node.statement));
    }
    if (ts.isForOfStatement(node)) {
      const { awaitModifier, initializer, expression } = node;
      return factory.updateForOfStatement(
        node,
        awaitModifier,
        initializer,
        expression,
        asBlock(node.statement),
      );
    }
    if (ts.isWhileStatement(node))
      return factory.updateWhileStatement(node, node.expression, asBlock(node.statement));
    return node;
  };
  return (file) => ts.visitEachChild(file, visit, context);
}
