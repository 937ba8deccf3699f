/**
 * `hashArguments`: the arguments of a function call as one text, to memoize the call under.
 *
 * The text is an encoding, not a digest: two argument lists get the same text exactly when they are deeply and strictly
 * equal, as `assert.deepStrictEqual` understands it. The order of an object's properties and of a Map's or Set's
 * members does not count; 0 and -0, 1 and 1n, null and undefined, a hole and undefined are different. A digest would be
 * shorter, but whoever can choose arguments could look for two that share one, and be served another's result.
 *
 * How it stays injective: each value begins with a letter for its kind and tells where it ends (`s5:hello`, `n1.5;`,
 * `[2:...`), so texts can be strung together and sorted without escapes. A cycle is written as the depth at which the
 * object stands that it leads back to.
 *
 * Refused, with an error that says where: functions, symbols (but those of `Symbol.for`) and instances of classes. What
 * sets them apart is identity or private fields, which no text can carry over a restart or to another process.
 * Also refused is what is deeper than `depthMax` or longer than `lengthMax`: such a key costs more than most calls.
 * Not looked at: properties hung onto Maps, Sets, Dates, regular expressions and binary data. Getters are called.
 */
import { InvalidArgumentError } from "./errors.js";
import { isObjectPrototype, isPlainArray } from "./plain.js";

const depthMax = 500;
const lengthMax = 250_000;
const plainData =
  "plain data (primitives, plain objects, arrays, Map, Set, Date, RegExp, URL, binary data); else give a key function";

interface Walk {
  /** The objects being encoded, outermost first. */
  readonly open: object[];
  /** The way from the arguments to the value at hand, for the error. */
  readonly path: (string | number)[];
  /** Characters written so far, or nearly so. */
  length: number;
}

/** One text for one list of arguments. */
export function hashArguments(args: readonly unknown[]): string {
  const walk: Walk = { open: [], path: [], length: 0 };
  let all = "";
  for (let index = 0; index < args.length; index++) all += encodeAt(index, args[index], walk);
  return all;
}

function encodeAt(step: string | number, value: unknown, walk: Walk): string {
  walk.path.push(step);
  const text = encode(value, walk);
  walk.length += typeof value === "object" ? 1 : text.length; // an object's parts have counted themselves
  if (walk.length > lengthMax) refuse(walk, value, `arguments of less than ${lengthMax} characters`);
  walk.path.pop();
  return text;
}

function encode(value: unknown, walk: Walk): string {
  switch (typeof value) {
    case "string":
      return encodeText("s", value);
    case "number":
      return Object.is(value, -0) ? "n-0;" : `n${value};`;
    case "boolean":
      return value ? "t" : "f";
    case "undefined":
      return "u";
    case "bigint":
      return `b${value};`;
    case "symbol":
      return encodeSymbol(value, walk);
    case "object":
      return value === null ? "z" : encodeObject(value, walk);
    default:
      return refuse(walk, value, plainData);
  }
}

function encodeObject(value: object, walk: Walk): string {
  const depth = walk.open.indexOf(value);
  if (depth >= 0) return `^${depth};`;
  if (walk.open.length >= depthMax) refuse(walk, value, `nested less than ${depthMax} deep`);
  walk.open.push(value);
  const text = Array.isArray(value) ? encodeArray(value, walk) : encodeByPrototype(value, walk);
  walk.open.pop();
  return text;
}

function encodeByPrototype(value: object, walk: Walk): string {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null) return `o${encodeProperties(value, 0, walk)}`;
  if (isObjectPrototype(prototype)) return `{${encodeProperties(value, 0, walk)}`;
  if (prototype === Date.prototype) return `d${(value as Date).getTime()};`;
  if (prototype === Map.prototype) return encodeMap(value as Map<unknown, unknown>, walk);
  if (prototype === Set.prototype) return encodeSet(value as Set<unknown>, walk);
  if (prototype === RegExp.prototype) return encodeRegExp(value as RegExp);
  if (prototype === ArrayBuffer.prototype)
    return encodeBytes("ArrayBuffer", new Uint8Array(value as ArrayBuffer), walk);
  if (ArrayBuffer.isView(value)) return encodeView(value, prototype, walk);
  if (prototype === URL.prototype) return encodeText("U", (value as URL).href);
  return refuse(walk, value, plainData);
}

