/**
 * Compression of large values. Small ones are compressed at once, larger ones on the threads of node:zlib. A reader never
 * makes more bytes than the head says, and the head never says more than the reader's bound.
 */
import * as zlib from "node:zlib";
import { UnavailableError } from "../../base/errors.js";

type MaybePromise<T> = T | Promise<T>;

export interface Compressor {
  /** From 16 to 255, never given to another one while there are records of it. */
  readonly id: number;
  compress(bytes: Uint8Array): MaybePromise<Uint8Array>;
  /** Exactly `rawLength` bytes; what makes more has to stop there. May throw: then the record is a miss. */
  decompress(bytes: Uint8Array, rawLength: number): MaybePromise<Uint8Array>;
}

export type CompressorName = "gzip" | "brotli" | "zstd";

type Options = Record<string, unknown>;
type Sync = (bytes: Uint8Array, options: Options) => Uint8Array;
type Done = (error: Error | null, result: Uint8Array) => void;
type Async = (bytes: Uint8Array, options: Options, done: Done) => void;

/** Up to here a thread costs more than it spares: some 100 µs. */
const AT_ONCE_BYTES = 32_768;
/** Brotli's default, 11, is made for files that are compressed once and served for ever; 4 beats gzip at its speed. */
const BROTLI_QUALITY = 4;

const library = zlib as unknown as Readonly<Record<string, Sync & Async>>;

/** @throws UnavailableError where this Node does not have it: zstd came with 22.15 */
export function compressor(name: CompressorName): Compressor {
  if (name === "gzip") return of(1, "gzip", "gunzip", {});
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  if (name === "brotli") return of(2, "brotliCompress", "brotliDecompress", { params });
  return of(3, "zstdCompress", "zstdDecompress", {});
}

/** All that this Node has. */
export function knownCompressors(): readonly Compressor[] {
  const names: CompressorName[] = ["gzip", "brotli"];
  if ("zstdCompress" in zlib) names.push("zstd");
  return names.map(compressor);
}

function of(id: number, pack: string, unpack: string, options: Options): Compressor {
  if (library[pack] === undefined) throw new UnavailableError("compression with zstd", "Node 22.15 or later");
  const run = (verb: string, bytes: Uint8Array, length: number, more: Options) =>
    length <= AT_ONCE_BYTES ? library[`${verb}Sync`](bytes, more) : promised(library[verb], bytes, more);
  return {
    id,
    compress: (bytes) => run(pack, bytes, bytes.length, options),
    // At least 1, as Node wants it; the length is looked at anyway.
    decompress: (bytes, rawLength) =>
      run(unpack, bytes, rawLength, { maxOutputLength: Math.max(1, rawLength) }),
  };
}

function promised(run: Async, bytes: Uint8Array, options: Options): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    run(bytes, options, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}
