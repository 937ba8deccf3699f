/**
 * The classes whose instances may be saved: by name in the dump, by prototype when one is met.
 *
 * Without `encode` and `decode`, an instance's own enumerable properties are saved, and restored onto an object made
 * with the class's prototype; its constructor does not run. Private fields (`#name`) cannot be seen from outside: a
 * class that has some needs both functions, and so does one that extends a builtin class such as Map or Error. Only exact classes count, a subclass is registered for itself.
 * Names stand in the dump: give one where a bundler may rename the class.
 */
import { InvalidOptionError } from "../../../base/errors.js";
import { isObjectPrototype } from "../../../base/plain.js";

// biome-ignore lint/suspicious/noExplicitAny: any constructor, whatever it takes; `unknown` would refuse them all
type AnyClass = abstract new (...args: any[]) => object;

export interface ClassCodec {
  /** What the dump calls the class. */
  name: string;
  class: AnyClass;
  /** What to save of an instance: any value that can be saved, further instances included. */
  // biome-ignore lint/suspicious/noExplicitAny: the instance; typing it would need a type parameter in every list
  encode?: (instance: any) => unknown;
  /** Makes the instance again. Runs twice in a restore: once to check the dump, once to apply it. */
  // biome-ignore lint/suspicious/noExplicitAny: what `encode` gave
  decode?: (data: any) => object;
}

export type RegisteredClass = AnyClass | ClassCodec;

export class ClassRegistry {
  readonly #byName = new Map<string, ClassCodec>();
  readonly #byPrototype = new Map<object, ClassCodec>();

  /** `where` names the call in errors: `save`. */
  constructor(classes: readonly RegisteredClass[], where: string) {
    classes.forEach((each, index) => {
      this.#add(asCodec(each, where, `classes[${index}]`), where, `classes[${index}]`);
    });
  }

  byName(name: string): ClassCodec | undefined {
    return this.#byName.get(name);
  }

  byPrototype(prototype: object): ClassCodec | undefined {
    return this.#byPrototype.get(prototype);
  }

  #add(codec: ClassCodec, where: string, option: string): void {
    if (this.#byName.has(codec.name)) {
      const expected = "a class of another name, or given one: {name, class}";
      throw new InvalidOptionError({ where, option, received: codec.name, expected });
    }
    this.#byName.set(codec.name, codec);
    this.#byPrototype.set(codec.class.prototype as object, codec);
  }
}

function asCodec(given: RegisteredClass, where: string, option: string): ClassCodec {
  const codec = typeof given === "function" ? { name: given.name, class: given } : given;
  const fault = faultOf(codec);
  if (fault !== undefined) throw new InvalidOptionError({ where, option, received: given, expected: fault });
  return codec;
}

/** What would be right, or undefined when it is. */
function faultOf(codec: ClassCodec): string | undefined {
  if (typeof codec !== "object" || codec === null) return "a class, or {name, class, encode, decode}";
  if (typeof codec.class !== "function" || typeof codec.class.prototype !== "object") {
    return "a class, or an object with one under `class`";
  }
  if (typeof codec.name !== "string" || codec.name === "") return "a class with a name, or {name, class}";
  const pair = [codec.encode, codec.decode];
  if (pair.every((each) => typeof each === "function")) return undefined;
  if (pair.some((each) => each !== undefined))
    return "a class with both encode and decode as functions, or neither";
  return extendsBuiltin(codec.class)
    ? "given with encode and decode, because it extends a builtin class"
    : undefined;
}

/** A Map or an Error is more than its properties: no prototype makes another object into one. */
function extendsBuiltin(maker: AnyClass): boolean {
  for (
    let each: object | null = maker.prototype as object;
    each !== null;
    each = Object.getPrototypeOf(each)
  ) {
    if (isObjectPrototype(each)) return false;
    const ancestor: unknown = Object.hasOwn(each, "constructor") ? each.constructor : undefined;
    const source = typeof ancestor === "function" ? Function.prototype.toString.call(ancestor) : "";
    if (source.endsWith("{ [native code] }")) return true;
  }
  return false;
}
