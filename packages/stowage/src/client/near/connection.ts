/**
 * One connection to a server's changes, from the request to its end. It knows how long it was silent and how far its
 * `alive` events reach; what changes mean is the feed's (feed.ts), which makes a new one when this one has ended.
 */
import type { Clock } from "../../base/clock.js";
import type { Node } from "../nodes/types.js";
import type { TransportStream } from "../transport/transport.js";
import { EventStreamParser, type StreamEvent } from "./event-stream.js";
import { Horizon } from "./horizon.js";

export interface ConnectionParts {
  readonly node: Node;
  readonly clock: Clock;
  readonly path: string;
  /** The place from which to resume; undefined: from now on. */
  readonly from: string | undefined;
  /** For the head of the answer. */
  readonly timeoutMs: number;
}

export class Connection {
  readonly horizon: Horizon;
  readonly openedAtMs: number;
  /** When something came last; undefined while there is no answer. */
  heardAtMs: number | undefined;
  readonly #parts: ConnectionParts;
  readonly #abort = new AbortController();
  #stream: TransportStream | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    // Read before the request is sent: the bound rests on that.
    this.openedAtMs = parts.clock.now();
    this.horizon = new Horizon(this.openedAtMs);
  }

  /** The answer's head. */
  async open(): Promise<TransportStream> {
    const { node, path, from, timeoutMs, clock } = this.#parts;
    const headers = { accept: "text/event-stream", ...(from !== undefined && { "last-event-id": from }) };
    const stream = await node.open(
      { method: "GET", path, headers, isRepeatable: true },
      { signal: this.#abort.signal, timeoutMs },
    );
    this.#stream = stream;
    this.heardAtMs = clock.now();
    if (this.isEnded) stream.close();
    return stream;
  }

  /** Hands out each event, until the stream ends or breaks, which it throws. */
  async read(stream: TransportStream, take: (event: StreamEvent) => void): Promise<void> {
    const parser = new EventStreamParser();
    for await (const piece of stream.pieces) {
      if (this.isEnded) return;
      this.heardAtMs = this.#parts.clock.now();
      for (const event of parser.push(piece)) take(event);
    }
  }

  /** From this side. */
  get isEnded(): boolean {
    return this.#abort.signal.aborted;
  }

  end(): void {
    this.#abort.abort();
    this.#stream?.close();
  }
}
