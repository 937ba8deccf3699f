import { type Limits, type Receiver, RequestReader } from "../../src/index.js";

export interface Outcome {
  method: string;
  target: string;
  version: string;
  headers: [string, string][];
  content: string;
  keepAlive: boolean;
}

/** What a reader makes of these bytes when they come in pieces that end at `cuts`. */
export function readInPieces(
  bytes: Buffer,
  cuts: readonly number[],
  { limits, contentMax = 1_000_000 }: { limits?: Limits; contentMax?: number } = {},
): { requests: Outcome[]; refused: string | undefined } {
  const requests: Outcome[] = [];
  let refused: string | undefined;
  const receiver: Receiver = {
    content: () => contentMax,
    request(head, content) {
      requests.push({
        method: head.method,
        target: head.target,
        version: `1.${head.minorVersion}`,
        headers: [...head.headers()],
        content: content.toString("latin1"),
        keepAlive: head.keepAlive,
      });
      return true;
    },
    dropped: () => true,
    refuse(error) {
      refused = error.code;
    },
  };
  const reader = new RequestReader(receiver, limits);
  // As sockets do: each piece comes in the same buffer, over the one before.
  const shared = Buffer.alloc(Math.max(1, bytes.length));
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    shared.fill(0x2a);
    bytes.copy(shared, 0, start, cut);
    reader.push(shared, 0, cut - start);
    start = cut;
  }
  return { requests, refused };
}

export function read(text: string, options?: Parameters<typeof readInPieces>[2]) {
  return readInPieces(Buffer.from(text, "latin1"), [], options);
}

let stride = 1;

/** Cuts at every so many places only: enough for readers that are broken on purpose. */
export function setStride(places: number): void {
  stride = places;
}

/** Throws unless the outcome is the same whole, byte by byte, and cut once at each place. */
export function readEverywhere(text: string, options?: Parameters<typeof readInPieces>[2]) {
  const bytes = Buffer.from(text, "latin1");
  const whole = readInPieces(bytes, [], options);
  const expected = JSON.stringify(whole);
  const each = Array.from({ length: Math.max(0, bytes.length - 1) }, (_, at) => at + 1);
  const ways = [each, ...each.filter((cut) => cut % stride === 0).map((cut) => [cut])];
  for (const cuts of ways) {
    const got = JSON.stringify(readInPieces(bytes, cuts, options));
    if (got !== expected) throw new Error(`cut at ${cuts.slice(0, 3)}: ${got} instead of ${expected}`);
  }
  return whole;
}
