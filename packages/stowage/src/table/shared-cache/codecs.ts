/**
 * Codecs: values as bytes, and back. The table keeps the kind of content beside each value, so that bytes written with
 * one codec are never read with another.
 *
 *     json         what JSON holds; what it would lose without a word at the top (NaN, Infinity) is refused. The default
 *     structured   what structuredClone takes: Map, Set, Date, BigInt, binary data, cycles; only between equal versions of V8
 *     raw          texts and bytes as they are
 *     messagePack  compact, by a library of the user's choice: `codec: messagePack(msgpackr)`
 *     one's own    {name, encode, decode}
 *
 * Left out: a MessagePack of our own. Libraries for it are fast and well kept, and nobody who does not use it should
 * have to install one.
 */
import { InvalidOptionError, SerializationError } from "../../base/errors.js";
import { nodeBuiltin } from "../../base/node.js";
import { type OptionType, refused } from "../../base/option-types.js";

/** Turns values into bytes or text, and back. `decode` may keep the bytes: they are a copy of its own. */
export interface Codec<V = unknown> {
  /** Names it in errors; must be the same in all threads. */
  readonly name: string;
  encode(value: V): Uint8Array | string;
  decode(bytes: Buffer): V;
}

export type CodecName = "json" | "structured" | "raw";

/** A library for MessagePack: msgpackr's `pack` and `unpack`, or `encode` and `decode` of msgpackr or @msgpack/msgpack. */
export type MessagePackLibrary =
  | { pack(value: unknown): Uint8Array; unpack(bytes: Uint8Array): unknown }
  | { encode(value: unknown): Uint8Array; decode(bytes: Uint8Array): unknown };

/** What stands in the low bits of an entry's flags. */
export const KIND_UNKNOWN = 0;
export const KIND_TEXT = 1;
export const KIND_JSON = 2;
export const KIND_STRUCTURED = 3;
export const KIND_MESSAGE_PACK = 4;
export const KIND_OWN = 5;

/** A codec as the cache uses it. */
export interface BoundCodec {
  readonly name: string;
  /** Whether numbers stand as their text, which is how the table itself counts. */
  readonly countsAsText: boolean;
  /** Kinds of content that it reads. */
  readonly kinds: readonly number[];
  kindOf(value: unknown): number;
  encode(value: unknown): Uint8Array | string;
  /** The first `length` bytes of `memory`, which is used again: what is kept of it has to be copied. */
  decode(memory: Buffer, length: number, kind: number): unknown;
}

const json: BoundCodec = {
  name: "json",
  countsAsText: true,
  kinds: [KIND_JSON],
  kindOf: () => KIND_JSON,
  encode(value) {
    const text = JSON.stringify(value);
    if (text !== undefined && (text !== "null" || value === null)) return text;
    throw new TypeError(
      `JSON does not hold ${typeof value === "number" ? String(value) : `a ${typeof value}`}`,
    );
  },
  decode: (memory, length) => JSON.parse(memory.toString("utf8", 0, length)),
};

const structured: BoundCodec = {
  name: "structured",
  countsAsText: false,
  kinds: [KIND_STRUCTURED],
  kindOf: () => KIND_STRUCTURED,
  encode: (value) => nodeBuiltin("node:v8", 'codec "structured"').serialize(value),
  // Typed arrays in the result are views of what they were read from.
  decode: (memory, length) =>
    nodeBuiltin("node:v8", 'codec "structured"').deserialize(copyOf(memory, length)),
};

const raw: BoundCodec = {
  name: "raw",
  countsAsText: true,
  kinds: [KIND_TEXT],
  kindOf: (value) => (typeof value === "string" ? KIND_TEXT : KIND_UNKNOWN),
  encode(value) {
    if (value instanceof Uint8Array) return value;
    if (typeof value !== "string") throw new TypeError("it is neither a text nor a Uint8Array");
    if (!isWellFormed(value))
      throw new TypeError("the text has half a surrogate pair, which UTF-8 does not hold");
    return value;
  },
  decode: (memory, length, kind) =>
    kind === KIND_TEXT ? memory.toString("utf8", 0, length) : copyOf(memory, length),
};

const builtin: Readonly<Record<CodecName, BoundCodec>> = { json, structured, raw };
const ownKinds: Readonly<Record<string, number>> = { "message-pack": KIND_MESSAGE_PACK };

/**
 * Values as MessagePack.
 *
 * @example
 * import * as msgpackr from "msgpackr";
 * const cache = SharedCache.create({ memory: "64mb", codec: messagePack(msgpackr) });
 */
export function messagePack(library: MessagePackLibrary): Codec {
  const [encode, decode] =
    "pack" in library ? [library.pack, library.unpack] : [library.encode, library.decode];
  if (typeof encode !== "function" || typeof decode !== "function") {
    const expected = "a library with pack and unpack, or encode and decode";
    throw new InvalidOptionError({ where: "messagePack", option: "library", received: library, expected });
  }
  return {
    name: "message-pack",
    encode: (value) => encode.call(library, value),
    decode: (bytes) => decode.call(library, bytes),
  };
}

const names = Object.keys(builtin).map((name) => JSON.stringify(name));

/** The option `codec`. */
export const codecType: OptionType<BoundCodec> = {
  text: `${names.join(", ")}, messagePack(library), or {name, encode, decode}`,
  parse(value) {
    if (typeof value === "string")
      return Object.hasOwn(builtin, value) ? builtin[value as CodecName] : refused;
    return isCodec(value) ? own(value) : refused;
  },
};

export const defaultCodec: BoundCodec = json;

/** The builtin codec of a name that came with a handle. */
export function builtinCodec(name: string): BoundCodec | undefined {
  return Object.hasOwn(builtin, name) ? builtin[name as CodecName] : undefined;
}

/** Why a value cannot be stored, or bytes not be read. */
export function codecTrouble(
  codec: BoundCodec,
  key: string,
  what: string,
  cause: unknown,
): SerializationError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const named = key.length > 60 ? `${key.slice(0, 60)}…` : key;
  const message = `The codec "${codec.name}" cannot ${what} the value for key ${JSON.stringify(named)}: ${reason}.`;
  return new SerializationError(message, { cause });
}

function own(codec: Codec): BoundCodec {
  const kind = ownKinds[codec.name] ?? KIND_OWN;
  return {
    name: codec.name,
    countsAsText: false,
    kinds: [kind],
    kindOf: () => kind,
    encode: (value) => codec.encode(value),
    decode: (memory, length) => codec.decode(copyOf(memory, length)),
  };
}

function isCodec(value: unknown): value is Codec {
  if (typeof value !== "object" || value === null) return false;
  const { name, encode, decode } = value as Partial<Codec>;
  return (
    typeof name === "string" && name !== "" && typeof encode === "function" && typeof decode === "function"
  );
}

function copyOf(memory: Buffer, length: number): Buffer {
  return Buffer.from(memory.subarray(0, length));
}

function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
