/**
 * Values to records and back. Reading has two steps, since most of what tiers decide (is it stale, is a tag of it invalid)
 * needs the head alone: `open` looks at that, `read` makes the value. Neither throws, whatever the bytes are: what cannot be
 * read is a miss, and counted by its reason.
 */
import { SerializationError, StowageError, ValueTooLargeError } from "../../base/errors.js";
import { decodeFrame, encodeFrame, type Frame, type FrameHead } from "./head.js";
import { type FrameCoders, type FrameOptions, frameCoders } from "./options.js";

/** What could not be read, by reason, and what compression did. */
export interface FrameCounts {
  /** Of another program. */
  readonly foreign: number;
  /** Of another version of the layout. */
  readonly version: number;
  /** Cut short, or other bytes than were written. */
  readonly damaged: number;
  /** Written with a serializer or compressor that is not known here, or that failed. */
  readonly unreadable: number;
  /** Longer than `maxValueSize`. */
  readonly tooLarge: number;
  /** Values that were written compressed. */
  readonly compressed: number;
}

type Counts = { -readonly [Name in keyof FrameCounts]: number };

/** An empty payload: it is known that there is no value. */
const NOTHING = new Uint8Array(0);
const NO_CODING = { serializer: 0, compression: 0, rawLength: 0 };

export class Framer {
  readonly #coders: FrameCoders;
  readonly #counts: Counts = {
    foreign: 0,
    version: 0,
    damaged: 0,
    unreadable: 0,
    tooLarge: 0,
    compressed: 0,
  };

  /** @throws InvalidOptionError for an option that is unknown or wrong */
  constructor(options?: FrameOptions, where = "frame") {
    this.#coders = frameCoders(options, where);
  }

  counts(): FrameCounts {
    return { ...this.#counts };
  }

  /**
   * The record of a value; a promise where it is compressed.
   *
   * @throws SerializationError for what the serializer does not take, ValueTooLargeError for what is longer than `maxValueSize`
   */
  encode(head: FrameHead, value: unknown): Uint8Array | Promise<Uint8Array> {
    if (head.isNegative) return encodeFrame(head, NO_CODING, NOTHING);
    const { serializer, compressor, compressAbove } = this.#coders;
    const raw = this.#serialize(value);
    const plain = { serializer: serializer.id, compression: 0, rawLength: raw.length };
    if (compressor === undefined || raw.length < compressAbove) return encodeFrame(head, plain, raw);
    const finish = (packed: Uint8Array): Uint8Array => {
      if (packed.length >= raw.length) return encodeFrame(head, plain, raw);
      this.#counts.compressed++;
      return encodeFrame(head, { ...plain, compression: compressor.id }, packed);
    };
    const packed = compressor.compress(raw);
    return packed instanceof Promise ? packed.then(finish) : finish(packed);
  }

  /** The head, and the payload for `read`; undefined: this is no record that can be read here. */
  open(bytes: Uint8Array): Frame | undefined {
    const frame = decodeFrame(bytes);
    if (typeof frame === "string") return this.#miss(frame);
    if (frame.isNegative) return frame;
    if (frame.rawLength > this.#coders.valueBytesMax) return this.#miss("tooLarge");
    const isKnown =
      this.#coders.serializers.has(frame.serializer) &&
      (frame.compression === 0 || this.#coders.compressors.has(frame.compression));
    return isKnown ? frame : this.#miss("unreadable");
  }

  /** The value of what `open` gave; undefined: it cannot be read. Of a negative one: null. */
  read(frame: Frame): unknown {
    if (frame.isNegative) return null;
    try {
      const raw = this.#decompress(frame);
      if (!(raw instanceof Promise)) return this.#deserialize(frame, raw);
      return raw.then(
        (bytes) => this.#deserialize(frame, bytes),
        () => this.#miss("unreadable"),
      );
    } catch {
      return this.#miss("unreadable");
    }
  }

  /** The same record, but that it could not be renewed: see `FrameHead`. Undefined: it is none. */
  paused(bytes: Uint8Array, retryMs: number, failures: number): Uint8Array | undefined {
    const frame = decodeFrame(bytes);
    if (typeof frame === "string") return undefined;
    return encodeFrame({ ...frame, retryMs, failures }, frame, frame.payload);
  }

  /** The record with another head, its value untouched; undefined: these bytes are none. */
  relabelled(bytes: Uint8Array, change: Partial<FrameHead>): Uint8Array | undefined {
    const frame = decodeFrame(bytes);
    if (typeof frame === "string") return undefined;
    return encodeFrame({ ...frame, ...change }, frame, frame.payload);
  }

  #serialize(value: unknown): Uint8Array {
    const { serializer, valueBytesMax } = this.#coders;
    let raw: Uint8Array;
    try {
      raw = serializer.encode(value);
    } catch (cause) {
      if (cause instanceof StowageError) throw cause;
      throw new SerializationError("the serializer does not take the value", { cause });
    }
    if (raw.length > valueBytesMax) throw new ValueTooLargeError("set", raw.length, valueBytesMax);
    return raw;
  }

  #decompress({ compression, payload, rawLength }: Frame): Uint8Array | Promise<Uint8Array> {
    if (compression === 0) return payload;
    const found = this.#coders.compressors.get(compression);
    return found === undefined ? NOTHING : found.decompress(payload, rawLength);
  }

  #deserialize({ serializer, rawLength }: Frame, raw: Uint8Array): unknown {
    if (raw.length !== rawLength) return this.#miss("unreadable");
    try {
      const value = this.#coders.serializers.get(serializer)?.decode(raw);
      return value === undefined ? this.#miss("unreadable") : value;
    } catch {
      return this.#miss("unreadable");
    }
  }

  #miss(reason: keyof Counts): undefined {
    this.#counts[reason]++;
    return undefined;
  }
}
