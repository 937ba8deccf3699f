/**
 * The command line of the simulator, declared once: parsing, the refusal of what is not there, and --help come from here.
 *
 * `parseArgs` of Node tells the tokens apart; what a value has to look like, and the suggestion for a misspelt flag, are
 * added. Wrong input is an `InvalidOptionError` of the library, so it reads like every other one.
 */
import { parseArgs } from "node:util";
import { InvalidOptionError } from "stowage";
import { type PolicyName, policyNames } from "../../packages/stowage/src/cache/policy/create.js";
import { formats } from "./formats/index.js";

const flags = {
  capacity: {
    type: "string",
    value: "<n,n,...>",
    about: "sizes in entries; default: five up to half of the keys",
  },
  policies: { type: "string", value: "<name,...>", about: "default: all that evict" },
  format: {
    type: "string",
    value: "<name>",
    about: "the trace's format; default: told from its first lines",
  },
  limit: { type: "string", value: "<n>", about: "take only the first n requests" },
  "through-cache": { type: "boolean", about: "drive a whole Cache with get and set, not the policy alone" },
  json: { type: "boolean", about: "print JSON" },
  plot: { type: "boolean", about: "draw the plot (default); --no-plot leaves it out" },
  help: { type: "boolean", about: "print this" },
} as const satisfies Record<string, { type: "string" | "boolean"; value?: string; about: string }>;

type Flag = keyof typeof flags;

const WHERE = "simulate";

/** What `none` does at a bound is nothing: there is no hit ratio to compare. */
const comparable = policyNames.filter((name) => name !== "none");

export interface Arguments {
  readonly help: boolean;
  /** A trace file, or undefined for the summary over all traces of this repository. */
  readonly trace: string | undefined;
  /** undefined: the usual ones for the number of keys. */
  readonly capacities: readonly number[] | undefined;
  readonly policies: readonly PolicyName[];
  readonly format: string | undefined;
  readonly limit: number | undefined;
  readonly throughCache: boolean;
  readonly json: boolean;
  readonly plot: boolean;
}

export function parseArguments(args: readonly string[]): Arguments {
  const { tokens } = parseArgs({
    args: [...args],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<Flag, string>();
  const files: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") files.push(token.value);
    else if (token.kind === "option") takeFlag(token.name, token.value, given);
  }
  return bind(given, files);
}

function takeFlag(raw: string, value: string | undefined, given: Map<Flag, string>): void {
  const name = raw === "no-plot" ? "plot" : raw;
  if (!isFlag(name))
    throw InvalidOptionError.unknown(
      WHERE,
      `--${raw}`,
      value,
      Object.keys(flags).map((one) => `--${one}`),
    );
  const takesValue = flags[name].type === "string";
  if (takesValue !== (value !== undefined))
    refuse(name, value, takesValue ? "given a value" : "given without a value");
  given.set(name, value ?? (raw === "no-plot" ? "no" : "yes"));
}

function bind(given: ReadonlyMap<Flag, string>, files: readonly string[]): Arguments {
  const help = given.has("help");
  if (files.length !== 1 && !help) refuse("trace", files.join(" "), 'one trace file, or the word "summary"');
  const isSummary = files[0] === "summary";
  if (isSummary) refuseForSummary(given);
  return {
    help,
    trace: isSummary ? undefined : files[0],
    capacities: optional(given.get("capacity"), (text) => numbers("capacity", text)),
    policies: optional(given.get("policies"), policiesIn) ?? comparable,
    format: optional(given.get("format"), (text) =>
      oneOf(
        "format",
        text,
        formats.map(({ name }) => name),
      ),
    ),
    limit: optional(given.get("limit"), (text) => numbers("limit", text)[0]),
    throughCache: given.has("through-cache"),
    json: given.has("json"),
    plot: given.get("plot") !== "no",
  };
}

/** The summary's traces and sizes are fixed, or its figures could not be compared. */
function refuseForSummary(given: ReadonlyMap<Flag, string>): void {
  for (const name of ["capacity", "format", "limit", "plot"] as const) {
    if (given.has(name))
      throw InvalidOptionError.conflict(
        WHERE,
        [`--${name}`, "summary"],
        "the summary's traces and sizes are fixed",
      );
  }
}

function optional<T>(text: string | undefined, parse: (text: string) => T): T | undefined {
  return text === undefined ? undefined : parse(text);
}

function numbers(flag: Flag, text: string): number[] {
  const found = text
    .split(",")
    .map((part) => (/^\d[\d_]*$/.test(part) ? Number(part.replaceAll("_", "")) : 0));
  if (!found.every((number) => number >= 1 && number <= 2 ** 30))
    refuse(flag, text, "whole numbers from 1 to 2^30, with commas between");
  return [...new Set(found)].sort((a, b) => a - b);
}

function policiesIn(text: string): PolicyName[] {
  return [...new Set(text.split(","))].map((name) => oneOf("policies", name, comparable) as PolicyName);
}

function oneOf(flag: Flag, name: string, known: readonly string[]): string {
  if (!known.includes(name))
    throw InvalidOptionError.unknown(
      WHERE,
      `--${flag} ${name}`,
      name,
      known.map((one) => `--${flag} ${one}`),
    );
  return name;
}

function isFlag(name: string): name is Flag {
  return Object.hasOwn(flags, name);
}

function refuse(option: string, received: unknown, expected: string): never {
  throw new InvalidOptionError({
    where: WHERE,
    option: isFlag(option) ? `--${option}` : option,
    received,
    expected,
  });
}

export function helpText(): string {
  const rows = Object.entries(flags).map(([name, flag]) => {
    const left = `--${name}${"value" in flag ? ` ${flag.value}` : ""}`;
    return `  ${left.padEnd(23)}${flag.about}`;
  });
  return [
    "Hit ratio of every eviction policy on a request trace, beside the optimum.",
    "",
    "  npm run simulate -- <trace file> [flags]      one trace, plain or gzip",
    "  npm run simulate -- summary [flags]           all traces in simulator/traces",
    "",
    ...rows,
    "",
    `policies: ${comparable.join(", ")}`,
    "formats:",
    ...formats.map(({ name, about }) => `  ${name.padEnd(16)}${about}`),
  ].join("\n");
}
