/**
 * Turns the ts and js blocks of a page into programs that can be run one by one.
 *
 * A block is a program of its own, unless `<!-- example: continues -->` stands before it: then it is appended to
 * the program before it, as a reader would read on. `<!-- example: with ... -->` holds lines that the program
 * needs and the reader does not.
 */
import type { Block } from "./markdown.js";

export interface Program {
  readonly lang: "ts" | "js";
  readonly code: string;
  /** Line in the page of the program's first visible line. */
  readonly line: number;
  /** For each line of `code`, the line of the page it stands on (hidden lines: that of their block). */
  readonly pageLines: readonly number[];
}

const langs: Readonly<Record<string, Program["lang"]>> = {
  ts: "ts",
  typescript: "ts",
  js: "js",
  javascript: "js",
  mjs: "js",
};

export function programsOf(blocks: readonly Block[]): Program[] {
  const programs: Program[] = [];
  for (const block of blocks) {
    const lang = langs[block.lang];
    if (lang === undefined) continue;
    const program = programOf(block, lang);
    if (block.note !== "continues") {
      programs.push(program);
      continue;
    }
    const before = programs.pop();
    if (before === undefined)
      throw new Error(`line ${block.line}: there is no example before it to continue`);
    programs.push(join(before, program));
  }
  return programs;
}

function programOf(block: Block, lang: Program["lang"]): Program {
  const hidden = hiddenLines(block);
  const shown = block.code.split("\n");
  return {
    lang,
    code: [...hidden, ...shown].join("\n"),
    line: block.line,
    pageLines: [...hidden.map(() => block.line), ...shown.map((_, at) => block.line + at)],
  };
}

function hiddenLines({ note, line }: Block): string[] {
  if (note === undefined || note === "continues") return [];
  const hidden = /^with\n([\s\S]*)$/.exec(note)?.[1];
  if (hidden === undefined)
    throw new Error(`line ${line}: "example: ${note}" is neither "continues" nor "with"`);
  return hidden.split("\n");
}

function join(before: Program, after: Program): Program {
  return {
    lang: before.lang,
    code: `${before.code}\n${after.code}`,
    line: before.line,
    pageLines: [...before.pageLines, ...after.pageLines],
  };
}
