/** What an answer reader says of bytes, cut in pieces. */
import { AnswerReader } from "../../../../src/client/transport/http1/reader.js";

export interface Outcome {
  readonly kind: "answer" | "refused" | "more";
  readonly status?: number;
  readonly text?: string;
  readonly fields?: string | undefined;
  readonly keepAlive?: boolean;
  /** Nothing followed it. */
  readonly isExact?: boolean;
}

export interface ReadOptions {
  readonly isHead?: boolean;
  readonly bytesMax?: number;
  /** No more comes after the bytes. */
  readonly ends?: boolean;
  /** The body goes elsewhere, piece by piece. */
  readonly streams?: boolean;
}

/** All pieces are read from one buffer, which is overwritten after each: whatever is kept of it is found out. */
export function read(pieces: readonly Buffer[], options: ReadOptions = {}): Outcome {
  const { isHead = false, bytesMax = 1_000_000, ends = false, streams = false } = options;
  const reader = new AnswerReader(bytesMax);
  let outcome: Outcome = { kind: "more" };
  let streamed = "";
  let isExact = true;
  reader.begin(isHead, {
    head: () => (streams ? (bytes) => (streamed += bytes.toString("latin1")) : null),
    done(status, fields, text) {
      const whole = streams ? Buffer.from(streamed, "latin1").toString("utf8") : text;
      outcome = { kind: "answer", status, text: whole, fields: fields.get("x") };
    },
  });
  const lent = Buffer.alloc(Math.max(1, ...pieces.map(({ length }) => length)));
  try {
    for (const piece of pieces) {
      piece.copy(lent);
      isExact = reader.push(lent, 0, piece.length) && isExact;
      lent.fill("!");
    }
    if (ends && reader.isExpecting) reader.end();
  } catch {
    return { kind: "refused" };
  }
  return outcome.kind === "answer" ? { ...outcome, isExact, keepAlive: reader.keepAlive } : outcome;
}

/** The bytes, cut at these places. */
export function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((place, index) => bytes.subarray(place, sorted[index] ?? bytes.length));
}

/** The texts of several answers that come one after the other on one connection; those that are none are left out. */
export function readInTurn(answers: readonly Buffer[]): string[] {
  const reader = new AnswerReader(1_000_000);
  const texts: string[] = [];
  for (const bytes of answers) {
    reader.begin(false, { head: () => null, done: (_, __, text) => texts.push(text) });
    try {
      reader.push(bytes, 0, bytes.length);
    } catch {
      return texts;
    }
  }
  return texts;
}
