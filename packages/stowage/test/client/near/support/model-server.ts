/**
 * A server as a near cache sees it: values, and its changes as server-sent events. It keeps what every value was from when
 * until when, so that a test can say how old a value is that a client was given.
 *
 * Its clock is not the client's: it began elsewhere, and runs a little faster or slower.
 */
import type { FakeClock } from "stowage/testing";

export interface Value {
  readonly key: string;
  /** Counts up with each write, over all keys. */
  readonly write: number;
}

/** A value that a key had. */
export interface Life {
  readonly value: Value;
  readonly tags: readonly string[];
  /** Of the test's clock. */
  readonly fromMs: number;
  /** Infinity: it was not changed since. */
  untilMs: number;
  /** Infinity: it does not expire. */
  deadlineMs: number;
}

export interface Answer {
  readonly value: Value;
  readonly ttlMs: number | null;
  readonly isTagged: boolean;
}

interface Change {
  readonly id: number;
  readonly text: string;
}

export interface FollowRequest {
  readonly from: number | undefined;
  readonly heartbeatMs: number;
}

/** Over all servers. */
let writes = 0;

const BYTES_TOLD = 48;
const RETRY = "retry: 1000\n";

export class ModelServer {
  readonly #followers = new Set<(text: string) => void>();
  readonly #lives = new Map<string, Life[]>();
  #changes: Change[] = [];
  #last = 5_000_000;

  constructor(
    readonly clock: FakeClock,
    /** How many changes it remembers. */
    readonly remembered = 8,
    /** How much faster its clock runs than the test's, and where it began. */
    readonly rate = 1,
    readonly offsetMs = 7_654_321,
  ) {}

  get followers(): number {
    return this.#followers.size;
  }

  /** Its own clock. */
  get nowMs(): number {
    return this.clock.now() * this.rate + this.offsetMs;
  }

  set(key: string, { ttlMs, tags = [] }: { ttlMs?: number; tags?: readonly string[] } = {}): Value {
    this.#end(key);
    const value: Value = { key, write: ++writes };
    const fromMs = this.clock.now();
    const deadlineMs = ttlMs === undefined ? Number.POSITIVE_INFINITY : fromMs + ttlMs;
    const life = { value, tags, fromMs, untilMs: Number.POSITIVE_INFINITY, deadlineMs };
    this.#lives.set(key, [...(this.#lives.get(key) ?? []), life]);
    this.#tell("set", key);
    return value;
  }

  remove(key: string, event: "delete" | "evict" = "delete"): void {
    if (this.#end(key)) this.#tell(event, key);
  }

  invalidateTag(tag: string): void {
    for (const [key, lives] of this.#lives) if (lives.at(-1)?.tags.includes(tag)) this.#end(key);
    this.#add("tag", JSON.stringify({ tag }));
  }

  clear(): void {
    this.#add("clear", "{}");
    for (const key of this.#lives.keys()) this.#end(key);
    this.#add("clear", "{}");
  }

  /** Everything is gone, and nobody is told: ids begin elsewhere. The caller sees to it that connections break. */
  restart(): void {
    for (const key of this.#lives.keys()) this.#end(key);
    this.#changes = [];
    this.#last += 1_000_000;
    this.#followers.clear();
  }

  read(key: string): Answer | undefined {
    const life = this.#live(key);
    if (life === undefined) return undefined;
    const ttlMs = life.deadlineMs === Number.POSITIVE_INFINITY ? null : life.deadlineMs - this.clock.now();
    return { value: life.value, ttlMs, isTagged: life.tags.length > 0 };
  }

  /** What is sent to one who follows. Returns what ends it. */
  follow({ from, heartbeatMs }: FollowRequest, send: (text: string) => void): () => void {
    const missed = from === undefined ? [] : this.#since(from);
    send(RETRY + (missed === undefined ? event("reset", this.#last, "{}") : `id: ${from ?? this.#last}\n\n`));
    for (const change of missed ?? []) send(change.text);
    this.#followers.add(send);
    const beat = (): void => {
      if (!this.#followers.has(send)) return;
      send(event("alive", this.#last, JSON.stringify({ at: this.nowMs })));
      this.clock.setTimer(beat, heartbeatMs);
    };
    beat();
    return () => this.#followers.delete(send);
  }

  /** Says something that is none of the above. */
  say(text: string): void {
    for (const send of this.#followers) send(text);
  }

  /** Whether this value was ever its. */
  had({ key, write }: Value): boolean {
    return this.#lives.get(key)?.some(({ value }) => value.write === write) ?? false;
  }

  /** For how long the value has not been what the key has; 0: it is. */
  staleForMs({ key, write }: Value): number {
    const life = this.#lives.get(key)?.find(({ value }) => value.write === write);
    if (life === undefined) throw new Error(`${key} never had the value of write ${write}`);
    return Math.max(0, this.clock.now() - life.untilMs);
  }

  /** For how long it has been past its time to live; 0: it is not. */
  expiredForMs({ key, write }: Value): number {
    const life = this.#lives.get(key)?.find(({ value }) => value.write === write);
    return Math.max(0, this.clock.now() - (life?.deadlineMs ?? 0));
  }

  #live(key: string): Life | undefined {
    const life = this.#lives.get(key)?.at(-1);
    const isLive = life !== undefined && life.untilMs === Number.POSITIVE_INFINITY;
    return isLive && this.clock.now() < life.deadlineMs ? life : undefined;
  }

  /** Whether there was something, expired or not, as a server's memory has it. */
  #end(key: string): boolean {
    const life = this.#lives.get(key)?.at(-1);
    if (life === undefined || life.untilMs !== Number.POSITIVE_INFINITY) return false;
    life.untilMs = this.clock.now();
    return true;
  }

  #since(from: number): Change[] | undefined {
    const oldest = this.#changes[0]?.id ?? this.#last + 1;
    if (from > this.#last || from < oldest - 1) return undefined;
    return this.#changes.filter(({ id }) => id > from);
  }

  #tell(kind: string, key: string): void {
    const bytes = Buffer.from(key);
    const isLong = bytes.length > BYTES_TOLD;
    const start = bytes.subarray(0, BYTES_TOLD).toString("latin1");
    this.#add(kind, JSON.stringify(isLong ? { keyStart: start, keyLength: bytes.length } : { key }));
  }

  #add(kind: string, data: string): void {
    const id = ++this.#last;
    const text = event(kind, id, data);
    this.#changes.push({ id, text });
    if (this.#changes.length > this.remembered) this.#changes.shift();
    this.say(text);
  }
}

function event(kind: string, id: number, data: string): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${data}\n\n`;
}
