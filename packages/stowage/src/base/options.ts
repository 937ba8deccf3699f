/**
 * Options: declared once, as data; bound once, to a frozen record.
 *
 * A declaration gives each option its type, default and meaning; from it come the check (unknown names, wrong kinds,
 * conflicts: an error that names the option and says what would be right), the type of the bound record, and the table
 * in the documentation. Binding reads each option of the caller's object exactly once and never writes to it; what he
 * changes in it later has no effect. An option given as `undefined` counts as not given.
 *
 * The interface that users see is written out by hand, with a comment for each option that editors show; `Declares`
 * makes the compiler refuse a declaration whose names differ from it.
 */
import { InvalidOptionError } from "./errors.js";
import { type OptionType, refused } from "./option-types.js";

export interface OptionSpec<Out, Default = Out> {
  readonly type: OptionType<Out>;
  /** Taken when the option is not given. It is not parsed. */
  readonly default: Default;
  /** How the documentation writes the default, where its JSON would not say it. */
  readonly defaultText?: string;
  /** For the documentation; left out where the interface's comments are all there is. */
  readonly meaning?: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown, unknown>>>;

/** The bound record: every option, each of its parsed type or that of its default. */
export type Bound<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends OptionSpec<infer Out, infer Default>
    ? Out | Default
    : never;
};

/** For `satisfies Declares<CacheOptions>`: an option of the interface without a declaration does not compile. */
export type Declares<Options> = { readonly [Name in keyof Required<Options>]: OptionSpec<unknown, unknown> };

/** Options that are right one by one but do not go together. */
export interface ConflictRule<Record> {
  readonly options: readonly [string, ...string[]];
  /** `given` holds the names that the caller gave. True: the conflict is there. */
  readonly when: (bound: Record, given: ReadonlySet<string>) => boolean;
  /** What would be right; completes "these options cannot be used so: ...". */
  readonly right: string;
}

/** Options of calls, which read as few as they are given: none has a default. */
export type CallOptionTypes = Readonly<Record<string, OptionType<unknown>>>;

/** For `satisfies DeclaresCall<WriteOptions>`: an option of the interface without a type does not compile. */
export type DeclaresCall<Options> = { readonly [Name in keyof Required<Options>]: OptionType<unknown> };

export interface DeclaredCallOptions<Types extends CallOptionTypes> {
  readonly types: Types;
  readonly names: ReadonlySet<string>;
}

/** What of them was given, parsed. */
export type Given<Types extends CallOptionTypes> = {
  readonly [Name in keyof Types]?: Types[Name] extends OptionType<infer Out> ? Out : never;
};

export interface DeclaredOptions<Specs extends OptionSpecs> {
  readonly specs: Specs;
  readonly names: ReadonlySet<string>;
  /** Checks everything and returns the frozen record. `prefix` names the option that these ones are nested in. */
  bind(options: object | undefined, where: string, prefix?: string): Bound<Specs>;
}

/** Declares one option; a function only so that its types are inferred one by one. */
export function option<Out, const Default = Out>(spec: OptionSpec<Out, Default>): OptionSpec<Out, Default> {
  return spec;
}

export function declareCallOptions<Types extends CallOptionTypes>(types: Types): DeclaredCallOptions<Types> {
  return Object.freeze({ types, names: new Set(Object.keys(types)) });
}

const nothing = Object.freeze({});

/** Checks names and values of what was given, and nothing else. */
export function givenOptions<Types extends CallOptionTypes>(
  { types, names }: DeclaredCallOptions<Types>,
  options: object | undefined,
  where: string,
): Given<Types> {
  if (options === undefined) return nothing as Given<Types>;
  checkNames(options, names, where);
  const given: Record<string, unknown> = {};
  for (const name in options) {
    const received = (options as Readonly<Record<string, unknown>>)[name];
    if (received !== undefined) given[name] = parseOption(types[name], received, where, name);
  }
  return given as Given<Types>;
}

