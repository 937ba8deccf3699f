/** A client of GET /v1/changes, by the rules of HTML 9.2 (server-sent events). */
import { get, type IncomingMessage } from "node:http";
import { until } from "./support.js";

export interface Told {
  readonly id: string;
  readonly event: string;
  readonly data: string;
  /** When it came. */
  readonly at: number;
}

export class Follower implements AsyncDisposable {
  readonly events: Told[] = [];
  /** As an EventSource would send it. */
  lastId = "";
  readonly response: IncomingMessage;
  ended = false;
  #text = "";

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding("utf8");
    response.on("data", (text: string) => this.#take(text));
    response.on("end", () => (this.ended = true));
    response.on("error", () => (this.ended = true));
  }

  told(): string[] {
    return this.events.map(({ event, data }) => `${event} ${data}`);
  }

  until(holds: (events: readonly Told[]) => boolean): Promise<void> {
    return until(() => holds(this.events), `what is waited for is told; it was: ${this.told().slice(-5)}`);
  }

  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.response.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    for (let end = this.#text.indexOf("\n\n"); end >= 0; end = this.#text.indexOf("\n\n")) {
      this.#block(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 2);
    }
  }

  #block(block: string): void {
    const fields = new Map(
      block.split("\n").map((line) => [line.split(": ")[0], line.slice(line.indexOf(": ") + 2)]),
    );
    this.lastId = fields.get("id") ?? this.lastId;
    const data = fields.get("data");
    if (data === undefined) return;
    this.events.push({
      id: this.lastId,
      event: fields.get("event") ?? "message",
      data,
      at: performance.now(),
    });
  }
}

/** Follows from `url`, or from /v1/changes there. Resolves when it has begun. */
export async function follow(url: string, headers: Record<string, string> = {}): Promise<Follower> {
  const target = new URL(url).pathname === "/" ? `${url}/v1/changes` : url;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(target, { headers, agent: false }, resolve).on("error", reject);
  });
  const follower = new Follower(response);
  if (response.statusCode === 200) await until(() => follower.lastId !== "", "the stream begins");
  return follower;
}
