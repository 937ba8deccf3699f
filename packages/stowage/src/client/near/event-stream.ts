/**
 * Server-sent events (HTML, 9.2.6) out of pieces of text, wherever these were cut.
 *
 * It differs from EventSource in two ways. A block with an id and no data is told too: such are the places of
 * /v1/changes, from which a client resumes. And what is not complete may be LINE_MAX characters long at most: an answer
 * without line ends is no event stream, and would be kept until the memory is full.
 */

export interface StreamEvent {
  /** Empty: the block has no event of its own. */
  readonly type: string;
  /** The id that stands in the block itself; undefined: none. */
  readonly id: string | undefined;
  /** Lines of data, joined by line ends; empty: none. */
  readonly data: string;
}

/** Events of /v1/changes are shorter than 1 KiB: of a key they tell no more than 48 bytes. */
const LINE_MAX = 65_536;

export class EventStreamParser {
  #rest = "";
  #type = "";
  #id: string | undefined;
  #data = "";
  /** The last piece ended with a carriage return: a line feed that follows is part of that line's end. */
  #returned = false;
  #began = false;

  /**
   * The events that are complete with this piece, in order.
   *
   * @throws RangeError when a line, or the data of an event, is too long for an event stream
   */
  push(piece: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    const text = this.#rest + this.#joined(piece);
    let start = 0;
    for (let end = lineEnd(text, 0); end !== -1; end = lineEnd(text, start)) {
      this.#line(text.slice(start, end), events);
      start = end + 1;
      if (text[end] !== "\r") continue;
      if (start === text.length) this.#returned = true;
      else if (text[start] === "\n") start++;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > LINE_MAX || this.#data.length > LINE_MAX)
      throw new RangeError(
        `what was sent is no event stream: a line or event is over ${LINE_MAX} characters`,
      );
    return events;
  }

  /** Without a byte order mark at the beginning, and without the second half of a line end that was cut in two. */
  #joined(piece: string): string {
    if (piece === "") return piece;
    const skips = this.#began ? this.#returned && piece[0] === "\n" : piece[0] === "\ufeff";
    this.#began = true;
    this.#returned = false;
    return skips ? piece.slice(1) : piece;
  }

  #line(line: string, events: StreamEvent[]): void {
    if (line === "") this.#end(events);
    else {
      const colon = line.indexOf(":");
      const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
      this.#field(colon === -1 ? line : line.slice(0, colon), value);
    }
  }

  /** What begins with a colon is a comment; `retry` is for EventSource, which has no back-off of its own. */
  #field(name: string, value: string): void {
    if (name === "data") this.#data += this.#data === "" ? value : `\n${value}`;
    else if (name === "event") this.#type = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
  }

  #end(events: StreamEvent[]): void {
    if (this.#data !== "" || this.#type !== "" || this.#id !== undefined)
      events.push({ type: this.#type, id: this.#id, data: this.#data });
    this.#type = "";
    this.#id = undefined;
    this.#data = "";
  }
}

/** Where the next line feed or carriage return stands. */
function lineEnd(text: string, from: number): number {
  const feed = text.indexOf("\n", from);
  const back = text.indexOf("\r", from);
  if (back === -1) return feed;
  return feed === -1 ? back : Math.min(feed, back);
}
