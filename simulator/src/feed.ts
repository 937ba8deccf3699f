/** Cut a stream of bytes into lines or records, whatever the chunks, and hand them to a format's parser. */
import { StringDecoder } from "node:string_decoder";
import { TraceError } from "./errors.js";
import type { Fault, LineFormat, RecordFormat } from "./formats/format.js";
import type { TraceBuilder } from "./trace.js";

/** A longer line is a binary file, or no trace. */
const LINE_CHARS_MAX = 1 << 20;

export class LineFeed {
  readonly #decoder = new StringDecoder("utf8");
  readonly #add = (key: string): void => {
    if (!this.builder.done) this.builder.add(key);
  };
  #rest = "";
  #line = 0;

  constructor(
    readonly format: LineFormat,
    readonly builder: TraceBuilder,
  ) {}

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split("\n");
    this.#rest = lines.pop() as string;
    for (const line of lines) this.#parse(line);
    if (this.#rest.length > LINE_CHARS_MAX)
      this.#refuse(`expected lines of at most ${LINE_CHARS_MAX} characters`);
  }

  end(): void {
    const last = this.#rest + this.#decoder.end();
    if (last !== "") this.#parse(last);
  }

  #parse(line: string): void {
    if (this.builder.done) return;
    const fault = this.format.parse(line.endsWith("\r") ? line.slice(0, -1) : line, this.#add);
    if (fault !== undefined) this.#refuse(fault);
    this.#line++;
  }

  #refuse(fault: string): never {
    throw malformed(this.builder, this.#line, fault);
  }
}

export class RecordFeed {
  readonly #add = (key: string): void => this.builder.add(key);
  #rest: Buffer = Buffer.alloc(0);
  #record = 0;

  constructor(
    readonly format: RecordFormat,
    readonly builder: TraceBuilder,
  ) {}

  push(chunk: Buffer): void {
    const { recordBytes, parse } = this.format;
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let offset = 0;
    for (; offset + recordBytes <= bytes.length && !this.builder.done; offset += recordBytes) {
      const fault: Fault = parse(bytes, offset, this.#add);
      if (fault !== undefined) throw malformed(this.builder, this.#record, fault);
      this.#record++;
    }
    this.#rest = bytes.subarray(offset);
  }

  end(): void {
    const left = this.#rest.length;
    if (left === 0) return;
    throw malformed(
      this.builder,
      this.#record,
      `expected ${this.format.recordBytes} bytes, found the last ${left}`,
    );
  }
}

function malformed(builder: TraceBuilder, before: number, fault: string): TraceError {
  return new TraceError("TRACE_MALFORMED", builder.name, fault, { line: before + 1 });
}
