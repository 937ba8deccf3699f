/** The requests that a load generator sends: as bytes, made before the clock runs. */
import type { Address } from "../../client/index.js";
import type { Mix, Verb } from "../kinds.js";

export interface Workload {
  readonly mix: Mix;
  readonly keys: number;
  readonly valueBytes: number;
}

export interface Prepared {
  readonly verb: Verb;
  readonly bytes: Buffer;
}

const prefix = "stowage-bench:";

export class Requests {
  readonly #address: Address;
  readonly #token: string | undefined;
  readonly #workload: Workload;
  readonly #value: string;
  /** By verb, by key: made when first asked for. */
  readonly #made = new Map<Verb, Prepared[]>();
  /** Verbs, each as often as its share says. */
  readonly #deck: readonly Verb[];

  constructor(address: Address, token: string | undefined, workload: Workload) {
    this.#address = address;
    this.#token = token;
    this.#workload = workload;
    // A JSON string of so many bytes, quotes included.
    this.#value = JSON.stringify("x".repeat(Math.max(0, workload.valueBytes - 2)));
    this.#deck = Object.entries(workload.mix).flatMap(([verb, share]) =>
      Array<Verb>(share).fill(verb as Verb),
    );
  }

  /** @param random from 0 to 1 */
  pick(random: () => number): Prepared {
    const verb = this.#deck[Math.floor(random() * this.#deck.length)];
    return this.of(verb, Math.floor(random() * this.#workload.keys));
  }

  of(verb: Verb, key: number): Prepared {
    let made = this.#made.get(verb);
    if (made === undefined) {
      made = [];
      this.#made.set(verb, made);
    }
    made[key] ??= { verb, bytes: this.#make(verb, `${prefix}${key}`) };
    return made[key];
  }

  /** Removes what the load has left. */
  static cleanUp(): string {
    return JSON.stringify({ prefix });
  }

  #make(verb: Verb, key: string): Buffer {
    if (verb === "get") return this.#request("GET", `/cache/get?key=${encodeURIComponent(key)}`);
    if (verb === "miss") return this.#request("GET", `/cache/get?key=${encodeURIComponent(`${key}:absent`)}`);
    if (verb === "incr") return this.#request("POST", "/cache/incr", JSON.stringify({ key: `${key}:count` }));
    return this.#request("POST", "/cache/set", `{"key":${JSON.stringify(key)},"value":${this.#value}}`);
  }

  #request(method: string, path: string, body?: string): Buffer {
    const { host, port, base } = this.#address;
    const lines = [
      `${method} ${base}${path} HTTP/1.1`,
      `host: ${host.includes(":") ? `[${host}]` : host}:${port}`,
    ];
    if (this.#token !== undefined) lines.push(`authorization: Bearer ${this.#token}`);
    if (body !== undefined)
      lines.push("content-type: application/json", `content-length: ${Buffer.byteLength(body)}`);
    return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body ?? ""}`);
  }
}
