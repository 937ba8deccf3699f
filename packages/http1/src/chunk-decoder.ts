/**
 * Chunked content (RFC 9112 7.1), a byte at a time for what frames it and in one piece for what is in it.
 *
 *     1a;ext=1 CR LF   26 bytes CR LF   0 CR LF   Trailer: x CR LF   CR LF
 *
 * Extensions and trailers are checked and dropped: nothing that a server of ours does depends on them, and both have been
 * used to make two programs disagree on where a request ends.
 */
import { HttpRequestError } from "./errors.js";
import { isForbiddenInTrailer } from "./framing.js";
import { COLON, CR, classes, HTAB, hexValues, LF, SP, TOKEN, VALUE } from "./syntax.js";

type State =
  | "size"
  | "size-more"
  | "name-start"
  | "name"
  | "value-start"
  | "value"
  | "quoted"
  | "escaped"
  | "quoted-end"
  | "size-lf"
  | "data"
  | "data-cr"
  | "data-lf"
  | "trailer-start"
  | "trailer"
  | "trailer-lf"
  | "last-lf"
  | "done";

/** Eight hexadecimal digits say 4 GiB; no honest chunk is larger, and leading zeros have no end. */
const SIZE_DIGITS_MAX = 8;
/** All extensions of one content together. */
const EXTENSIONS_MAX = 1_024;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Takes the data of each chunk, as a range of the bytes just read. */
export type TakeData = (bytes: Buffer, start: number, end: number) => void;

export class ChunkDecoder {
  #state: State = "size";
  #left = 0;
  #digits = 0;
  #extensions = 0;
  #trailer: number[] = [];
  #trailers = 0;
  readonly #trailersMax: number;

  constructor(trailersMax: number) {
    this.#trailersMax = trailersMax;
  }

  get done(): boolean {
    return this.#state === "done";
  }

  begin(): void {
    this.#state = "size";
    this.#left = 0;
    this.#digits = 0;
    this.#extensions = 0;
    this.#trailer = [];
    this.#trailers = 0;
  }

  /**
   * Reads up to `end`, or to the end of the content if that comes first; returns where it stopped.
   *
   * @throws HttpRequestError
   */
  read(bytes: Buffer, start: number, end: number, take: TakeData): number {
    let at = start;
    while (at < end && this.#state !== "done") {
      if (this.#state === "data") at = this.#data(bytes, at, end, take);
      else this.#step(bytes[at++]);
    }
    return at;
  }

  #data(bytes: Buffer, start: number, end: number, take: TakeData): number {
    const stop = Math.min(end, start + this.#left);
    take(bytes, start, stop);
    this.#left -= stop - start;
    if (this.#left === 0) this.#state = "data-cr";
    return stop;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case "size":
      case "size-more":
        this.#size(byte);
        break;
      case "size-lf":
        expect(byte, LF, "BARE_CR");
        this.#state = this.#left > 0 ? "data" : "trailer-start";
        break;
      case "data-cr":
        expect(byte, CR, "CHUNK_END");
        this.#state = "data-lf";
        break;
      case "data-lf":
        expect(byte, LF, "CHUNK_END");
        this.#state = "size";
        this.#digits = 0;
        break;
      case "trailer-start":
      case "trailer":
        this.#trailerByte(byte);
        break;
      case "trailer-lf":
        expect(byte, LF, "BARE_CR");
        this.#checkTrailer();
        this.#state = "trailer-start";
        break;
      case "last-lf":
        expect(byte, LF, "BARE_CR");
        this.#state = "done";
        break;
      default:
        this.#extension(byte);
    }
  }

  #size(byte: number): void {
    const digit = hexValues[byte];
    if (digit < 16) {
      if (++this.#digits > SIZE_DIGITS_MAX) throw new HttpRequestError("CHUNK_SIZE");
      this.#left = this.#left * 16 + digit;
      this.#state = "size-more";
    } else if (this.#state === "size") throw new HttpRequestError("CHUNK_SIZE");
    else if (byte === CR) this.#state = "size-lf";
    else if (byte === SEMICOLON) this.#state = "name-start";
    else throw new HttpRequestError(byte === LF ? "BARE_LF" : "CHUNK_SIZE");
  }

  /** RFC 9112 7.1.1: `;name`, `;name=token` or `;name="quoted"`, without the white space that it calls bad. */
  #extension(byte: number): void {
    if (byte === LF) throw new HttpRequestError("BARE_LF");
    const next = nextInExtension(this.#state, byte);
    if (next === undefined || ++this.#extensions > EXTENSIONS_MAX)
      throw new HttpRequestError("CHUNK_EXTENSION");
    this.#state = next;
  }

  #trailerByte(byte: number): void {
    if (byte === CR) this.#state = this.#state === "trailer-start" ? "last-lf" : "trailer-lf";
    else if (byte === LF) throw new HttpRequestError("BARE_LF");
    else {
      if (++this.#trailers > this.#trailersMax) throw new HttpRequestError("HEAD_TOO_LARGE");
      this.#trailer.push(byte);
      this.#state = "trailer";
    }
  }

  #checkTrailer(): void {
    const line = Buffer.from(this.#trailer);
    this.#trailer = [];
    let at = 0;
    while (at < line.length && (classes[line[at]] & TOKEN) !== 0) at++;
    if (line[0] === SP || line[0] === HTAB) throw new HttpRequestError("FOLDING");
    if (at === 0 || line[at] !== COLON) throw new HttpRequestError("FIELD_NAME");
    if (isForbiddenInTrailer(line, 0, at)) throw new HttpRequestError("TRAILER");
    for (at++; at < line.length; at++) {
      if ((classes[line[at]] & VALUE) === 0) throw new HttpRequestError("FIELD_VALUE");
    }
  }
}

function nextInExtension(state: State, byte: number): State | undefined {
  switch (state) {
    case "quoted":
      if (byte === QUOTE) return "quoted-end";
      if (byte === BACKSLASH) return "escaped";
      return (classes[byte] & VALUE) !== 0 ? "quoted" : undefined;
    case "escaped":
      return (classes[byte] & VALUE) !== 0 ? "quoted" : undefined;
    case "value-start":
      if (byte === QUOTE) return "quoted";
      return (classes[byte] & TOKEN) !== 0 ? "value" : undefined;
  }
  if (state !== "quoted-end" && (classes[byte] & TOKEN) !== 0) return state === "value" ? "value" : "name";
  if (state === "name-start") return undefined;
  if (byte === CR) return "size-lf";
  if (byte === SEMICOLON) return "name-start";
  return byte === EQUALS && state === "name" ? "value-start" : undefined;
}

function expect(byte: number, wanted: number, refusal: "BARE_CR" | "CHUNK_END"): void {
  if (byte !== wanted) throw new HttpRequestError(refusal);
}
