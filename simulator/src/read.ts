/**
 * Reads a trace file: plain or gzip, in any of the formats, in bounded memory but for the requests themselves.
 *
 *     file -> (gunzip) -> lines or records -> the format's parser -> TraceBuilder
 *
 * Whatever is wrong with the file becomes a TraceError that says where.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { TraceError } from "./errors.js";
import { LineFeed, RecordFeed } from "./feed.js";
import type { Format } from "./formats/format.js";
import { detectFormat, formats } from "./formats/index.js";
import { type Trace, TraceBuilder } from "./trace.js";

export interface ReadOptions {
  /** A format's name; detected when not given. */
  readonly format?: string | undefined;
  /** Take only this many requests from the start. */
  readonly limit?: number | undefined;
}

/** Enough for the lines that detection looks at. */
const START_BYTES = 1 << 16;

export async function readTrace(path: string, { format, limit }: ReadOptions = {}): Promise<Trace> {
  const builder = new TraceBuilder(basename(path), limit);
  const named = formats.find(({ name }) => name === format);
  try {
    return builder.build(await readInto(builder, path, named));
  } catch (error) {
    throw error instanceof TraceError ? error : asTraceError(builder, error as NodeJS.ErrnoException);
  }
}

/** Feeds the file to the builder; gives back the name of the format that it was in. */
async function readInto(builder: TraceBuilder, path: string, named: Format | undefined): Promise<string> {
  const isGzip = await checkCompression(builder.name, path);
  const file = createReadStream(path);
  const source = isGzip ? gunzipped(file) : file;
  try {
    const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const { start, isWhole } = await readStart(chunks);
    const format = named ?? detectFormat(start, isWhole);
    if (format === undefined) throw new TraceError("TRACE_UNKNOWN_FORMAT", builder.name, unknownFormat());
    const feed = format.kind === "lines" ? new LineFeed(format, builder) : new RecordFeed(format, builder);
    feed.push(start);
    for (let next = await chunks.next(); !next.done && !builder.done; next = await chunks.next()) {
      feed.push(next.value);
    }
    if (!builder.done) feed.end();
    return format.name;
  } finally {
    source.destroy();
    file.destroy();
  }
}

async function readStart(chunks: AsyncIterator<Buffer>): Promise<{ start: Buffer; isWhole: boolean }> {
  const read: Buffer[] = [];
  let bytes = 0;
  while (bytes < START_BYTES) {
    const next = await chunks.next();
    if (next.done) return { start: Buffer.concat(read), isWhole: true };
    read.push(next.value);
    bytes += next.value.length;
  }
  return { start: Buffer.concat(read), isWhole: false };
}

/** True for gzip; an error for what this Node cannot decompress. */
async function checkCompression(name: string, path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const magic = Buffer.alloc(4);
    await handle.read(magic, 0, 4, 0);
    if (magic.readUInt32LE() === 0xfd2fb528) {
      throw new TraceError(
        "TRACE_COMPRESSION",
        name,
        "it is compressed with zstd; decompress it first: zstd -d",
      );
    }
    return magic.readUInt16BE() === 0x1f8b;
  } finally {
    await handle.close();
  }
}

function gunzipped(file: Readable): Readable {
  const gunzip = createGunzip();
  file.on("error", (error) => gunzip.destroy(error));
  return file.pipe(gunzip);
}

function unknownFormat(): string {
  const list = formats.map(({ name, about }) => `${name} (${about})`).join("; ");
  return `its format is not one of those that can be told apart; name it with --format: ${list}`;
}

function asTraceError(builder: TraceBuilder, cause: NodeJS.ErrnoException): TraceError {
  if (cause.code?.startsWith("Z_")) {
    const fault = `the gzip data is damaged or cut short after request ${builder.requests}`;
    return new TraceError("TRACE_COMPRESSION", builder.name, fault, { cause });
  }
  return new TraceError("TRACE_UNREADABLE", builder.name, `it cannot be read: ${cause.message}`, { cause });
}
