/**
 * Options of single calls. Read as few of them as there are: `set(key, value, { ttl })` is on the hot path, and binding all
 * that it might take would cost more than the rest of it.
 */
import { InvalidOptionError } from "../../base/errors.js";
import {
  checked,
  choice,
  duration,
  either,
  flag,
  listOf,
  nonEmptyText,
  type OptionType,
  realNumber,
  refused,
  wholeNumber,
} from "../../base/option-types.js";
import {
  checkNames,
  type DeclaredOptions,
  type Declares,
  declareOptions,
  type OptionSpecs,
  option,
} from "../../base/options.js";
import type { NodeCallOptions } from "../nodes/types.js";
import type {
  BatchCallOptions,
  CallOptions,
  CompareOptions,
  IncrOptions,
  ScanOptions,
  WriteOptions,
} from "../types.js";

const durationOrNever = either(duration, choice(null));
const text = checked<string>("a text", (value) => typeof value === "string");
const tags: OptionType<readonly string[]> = listOf(text);
const signal: OptionType<AbortSignal> = checked("an AbortSignal", (value) => value instanceof AbortSignal);

const calling = {
  signal: option<AbortSignal, undefined>({ type: signal, default: undefined }),
  timeout: option<number, undefined>({
    type: duration,
    default: undefined,
  }),
  local: option<string, undefined>({
    type: nonEmptyText,
    default: undefined,
  }),
};

const ttl = option<number | null, undefined>({
  type: durationOrNever,
  default: undefined,
});

const writing = {
  ...calling,
  ttl,
  grace: option<number, undefined>({
    type: duration,
    default: undefined,
  }),
  tags: option<readonly string[], undefined>({
    type: tags,
    default: undefined,
  }),
};

export const callOptions = declareOptions(calling satisfies Declares<CallOptions>);
export const writeOptions = declareOptions(writing satisfies Declares<WriteOptions>);
export const compareOptions = declareOptions({
  ...writing,
  version: option<string | null, undefined>({
    type: either(nonEmptyText, choice(null)),
    default: undefined,
  }),
} satisfies Declares<CompareOptions>);
export const incrOptions = declareOptions({
  ...calling,
  ttl,
  default: option<number, undefined>({
    type: realNumber(),
    default: undefined,
  }),
} satisfies Declares<IncrOptions>);
export const scanOptions = declareOptions({
  ...calling,
  page: option({
    type: wholeNumber({ min: 1, max: 100_000 }),
    default: 500,
  }),
} satisfies Declares<ScanOptions>);
export const batchCallOptions = declareOptions({
  ...calling,
  inOrder: option({ type: flag, default: false }),
} satisfies Declares<BatchCallOptions>);

/** What of a declaration was given, parsed. */
type Given<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]?: Specs[Name]["type"] extends OptionType<infer Out> ? Out : never;
};

export type BoundCall = Given<typeof calling>;
export type BoundWrite = Given<typeof writing>;

const nothing = Object.freeze({});

/** Checks names and values of what was given, and nothing else. */
export function givenOptions<Specs extends OptionSpecs>(
  declared: DeclaredOptions<Specs>,
  options: object | undefined,
  where: string,
): Given<Specs> {
  if (options === undefined) return nothing as Given<Specs>;
  checkNames(options, declared.names, where);
  const given: Record<string, unknown> = {};
  for (const name in options) {
    const received = (options as Readonly<Record<string, unknown>>)[name];
    if (received === undefined) continue;
    const { type } = declared.specs[name];
    const parsed = type.parse(received, where, name);
    if (parsed === refused)
      throw new InvalidOptionError({ where, option: name, received, expected: type.text });
    given[name] = parsed;
  }
  return given as Given<Specs>;
}

/** What a node takes of it; undefined: nothing that it would have to know. */
export function nodeOptions({ signal, timeout }: BoundCall): NodeCallOptions | undefined {
  return signal === undefined && timeout === undefined ? undefined : { signal, timeoutMs: timeout };
}
