/**
 * A server as loading sees it, without sockets: entries with versions, lifetimes, graces and tags; leases that writes mark.
 * Written from docs/rest-api.md, and shares no code with the real one.
 */
import type { FakeClock } from "stowage/testing";

interface Entry {
  text: string;
  type: string;
  version: number;
  /** Infinity: never. */
  freshUntil: number;
  graceMs: number;
  tags: readonly string[];
  tagsAt: number;
}

interface Lease {
  readonly token: string;
  readonly until: number;
  readonly tagsAt: number;
  marked: boolean;
}

interface Nothing {
  readonly until: number;
  readonly tags: readonly string[];
  readonly tagsAt: number;
}

export type Fields = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly fields: Fields;
  readonly text: string;
}

export interface Writing {
  readonly ttl?: number | null | undefined;
  readonly grace?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly type?: string;
}

export class LeaseServer {
  readonly entries = new Map<string, Entry>();
  readonly leases = new Map<string, Lease>();
  readonly nothing = new Map<string, Nothing>();
  /** Called after each change, with its key. */
  readonly #waiters = new Set<(key: string) => void>();
  readonly #invalidated = new Map<string, number>();
  readonly #clock: FakeClock;
  #versions = 100;
  #tags = 0;
  #tokens = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  set(key: string, value: unknown, writing: Writing = {}): string {
    return this.#put(key, JSON.stringify(value), writing, this.#tags);
  }

  delete(key: string): boolean {
    const found = this.entries.delete(key);
    this.#touched(key);
    return found;
  }

  invalidateTag(tag: string): void {
    this.#invalidated.set(tag, ++this.#tags);
    for (const key of [...this.entries.keys()]) this.#tell(key);
  }

  clear(): void {
    for (const key of new Set([...this.entries.keys(), ...this.leases.keys(), ...this.nothing.keys()]))
      this.delete(key);
  }

  /** Of what everybody sees. */
  value(key: string): unknown {
    const entry = this.#entry(key);
    return entry !== undefined && this.#freshMs(entry) > 0 ? JSON.parse(entry.text) : undefined;
  }

  /** An operation of POST /v1/batch. */
  operate(op: {
    op: string;
    key: string;
    value?: unknown;
    ttl?: number | null;
    grace?: number;
    tags?: readonly string[];
    ifVersion?: string;
    ifAbsent?: boolean;
    meta?: boolean;
  }): Record<string, unknown> {
    const entry = this.#entry(op.key);
    const fresh = entry !== undefined && this.#freshMs(entry) > 0 ? entry : undefined;
    if (op.op === "get") {
      if (fresh === undefined) return { found: false };
      if (fresh.type !== "application/json") return { found: true, error: "not JSON", code: "not_json" };
      const value = JSON.parse(fresh.text);
      if (op.meta !== true) return { value };
      const ttl = fresh.freshUntil === Number.POSITIVE_INFINITY ? null : this.#freshMs(fresh);
      return { value, ttl, version: String(fresh.version) };
    }
    if (op.op === "set") {
      if (op.ifAbsent === true && fresh !== undefined)
        return { stored: false, version: String(fresh.version) };
      if (op.ifVersion !== undefined && String(fresh?.version) !== op.ifVersion) return { stored: false };
      return { stored: true, version: this.set(op.key, op.value, op) };
    }
    if (op.op === "delete") return { deleted: this.delete(op.key) };
    if (op.op === "has") return { found: fresh !== undefined };
    throw new Error(`the fake server has no ${op.op}`);
  }

  /** PUT /v1/keys/{key} with a lease's token. */
  fill(key: string, text: string, fields: Fields): Answer {
    const lease = this.leases.get(key);
    if (lease === undefined || lease.token !== fields["stowage-lease-token"] || !this.#isHeld(lease))
      return fault(409, "lease_lost");
    this.leases.delete(key);
    const tags = tagsIn(fields);
    if (lease.marked || this.#isInvalid(tags, lease.tagsAt)) {
      this.#tell(key);
      return fault(409, "lease_lost");
    }
    const ttl = fields["stowage-ttl"];
    const grace = Number(fields["stowage-grace"] ?? 0);
    const writing = { ttl: ttl === undefined ? undefined : ttl === "none" ? null : Number(ttl), grace, tags };
    if (grace > 0 && typeof writing.ttl !== "number") return fault(400, "invalid_header");
    const version = this.#put(key, text, writing, lease.tagsAt);
    return { status: 201, fields: { etag: `"${version}"` }, text: "" };
  }

  /** DELETE /v1/keys/{key}/lease. */
  release(key: string, fields: Fields): Answer {
    const lease = this.leases.get(key);
    if (lease === undefined || lease.token !== fields["stowage-lease-token"] || !this.#isHeld(lease))
      return fault(409, "lease_lost");
    this.leases.delete(key);
    const nothing = fields["stowage-nothing"];
    const tags = tagsIn(fields);
    if (nothing !== undefined && (lease.marked || this.#isInvalid(tags, lease.tagsAt))) {
      this.#tell(key);
      return fault(409, "lease_lost");
    }
    if (nothing !== undefined) this.entries.delete(key);
    if (nothing !== undefined && nothing !== "none")
      this.nothing.set(key, { until: this.#clock.now() + Number(nothing), tags, tagsAt: lease.tagsAt });
    this.#tell(key);
    return { status: 204, fields: {}, text: "" };
  }

  /** POST /v1/keys/{key}/lease. Resolves at once without `wait`. */
  async lease(
    key: string,
    asked: { ttl: number; wait?: number; stale?: boolean; seen?: string },
    signal: AbortSignal,
  ): Promise<Answer> {
    const seen = asked.seen === "*" ? String(this.#entry(key)?.version) : asked.seen;
    const isForced = asked.seen === "*";
    const answer = this.#lease(key, asked.ttl, seen, isForced, asked.stale !== false);
    if (answer !== undefined) return answer;
    if (asked.wait === undefined) return this.#held(key);
    return this.#wait(key, asked.ttl, asked.wait, seen, signal);
  }

  #wait(
    key: string,
    ttlMs: number,
    waitMs: number,
    seen: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#clock.clearTimer(timer);
        this.#clock.clearTimer(tick);
        this.#waiters.delete(look);
        signal.removeEventListener("abort", stop);
      };
      const stop = (): void => {
        end();
        reject(signal.reason);
      };
      const look = (changed: string): void => {
        if (changed !== key) return;
        const answer = this.#lease(key, ttlMs, seen, false, false);
        if (answer === undefined) return;
        end();
        resolve(answer);
      };
      const timer = this.#clock.setTimer(() => {
        end();
        resolve(this.#held(key));
      }, waitMs);
      // The end of a lease's time, nobody tells.
      let tick = this.#clock.setTimer(again, 250);
      const self = this;
      function again(): void {
        tick = self.#clock.setTimer(again, 250);
        look(key);
      }
      this.#waiters.add(look);
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
    });
  }

  /** Undefined: it is held, and there is no old value that would do. */
  #lease(
    key: string,
    ttlMs: number,
    seen: string | undefined,
    isForced: boolean,
    isStaleGood: boolean,
  ): Answer | undefined {
    const entry = this.#entry(key);
    const isFresh = entry !== undefined && this.#freshMs(entry) > 0;
    if (isFresh && String(entry.version) !== seen) return this.#send(200, entry, { "stowage-lease": "hit" });
    const nothing = this.nothing.get(key);
    if (!isForced && nothing !== undefined && this.#clock.now() < nothing.until) {
      if (!this.#isInvalid(nothing.tags, nothing.tagsAt))
        return { status: 204, fields: { "stowage-lease": "nothing" }, text: "" };
    }
    const held = this.leases.get(key);
    if (held !== undefined && this.#isHeld(held)) {
      if (entry === undefined || isFresh || !isStaleGood) return undefined;
      return this.#send(200, entry, { "stowage-lease": "stale", ...this.#expired(entry) });
    }
    const token = `token${++this.#tokens}`;
    this.leases.set(key, { token, until: this.#clock.now() + ttlMs, tagsAt: this.#tags, marked: false });
    const fields = { "stowage-lease": "granted", "stowage-lease-token": token };
    if (entry === undefined) return { status: 201, fields, text: "" };
    return this.#send(201, entry, isFresh ? fields : { ...fields, ...this.#expired(entry) });
  }

  #held(key: string): Answer {
    const entry = this.#entry(key);
    if (entry === undefined || this.#freshMs(entry) > 0)
      return { status: 202, fields: { "stowage-lease": "wait" }, text: "{}" };
    return this.#send(200, entry, { "stowage-lease": "stale", ...this.#expired(entry) });
  }

  #send(status: number, entry: Entry, more: Fields): Answer {
    const left = this.#freshMs(entry);
    const ttl = left === Number.POSITIVE_INFINITY ? "none" : String(Math.max(0, left));
    const fields = { "content-type": entry.type, etag: `"${entry.version}"`, "stowage-ttl": ttl, ...more };
    return { status, fields, text: entry.text };
  }

  #expired(entry: Entry): Fields {
    return { "stowage-stale": "true", "stowage-expired": String(this.#clock.now() - entry.freshUntil) };
  }

  #put(key: string, text: string, { ttl, grace = 0, tags = [], type }: Writing, tagsAt: number): string {
    const freshUntil = typeof ttl === "number" ? this.#clock.now() + ttl : Number.POSITIVE_INFINITY;
    const version = ++this.#versions;
    const entry = {
      text,
      type: type ?? "application/json",
      version,
      freshUntil,
      graceMs: grace,
      tags,
      tagsAt,
    };
    this.entries.set(key, entry);
    this.#touched(key);
    return String(version);
  }

  #touched(key: string): void {
    const lease = this.leases.get(key);
    if (lease !== undefined) lease.marked = true;
    this.nothing.delete(key);
    this.#tell(key);
  }

  #tell(key: string): void {
    for (const waiter of [...this.#waiters]) waiter(key);
  }

  #entry(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#clock.now() < entry.freshUntil + entry.graceMs && !this.#isInvalid(entry.tags, entry.tagsAt))
      return entry;
    this.entries.delete(key);
    return undefined;
  }

  #freshMs(entry: Entry): number {
    return entry.freshUntil - this.#clock.now();
  }

  #isHeld(lease: Lease): boolean {
    return this.#clock.now() < lease.until;
  }

  #isInvalid(tags: readonly string[], since: number): boolean {
    return tags.some((tag) => (this.#invalidated.get(tag) ?? 0) > since);
  }
}

function tagsIn(fields: Fields): string[] {
  const text = fields["stowage-tags"];
  return text === undefined ? [] : text.split(", ").map(decodeURIComponent);
}

function fault(status: number, code: string): Answer {
  return { status, fields: {}, text: JSON.stringify({ error: code, code }) };
}
