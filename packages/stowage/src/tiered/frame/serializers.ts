/**
 * How values become bytes: `json` (the default: other programs can read it; what JSON does not hold is refused or, as a Date,
 * comes back as what JSON makes of it), `structured` (Map, Set, Date, BigInt, cycles: what structuredClone takes) and `raw`
 * (bytes as they are). The user's own has an id from 16 to 255, which stands in every record, so that a reader who does not
 * have it sees a miss.
 */
import { deserialize, serialize } from "node:v8";
import { SerializationError } from "../../base/errors.js";

export interface Serializer {
  /** From 16 to 255, never given to another one while there are records of it. */
  readonly id: number;
  encode(value: unknown): Uint8Array;
  /** May throw: then the record is a miss. */
  decode(bytes: Uint8Array): unknown;
}

export type SerializerName = "json" | "structured" | "raw";

export const serializers: Readonly<Record<SerializerName, Serializer>> = {
  json: {
    id: 1,
    encode(value) {
      const text: string | undefined = JSON.stringify(value);
      if (text === undefined) throw new SerializationError(`JSON has no way to write a ${typeof value}`);
      return Buffer.from(text, "utf8");
    },
    decode: (bytes) => JSON.parse(viewOf(bytes).toString("utf8")),
  },
  structured: {
    id: 2,
    encode: (value) => serialize(value),
    decode: (bytes) => deserialize(bytes),
  },
  raw: {
    id: 3,
    encode(value) {
      if (value instanceof Uint8Array) return value;
      throw new SerializationError("the serializer raw takes a Uint8Array and nothing else");
    },
    decode: (bytes) => bytes,
  },
};

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
