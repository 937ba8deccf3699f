/**
 * Bytes back to the value that `encode.ts` made them of.
 *
 * Bytes may come from anywhere. Nothing in them is executed: properties are defined, not assigned, wherever a setter
 * could lie in wait (`__proto__`, classes); only registered classes are made, and only their own `decode` runs. What is
 * allocated is bounded by the number of bytes at hand, nesting by `depthMax`. Any fault is a `SerializationError`.
 */
import { SerializationError } from "../../../base/errors.js";
import { ByteReader } from "./byte-reader.js";
import type { ClassCodec, ClassRegistry } from "./classes.js";
import { readBigint, readBinary, readInt, readRegExp, readUrl } from "./read-leaves.js";
import { depthMax, errorKinds, tag } from "./tags.js";

/** Stands for an object whose own `decode` has not run yet; the encoder never refers to such a one. */
const unfinished = Symbol("unfinished");
/** Up to here, an array with holes is made the usual way; above, so that the holes take no memory. */
const plainLengthMax = 1_024;
const lengthMax = 2 ** 32 - 1;

export class Decoder {
  readonly #classes: ClassRegistry;
  readonly #in = new ByteReader();
  #objects: unknown[] = [];
  #names: string[] = [];
  #depth = 0;

  constructor(classes: ClassRegistry) {
    this.#classes = classes;
  }

  /** Nothing of the result shares memory with `bytes`. */
  decode(bytes: Uint8Array): unknown {
    this.#in.open(bytes);
    this.#objects = [];
    this.#names = [];
    this.#depth = 0;
    const value = this.#value();
    if (this.#in.left > 0) this.#in.malformed(`${this.#in.left} bytes are left over`);
    return value;
  }

  #value(): unknown {
    const kind = this.#in.u8();
    switch (kind) {
      case tag.undefined:
        return undefined;
      case tag.null:
        return null;
      case tag.true:
        return true;
      case tag.false:
        return false;
      case tag.int:
        return readInt(this.#in);
      case tag.float:
        return this.#in.f64();
      case tag.text:
        return this.#in.text();
      case tag.bigintPos:
        return readBigint(this.#in);
      case tag.bigintNeg:
        return -readBigint(this.#in);
      case tag.ref:
        return this.#reference();
      default:
        return this.#nested(kind);
    }
  }

  #reference(): unknown {
    const id = this.#in.varint();
    if (id >= this.#objects.length || this.#objects[id] === unfinished) {
      this.#in.malformed(`object ${id} is referred to before it is there`);
    }
    return this.#objects[id];
  }

  #nested(kind: number): unknown {
    if (++this.#depth > depthMax) this.#in.malformed(`it is nested more than ${depthMax} deep`);
    const value = this.#object(kind);
    this.#depth--;
    return value;
  }

  #object(kind: number): unknown {
    switch (kind) {
      case tag.array:
        return this.#array();
      case tag.sparse:
        return this.#sparse();
      case tag.object:
        return this.#assign(this.#begun({}));
      case tag.bare:
        return this.#assign(this.#begun(Object.create(null) as object));
      case tag.map:
        return this.#map();
      case tag.set:
        return this.#set();
      case tag.date:
        return this.#begun(new Date(this.#in.f64()));
      case tag.regexp:
        return this.#begun(readRegExp(this.#in));
      case tag.url:
        return this.#begun(readUrl(this.#in));
      case tag.error:
        return this.#error();
      case tag.bytes:
        return this.#begun(readBinary(this.#in));
      case tag.instance:
        return this.#instance();
      case tag.custom:
        return this.#custom();
      default:
        return this.#in.malformed(`there is no kind ${kind}`);
    }
  }

  /** Gives the object its number, which is that of its beginning. */
  #begun<Made>(made: Made): Made {
    this.#objects.push(made);
    return made;
  }

