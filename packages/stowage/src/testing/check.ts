/**
 * The few assertions that the suites need, so that they run under any test runner, and in a browser, without one's `expect`.
 *
 * Each throws an Error that says what was expected and what came. `same` compares by value (Object.is for primitives;
 * arrays, Maps, Sets, Dates and plain objects by content), `identical` by Object.is alone.
 */
import { StowageError } from "../base/errors.js";

function fail(what: string, message: string): never {
  throw new Error(what === "" ? message : `${what}: ${message}`);
}

/** How a value reads in a failure: short, and telling apart what JSON does not. */
export function show(value: unknown): string {
  if (typeof value === "string")
    return value.length > 60 ? `string of ${value.length}` : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (value instanceof Map) return `Map${show([...value])}`;
  if (value instanceof Set) return `Set${show([...value])}`;
  if (value instanceof Error) return `${value.name}(${value.message})`;
  if (Array.isArray(value))
    return `[${value.slice(0, 20).map(show).join(", ")}${value.length > 20 ? ", …" : ""}]`;
  if (typeof value === "object" && value !== null) return showObject(value);
  return String(value);
}

function showObject(value: object): string {
  const entries = Object.entries(value).slice(0, 20);
  return `{${entries.map(([key, held]) => `${key}: ${show(held)}`).join(", ")}}`;
}

export function identical(actual: unknown, expected: unknown, what = ""): void {
  if (!Object.is(actual, expected)) fail(what, `expected ${show(expected)}, got ${show(actual)}`);
}

export function same(actual: unknown, expected: unknown, what = ""): void {
  if (!equal(actual, expected)) fail(what, `expected ${show(expected)}, got ${show(actual)}`);
}

export function ok(condition: unknown, what: string): void {
  if (!condition) fail("", what);
}

/** A number within bounds, both included. */
export function between(actual: number, low: number, high: number, what = ""): void {
  if (!(actual >= low && actual <= high)) fail(what, `expected ${low} to ${high}, got ${show(actual)}`);
}

/** What a thrown error has to look like: the name of its class, and words its message has to hold. */
export interface Expected {
  readonly name: string;
  readonly says?: readonly string[];
}

/** Calls `fn`, which has to throw a StowageError of that class; gives the error back. */
export function throws(fn: () => unknown, expected: Expected | string, what = ""): StowageError {
  let error: unknown;
  try {
    fn();
  } catch (caught) {
    error = caught;
  }
  if (error === undefined) fail(what, `expected ${show(expected)} to be thrown, nothing was`);
  return matches(error, expected, what);
}

/** Awaits a promise, which has to reject with a StowageError of that class; gives the error back. */
export async function rejects(
  promise: Promise<unknown>,
  expected: Expected | string,
  what = "",
): Promise<StowageError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (!outcome) fail(what, `expected a rejection with ${show(expected)}, it was fulfilled`);
  return matches(outcome.error, expected, what);
}

function matches(error: unknown, expected: Expected | string, what: string): StowageError {
  const { name, says = [] } = typeof expected === "string" ? { name: expected } : expected;
  if (!(error instanceof StowageError)) fail(what, `expected ${name}, got ${show(error)}`);
  if (!namesOf(error).includes(name)) fail(what, `expected ${name}, got ${show(error)}`);
  if (!error.code?.startsWith("STOWAGE_")) fail(what, `${name} has no code of ours`);
  for (const word of says) {
    if (!error.message.includes(word))
      fail(what, `the message of ${name} should say "${word}", it says "${error.message}"`);
  }
  return error;
}

/**
 * Of its class and those that it extends: an InvalidDurationError is an InvalidOptionError. Bundlers put an underscore before
 * the name of a class that names itself.
 */
function namesOf(error: Error): string[] {
  const names: string[] = [];
  for (let maker = error.constructor; maker !== Error; maker = Object.getPrototypeOf(maker))
    names.push(maker.name.replace(/^_/, ""));
  return names;
}

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (a instanceof Map && b instanceof Map) return equal([...a], [...b]);
  if (a instanceof Set && b instanceof Set) return equal([...a], [...b]);
  return equalFields(a as Fields, b as Fields);
}

type Fields = Record<string, unknown>;

function equalFields(a: Fields, b: Fields): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}
