/**
 * Heads of answers, made ahead: nearly every answer of a worker begins with the same bytes.
 *
 *     HTTP/1.1 200 OK                            per status
 *     content-type: application/json; ...
 *     access-control-allow-origin: *
 *     date: Fri, 20 Nov 2026 16:40:00 GMT        per second
 *     x-request-id: hZ3xJb0qTn2a00001f           per block of ids ...
 *                                      7k        ... and per request
 *     content-length: 31
 *
 * So an answer is four strings: this much, two characters, the length, the body.
 */
import { randomBytes } from "node:crypto";
import { dateLine, fixedHead } from "stowage-http1";
import type { Cors } from "./cors.js";

export const JSON_TYPE = "application/json; charset=utf-8";

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
const pairs = [...DIGITS].flatMap((first) => [...DIGITS].map((second) => first + second));
/** An id is as long as what is echoed has to be at least: 12 + 6 + 2. */
const PREFIX_BYTES = 9;
const BLOCK_DIGITS = 6;

/** The same as codes: the first character in the low byte. */
export const pairCodes = Uint16Array.from(pairs, (pair) => pair.charCodeAt(0) | (pair.charCodeAt(1) << 8));

/** Behind an id. */
export const AFTER_ID = "\r\ncontent-length: ";
/** Behind the length. */
export const BEFORE_BODY = "\r\n\r\n";

/** Behind `content-length: `, up to the body. */
export function lengthLine(length: number): string {
  return length + BEFORE_BODY;
}

/** Of one worker. */
export class Heads {
  readonly #cors: Cors;
  readonly #wall: () => number;
  readonly #prefix = randomBytes(PREFIX_BYTES).toString("base64url");
  #blocks = 0;
  /** The beginning of the ids that are given out now. */
  block = "";
  #pair = pairs.length;
  #date = "";
  /** When the date is another one. */
  #dateEnds = Number.NEGATIVE_INFINITY;
  /** By status; of the block and the second that it is. */
  #ready: string[] = [];
  readonly #fixed = new Map<string, string[]>();

  constructor(cors: Cors, wall: () => number) {
    this.#cors = cors;
    this.#wall = wall;
  }

  /** A request has come at `now`. Returns the last part of its id; what comes before it is `block`. */
  begin(now: number): number {
    if (now >= this.#dateEnds) this.#renewDate(now);
    if (++this.#pair >= pairs.length) this.#renewBlock();
    return this.#pair;
  }

  get dateLine(): string {
    return this.#date;
  }

  idOf(block: string, pair: number): string {
    return block + pairs[pair];
  }

  /** An answer of JSON with an id of the present block, up to `content-length: `. */
  json(status: number, pair: number): string {
    return this.ready(status) + pairs[pair] + AFTER_ID;
  }

  /** The same up to the last two characters of the id. */
  ready(status: number): string {
    return this.#ready[status] ?? this.#makeReady(status);
  }

  /** Status line and content type, and CORS where it is the same for all. */
  fixed(status: number, type: string): string {
    let ofType = this.#fixed.get(type);
    if (ofType === undefined) {
      ofType = [];
      // Types of what users store come without a bound.
      if (this.#fixed.size < 100) this.#fixed.set(type, ofType);
    }
    ofType[status] ??=
      fixedHead(status, type === "" ? {} : { "content-type": type }) +
      (this.#cors.any ? this.#cors.lines("") : "");
    return ofType[status];
  }

  #makeReady(status: number): string {
    const ready = flat(`${this.fixed(status, JSON_TYPE)}${this.#date}x-request-id: ${this.block}`);
    this.#ready[status] = ready;
    return ready;
  }

  #renewDate(now: number): void {
    const wall = this.#wall();
    this.#date = dateLine(wall);
    this.#dateEnds = now + 1_000 - (wall % 1_000);
    this.#ready = [];
  }

  #renewBlock(): void {
    this.block = this.#prefix + (this.#blocks++).toString(36).padStart(BLOCK_DIGITS, "0");
    this.#pair = 0;
    this.#ready = [];
  }
}

/** The same text as one piece: a text put together of others is copied whenever it is sent. */
export function flat(text: string): string {
  return Buffer.from(text, "latin1").latin1Slice();
}
