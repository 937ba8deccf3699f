/**
 * What a command is: data, from which parsing, `--help` and docs/cli.md come, and a function that does it.
 *
 * Options are of the same kinds as the server's settings (config/kinds.ts).
 */

import type { Client } from "../client/index.js";
import { type Address, expectedAddress, parseAddress } from "../client/index.js";
import { duration, flag, type Kind, text } from "../config/kinds.js";
import type { ExitName } from "./exit-codes.js";
import type { Terminal } from "./terminal/terminal.js";

export interface Option<T, Default extends T | null = T | null> {
  readonly kind: Kind<T>;
  readonly about: string;
  readonly fallback: Default;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** null where nothing was said and there is no fallback. */
export type ValuesOf<O> = {
  readonly [Name in keyof O]: O[Name] extends Option<infer T, infer Default>
    ? Default extends null
      ? T | null
      : T
    : never;
};

export interface Argument {
  readonly name: string;
  readonly about: string;
  readonly optional?: boolean;
  /** As many as there are. */
  readonly many?: boolean;
}

/** What a command works with. */
export interface Call<O = Options> {
  readonly args: readonly string[];
  readonly options: ValuesOf<O> & ValuesOf<typeof commonOptions>;
  readonly terminal: Terminal;
  /** Of the server that was named. It is closed when the command is done. */
  client(connections?: number): Client;
  readonly server: { readonly address: Address; readonly token: string | undefined };
}

export interface Command {
  readonly name: string;
  /** One line, small letters. */
  readonly about: string;
  /** What else there is to know. */
  readonly details: string;
  readonly arguments: readonly Argument[];
  readonly options: Options;
  /** Whether it talks to a server: takes --url, --token, --timeout. */
  readonly remote: boolean;
  /** With what is explained by itself; the first token is the program. */
  readonly examples: readonly string[];
  /** What follows it is not parsed: it takes the server's settings. */
  readonly takesSettings?: boolean;
  run(call: Call): Promise<ExitName>;
}

/** Types the call by the options. */
export function command<const O extends Options>(
  definition: Omit<Command, "options" | "run"> & {
    readonly options: O;
    run(call: Call<O>): Promise<ExitName>;
  },
): Command {
  return Object.freeze(definition) as unknown as Command;
}

/** @param fallback what counts when nothing is said; null: nothing */
export function option<T, const Default extends T | null>(
  kind: Kind<T>,
  about: string,
  fallback: Default,
): Option<T, Default> {
  return Object.freeze({ kind, about, fallback });
}

export const toggle = (about: string): Option<boolean, false> => ({ kind: flag, about, fallback: false });

const address: Kind<Address> = {
  expected: expectedAddress,
  placeholder: "URL",
  read: (value) => (typeof value === "string" ? parseAddress(value) : undefined),
  plain: ({ text }) => text,
};

/** Of every command. */
export const commonOptions = {
  json: toggle("print JSON, for scripts"),
  help: toggle("print this"),
} as const;

/** Of those that talk to a server. */
export const remoteOptions = {
  url: option(address, "where the server is; default: STOWAGE_URL, or http://127.0.0.1:4000", null),
  token: option(text("TOKEN"), "better put it into STOWAGE_TOKEN: command lines are visible to others", null),
  timeout: option(duration(), "how long the server may say nothing", 10_000),
} as const;
