/**
 * Records which keys are asked for, so that policies and sizes can be compared on a user's own traffic.
 *
 * The file is what the simulator reads: gzip, a request a line, a key's 32-bit hash as a decimal. No key and no value is
 * written. (Among a million keys some hundred share a hash with another, which changes no figure worth reading.)
 *
 *     record(hash) -> block of 64 KiB -> gzip -> file
 *
 * record() runs in synchronous verbs and can neither wait nor fail: when the disk is slower than the traffic, whole blocks
 * are dropped and counted, and what the file system refuses is reported by close(). A process that ends without close()
 * leaves a file that is cut short. A sample takes some of the keys with all of their requests, not some of the requests:
 * hit ratios stay what they were, at capacities that shrink by the same share (SHARDS, Waldspurger et al., FAST '15).
 */
import type { WriteStream } from "node:fs";
import type { Gzip } from "node:zlib";
import type { Clock } from "../../base/clock.js";
import { DumpIoError, InvalidOptionError } from "../../base/errors.js";
import { nodeBuiltin } from "../../base/node.js";

export interface RecorderOptions {
  /** Share of the keys that is recorded: above 0, at most 1 (default). */
  sample?: number | undefined;
  clock: Clock;
}

/** What was recorded, when it ended. */
export interface Recording {
  /** Requests in the file. */
  readonly requests: number;
  /** Requests that should be in it and are not, because the disk could not keep up. */
  readonly dropped: number;
  readonly durationMs: number;
}

export interface Recorder {
  record(hash: number): void;
  /** Writes what is left and closes the file; rejects with what went wrong since it was opened. */
  close(): Promise<Recording>;
}

const BLOCK_BYTES = 64 * 1024;
/** Ten digits and a line feed. */
const LINE_BYTES_MAX = 11;
/** Uncompressed bytes that may wait for the disk: a second or so of very busy traffic. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024;

const ZERO = 48;
const LINE_FEED = 10;

export function createRecorder(path: string, { sample = 1, clock }: RecorderOptions): Recorder {
  if (!(sample > 0 && sample <= 1)) {
    const expected = "a share of the keys above 0 and at most 1";
    throw new InvalidOptionError({ where: "record", option: "sample", received: sample, expected });
  }
  return new FileRecorder(path, sample, clock);
}

class FileRecorder implements Recorder {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #startMs: number;
  /** Hashes from here on are not in the sample. */
  readonly #hashesMax: number;
  readonly #gzip: Gzip;
  readonly #file: WriteStream;
  #block = new Uint8Array(BLOCK_BYTES);
  #used = 0;
  #inBlock = 0;
  #requests = 0;
  #dropped = 0;
  #failure: unknown;
  #closing: Promise<Recording> | undefined;

  constructor(path: string, sample: number, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#hashesMax = sample * 2 ** 32;
    this.#gzip = nodeBuiltin("node:zlib", "record()").createGzip();
    this.#file = nodeBuiltin("node:fs", "record()").createWriteStream(path);
    this.#gzip.pipe(this.#file);
    this.#file.on("error", (error) => this.#fail(error));
    this.#gzip.on("error", (error) => this.#fail(error));
  }

  record(hash: number): void {
    if (this.#closing !== undefined || spread(hash) >= this.#hashesMax) return;
    this.#used = writeLine(this.#block, this.#used, hash >>> 0);
    this.#inBlock++;
    if (this.#used > BLOCK_BYTES - LINE_BYTES_MAX) this.#passOn();
  }

  close(): Promise<Recording> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /** Hands the block to gzip, which reads it later; hence a new one. */
  #passOn(): void {
    if (this.#failure !== undefined || this.#gzip.writableLength > WAITING_BYTES_MAX) {
      this.#dropped += this.#inBlock;
    } else {
      this.#requests += this.#inBlock;
      this.#gzip.write(this.#block.subarray(0, this.#used));
      this.#block = new Uint8Array(BLOCK_BYTES);
    }
    this.#used = 0;
    this.#inBlock = 0;
  }

  async #finish(): Promise<Recording> {
    const durationMs = this.#clock.now() - this.#startMs;
    this.#passOn();
    await new Promise<void>((resolve) => {
      if (this.#file.closed) return resolve();
      this.#file.on("close", resolve);
      this.#gzip.end();
    });
    if (this.#failure !== undefined) throw new DumpIoError("write the recording", this.#path, this.#failure);
    return { requests: this.#requests, dropped: this.#dropped, durationMs };
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#gzip.unpipe(this.#file);
    this.#file.destroy();
    this.#gzip.destroy();
  }
}

/** Writes the digits of a number below 2^32 and a line feed; gives back where the next line begins. */
function writeLine(block: Uint8Array, at: number, number: number): number {
  let digits = 1;
  for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  let rest = number;
  for (let place = at + digits - 1; place >= at; place--) {
    const tenth = Math.floor(rest / 10);
    block[place] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  block[at + digits] = LINE_FEED;
  return at + digits + 1;
}

/** Decides about the sample on other bits than the cache does about its buckets. */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
