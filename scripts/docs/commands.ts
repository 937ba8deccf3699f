/**
 * Checks the commands of sh blocks by name: the npm script exists, the file that node runs exists. They are not
 * run, except where the page asks for it with `<!-- example: run -->`.
 *
 * A command that this file cannot vouch for is refused rather than passed over.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Block } from "./markdown.js";
import { problemWithServerCommand } from "./server-commands.js";

const shells = new Set(["sh", "bash", "shell", "console"]);

/** Commands that need no looking up: they come with npm or git. */
const known = [
  /^npm ci$/,
  /^npm (i|install)( stowage(-http1|-server)?)?$/,
  /^git clone \S+$/,
  /^cd [\w./-]+$/,
];

/** npm's own short forms of `npm run <name>`. */
const shortForms = new Set(["start", "test"]);

export interface Command {
  readonly text: string;
  readonly line: number;
}

/** One command per entry: comments and prompts are taken off, `&&` and continued lines are taken apart. */
export function commandsOf(block: Block): Command[] {
  if (!shells.has(block.lang)) return [];
  const joined = block.code.replace(/\s*\\\n\s*/g, " ");
  return joined.split("\n").flatMap((line, at) =>
    line
      .replace(/^\$ /, "")
      .replace(/(^|\s)#.*$/, "")
      .split("&&")
      .map((text) => ({ text: text.trim(), line: block.line + at }))
      .filter(({ text }) => text !== ""),
  );
}

/** Says what is wrong with a command, or undefined. */
export function problemWithCommand(root: string, command: string): string | undefined {
  const ofServer = problemWithServerCommand(root, command);
  if (ofServer !== null) return ofServer === undefined ? undefined : `"${command}": ${ofServer}`;
  const plain = command.replace(/^(\w+=\S+ )+/, "");
  if (known.some((form) => form.test(plain))) return undefined;
  const script = scriptOf(plain);
  if (script !== undefined) return problemWithScript(root, script);
  const file = /^node (?:--\S+ (?:tsx )?)*([\w./-]+\.[cm]?[jt]s)\b/.exec(plain)?.[1];
  if (file === undefined) return `"${command}" is not a command the docs test can vouch for`;
  return existsSync(join(root, file)) ? undefined : `"${command}": there is no ${file}`;
}

/** The npm script a command runs: `npm test -- x`, `npm run check:types`. */
export function scriptOf(command: string): string | undefined {
  const [, long, short] = /^npm (?:run (?:--silent )?([\w:-]+)|(\w+))(?:\s|$)/.exec(command) ?? [];
  if (long !== undefined) return long;
  return short !== undefined && shortForms.has(short) ? short : undefined;
}

export function problemWithScript(root: string, script: string): string | undefined {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  return Object.hasOwn(scripts, script) ? undefined : `package.json has no script "${script}"`;
}
