/**
 * Finds the responses in what a server sends, as far as a load generator wants to know: where each ends, and its status.
 * For answers with Content-Length, and those that have no content by their status; that is what the routes used here answer.
 */

const headEnd = "\r\n\r\n";
const noBytes = Buffer.alloc(0);
/** Longer heads are none of Stowage's. */
const headBytesMax = 16 * 1_024;

export class Responses {
  readonly #onResponse: (status: number) => void;
  #rest: Buffer = noBytes;

  constructor(onResponse: (status: number) => void) {
    this.#onResponse = onResponse;
  }

  /**
   * Takes what came next.
   *
   * @throws Error for what is no HTTP, or has no length
   */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const end = this.#endOf(bytes, at);
      if (end === undefined || end > bytes.length) break;
      this.#onResponse(statusAt(bytes, at));
      at = end;
    }
    // Copied: the chunk's memory may be used anew.
    this.#rest = at === bytes.length ? noBytes : Buffer.from(bytes.subarray(at));
  }

  /** Where the response that begins at `at` ends; undefined: its head is not whole yet. */
  #endOf(bytes: Buffer, at: number): number | undefined {
    const end = bytes.indexOf(headEnd, at, "latin1");
    if (end < 0) {
      if (bytes.length - at > headBytesMax) throw new Error("what answers does not speak HTTP");
      return undefined;
    }
    const bodyAt = end + headEnd.length;
    const status = statusAt(bytes, at);
    if (status === 204 || status === 304) return bodyAt;
    const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.latin1Slice(at, end))?.[1];
    if (length === undefined) throw new Error("an answer has no Content-Length");
    return bodyAt + Number(length);
  }
}

function statusAt(bytes: Buffer, at: number): number {
  const status = Number(bytes.latin1Slice(at + 9, at + 12));
  if (bytes.latin1Slice(at, at + 7) !== "HTTP/1." || !(status >= 100))
    throw new Error("what answers does not speak HTTP");
  return status;
}
