/**
 * One channel of the bus over streams: reads the entries of its stream as they come, and after a cut goes on behind the last one
 * that it saw.
 *
 * Whether nothing is missing then is known from that entry itself: a stream is trimmed from its old end, so while the entry is there, so is
 * all that came after it. Hence a stream that is empty gets an entry without a text when somebody begins to listen.
 */
import type { BusListener } from "../../bus.js";
import { asciiOf, toBytes } from "../arguments.js";
import type { RedisConnection } from "../clients/client.js";
import type { RedisReply } from "../types.js";
import { Link, type LinkUse } from "./link.js";
import { Listeners } from "./listeners.js";
import { within } from "./within.js";

export interface StreamChannelOptions extends Omit<LinkUse, "use" | "lost" | "connect"> {
  readonly blockMs: number;
  readonly pingTimeoutMs: number;
  connect(key: string): Promise<RedisConnection>;
}

interface Entry {
  readonly id: string;
  /** Undefined: an entry that only marks a place. */
  readonly text: string | undefined;
}

/** What a text stands under in an entry. */
export const TEXT_FIELD = "t";
const MARK_FIELD = "mark";
/** Entries of one answer at most. */
const COUNT = 1_000;

export class StreamChannel {
  readonly #key: string;
  readonly #options: StreamChannelOptions;
  readonly #listeners = new Listeners();
  readonly #link: Link;
  /** The last entry that was seen; undefined: it never had a connection. */
  #lastId: string | undefined;
  #isConnected = false;

  constructor(key: string, options: StreamChannelOptions) {
    this.#key = key;
    this.#options = options;
    this.#link = new Link({
      ...options,
      connect: () => options.connect(key),
      use: (connection) => this.#follow(connection),
      lost: () => {
        this.#isConnected = false;
        this.#listeners.connected(false, false);
      },
    });
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** @returns how to remove it; whether it was still there */
  add(listener: BusListener): () => boolean {
    const remove = this.#listeners.add(listener);
    queueMicrotask(() => this.#isConnected && this.#listeners.connected(true, false));
    return remove;
  }

  /** Nobody is told anything any more. */
  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#link.close();
  }

  async #follow(connection: RedisConnection): Promise<void> {
    const missed = this.#lastId === undefined ? undefined : await this.#missed(connection, this.#lastId);
    if (missed === undefined) this.#lastId = await this.#end(connection);
    this.#isConnected = true;
    this.#listeners.connected(true, missed !== undefined);
    this.#deliver(missed ?? []);
    const { blockMs } = this.#options;
    for (;;) this.#deliver(await this.#read(connection, ["BLOCK", blockMs], blockMs));
  }

  /** What came after an entry; undefined: some of it is there no more. */
  async #missed(connection: RedisConnection, id: string): Promise<readonly Entry[] | undefined> {
    const entries = await this.#read(connection, [], 0);
    // Looked at after that: if it is there now, it was there then.
    const place = await this.#ask(connection, ["XRANGE", this.#key, id, id]);
    return Array.isArray(place) && place.length > 0 ? entries : undefined;
  }

  /** The id of the newest entry. */
  async #end(connection: RedisConnection): Promise<string> {
    const newest = await this.#ask(connection, ["XREVRANGE", this.#key, "+", "-", "COUNT", 1]);
    const [entry] = entriesOf(newest);
    return entry?.id ?? asciiOf(await this.#ask(connection, ["XADD", this.#key, "*", MARK_FIELD, ""]));
  }

  async #read(connection: RedisConnection, how: readonly (string | number)[], waitMs: number) {
    const args = ["XREAD", "COUNT", COUNT, ...how, "STREAMS", this.#key, this.#lastId ?? "$"];
    const reply = await this.#ask(connection, args, waitMs);
    if (!Array.isArray(reply)) return [];
    // By the older protocol a list of streams, by the newer one a map.
    return entriesOf(Array.isArray(reply[0]) ? reply[0][1] : reply[1]);
  }

  #ask(connection: RedisConnection, args: readonly (string | number)[], waitMs = 0): Promise<RedisReply> {
    const { clock, pingTimeoutMs } = this.#options;
    return within(clock, waitMs + pingTimeoutMs, `${args[0]}`, connection.send({ key: this.#key, args }));
  }

  #deliver(entries: readonly Entry[]): void {
    for (const { id, text } of entries) {
      this.#lastId = id;
      if (text !== undefined) this.#listeners.message(text);
    }
  }
}

function entriesOf(reply: RedisReply): Entry[] {
  return (reply as readonly [Uint8Array, readonly Uint8Array[]][]).map(([id, [field, value]]) => ({
    id: asciiOf(id),
    text: asciiOf(field) === TEXT_FIELD ? toBytes(value).toString() : undefined,
  }));
}
