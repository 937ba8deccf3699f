/** A command's arguments and options from the command line. Everything that is not declared is refused. */
import { parseArgs } from "node:util";
import { suggest } from "../../../stowage/src/base/suggestion.js";
import { type Command, commonOptions, type Options, remoteOptions } from "./command.js";
import { usage } from "./failure.js";

export interface Parsed {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

export function optionsOf(command: Command): Options {
  return { ...command.options, ...(command.remote ? remoteOptions : {}), ...commonOptions };
}

/** Stands before what begins with a hyphen and a digit, so that it is not taken for options: numbers may be negative. */
const mark = "\0";

/** @throws Failure */
export function parse(command: Command, argv: readonly string[]): Parsed {
  const declared = optionsOf(command);
  const { tokens } = parseArgs({
    args: argv.map((each) => (/^-\.?\d/.test(each) ? mark + each : each)),
    options: Object.fromEntries(
      Object.entries(declared).map(([name, { kind }]) => [
        name,
        { type: kind.placeholder === "" ? ("boolean" as const) : ("string" as const) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const args: string[] = [];
  const given = new Map<string, unknown>();
  for (const token of tokens) {
    if (token.kind === "positional") args.push(unmarked(token.value));
    else if (token.kind === "option")
      given.set(token.name, valueIn(command, declared, token.name, token.rawName, token.value));
  }
  const isHelp = given.get("help") === true;
  if (!isHelp) checkArguments(command, args);
  const options = Object.fromEntries(
    Object.entries(declared).map(([name, { fallback }]) => [name, given.get(name) ?? fallback]),
  );
  return { args, options };
}

function unmarked(text: string): string {
  return text.startsWith(mark) ? text.slice(mark.length) : text;
}

function valueIn(
  command: Command,
  declared: Options,
  name: string,
  raw: string,
  value: string | undefined,
): unknown {
  if (!Object.hasOwn(declared, name)) throw unknownOption(command, declared, raw);
  const { kind } = declared[name];
  if (kind.placeholder === "") {
    if (value === undefined) return true;
    throw usage(`--${name} takes no value`);
  }
  if (value === undefined) throw usage(`--${name} needs a value: ${kind.expected}`);
  const read = kind.read(unmarked(value));
  if (read !== undefined) return read;
  throw usage(
    `--${name} must be ${kind.expected}, not ${name === "token" ? "what was given" : JSON.stringify(value)}`,
  );
}

function unknownOption({ name }: Command, declared: Options, raw: string): Error {
  const near = suggest(raw.replace(/^-+/, ""), Object.keys(declared));
  const hint = near === undefined ? `see "stowage ${name} --help"` : `did you mean --${near}?`;
  return usage(`"stowage ${name}" has no option ${raw}; ${hint}`);
}

function checkArguments(command: Command, args: readonly string[]): void {
  const { name, arguments: declared } = command;
  const missing = declared[args.length];
  if (missing !== undefined && missing.optional !== true)
    throw usage(`"stowage ${name}" needs ${missing.name}: ${missing.about}`);
  if (args.length > declared.length && declared.at(-1)?.many !== true) {
    const what = declared.length === 0 ? "no argument" : `${declared.length} at most`;
    throw usage(`"stowage ${name}" takes ${what}; ${JSON.stringify(args[declared.length])} is one too many`);
  }
}
