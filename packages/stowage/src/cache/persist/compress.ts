/**
 * Compression of a block, by node:zlib on its own threads.
 *
 * Blocks are compressed one by one, so that both sides need no more memory than one block takes and damage stays where
 * it is. A reader must not be made to allocate much more than the file has bytes (a few bytes can claim to stand for
 * gigabytes): a large block that shrinks by more than `ratioMax` is written as it is, and one that claims to is refused.
 */
import { nodeBuiltin } from "../../base/node.js";

export type Compression = "none" | "gzip" | "brotli";

/** By number, as they stand in the header of a dump. */
export const compressions: readonly Compression[] = ["none", "gzip", "brotli"];

/** Blocks up to here may shrink as far as they will: what a usual block takes is not worth a rule. */
const smallBlockBytes = 1 << 20;
const ratioMax = 32;
/** Brotli's default, 11, is made for files that are compressed once and served for ever; 4 beats gzip at its speed. */
const brotliQuality = 4;

/** Whether a block of `stored` bytes may stand for `raw` bytes. */
export function mayInflate(stored: number, raw: number): boolean {
  return raw <= Math.max(smallBlockBytes, stored * ratioMax);
}

type Done = (error: Error | null, result: Uint8Array) => void;

/** The compressed bytes, or undefined when it does not pay or would look like a bomb. */
export async function compress(
  kind: Compression,
  raw: Uint8Array,
  feature: string,
): Promise<Uint8Array | undefined> {
  if (kind === "none") return undefined;
  const zlib = nodeBuiltin("node:zlib", feature);
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: brotliQuality };
  const packed = await promised((done) => {
    if (kind === "gzip") zlib.gzip(raw, done);
    else zlib.brotliCompress(raw, { params }, done);
  });
  return packed.length < raw.length && mayInflate(packed.length, raw.length) ? packed : undefined;
}

/** The bytes that were compressed; rejects when they are malformed or more than `rawLength`. */
export async function decompress(
  kind: Compression,
  stored: Uint8Array,
  rawLength: number,
  feature: string,
): Promise<Uint8Array> {
  const zlib = nodeBuiltin("node:zlib", feature);
  const options = { maxOutputLength: rawLength };
  return promised((done) => {
    if (kind === "gzip") zlib.gunzip(stored, options, done);
    else zlib.brotliDecompress(stored, options, done);
  });
}

function promised(run: (done: Done) => void): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    run((error, result) => (error === null ? resolve(result) : reject(error)));
  });
}