/** @throws InvalidOptionError, and what the type itself throws */
function parseOption<Out>(type: OptionType<Out>, received: unknown, where: string, option: string): Out {
  const parsed = type.parse(received, where, option);
  if (parsed === refused) throw new InvalidOptionError({ where, option, received, expected: type.text });
  return parsed;
}

export function declareOptions<Specs extends OptionSpecs>(
  specs: Specs,
  conflicts: readonly ConflictRule<Bound<Specs>>[] = [],
): DeclaredOptions<Specs> {
  const names: ReadonlySet<string> = new Set(Object.keys(specs));
  return Object.freeze({
    specs,
    names,
    bind(options: object | undefined, where: string, prefix = ""): Bound<Specs> {
      if (options !== undefined) checkNames(options, names, where, prefix);
      const given = new Set<string>();
      const bound = bindAll(
        specs,
        (options ?? {}) as Readonly<Record<string, unknown>>,
        given,
        where,
        prefix,
      );
      checkConflicts(bound as Bound<Specs>, conflicts, given, where, prefix);
      return Object.freeze(bound) as Bound<Specs>;
    },
  });
}

/** Options inside an option: `enforce: {every: "3s"}`. Errors name them with a dot: `enforce.every`. */
export function nested<Specs extends OptionSpecs>(
  declared: DeclaredOptions<Specs>,
): OptionType<Bound<Specs>> {
  return {
    text: `an object with ${[...declared.names].join(", ")}`,
    parse(value, where, name) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return refused;
      return declared.bind(value, where, `${name}.`);
    },
  };
}

/**
 * Refuses names that are not allowed, and nothing else: all that a call such as `set(key, value, {ttl})` can afford.
 * For a small object of the usual shape this is the cost of a `for in` with as many set lookups.
 */
export function checkNames(options: object, allowed: ReadonlySet<string>, where: string, prefix = ""): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    refuseWhole(options, where, prefix);
  for (const name in options) {
    if (!allowed.has(name)) refuseName(options, name, allowed, where, prefix);
  }
}

/** The declaration as a table in Markdown, for the documentation. */
export function optionsTable(declared: DeclaredOptions<OptionSpecs>): string {
  const rows = Object.entries(declared.specs).map(([name, spec]) => {
    const fallback = spec.defaultText ?? defaultText(spec.default);
    return `| \`${name}\` | ${cell(spec.type.text)} | ${cell(fallback)} | ${cell(spec.meaning ?? "")} |`;
  });
  return ["| option | value | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
}

function bindAll(
  specs: OptionSpecs,
  options: Readonly<Record<string, unknown>>,
  given: Set<string>,
  where: string,
  prefix: string,
): Record<string, unknown> {
  const bound: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const received = options[name];
    if (received === undefined) {
      bound[name] = spec.default;
      continue;
    }
    bound[name] = parseOption(spec.type, received, where, prefix + name);
    given.add(name);
  }
  return bound;
}

function checkConflicts<Record>(
  bound: Record,
  conflicts: readonly ConflictRule<Record>[],
  given: ReadonlySet<string>,
  where: string,
  prefix: string,
): void {
  for (const rule of conflicts) {
    if (!rule.when(bound, given)) continue;
    const [first, ...rest] = rule.options;
    throw InvalidOptionError.conflict(
      where,
      [prefix + first, ...rest.map((name) => prefix + name)],
      rule.right,
    );
  }
}

function refuseName(
  options: object,
  name: string,
  allowed: ReadonlySet<string>,
  where: string,
  prefix: string,
): never {
  const received = (options as Readonly<Record<string, unknown>>)[name];
  const known = [...allowed].map((each) => prefix + each);
  throw InvalidOptionError.unknown(where, prefix + name, received, known);
}

function refuseWhole(received: unknown, where: string, prefix: string): never {
  const option = prefix === "" ? "options" : prefix.slice(0, -1);
  throw new InvalidOptionError({ where, option, received, expected: "an object" });
}

function defaultText(value: unknown): string {
  if (value === undefined) return "none";
  return `\`${typeof value === "object" ? JSON.stringify(value) : typeof value === "string" ? JSON.stringify(value) : String(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
