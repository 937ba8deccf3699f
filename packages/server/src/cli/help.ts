/** `--help`, of the program and of each command: from what commands declare. */
import { helpText as settingsHelp } from "../config/index.js";
import type { Command, Options } from "./command.js";
import { commands } from "./commands/index.js";
import { exits } from "./exit-codes.js";
import { optionsOf } from "./parse.js";
import { table } from "./terminal/table.js";

export function programHelp(): string {
  return [
    "The cache server Stowage, and what talks to it.",
    "",
    "usage: stowage <command> [arguments] [options]",
    "",
    indented(table(commands.map(({ name, about }) => [name, about]))),
    "",
    'Each has its own help: "stowage get --help".',
    "",
    "variables:",
    indented(table(variables)),
    "",
    "exit codes:",
    indented(table(Object.values(exits).map(({ code, meaning }) => [String(code).padStart(3), meaning]))),
  ].join("\n");
}

const variables = [
  ["STOWAGE_URL", "where the server is"],
  ["STOWAGE_TOKEN", "the token to send"],
  ["NO_COLOR", "no colours, also on a terminal"],
];

export function commandHelp(command: Command): string {
  const { details, examples, takesSettings, options } = command;
  const parts = [
    `${capitalised(command.about)}.`,
    `usage: ${usageOf(command)}`,
    ...(details === "" ? [] : [wrapped(details)]),
    ...(command.arguments.length === 0 ? [] : [`arguments:\n${indented(argumentsTable(command))}`]),
    ...(takesSettings === true
      ? [...(Object.keys(options).length === 0 ? [] : [optionsPart(options)]), settingsHelp().trimEnd()]
      : [optionsPart(optionsOf(command))]),
    ...(examples.length === 0 ? [] : [`examples:\n${indented(examples.join("\n"))}`]),
  ];
  return parts.join("\n\n");
}

export function usageOf({ name, arguments: args, takesSettings }: Command): string {
  const named = args.map((each) => {
    const text = `${each.name}${each.many === true ? "..." : ""}`;
    return each.optional === true ? `[${text}]` : text;
  });
  return ["stowage", name, ...named, takesSettings === true ? "[settings]" : "[options]"].join(" ");
}

function argumentsTable(command: Command): string {
  return table(command.arguments.map(({ name, about }) => [name, about]));
}

function optionsPart(options: Options): string {
  const rows = Object.entries(options).map(([name, { kind, about, fallback }]) => {
    const shown = fallback === null || fallback === false ? "" : ` (default: ${kind.plain(fallback)})`;
    return [`--${name}${kind.placeholder === "" ? "" : ` ${kind.placeholder}`}`, `${about}${shown}`];
  });
  return `options:\n${indented(table(rows))}`;
}

function capitalised(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}

const columns = 100;

/** Paragraphs are separated by empty lines. */
function wrapped(text: string): string {
  const paragraphs = text.trim().split(/\n\s*\n/);
  return paragraphs.map((each) => lines(each.trim().split(/\s+/)).join("\n")).join("\n\n");
}

function lines(words: readonly string[]): string[] {
  const all = [""];
  for (const word of words) {
    const last = all[all.length - 1];
    if (last === "") all[all.length - 1] = word;
    else if (last.length + word.length < columns) all[all.length - 1] = `${last} ${word}`;
    else all.push(word);
  }
  return all;
}
