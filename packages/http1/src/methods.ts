/** The method as a string, without making one for those that nearly every request has; and which there are. */
import { METHODS } from "node:http";

const GET = 0x474554;
const PUT = 0x505554;
const HEAD = 0x48454144;
const POST = 0x504f5354;

export function methodOf(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length === 3) {
    const word = (bytes[start] << 16) | (bytes[start + 1] << 8) | bytes[start + 2];
    if (word === GET) return "GET";
    if (word === PUT) return "PUT";
  } else if (length === 4) {
    const word = (bytes[start] << 24) | (bytes[start + 1] << 16) | (bytes[start + 2] << 8) | bytes[start + 3];
    if (word === HEAD) return "HEAD";
    if (word === POST) return "POST";
  }
  return bytes.latin1Slice(start, end);
}

/** Those of IANA's registry and some older ones, as Node knows them. Others are refused with 501 (RFC 9110 9.1). */
const known: ReadonlySet<string> = new Set(METHODS);

export function isKnownMethod(method: string): boolean {
  return method === "GET" || known.has(method);
}
