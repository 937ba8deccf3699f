/** A request and what becomes of it: from the queue of its pool, over a connection, to its promise. */
import { onAbort } from "../../../base/on-abort.js";
import { TransportError, type TransportRequest, type TransportResponse } from "../transport.js";
import { Answer, type Fields } from "./answer.js";
import type { RequestText } from "./request-text.js";

/** Gives up an exchange wherever it stands. */
type GiveUp = (exchange: Exchange, reason: unknown) => void;

export abstract class Exchange {
  readonly text: RequestText;
  readonly isHead: boolean;
  /** Bytes of it were given to the system. */
  wasWritten = false;
  #isOver = false;
  readonly #request: TransportRequest;
  #unlink: (() => void) | undefined;

  constructor(request: TransportRequest, text: RequestText) {
    this.text = text;
    this.isHead = request.method === "HEAD";
    this.#request = request;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** From now on an abort calls `giveUp`. There has been none yet. */
  listen(giveUp: GiveUp): void {
    const { cancellation } = this.#request;
    if (cancellation !== undefined)
      this.#unlink = cancellation.onCancel(() => giveUp(this, cancellation.reason));
    else {
      const { signal } = this.#request;
      if (signal !== undefined) this.#unlink = onAbort(signal, () => giveUp(this, signal.reason));
    }
  }

  /** Nothing more is told after this. @returns false if that was so already */
  settle(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#unlink?.();
    return true;
  }

  fail(error: unknown): void {
    if (this.settle()) this.failed(error);
  }

  /** Fails for want of an answer; `unsent` is known from how far it came. */
  failWith(message: string, { cause, isStale = false }: { cause?: unknown; isStale?: boolean } = {}): void {
    this.fail(new TransportError(message, !this.wasWritten, { cause, isStale }));
  }

  abstract head(status: number, fields: Fields): ((bytes: Buffer) => void) | null;
  abstract done(status: number, fields: Fields, text: string): void;
  protected abstract failed(error: unknown): void;
}

/** One whose answer is collected. */
export class SingleExchange extends Exchange {
  readonly #resolve: (answer: TransportResponse) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    request: TransportRequest,
    text: RequestText,
    resolve: (answer: TransportResponse) => void,
    reject: (error: unknown) => void,
  ) {
    super(request, text);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  override head(): null {
    return null;
  }

  override done(status: number, fields: Fields, text: string): void {
    if (this.settle()) this.#resolve(new Answer(status, fields, text));
  }

  protected override failed(error: unknown): void {
    this.#reject(error);
  }
}
