/**
 * Type-checks all TypeScript examples of a page in one compiler run, as strictly as a careful user's project.
 * Unused names are fine in an example; everything else that tsc refuses is reported with its line in the page.
 */
import { join } from "node:path";
import ts from "typescript";
import type { Program } from "./programs.js";

export function typeErrorsOf(root: string, programs: readonly Program[]): string[] {
  const sources = new Map(
    programs.filter((p) => p.lang === "ts").map((program, at) => [join(root, `example-${at}.ts`), program]),
  );
  if (sources.size === 0) return [];
  const options = exampleOptions(root);
  const host = withVirtualFiles(ts.createCompilerHost(options), sources);
  const compiled = ts.createProgram([...sources.keys()], options, host);
  return [...sources].flatMap(([path, program]) => {
    const file = compiled.getSourceFile(path);
    const found = [...compiled.getSyntacticDiagnostics(file), ...compiled.getSemanticDiagnostics(file)];
    return found.map((diagnostic) => describe(diagnostic, program));
  });
}

function exampleOptions(root: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const relaxed = {
    noUnusedLocals: false,
    noUnusedParameters: false,
    moduleDetection: ts.ModuleDetectionKind.Force,
  };
  return { ...options, ...relaxed, configFilePath: undefined };
}

function withVirtualFiles(host: ts.CompilerHost, sources: ReadonlyMap<string, Program>): ts.CompilerHost {
  const { getSourceFile, fileExists, readFile } = host;
  return Object.assign(host, {
    fileExists: (path: string) => sources.has(path) || fileExists(path),
    readFile: (path: string) => sources.get(path)?.code ?? readFile(path),
    getSourceFile: (path: string, target: ts.ScriptTarget) => {
      const source = sources.get(path);
      if (source === undefined) return getSourceFile(path, target);
      const file = ts.createSourceFile(path, source.code, target, true);
      file.impliedNodeFormat = ts.ModuleKind.ESNext;
      return file;
    },
  });
}

function describe({ file, start, messageText }: ts.Diagnostic, program: Program): string {
  const at = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0;
  return `line ${program.pageLines[at]}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
}
