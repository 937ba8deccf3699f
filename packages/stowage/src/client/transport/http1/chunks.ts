/**
 * A chunked body (RFC 9112 7.1): a byte at a time for what frames it, in one piece for what is in it.
 *
 *     1a;ext=1 CR LF   26 bytes CR LF   0 CR LF   Trailer: x CR LF   CR LF
 *
 * Extensions and trailers are passed over: nothing here depends on them. They are bounded, as is all else.
 */
import { BadAnswer, COLON, CR, classes, LF, TOKEN, VALUE } from "./syntax.js";

/** Eight hexadecimal digits say 4 GiB. */
const SIZE_DIGITS_MAX = 8;
/** Extensions and trailers of one body. */
const EXTRAS_MAX = 8 * 1024;
const SEMICOLON = 0x3b;

type State =
  | "size"
  | "extension"
  | "size-lf"
  | "data"
  | "data-cr"
  | "data-lf"
  | "trailer-start"
  | "trailer-name"
  | "trailer-value"
  | "trailer-lf"
  | "last-lf"
  | "done";

export class ChunkDecoder {
  #state: State = "size";
  #left = 0;
  #digits = 0;
  #extras = 0;

  get isDone(): boolean {
    return this.#state === "done";
  }

  begin(): void {
    this.#state = "size";
    this.#left = 0;
    this.#digits = 0;
    this.#extras = 0;
  }

  /**
   * Reads up to `end`, or to the end of the body if that comes first; returns where it stopped.
   *
   * @throws BadAnswer
   */
  read(
    bytes: Buffer,
    start: number,
    end: number,
    take: (bytes: Buffer, start: number, end: number) => void,
  ): number {
    let at = start;
    while (at < end && this.#state !== "done") {
      if (this.#state !== "data") {
        this.#state = this.#next(bytes[at++]);
        continue;
      }
      const stop = Math.min(end, at + this.#left);
      take(bytes, at, stop);
      this.#left -= stop - at;
      if (this.#left === 0) this.#state = "data-cr";
      at = stop;
    }
    return at;
  }

  #next(byte: number): State {
    switch (this.#state) {
      case "size":
        return this.#size(byte);
      case "extension":
        if (byte === CR) return "size-lf";
        return this.#extra(byte, "extension");
      case "size-lf":
        expect(byte, LF);
        return this.#left > 0 ? "data" : "trailer-start";
      case "data-cr":
        expect(byte, CR);
        return "data-lf";
      case "data-lf":
        expect(byte, LF);
        this.#digits = 0;
        return "size";
      default:
        return this.#trailer(byte);
    }
  }

  #size(byte: number): State {
    const value = hexValue(byte);
    if (value >= 0) {
      if (++this.#digits > SIZE_DIGITS_MAX) throw new BadAnswer("a chunk of a size beyond measure");
      this.#left = this.#left * 16 + value;
      return "size";
    }
    if (this.#digits === 0) throw new BadAnswer("a chunk without a size");
    if (byte === CR) return "size-lf";
    expect(byte, SEMICOLON);
    return "extension";
  }

  #trailer(byte: number): State {
    switch (this.#state) {
      case "trailer-start":
        if (byte === CR) return "last-lf";
        expectToken(byte);
        return this.#extra(byte, "trailer-name");
      case "trailer-name":
        if (byte === COLON) return "trailer-value";
        expectToken(byte);
        return this.#extra(byte, "trailer-name");
      case "trailer-value":
        if (byte === CR) return "trailer-lf";
        return this.#extra(byte, "trailer-value");
      case "trailer-lf":
        expect(byte, LF);
        return "trailer-start";
      default:
        expect(byte, LF);
        return "done";
    }
  }

  #extra(byte: number, state: State): State {
    if ((classes[byte] & VALUE) === 0 || ++this.#extras > EXTRAS_MAX)
      throw new BadAnswer("chunks with more to them than chunks may have");
    return state;
  }
}

function expect(byte: number, wanted: number): void {
  if (byte !== wanted) throw new BadAnswer("chunks that are framed wrongly");
}

function expectToken(byte: number): void {
  if ((classes[byte] & TOKEN) === 0) throw new BadAnswer("a trailer without a name that is one");
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
