/**
 * A server without sockets: what /v1/batch, /v1/invalidate, /cache/scan, /cache/stats, /cache/clear and /health answer, over
 * a Map, behind the interface of a transport. It shares no code with the real one. Time is a clock's, answers can be held
 * back, and requests are kept for tests to look at.
 *
 *     const server = new FakeServer();
 *     const client = new Client({ transport: server.transport });
 */

import { type Clock, systemClock } from "../../../src/base/clock.js";
import type {
  CreateTransport,
  TransportRequest,
  TransportResponse,
} from "../../../src/client/transport/transport.js";
import { TransportError } from "../../../src/client/transport/transport.js";

interface Entry {
  value: unknown;
  version: number;
  ttlMs: number | null;
  /** By the clock. */
  expiresAtMs: number | null;
  tags: readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: operations as they came, of whatever shape
type Given = any;
type Result = Record<string, unknown>;

/** What a test may do with a request instead: answer it, wait, throw; undefined: it is answered as ever. */
export type Intercept = (
  request: TransportRequest,
  body: Given,
) => TransportResponse | undefined | Promise<TransportResponse | undefined>;

export class FakeServer {
  readonly entries = new Map<string, Entry>();
  /** All that came, in order. */
  readonly requests: TransportRequest[] = [];
  intercept: Intercept | undefined = undefined;
  readonly #clock: Clock;
  #version = 100;
  #open = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Of requests to /v1/batch: the operations of each. */
  get batches(): Given[][] {
    return this.requests
      .filter(({ path }) => path === "/v1/batch")
      .map(({ body }) => JSON.parse(body as string).operations);
  }

  /** Transports that were made and not closed. */
  get open(): number {
    return this.#open;
  }

  readonly transport: CreateTransport = () => {
    this.#open++;
    const controller = new AbortController();
    return {
      send: (request) => this.#send(request, controller.signal),
      open: () => Promise.reject(new TransportError("the fake server has no streams", true)),
      close: () => {
        if (!controller.signal.aborted) this.#open--;
        controller.abort(new TransportError("closed", false));
      },
    };
  };

  async #send(request: TransportRequest, closed: AbortSignal): Promise<TransportResponse> {
    this.requests.push(request);
    const signals = [closed, ...(request.signal === undefined ? [] : [request.signal])];
    const done = new AbortController();
    const given = signals.map((signal) => rejectedBy(signal, done.signal));
    return Promise.race([this.#answer(request), ...given]).finally(() => done.abort());
  }

  async #answer(request: TransportRequest): Promise<TransportResponse> {
    await undefined; // never in the turn of the call
    const body: Given = request.body === undefined ? undefined : JSON.parse(request.body);
    return (await this.intercept?.(request, body)) ?? this.#respond(request, body);
  }

