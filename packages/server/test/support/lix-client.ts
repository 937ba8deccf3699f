/**
 * A client of Lix Cache as its users have one: it knows the ten routes and the answers that Lix gives, and nothing of
 * Stowage. Written from the description of Lix's server alone.
 */
export type LixOperation =
  | { op: "get" | "delete"; key: string }
  | { op: "set"; key: string; value: unknown; ttl?: number }
  | { op: "incr" | "decr"; key: string; amount?: number };

export interface LixResult {
  op: string;
  key: string;
  value?: unknown;
  success?: boolean;
}

export interface LixStats {
  size: number;
  limit: number | null;
  stats: Record<string, number>;
}

export class LixError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export class LixClient {
  readonly #url: string;
  readonly #apiKey: string | undefined;

  constructor(url: string, { apiKey }: { apiKey?: string } = {}) {
    this.#url = url;
    this.#apiKey = apiKey;
  }

  async health(): Promise<boolean> {
    const { status } = (await this.#call("GET", "/health")) as { status: string };
    return status === "healthy";
  }

  async set(key: string, value: unknown, { ttl }: { ttl?: number } = {}): Promise<void> {
    await this.#call("POST", "/cache/set", { key, value, ...(ttl !== undefined && { ttl }) });
  }

  /** Undefined: it is not there. */
  async get<T = unknown>(key: string): Promise<T | undefined> {
    try {
      return ((await this.#call("GET", `/cache/get?${new URLSearchParams({ key })}`)) as { value: T }).value;
    } catch (error) {
      if (error instanceof LixError && error.status === 404) return undefined;
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    await this.#call("DELETE", `/cache/delete?${new URLSearchParams({ key })}`);
  }

  async incr(key: string, amount?: number): Promise<number> {
    return ((await this.#call("POST", "/cache/incr", { key, amount })) as { value: number }).value;
  }

  async decr(key: string, amount?: number): Promise<number> {
    return ((await this.#call("POST", "/cache/decr", { key, amount })) as { value: number }).value;
  }

  async batch(operations: readonly LixOperation[]): Promise<LixResult[]> {
    return ((await this.#call("POST", "/cache/batch", { operations })) as { results: LixResult[] }).results;
  }

  async keys(prefix = ""): Promise<string[]> {
    const query = new URLSearchParams({ prefix, keys_only: "true" });
    return ((await this.#call("GET", `/cache/scan?${query}`)) as { keys: string[] }).keys;
  }

  async items(prefix = ""): Promise<{ key: string; value: unknown }[]> {
    const query = new URLSearchParams({ prefix });
    const { items } = (await this.#call("GET", `/cache/scan?${query}`)) as {
      items: { key: string; value: unknown }[];
    };
    return items;
  }

  async clear(): Promise<number> {
    return ((await this.#call("POST", "/cache/clear")) as { cleared: number }).cleared;
  }

  async stats(): Promise<LixStats> {
    return (await this.#call("GET", "/cache/stats")) as LixStats;
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(this.#apiKey !== undefined && { authorization: `Bearer ${this.#apiKey}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { error?: string };
    if (!response.ok) throw new LixError(response.status, answer.error ?? response.statusText);
    return answer;
  }
}
