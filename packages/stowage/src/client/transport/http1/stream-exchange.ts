/** An exchange whose answer has no end: its promise is kept when the head is there, its pieces come as they come. */
import type { TransportRequest, TransportStream } from "../transport.js";
import type { Fields } from "./answer.js";
import type { Connection } from "./connection.js";
import { Exchange } from "./exchange.js";
import { Pieces } from "./pieces.js";
import type { RequestText } from "./request-text.js";

export class StreamExchange extends Exchange {
  /** Set by whoever opens it. */
  connection: Connection | undefined;
  readonly #resolve: (stream: TransportStream) => void;
  readonly #reject: (error: unknown) => void;
  #pieces: Pieces | undefined;

  constructor(
    request: TransportRequest,
    text: RequestText,
    resolve: (stream: TransportStream) => void,
    reject: (error: unknown) => void,
  ) {
    super(request, text);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Who follows events does so beside his work: from now on that keeps no process alive. */
  override head(status: number, fields: Fields): (bytes: Buffer) => void {
    const { connection } = this;
    if (fields.get("content-type")?.startsWith("text/event-stream")) connection?.unref();
    const close = () => this.#close();
    const pieces = new Pieces({
      pause: () => connection?.pause(),
      resume: () => connection?.resume(),
      close,
    });
    this.#pieces = pieces;
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    this.#resolve({
      status,
      header: (name) => fields.get(name),
      pieces,
      close: () => {
        pieces.discard();
        close();
      },
    });
    return (bytes) => pieces.push(decoder.decode(bytes, { stream: true }));
  }

  override done(): void {
    if (this.settle()) this.#pieces?.end();
  }

  protected override failed(error: unknown): void {
    if (this.#pieces === undefined) this.#reject(error);
    else this.#pieces.end(error);
  }

  #close(): void {
    this.settle();
    this.connection?.destroy();
  }
}
