/**
 * A bus over Redis' streams: what is published is kept for a while, so that who was cut off reads what he missed. It costs a little
 * more than publish and subscribe: an entry in memory for each text, and a connection for each channel, since a read that waits
 * keeps it busy.
 */
import { ClosedError } from "../../../base/errors.js";
import type { Bus, BusListener } from "../../bus.js";
import { Commands } from "../commands.js";
import { type BoundStreamBus, type RedisStreamBusOptions, streamBusOptions } from "../options.js";
import type { RedisArgument } from "../types.js";
import { Publisher } from "./publisher.js";
import { StreamChannel, TEXT_FIELD } from "./stream-channel.js";

/** Not below the prefix that a cache clears. */
const KEY_PREFIX = "stowage:bus:";

/**
 * A bus over streams of Redis or Valkey: after a cut it delivers what was missed, and says so.
 *
 * @throws InvalidOptionError for an option that is unknown, wrong, or in conflict with another one
 * @example const bus = new RedisStreamBus({ url: "redis://localhost:6379", maxLength: 100_000 });
 */
export class RedisStreamBus implements Bus {
  readonly name = "redis-stream";
  readonly textBytesMax = Number.POSITIVE_INFINITY;
  readonly #commands: Commands;
  readonly #publisher: Publisher;
  readonly #options: BoundStreamBus;
  readonly #channels = new Map<string, StreamChannel>();
  /** Those that nobody listens to any more, until their connections have ended. */
  readonly #ending = new Set<Promise<void>>();
  #closing: Promise<void> | undefined;

  constructor(options: RedisStreamBusOptions) {
    this.#options = streamBusOptions.bind(options, "new RedisStreamBus");
    this.#commands = new Commands(this.#options);
    this.#publisher = new Publisher(this.#commands, this.#options.clock, this.#options.pingTimeout);
  }

  async publish(channel: string, text: string): Promise<void> {
    const key = KEY_PREFIX + channel;
    const args: RedisArgument[] = [
      "XADD",
      key,
      "MAXLEN",
      "~",
      this.#options.maxLength,
      "*",
      TEXT_FIELD,
      text,
    ];
    await this.#publisher.publish(() => this.#commands.send({ key, args }));
  }

  subscribe(channel: string, listener: BusListener): () => void {
    if (this.#closing !== undefined) throw new ClosedError("subscribe");
    const own = this.#channels.get(channel) ?? this.#open(channel);
    const remove = own.add(listener);
    return () => {
      if (!remove() || own.size > 0) return;
      this.#channels.delete(channel);
      const ending = own.close().finally(() => this.#ending.delete(ending));
      this.#ending.add(ending);
    };
  }

  /** Nobody is told anything any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...Array.from(this.#channels.values(), (one) => one.close()), ...this.#ending]);
    await this.#commands.close();
  }

  #open(channel: string): StreamChannel {
    const { clock, connectTimeout, block, pingTimeout } = this.#options;
    const own = new StreamChannel(KEY_PREFIX + channel, {
      clock,
      connectMs: connectTimeout,
      blockMs: block,
      pingTimeoutMs: pingTimeout,
      connect: (key) => this.#commands.connect({ key }),
    });
    this.#channels.set(channel, own);
    return own;
  }
}
