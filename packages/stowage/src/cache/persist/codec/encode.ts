/**
 * Any value to bytes, without loss or with an error that says what would be lost and where it sits.
 *
 * Why an own codec and not node:v8's: that one turns instances of classes into plain objects, drops symbols and an
 * error's own properties, all without a word; what it reads back shares memory with the whole block it was read from;
 * and its format is tied to V8's version. Here nothing is dropped silently except what a copy cannot have: identity
 * between entries, frozenness, getters (their value is saved), and the sharing of one buffer by several views.
 *
 * Objects get numbers in the order in which they begin, so that cycles and shared parts are references to a number.
 */
import { isObjectPrototype, isPlainArray } from "../../../base/plain.js";
import { ByteWriter } from "./byte-writer.js";
import type { ClassCodec, ClassRegistry } from "./classes.js";
import { bytesKindOf, depthMax, errorKinds, tag } from "./tags.js";
import { instanceName, located, refuseProperties, refuseSymbols, Unsavable } from "./unsavable.js";
import {
  writeBigint,
  writeBinary,
  writeDate,
  writeNumber,
  writeRegExp,
  writeText,
  writeUrl,
} from "./write-leaves.js";

export class Encoder {
  readonly #classes: ClassRegistry;
  readonly #out = new ByteWriter();
  readonly #ids = new Map<object, number>();
  readonly #names = new Map<string, number>();
  /** Instances whose own `encode` is being saved: a reference back to one could not be restored. */
  readonly #open = new Set<number>();
  #depth = 0;

  constructor(classes: ClassRegistry) {
    this.#classes = classes;
  }

  /** The bytes are valid until the next call. */
  encode(value: unknown): Uint8Array {
    this.#out.clear();
    this.#depth = 0;
    if (this.#names.size > 0) this.#names.clear();
    if (this.#ids.size > 0) this.#ids.clear();
    if (this.#open.size > 0) this.#open.clear();
    try {
      this.#value(value);
    } catch (error) {
      throw located(error, value);
    }
    return this.#out.written();
  }

  #value(value: unknown): void {
    if (typeof value === "string") writeText(this.#out, value);
    else if (typeof value === "number") writeNumber(this.#out, value);
    else if (value === null) this.#out.u8(tag.null);
    else if (typeof value === "object") this.#object(value);
    else if (typeof value === "boolean") this.#out.u8(value ? tag.true : tag.false);
    else if (value === undefined) this.#out.u8(tag.undefined);
    else if (typeof value === "bigint") writeBigint(this.#out, value);
    else throw new Unsavable(value, `a ${typeof value} cannot be saved`);
  }

  #object(value: object): void {
    const id = this.#ids.size;
    const known = this.#ids.get(value);
    if (known !== undefined) {
      this.#reference(known, value);
      return;
    }
    this.#ids.set(value, id);
    if (++this.#depth > depthMax) throw new Unsavable(value, `it is nested more than ${depthMax} deep`);
    if (Array.isArray(value) && isPlainArray(value)) this.#array(value);
    else this.#byPrototype(value, Object.getPrototypeOf(value) as object | null, id);
    this.#depth--;
  }

  #reference(id: number, value: object): void {
    if (this.#open.has(id)) {
      const right = "leave encode and decode away, or break the cycle";
      throw new Unsavable(
        value,
        `${instanceName(value)} is part of a cycle through its own encode; ${right}`,
      );
    }
    this.#out.u8(tag.ref);
    this.#out.varint(id);
  }

  #byPrototype(value: object, prototype: object | null, id: number): void {
    if (prototype === null || isObjectPrototype(prototype)) {
      this.#out.u8(prototype === null ? tag.bare : tag.object);
      this.#shown(value);
      return;
    }
    const codec = this.#classes.byPrototype(prototype);
    if (codec !== undefined) this.#instance(codec, value, id);
    else if (prototype === Map.prototype) this.#map(value as Map<unknown, unknown>);
    else if (prototype === Set.prototype) this.#set(value as Set<unknown>);
    else if (prototype === Date.prototype) writeDate(this.#out, value as Date);
    else if (prototype === RegExp.prototype) writeRegExp(this.#out, value as RegExp);
    else if (prototype === URL.prototype) writeUrl(this.#out, value as URL);
    else if (value instanceof Error) this.#error(value, prototype);
    else this.#binary(value, prototype);
  }

  #array(array: readonly unknown[]): void {
    const names = Object.keys(array);
    refuseSymbols(array);
    // With as many names as items, an array is dense when its last name is that of its last item.
    if (names.length === array.length && (array.length === 0 || names.at(-1) === String(array.length - 1))) {
      this.#out.u8(tag.array);
      this.#out.varint(names.length);
      for (let index = 0; index < names.length; index++) this.#value(array[index]);
      return;
    }
    this.#out.u8(tag.sparse);
    this.#out.varint(array.length);
    this.#named(array, names);
  }

  /** The own enumerable properties. */
  #shown(value: object): void {
    refuseSymbols(value);
    this.#named(value, Object.keys(value));
  }

  #named(value: object, names: readonly string[]): void {
    this.#out.varint(names.length);
    for (const name of names) {
      this.#name(name);
      this.#value((value as Readonly<Record<string, unknown>>)[name]);
    }
  }

  /** Names recur: in a list of records, each is written once and then referred to. */
  #name(name: string): void {
    const known = this.#names.get(name) ?? 0;
    this.#out.varint(known);
    if (known > 0) return;
    this.#names.set(name, this.#names.size + 1);
    this.#out.text(name);
  }

  #instance(codec: ClassCodec, value: object, id: number): void {
    this.#out.u8(codec.encode === undefined ? tag.instance : tag.custom);
    this.#out.text(codec.name);
    if (codec.encode === undefined) {
      this.#shown(value);
      return;
    }
    this.#open.add(id);
    this.#value(runEncode(codec, value));
    this.#open.delete(id);
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    refuseProperties(map);
    const size = map.size;
    this.#out.u8(tag.map);
    this.#out.varint(size);
    let written = 0;
    for (const [key, value] of map) {
      this.#value(key);
      this.#value(value);
      written++;
    }
    if (written !== size) throw new Unsavable(map, "it changed while it was saved");
  }

  #set(set: ReadonlySet<unknown>): void {
    refuseProperties(set);
    const size = set.size;
    this.#out.u8(tag.set);
    this.#out.varint(size);
    let written = 0;
    for (const member of set) {
      this.#value(member);
      written++;
    }
    if (written !== size) throw new Unsavable(set, "it changed while it was saved");
  }

  /** The stack is saved as the text that it is; message and cause stay as hidden from enumeration as they were. */
  #error(error: Error, prototype: object): void {
    const kind = errorKinds.findIndex((each) => each.prototype === prototype);
    if (kind < 0) throw Unsavable.unregistered(error);
    const shown = new Set(Object.keys(error));
    const hidden = Object.getOwnPropertyNames(error).filter((name) => !shown.has(name));
    this.#out.u8(tag.error);
    this.#out.u8(kind);
    this.#named(error, hidden);
    this.#shown(error);
  }

  #binary(value: object, prototype: object): void {
    const kind = bytesKindOf(value, prototype);
    if (kind < 0) throw Unsavable.unregistered(value);
    writeBinary(this.#out, kind, value as ArrayBuffer | ArrayBufferView);
  }
}

function runEncode(codec: ClassCodec, value: object): unknown {
  try {
    return codec.encode?.(value);
  } catch (cause) {
    throw new Unsavable(value, `the encode of class ${codec.name} failed`, codec.name, { cause });
  }
}
