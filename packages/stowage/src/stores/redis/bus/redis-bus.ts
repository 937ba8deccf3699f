/**
 * A bus over Redis' publish and subscribe: on one connection of its own, for all channels. In a Cluster that is a connection to any
 * server, for each passes on to all others what is published.
 *
 * What is published while the connection is broken is lost; whoever listens is told. Whether it is broken is looked at now and then by
 * a PING: a connection that is half open says nothing by itself. Texts go out in a script that has the channel for its key,
 * so that all of a channel go to one server of a Cluster, and stay in order.
 */
import { ClosedError } from "../../../base/errors.js";
import type { Bus, BusListener } from "../../bus.js";
import { toBytes } from "../arguments.js";
import type { RedisConnection } from "../clients/client.js";
import { Commands } from "../commands.js";
import { type BoundBus, busOptions, type RedisBusOptions } from "../options.js";
import { Link } from "./link.js";
import { Listeners } from "./listeners.js";
import { Publisher } from "./publisher.js";
import { within } from "./within.js";

const PUBLISH = "return redis.call('PUBLISH', ARGV[1], ARGV[2])";

/**
 * A bus over publish and subscribe of Redis or Valkey; small and fast, without memory.
 *
 * @throws InvalidOptionError for an option that is unknown, wrong, or in conflict with another one
 * @example const bus = new RedisBus({ client: new Redis() });
 */
export class RedisBus implements Bus {
  readonly name = "redis";
  readonly textBytesMax = Number.POSITIVE_INFINITY;
  readonly #commands: Commands;
  readonly #publisher: Publisher;
  readonly #options: BoundBus;
  readonly #channels = new Map<string, Listeners>();
  /** Made when somebody first listens. */
  #link: Link | undefined;
  #connection: RedisConnection | undefined;
  /** Channels that were asked for on this connection. */
  #begun = new Map<string, Promise<void>>();
  /** Channels that nobody listens to any more, until the server has said so. */
  readonly #leaving = new Map<string, Promise<void>>();
  #closing: Promise<void> | undefined;

  constructor(options: RedisBusOptions) {
    this.#options = busOptions.bind(options, "new RedisBus");
    this.#commands = new Commands(this.#options);
    this.#publisher = new Publisher(this.#commands, this.#options.clock, this.#options.pingTimeout);
  }

  async publish(channel: string, text: string): Promise<void> {
    const name = nameOf(channel);
    await this.#publisher.publish(() => this.#commands.script(PUBLISH, [name], [name, text]));
  }

  subscribe(channel: string, listener: BusListener): () => void {
    if (this.#closing !== undefined) throw new ClosedError("subscribe");
    const listeners = this.#channels.get(channel) ?? new Listeners();
    const remove = listeners.add(listener);
    this.#channels.set(channel, listeners);
    this.#link ??= this.#makeLink();
    const connection = this.#connection;
    // Where it fails the connection is broken, which is found out at once by the next PING.
    if (connection !== undefined)
      this.#begin(connection, channel, listeners).catch(() => connection.destroy());
    return () => {
      if (remove() && listeners.size === 0) this.#end(channel);
    };
  }

  /** Nobody is told anything any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const listeners of this.#channels.values()) listeners.clear();
    await this.#link?.close();
    await this.#commands.close();
  }

  #makeLink(): Link {
    const { clock, connectTimeout } = this.#options;
    return new Link({
      clock,
      connectMs: connectTimeout,
      connect: () => this.#commands.connect({ key: undefined }),
      use: (connection) => this.#listen(connection),
      lost: () => {
        this.#connection = undefined;
        for (const listeners of this.#channels.values()) listeners.connected(false, false);
      },
    });
  }

  async #listen(connection: RedisConnection): Promise<void> {
    const { clock, ping, pingTimeout } = this.#options;
    this.#connection = connection;
    this.#begun = new Map();
    this.#leaving.clear();
    // A channel that comes meanwhile is in the list as well.
    for (const [channel, listeners] of this.#channels) await this.#begin(connection, channel, listeners);
    for (;;) {
      await within(clock, pingTimeout, "ping", connection.send({ key: undefined, args: ["PING"] }));
      await new Promise<void>((resolve) => clock.setTimer(resolve, ping));
    }
  }

  /** Once for each channel and connection; whoever comes later waits for the same. */
  async #begin(connection: RedisConnection, channel: string, listeners: Listeners): Promise<void> {
    const { clock, pingTimeout } = this.#options;
    let subscribing = this.#begun.get(channel);
    if (subscribing === undefined) {
      // To ask for a channel that is being left confuses one of the libraries.
      const left = this.#leaving.get(channel);
      const subscribe = () => connection.subscribe(nameOf(channel), (text) => listeners.message(text));
      subscribing = left === undefined ? subscribe() : left.then(subscribe);
      this.#begun.set(channel, subscribing);
    }
    await within(clock, pingTimeout, "subscribe", subscribing);
    if (this.#connection === connection) listeners.connected(true, false);
  }

  #end(channel: string): void {
    this.#channels.delete(channel);
    this.#begun.delete(channel);
    const connection = this.#connection;
    if (connection === undefined) return;
    // Where it fails the connection is broken, and not made again with this channel.
    const leaving = connection.unsubscribe(nameOf(channel)).catch(() => undefined);
    this.#leaving.set(channel, leaving);
    void leaving.finally(() => this.#leaving.get(channel) === leaving && this.#leaving.delete(channel));
  }
}

/** Channels are texts to the libraries: what is none by Unicode goes by another name. */
function nameOf(channel: string): string {
  const bytes = toBytes(channel);
  const isText = bytes.toString() === channel;
  return isText ? channel : `stowage:bytes:${bytes.toString("base64url")}`;
}
