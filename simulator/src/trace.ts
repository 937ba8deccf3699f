/**
 * A trace in memory: requests as small dense numbers, and the keys that they stand for.
 *
 * Keys are interned while the file is read, so that policies, the optimum and caches all replay an Int32Array: four bytes
 * a request. Requests are collected in chunks, since their number is only known at the end.
 */
import { TraceError } from "./errors.js";

export interface Trace {
  /** Where it came from, for headings. */
  readonly name: string;
  readonly format: string;
  /** Numbers of keys, in order of request. A key's number is the order of its first request. */
  readonly requests: Int32Array;
  /** The keys by number. */
  readonly keys: readonly string[];
}

const CHUNK_REQUESTS = 1 << 20;
/** 2 GB of requests; beyond that, --limit takes the first ones. */
const REQUESTS_MAX = 1 << 29;

export class TraceBuilder {
  readonly #numbers = new Map<string, number>();
  readonly #full: Int32Array[] = [];
  #chunk = new Int32Array(CHUNK_REQUESTS);
  #used = 0;

  constructor(
    readonly name: string,
    readonly limit = Number.POSITIVE_INFINITY,
  ) {}

  get requests(): number {
    return this.#full.length * CHUNK_REQUESTS + this.#used;
  }

  /** Are as many requests in as were asked for? */
  get done(): boolean {
    return this.requests >= this.limit;
  }

  add(key: string): void {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
    }
    if (this.#used === CHUNK_REQUESTS) this.#startChunk();
    this.#chunk[this.#used++] = number;
  }

  build(format: string): Trace {
    if (this.requests === 0) throw new TraceError("TRACE_EMPTY", this.name, "there is no request in it");
    const requests = new Int32Array(this.requests);
    let filled = 0;
    for (const chunk of [...this.#full, this.#chunk.subarray(0, this.#used)]) {
      requests.set(chunk, filled);
      filled += chunk.length;
    }
    return { name: this.name, format, requests, keys: [...this.#numbers.keys()] };
  }

  #startChunk(): void {
    if (this.requests >= REQUESTS_MAX) {
      throw new TraceError("TRACE_TOO_LONG", this.name, `more than ${REQUESTS_MAX} requests; use --limit`);
    }
    this.#full.push(this.#chunk);
    this.#chunk = new Int32Array(CHUNK_REQUESTS);
    this.#used = 0;
  }
}
