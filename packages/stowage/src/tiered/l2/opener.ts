/** From bytes of L2 to values that may be believed: head, marks, value, schema, in this order, each for all records at once. */
import type { Frame } from "../frame/index.js";
import type { TieredSchema } from "../types.js";
import type { Found, Read, RecordCounts, RecordsParts } from "./records.js";

const NOTHING: Read = Object.freeze({ found: undefined, bytes: undefined });

export class Opener {
  readonly #parts: RecordsParts;
  readonly #counts: RecordCounts;

  constructor(parts: RecordsParts, counts: RecordCounts) {
    this.#parts = parts;
    this.#counts = counts;
  }

  openAll(
    all: readonly (Uint8Array | undefined)[],
    signal: AbortSignal | undefined,
  ): Promise<readonly Read[]> {
    const frames = all.map((bytes) => (bytes === undefined ? undefined : this.#parts.framer.open(bytes)));
    const marked = frames.flatMap((frame) => (frame === undefined ? [] : [this.#marked(frame)]));
    const read = (isValid: readonly boolean[]): Promise<readonly Read[]> => {
      let at = 0;
      const reads = all.map((bytes, index) => {
        const frame = frames[index];
        if (bytes === undefined) return NOTHING;
        return frame === undefined
          ? { found: undefined, bytes }
          : this.#believed(frame, bytes, isValid[at++]);
      });
      return Promise.all(reads);
    };
    return Promise.resolve(this.#parts.validity.check(marked, signal)).then(read);
  }

  /** The same for one, which most reads are of: no promise where none is needed. */
  openOne(bytes: Uint8Array | undefined, signal: AbortSignal | undefined): Read | Promise<Read> {
    if (bytes === undefined) return NOTHING;
    const { framer, validity } = this.#parts;
    const frame = framer.open(bytes);
    if (frame === undefined) return { found: undefined, bytes };
    const checked = validity.check([this.#marked(frame)], signal);
    if (!(checked instanceof Promise)) return this.#believed(frame, bytes, checked[0]);
    return checked.then(([isValid]) => this.#believed(frame, bytes, isValid));
  }

  #marked({ epoch, tags }: Frame): { readonly epoch: number; readonly marks: readonly string[] } {
    return { epoch, marks: this.#parts.keys.marksOf(tags) };
  }

  #believed(frame: Frame, bytes: Uint8Array, isValid: boolean): Read | Promise<Read> {
    if (!isValid) {
      this.#counts.invalidated++;
      return { found: undefined, bytes };
    }
    const value = this.#parts.framer.read(frame);
    if (value instanceof Promise) return value.then((read) => this.#validate(frame, bytes, read));
    return this.#validate(frame, bytes, value);
  }

  #validate(frame: Frame, bytes: Uint8Array, value: unknown): Read | Promise<Read> {
    const { schema } = this.#parts;
    if (value === undefined) return { found: undefined, bytes };
    if (schema === undefined || frame.isNegative) return { found: this.#found(frame, value), bytes };
    return this.#judged(frame, bytes, schema, value);
  }

  /** A schema that fails refuses. */
  async #judged(
    frame: Frame,
    bytes: Uint8Array,
    schema: TieredSchema<unknown>,
    value: unknown,
  ): Promise<Read> {
    try {
      const result = await schema["~standard"].validate(value);
      if (result.issues === undefined && result.value !== undefined)
        return { found: this.#found(frame, result.value), bytes };
    } catch {
      // Counted as refused, like a value that does not fit.
    }
    this.#counts.refused++;
    return { found: undefined, bytes };
  }

  #found(frame: Frame, value: unknown): Found {
    const { isNegative, createdMs, expiresMs, loadMs, epoch, tags } = frame;
    const leftMs = expiresMs === null ? null : expiresMs - this.#parts.clock.wall();
    const { retryMs = 0, failures = 0 } = frame;
    return { value, isNegative, leftMs, createdMs, expiresMs, loadMs, epoch, tags, retryMs, failures };
  }
}
