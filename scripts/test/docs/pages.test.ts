/**
 * The documentation of this repository is true: its examples compile, run and give what they say they give, its
 * commands exist, its links lead somewhere. ts and js blocks are run, sh blocks checked by name (see docs/).
 */
import { execSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { typeErrorsOf } from "../../docs/check-types.js";
import { commandsOf, problemWithCommand, problemWithScript } from "../../docs/commands.js";
import { brokenLinksOf, type Page, pagesOf } from "../../docs/pages.js";
import { programsOf } from "../../docs/programs.js";
import { runProgram } from "../../docs/run-program.js";

const root = join(import.meta.dirname, "../../..");

/** Scripts that prose names in passing: `npm run check`. */
function scriptsNamedIn(page: Page): string[] {
  return page.prose.flatMap((line) => [...line.matchAll(/`npm run ([\w:-]+)/g)].map(([, script]) => script));
}

describe.each(pagesOf(root).map((page) => ({ name: page.path, page })))("$name", ({ page }) => {
  const programs = programsOf(page.blocks);
  const commands = page.blocks.flatMap(commandsOf);
  const run = page.blocks.filter((block) => block.note === "run").flatMap(commandsOf);

  it("has no broken link, and names no npm script that is not there", () => {
    expect(brokenLinksOf(root, page)).toEqual([]);
    expect(scriptsNamedIn(page).flatMap((script) => problemWithScript(root, script) ?? [])).toEqual([]);
  });

  it("has examples that type-check", { timeout: 120_000 }, () => {
    expect(typeErrorsOf(root, programs)).toEqual([]);
  });

  it.each(programs)("runs the example at line $line", { timeout: 120_000 }, async (program) => {
    const { ok, output } = await runProgram(root, program);
    expect(ok, output).toBe(true);
  });

  it.each(commands)("knows the command at line $line: $text", ({ text }) => {
    expect(problemWithCommand(root, text)).toBeUndefined();
  });

  it.each(run)("runs the command at line $line: $text", { timeout: 120_000 }, ({ text }) => {
    execSync(text, { cwd: root, stdio: "pipe" });
  });
});
