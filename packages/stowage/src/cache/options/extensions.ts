/** What a cache is extended by: hooks, warmers, commands. */
import { InvalidOptionError } from "../../base/errors.js";
import {
  choice,
  duration,
  flag,
  functionOf,
  nonEmptyText,
  type OptionType,
  refused,
  wholeNumber,
} from "../../base/option-types.js";
import { type Bound, type Declares, declareOptions, nested, option } from "../../base/options.js";
import type { Command, Hook, HookEvent, Warmer, WarmerContext } from "../types.js";
import { tagList } from "./kinds.js";

// biome-ignore lint/suspicious/noExplicitAny: options are declared once for caches of all types of key and value
type Any = any;

export const hookOptions = declareOptions(
  {
    name: option({ type: nonEmptyText, default: "", defaultText: "its place", meaning: "for reports" }),
    when: option<"before" | "after", undefined>({
      type: choice("before", "after"),
      default: undefined,
      defaultText: "required",
      meaning: "before or after the action",
    }),
    on: option<readonly string[], null>({
      type: tagList,
      default: null,
      defaultText: "all",
      meaning: "the actions",
    }),
    filter: option<((event: HookEvent) => boolean) | null>({
      type: functionOf("(event) => boolean"),
      default: null,
      meaning: "a further choice",
    }),
    async: option({ type: flag, default: false, meaning: "called in a later turn" }),
    queue: option({
      type: wholeNumber({ min: 1 }),
      default: 10_000,
      meaning: "events that may wait for an async hook",
    }),
    veto: option({ type: flag, default: false, meaning: "may stop the action" }),
    init: option<((cache: unknown) => void) | null>({
      type: functionOf("(cache) => void"),
      default: null,
      meaning: "given the cache when it is made",
    }),
    reset: option<(() => void) | null>({
      type: functionOf("() => void"),
      default: null,
      meaning: "called by reset",
    }),
    handle: option<((event: HookEvent) => unknown) | null>({
      type: functionOf("(event) => unknown"),
      default: null,
      defaultText: "required",
      meaning: "told of the action",
    }),
  } satisfies Declares<Hook>,
  [
    {
      options: ["when"],
      when: (bound) => bound.when === undefined,
      right: '"when" is needed: "before" or "after"',
    },
    {
      options: ["handle"],
      when: (bound) => bound.handle === null,
      right: '"handle" is needed: a function (event) => unknown',
    },
    {
      options: ["veto", "async"],
      when: (bound) => bound.veto && bound.async,
      right: "what runs later can stop nothing",
    },
    {
      options: ["veto"],
      when: (bound) => bound.veto && bound.when === "after",
      right: "only a hook before the action can stop it",
    },
  ],
);
export type BoundHook = Bound<(typeof hookOptions)["specs"]>;

export const warmerOptions = declareOptions(
  {
    name: option({
      type: nonEmptyText,
      default: "",
      defaultText: "its place",
      meaning: "for warm({only}) and reports",
    }),
    required: option({ type: flag, default: false, meaning: "ready waits for its first success" }),
    every: option({
      type: duration,
      default: 0,
      defaultText: "once",
      meaning: "runs again so long after it ran",
    }),
    state: option<unknown>({
      type: { text: "anything", parse: (value) => value },
      default: undefined,
      meaning: "handed to execute",
    }),
    execute: option<((context: WarmerContext) => unknown) | null>({
      type: functionOf("({state, signal}) => entries"),
      default: null,
      defaultText: "required",
      meaning: "gives the entries",
    }),
  } satisfies Declares<Warmer<Any, Any>>,
  [
    {
      options: ["execute"],
      when: (bound) => bound.execute === null,
      right: '"execute" is needed: a function giving entries',
    },
  ],
);
export type BoundWarmer = Bound<(typeof warmerOptions)["specs"]>;

const commandOptions = declareOptions(
  {
    type: option<"read" | "write", undefined>({
      type: choice("read", "write"),
      default: undefined,
      defaultText: "required",
      meaning: "whether it changes the value",
    }),
    execute: option<((value: unknown, ...args: unknown[]) => unknown) | null>({
      type: functionOf("(value, ...args) => unknown"),
      default: null,
      defaultText: "required",
      meaning: "read: returns the result; write: returns [result, new value]",
    }),
  } satisfies Declares<Command<Any>>,
  [
    {
      options: ["type"],
      when: (bound) => bound.type === undefined,
      right: '"type" is needed: "read" or "write"',
    },
    {
      options: ["execute"],
      when: (bound) => bound.execute === null,
      right: '"execute" is needed: a function',
    },
  ],
);
export type BoundCommand = Bound<(typeof commandOptions)["specs"]>;

const commandType = nested(commandOptions);
export const commandTable: OptionType<ReadonlyMap<string, BoundCommand>> = {
  text: "an object of commands by name",
  parse(value, where, name) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return refused;
    const table = new Map<string, BoundCommand>();
    for (const [command, declared] of Object.entries(value)) {
      const option = `${name}.${command}`;
      const parsed = commandType.parse(declared, where, option);
      if (parsed === refused)
        throw new InvalidOptionError({ where, option, received: declared, expected: commandType.text });
      table.set(command, parsed as BoundCommand);
    }
    return table;
  },
};