function encodeArray(value: readonly unknown[], walk: Walk): string {
  if (!isPlainArray(value)) refuse(walk, value, plainData);
  let text = `[${value.length}:`;
  let present = 0;
  for (let index = 0; index < value.length; index++) {
    const item = value[index];
    const hole = item === undefined && !Object.hasOwn(value, index);
    if (!hole) present++;
    text += hole ? encodeHole(walk) : encodeAt(index, item, walk);
  }
  return text + encodeProperties(value, present, walk);
}

/** A hole counts, lest an array of a billion of them is walked to its end. */
function encodeHole(walk: Walk): string {
  walk.length++;
  if (walk.length > lengthMax) refuse(walk, undefined, `arguments of less than ${lengthMax} characters`);
  return "h";
}

/** The own enumerable properties by name, but the first `skip` ones: an array's items, which always come first. */
function encodeProperties(value: object, skip: number, walk: Walk): string {
  const all = Object.keys(value);
  const names = skip === 0 ? all : all.slice(skip);
  const record = value as Readonly<Record<string | symbol, unknown>>;
  let text = `${names.length}:`;
  for (const name of names.sort()) {
    walk.length += name.length;
    text += encodeText("", name) + encodeAt(name, record[name], walk);
  }
  return text + encodeSymbolProperties(record, walk);
}

function encodeSymbolProperties(record: Readonly<Record<symbol, unknown>>, walk: Walk): string {
  const symbols = Object.getOwnPropertySymbols(record);
  if (symbols.length === 0) return "";
  const texts = symbols
    .filter((symbol) => Object.prototype.propertyIsEnumerable.call(record, symbol))
    .map((symbol) => encodeSymbol(symbol, walk) + encodeAt(String(symbol), record[symbol], walk));
  // No value begins with a Y, so what follows an object cannot be taken for a part of it.
  return texts.length === 0 ? "" : `Y${texts.length}:${texts.sort().join("")}`;
}

function encodeMap(map: ReadonlyMap<unknown, unknown>, walk: Walk): string {
  const texts: string[] = [];
  for (const [key, value] of map) texts.push(encodeAt("(key)", key, walk) + encodeAt("(value)", value, walk));
  return `M${map.size}:${texts.sort().join("")}`;
}

function encodeSet(set: ReadonlySet<unknown>, walk: Walk): string {
  const texts: string[] = [];
  for (const member of set) texts.push(encodeAt("(member)", member, walk));
  return `S${set.size}:${texts.sort().join("")}`;
}

function encodeRegExp(value: RegExp): string {
  return `${encodeText("r", value.source)}${value.flags}${value.lastIndex};`;
}

function encodeView(view: ArrayBufferView, prototype: object, walk: Walk): string {
  const kind = Object.prototype.toString.call(view).slice(8, -1);
  const host = globalThis as unknown as Readonly<Record<string, { prototype: object } | undefined>>;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (prototype === host[kind]?.prototype) return encodeBytes(kind, bytes, walk);
  if (prototype === host.Buffer?.prototype) return encodeBytes("Buffer", bytes, walk);
  return refuse(walk, view, plainData);
}

function encodeBytes(kind: string, bytes: Uint8Array, walk: Walk): string {
  walk.length += bytes.length;
  if (walk.length > lengthMax) refuse(walk, bytes, `arguments of less than ${lengthMax} characters`);
  let text = `B${kind}:${bytes.length}:`;
  for (let start = 0; start < bytes.length; start += 8_192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8_192));
  }
  return text;
}

function encodeSymbol(symbol: symbol, walk: Walk): string {
  const name = Symbol.keyFor(symbol);
  return name === undefined ? refuse(walk, symbol, plainData) : encodeText("y", name);
}

function encodeText(kind: string, text: string): string {
  return `${kind}${text.length}:${text}`;
}

function refuse(walk: Walk, value: unknown, expected: string): never {
  const [first, ...steps] = walk.path;
  const way = steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
  throw new InvalidArgumentError("hashArguments", `argument ${first}${way.slice(0, 200)}`, value, expected);
}
