/**
 * What turns keys and values into bytes. The default keeps what JavaScript values are (see encode.ts); a user's own may
 * be JSON, MessagePack or anything else, as long as it gives back what it was given.
 */
import type { ClassRegistry } from "./classes.js";
import { Decoder } from "./decode.js";
import { Encoder } from "./encode.js";

export interface Serializer {
  /** Stands in the dump; a dump is only restored by a serializer of the same id. 1 to 100 characters. */
  readonly id: string;
  /** The bytes are used before the next call. Throw for what cannot be kept. */
  encode(value: unknown): Uint8Array;
  /** The bytes are yours. Throw for what is malformed. */
  decode(bytes: Uint8Array): unknown;
}

/** The default; bound to the classes whose instances it may keep. */
export class ValueSerializer implements Serializer {
  static readonly id = "stowage-value-1";
  readonly id = ValueSerializer.id;
  readonly #encoder: Encoder;
  readonly #decoder: Decoder;

  constructor(classes: ClassRegistry) {
    this.#encoder = new Encoder(classes);
    this.#decoder = new Decoder(classes);
  }

  encode(value: unknown): Uint8Array {
    return this.#encoder.encode(value);
  }

  decode(bytes: Uint8Array): unknown {
    return this.#decoder.decode(bytes);
  }
}