  #array(): unknown[] {
    const array = this.#begun([] as unknown[]);
    for (let left = this.#in.count(); left > 0; left--) array.push(this.#value());
    return array;
  }

  #sparse(): unknown[] {
    const length = this.#in.varint();
    if (length > lengthMax) this.#in.malformed(`no array is ${length} long`);
    const array = this.#begun([] as unknown[]);
    // An element this far out makes the engine keep items one by one, so that a claimed length costs nothing.
    if (length > plainLengthMax) array[lengthMax - 1] = undefined;
    array.length = length;
    this.#define(array, true);
    if (array.length !== length) this.#in.malformed("an item lies beyond its array");
    return array;
  }

  #map(): Map<unknown, unknown> {
    const map = this.#begun(new Map<unknown, unknown>());
    for (let left = this.#in.count(2); left > 0; left--) map.set(this.#value(), this.#value());
    return map;
  }

  #set(): Set<unknown> {
    const set = this.#begun(new Set<unknown>());
    for (let left = this.#in.count(); left > 0; left--) set.add(this.#value());
    return set;
  }

  #error(): Error {
    const maker = errorKinds[this.#in.u8()] ?? this.#in.malformed("there is no such kind of error");
    const error = this.#begun(
      maker === AggregateError ? new AggregateError([]) : new (maker as ErrorConstructor)(),
    );
    // Those that the constructor made: the saved ones take their place.
    for (const name of Object.getOwnPropertyNames(error))
      delete (error as unknown as Record<string, unknown>)[name];
    this.#define(error, false);
    this.#define(error, true);
    return error;
  }

  #instance(): object {
    const codec = this.#class();
    if (codec.decode !== undefined) this.#in.malformed(`class ${codec.name} was saved without its encode`);
    const instance = this.#begun(Object.create(codec.class.prototype as object) as object);
    return this.#define(instance, true);
  }

  #custom(): object {
    const codec = this.#class();
    if (codec.decode === undefined) this.#in.malformed(`class ${codec.name} was saved with its encode`);
    const id = this.#objects.push(unfinished) - 1;
    const instance = runDecode(codec, this.#value());
    this.#objects[id] = instance;
    return instance;
  }

  #class(): ClassCodec {
    const name = this.#in.text();
    const codec = this.#classes.byName(name);
    if (codec !== undefined) return codec;
    const message = `it holds an instance of class ${name}, which is not registered; add it to the option classes`;
    throw new SerializationError(message, { className: name });
  }

  /** Properties of a plain object: assigned, because that is fast and there is but one setter to avoid. */
  #assign(target: object): object {
    for (let left = this.#in.count(2); left > 0; left--) {
      const name = this.#name();
      const value = this.#value();
      if (name === "__proto__") define(target, name, value, true);
      else (target as Record<string, unknown>)[name] = value;
    }
    return target;
  }

  #define<Target extends object>(target: Target, enumerable: boolean): Target {
    for (let left = this.#in.count(2); left > 0; left--) {
      const name = this.#name();
      const value = this.#value();
      if (Array.isArray(target) && name === "length") this.#in.malformed("an array's length is no property");
      define(target, name, value, enumerable);
    }
    return target;
  }

  #name(): string {
    const known = this.#in.varint();
    if (known > 0) return this.#names[known - 1] ?? this.#in.malformed(`name ${known} is not known yet`);
    const name = this.#in.name();
    this.#names.push(name);
    return name;
  }
}

function define(target: object, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, name, { value, enumerable, configurable: true, writable: true });
}

function runDecode(codec: ClassCodec, data: unknown): object {
  try {
    const instance = codec.decode?.(data);
    if (typeof instance === "object" && instance !== null) return instance;
  } catch (cause) {
    throw new SerializationError(`the decode of class ${codec.name} failed`, {
      cause,
      className: codec.name,
    });
  }
  const className = codec.name;
  throw new SerializationError(`the decode of class ${className} must return an object`, { className });
}
