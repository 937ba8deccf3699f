/** Traces for tests, from keys or from the bytes of a file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReadOptions } from "../src/read.js";
import { readTrace } from "../src/read.js";
import { type Trace, TraceBuilder } from "../src/trace.js";

export function traceOf(keys: readonly (string | number)[]): Trace {
  const builder = new TraceBuilder("test");
  for (const key of keys) builder.add(String(key));
  return builder.build("keys");
}

/** The keys that were requested, in order. */
export function requested({ requests, keys }: Trace): string[] {
  return Array.from(requests, (number) => keys[number]);
}

/** Reads a file of these bytes. */
export async function readBytes(bytes: string | Uint8Array, options?: ReadOptions): Promise<Trace> {
  const folder = mkdtempSync(join(tmpdir(), "stowage-trace-"));
  try {
    const path = join(folder, "trace");
    writeFileSync(path, bytes);
    return await readTrace(path, options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
