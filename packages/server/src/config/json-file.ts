/**
 * Reads a file of JSON that may hold secrets: JSON.parse quotes what stands around a fault, and that ends up in a log. Here
 * the fault is told by line and column alone.
 */
import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { JsonError, JsonScanner } from "../json/scan.js";

/** Far more than 10,000 tokens take, or all settings. */
const FILE_BYTES_MAX = 32 * 2 ** 20;

/** @throws Error whose message completes "the file cannot be read: ..." */
export function readJsonFile(path: string): unknown {
  const bytes = readFileSync(path);
  if (bytes.length > FILE_BYTES_MAX) throw new Error("it is longer than 32 MB");
  if (!isUtf8(bytes)) throw new Error("it is not UTF-8");
  // Editors on Windows put a mark at the beginning, which is no JSON.
  const start = bytes.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? 3 : 0;
  check(bytes, start);
  return JSON.parse(bytes.toString("utf8", start));
}

function check(bytes: Buffer, start: number): void {
  const scanner = new JsonScanner();
  scanner.begin(bytes, start);
  try {
    scanner.value();
    scanner.finish();
  } catch (error) {
    if (error instanceof JsonError) throw new Error(`it is not JSON ${placeOf(bytes, error)}`);
    throw error;
  }
}

function placeOf(bytes: Buffer, { message, position }: JsonError): string {
  const before = bytes.toString("utf8", 0, position).split("\n");
  const what = message.replace(/ at byte \d+$/, "");
  return `at line ${before.length}, column ${before[before.length - 1].length + 1}: ${what}`;
}
