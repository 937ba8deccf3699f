/** A transport that does what a scene says, and keeps what it was asked for. */
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
  type TransportStream,
} from "../../../../src/client/transport/transport.js";

export type Reply =
  | { readonly status: number; readonly text?: string; readonly headers?: Readonly<Record<string, string>> }
  | Error
  | "never";

export interface Sent extends TransportRequest {
  readonly atMs: number;
}

export const broken = (): TransportError => new TransportError("the connection broke: ECONNRESET", false);
export const refused = (): TransportError => new TransportError("could not connect: ECONNREFUSED", true);
export const stale = (): TransportError => new TransportError("it was closed", false, { isStale: true });

export class FakeTransport implements Transport {
  readonly sent: Sent[] = [];
  isClosed = false;
  /** What an abort makes of a request: its reason, or what some transports say instead. */
  abortedAs: (reason: unknown) => unknown = (reason) => reason;
  /** Requests that have no answer yet. */
  underWay = 0;
  /** Those of /health that were under way at one time, at the most. */
  healthMax = 0;
  #health = 0;
  readonly #now: () => number;
  readonly #reply: (request: TransportRequest, count: number) => Reply;
  readonly #closers = new Set<() => void>();
  /** The last stream that was opened, to say something on it. */
  stream: FakeStream | undefined;

  constructor(now: () => number, reply: (request: TransportRequest, count: number) => Reply) {
    this.#now = now;
    this.#reply = reply;
  }

  /** Those but the questions after health. */
  get paths(): string[] {
    return this.sent.map(({ path }) => path);
  }

  get healths(): number {
    return this.paths.filter((path) => path === "/health").length;
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const isHealth = request.path === "/health";
    if (isHealth) this.healthMax = Math.max(this.healthMax, ++this.#health);
    this.underWay += 1;
    try {
      return await this.#replied(request);
    } finally {
      this.underWay -= 1;
      if (isHealth) this.#health -= 1;
    }
  }

  async open(request: TransportRequest): Promise<TransportStream> {
    const { status, header, text } = await this.#replied(request);
    this.stream = new FakeStream(status, header, text, request.signal);
    return this.stream;
  }

  close(): void {
    this.isClosed = true;
    for (const close of [...this.#closers]) close();
  }

  #replied(request: TransportRequest): Promise<TransportResponse> {
    const reply = this.#reply(request, this.sent.push({ ...request, atMs: this.#now() }) - 1);
    return new Promise((resolve, reject) => {
      const { signal } = request;
      const closed = () => settle(() => reject(new TransportError("the transport was closed", false)));
      const aborted = () => settle(() => reject(this.abortedAs(signal?.reason)));
      const settle = (how: () => void) => {
        this.#closers.delete(closed);
        signal?.removeEventListener("abort", aborted);
        how();
      };
      this.#closers.add(closed);
      signal?.addEventListener("abort", aborted);
      if (signal?.aborted) aborted();
      else if (reply instanceof Error) settle(() => reject(reply));
      else if (reply !== "never") settle(() => resolve(responseOf(reply)));
    });
  }
}

function responseOf({ status, text = "", headers = {} }: Exclude<Reply, Error | "never">): TransportResponse {
  return { status, text, header: (name) => headers[name] };
}

type Step = { value: string } | { error: unknown } | "end";

export class FakeStream implements TransportStream {
  isClosed = false;
  readonly #steps: Step[] = [];
  #wake: (() => void) | undefined;

  constructor(
    readonly status: number,
    readonly header: (name: string) => string | undefined,
    text: string,
    signal: AbortSignal | undefined,
  ) {
    if (text !== "") this.say({ value: text });
    if (status !== 200) this.say("end");
    signal?.addEventListener("abort", () => this.say({ error: signal.reason }));
  }

  say(step: Step): void {
    this.#steps.push(step);
    this.#wake?.();
  }

  get pieces(): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => this.#all() };
  }

  close(): void {
    this.isClosed = true;
    this.say("end");
  }

  async *#all(): AsyncGenerator<string, void, undefined> {
    for (;;) {
      const step = this.#steps.shift();
      if (step === "end") return;
      if (step === undefined)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      else if ("error" in step) throw step.error;
      else yield step.value;
    }
  }
}