  #respond({ method, path }: TransportRequest, body: Given): TransportResponse {
    const url = new URL(path, "http://fake");
    switch (`${method} ${url.pathname}`) {
      case "POST /v1/batch":
        return response(200, { results: body.operations.map((each: Given) => this.#run(each)) });
      case "POST /v1/invalidate":
        return response(200, this.#invalidate(body));
      case "GET /cache/scan":
        return response(200, this.#scan(url.searchParams));
      case "GET /cache/stats":
        return response(200, {
          size: this.#live().length,
          stats: { hits: 3, misses: 1 },
          memory: { total: 10, used: 5 },
        });
      case "POST /cache/clear":
        return response(200, { success: true, cleared: this.#clear() });
      case "GET /health":
        return response(200, { status: "healthy" });
      default:
        return response(404, { error: "not found" });
    }
  }

  #run(given: Given): Result {
    const entry = this.#find(given.key);
    switch (given.op) {
      case "get":
        return entry === undefined ? { found: false } : this.#shown(entry, given.meta === true);
      case "has":
        return { found: entry !== undefined };
      case "ttl":
        return entry === undefined ? { found: false } : { found: true, ttl: this.#left(entry) };
      case "set":
        return this.#set(given, entry);
      case "delete":
        return { deleted: this.entries.delete(given.key) };
      case "incr":
      case "decr":
        return this.#count(given, entry);
      default:
        return this.#changeLife(given, entry);
    }
  }

  #shown(entry: Entry, meta: boolean): Result {
    const { value, version } = entry;
    return meta ? { value, ttl: this.#left(entry), version: String(version) } : { value };
  }

  #set(given: Given, entry: Entry | undefined): Result {
    const isRefused =
      (given.ifAbsent === true && entry !== undefined) ||
      (given.ifVersion !== undefined && String(entry?.version) !== given.ifVersion);
    if (isRefused) return { stored: false, ...(entry !== undefined && { version: String(entry.version) }) };
    return {
      stored: true,
      version: String(this.#put(given.key, given.value, given.ttl ?? null, given.tags)),
    };
  }

  #count(given: Given, entry: Entry | undefined): Result {
    const amount = (given.amount ?? 1) * (given.op === "incr" ? 1 : -1);
    if (entry === undefined) {
      const value = (given.default ?? 0) + amount;
      this.#put(given.key, value, given.ttl ?? null);
      return { value };
    }
    if (typeof entry.value !== "number")
      return { error: "the value is not a number", code: "non_numeric_value" };
    entry.value += amount;
    entry.version = ++this.#version;
    return { value: entry.value };
  }

  #changeLife(given: Given, entry: Entry | undefined): Result {
    if (entry === undefined) return { found: false };
    const ttlMs = given.op === "touch" ? entry.ttlMs : given.op === "expire" ? given.ttl : null;
    entry.ttlMs = ttlMs;
    entry.expiresAtMs = ttlMs === null ? null : this.#clock.now() + ttlMs;
    return { found: true };
  }

  #put(key: string, value: unknown, ttlMs: number | null, tags: readonly string[] = []): number {
    const expiresAtMs = ttlMs === null ? null : this.#clock.now() + ttlMs;
    this.entries.set(key, { value, version: ++this.#version, ttlMs, expiresAtMs, tags });
    return this.#version;
  }

  #find(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry?.expiresAtMs == null || entry.expiresAtMs > this.#clock.now()) return entry;
    this.entries.delete(key);
    return undefined;
  }

  #left({ expiresAtMs }: Entry): number | null {
    return expiresAtMs === null ? null : expiresAtMs - this.#clock.now();
  }

  #live(): [string, Entry][] {
    return [...this.entries].filter(([key]) => this.#find(key) !== undefined);
  }

  #invalidate({ keys = [], prefix, tags = [] }: Given): Result {
    let byPrefix = 0;
    const byKey = keys.filter((key: string) => this.entries.delete(key)).length;
    for (const [key, entry] of this.#live()) {
      if (entry.tags.some((tag) => tags.includes(tag))) this.entries.delete(key);
      else if (prefix !== undefined && key.startsWith(prefix)) byPrefix += Number(this.entries.delete(key));
    }
    return { keys: byKey, prefix: byPrefix, tags: tags.length };
  }

  #scan(query: URLSearchParams): Result {
    const all = this.#live().filter(([key]) => key.startsWith(query.get("prefix") ?? ""));
    const from = Number(query.get("cursor") ?? 0);
    const to = from + Number(query.get("limit"));
    const page = all.slice(from, to);
    const cursor = to < all.length ? String(to) : null;
    return query.get("keys_only") === "true"
      ? { keys: page.map(([key]) => key), cursor }
      : { items: page.map(([key, { value }]) => ({ key, value })), cursor };
  }

  #clear(): number {
    const { length } = this.#live();
    this.entries.clear();
    return length;
  }
}

export function response(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): TransportResponse {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, text, header: (name) => headers[name] };
}

function rejectedBy(signal: AbortSignal, until: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: until });
  });
}
