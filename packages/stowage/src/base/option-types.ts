/**
 * The kinds of value that an option can take: each says in words what is right and checks (and converts) one value.
 *
 * `parse` returns `refused` when the value is of another kind, which lets `either` try the next one; it throws only
 * when the value is of the right kind and still wrong, and it can say better than "must be ..." why.
 */
import { type Duration, parseDuration } from "./duration.js";

/** What `parse` returns for a value of the wrong kind. */
export const refused: unique symbol = Symbol("refused");

export interface OptionType<Out> {
  /** What is right; reads well after "must be". */
  readonly text: string;
  /** `where` and `option` are for the error: `new Cache`, `ttl`. */
  parse(value: unknown, where: string, option: string): Out | typeof refused;
}

/** A kind from a yes-or-no check that leaves the value as it is. */
export function checked<Out>(text: string, accepts: (value: unknown) => boolean): OptionType<Out> {
  return { text, parse: (value) => (accepts(value) ? (value as Out) : refused) };
}

export const flag: OptionType<boolean> = checked("true or false", (value) => typeof value === "boolean");

export interface NumberRange {
  min?: number;
  /** A bound that is itself too small. */
  above?: number;
  max?: number;
  /** Whether Infinity, for "no bound", is right as well. */
  infinite?: boolean;
}

/** A whole number that arithmetic is exact for. */
export function wholeNumber(range: NumberRange = {}): OptionType<number> {
  return checked(`a whole number${rangeText(range)}`, (value) => inRange(value, range, Number.isSafeInteger));
}

/** Any number but NaN. */
export function realNumber(range: NumberRange = {}): OptionType<number> {
  return checked(`a number${rangeText(range)}`, (value) => inRange(value, range, Number.isFinite));
}

export const nonEmptyText: OptionType<string> = checked(
  "a text that is not empty",
  (value) => typeof value === "string" && value !== "",
);

/** One of a few fixed values. */
export function choice<const Choice extends string | number | boolean | null>(
  ...choices: readonly Choice[]
): OptionType<Choice> {
  const text = choices.map((each) => JSON.stringify(each)).join(", ");
  return checked(choices.length > 1 ? `one of ${text}` : text, (value) => choices.includes(value as Choice));
}

/** Becomes whole milliseconds. */
export const duration: OptionType<number> = {
  text: 'a duration such as 5000 or "5m"',
  parse(value, where, option) {
    if (typeof value !== "number" && typeof value !== "string") return refused;
    return parseDuration(value as Duration, where, option);
  },
};

/** A function; its parameters cannot be checked, so `signature` only tells the reader. */
export function functionOf<Fn>(signature: string): OptionType<Fn> {
  return checked(`a function ${signature}`, (value) => typeof value === "function");
}

/** An object that has these methods, whatever its class: how drivers, clocks and policies are taken. */
export function objectWith<Shape>(
  what: string,
  ...methods: readonly (keyof Shape & string)[]
): OptionType<Shape> {
  return checked(`${what} (an object with ${methods.join(", ")})`, (value) => {
    if (typeof value !== "object" || value === null) return false;
    return methods.every((method) => typeof (value as Record<string, unknown>)[method] === "function");
  });
}

/** A list; the copy is frozen, so that the caller's later changes to his array do not come through. */
export function listOf<Out>(item: OptionType<Out>): OptionType<readonly Out[]> {
  return {
    text: `a list, each item ${item.text}`,
    parse(value, where, option) {
      if (!Array.isArray(value)) return refused;
      const items: Out[] = [];
      for (let index = 0; index < value.length; index++) {
        const parsed = item.parse(value[index], where, `${option}[${index}]`);
        if (parsed === refused) return refused;
        items.push(parsed);
      }
      return Object.freeze(items);
    },
  };
}

/** Null, for "none" or "never", or what the kind takes. */
export function orNull<Out>(type: OptionType<Out>): OptionType<Out | null> {
  return {
    text: `${type.text}, or null`,
    parse: (value, where, option) => (value === null ? null : type.parse(value, where, option)),
  };
}

/** Whichever kind takes the value first. */
export function either<A, B>(first: OptionType<A>, second: OptionType<B>): OptionType<A | B> {
  return {
    text: `${first.text}, or ${second.text}`,
    parse(value, where, option) {
      const parsed = first.parse(value, where, option);
      return parsed === refused ? second.parse(value, where, option) : parsed;
    },
  };
}

function inRange(value: unknown, range: NumberRange, isKind: (value: unknown) => boolean): boolean {
  if (value === Number.POSITIVE_INFINITY) return range.infinite === true;
  if (!isKind(value)) return false;
  const number = value as number;
  if (range.above !== undefined && number <= range.above) return false;
  return (
    number >= (range.min ?? Number.NEGATIVE_INFINITY) && number <= (range.max ?? Number.POSITIVE_INFINITY)
  );
}

function rangeText({ min, above, max, infinite }: NumberRange): string {
  const tail = infinite ? ", or Infinity" : "";
  if (above !== undefined) return ` above ${above}${max === undefined ? "" : ` and at most ${max}`}${tail}`;
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}${tail}`;
  if (min !== undefined) return ` of at least ${min}${tail}`;
  return max === undefined ? tail : ` of at most ${max}${tail}`;
}
