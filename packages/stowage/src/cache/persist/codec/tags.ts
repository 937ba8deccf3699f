/**
 * The codec's layout: one tag byte, then what the tag says.
 *
 *     undefined null true false   nothing
 *     int        varint, zigzag (0 -1 1 -2 ...), for whole numbers of up to 32 bits
 *     float      8 bytes, all other numbers, -0 and NaN included
 *     bigintPos  varint length, magnitude bytes, highest first      (bigintNeg: the same, of the negated)
 *     text       text (see byte-writer.ts)
 *     ref        varint n: the n-th object of this value, in the order in which they begin; cycles and sharing
 *     array      varint length, so many values
 *     sparse     varint length, properties: an array with holes or with other properties than its items
 *     object     properties                                         (bare: the same, without a prototype)
 *     map        varint size, so many key, value                    (set: so many values)
 *     date       8 bytes
 *     regexp     text source, text flags, varint lastIndex
 *     error      byte kind, properties hidden from enumeration, properties
 *     bytes      byte kind, varint length, bytes: ArrayBuffer, typed arrays, DataView, Buffer
 *     url        text
 *     instance   text class, properties                             (custom: text class, value that encode gave)
 *
 *     properties varint count, so many: name, value
 *     name       varint 0 and a text that is new in this value, or n: the n-th name that was
 *
 * Numbers of tags and kinds stand in dumps: new ones go to the end, none is ever reused.
 */

export const tag = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  int: 4,
  float: 5,
  bigintPos: 6,
  bigintNeg: 7,
  text: 8,
  ref: 9,
  array: 10,
  sparse: 11,
  object: 12,
  bare: 13,
  map: 14,
  set: 15,
  date: 16,
  regexp: 17,
  error: 18,
  bytes: 19,
  url: 20,
  instance: 21,
  custom: 22,
} as const;

/** How deep values may be nested: safe on a default stack, on the way in (hostile dumps) as on the way out. */
export const depthMax = 1_000;

/** The kinds of `error`, by number. */
export const errorKinds = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
] as const;

type BytesMaker = (buffer: ArrayBuffer) => object;

interface BytesKind {
  readonly name: string;
  readonly unit: number;
  readonly make: BytesMaker;
}

/** The kinds of `bytes`, by number; `unit` is the size of an element. */
export const bytesKinds: readonly BytesKind[] = [
  { name: "ArrayBuffer", unit: 1, make: (buffer) => buffer },
  { name: "DataView", unit: 1, make: (buffer) => new DataView(buffer) },
  { name: "Buffer", unit: 1, make: makeBuffer },
  { name: "Uint8Array", unit: 1, make: (buffer) => new Uint8Array(buffer) },
  { name: "Uint8ClampedArray", unit: 1, make: (buffer) => new Uint8ClampedArray(buffer) },
  { name: "Int8Array", unit: 1, make: (buffer) => new Int8Array(buffer) },
  { name: "Uint16Array", unit: 2, make: (buffer) => new Uint16Array(buffer) },
  { name: "Int16Array", unit: 2, make: (buffer) => new Int16Array(buffer) },
  { name: "Uint32Array", unit: 4, make: (buffer) => new Uint32Array(buffer) },
  { name: "Int32Array", unit: 4, make: (buffer) => new Int32Array(buffer) },
  { name: "Float32Array", unit: 4, make: (buffer) => new Float32Array(buffer) },
  { name: "Float64Array", unit: 8, make: (buffer) => new Float64Array(buffer) },
  { name: "BigInt64Array", unit: 8, make: (buffer) => new BigInt64Array(buffer) },
  { name: "BigUint64Array", unit: 8, make: (buffer) => new BigUint64Array(buffer) },
];

/** Where there is no Buffer, its parent class has the same bytes. */
function makeBuffer(buffer: ArrayBuffer): object {
  const maker = (globalThis as { Buffer?: { from(buffer: ArrayBuffer): object } }).Buffer;
  return maker === undefined ? new Uint8Array(buffer) : maker.from(buffer);
}

type ClassByName = Readonly<Record<string, { prototype: object } | undefined>>;

/** The number of the kind of these bytes, or -1: a subclass, which has to be registered like any class. */
export function bytesKindOf(value: object, prototype: object): number {
  const host = globalThis as unknown as ClassByName;
  if (prototype === host.Buffer?.prototype) return bytesKinds.findIndex((kind) => kind.name === "Buffer");
  const name = Object.prototype.toString.call(value).slice(8, -1);
  if (prototype !== host[name]?.prototype) return -1;
  return bytesKinds.findIndex((kind) => kind.name === name);
}
