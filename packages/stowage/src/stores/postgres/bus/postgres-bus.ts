/**
 * A bus over LISTEN and NOTIFY of PostgreSQL: on one connection of its own, for all channels, for texts in and out. A pooler must not
 * stand between that lends connections by the transaction (pgbouncer's transaction mode): LISTEN belongs to a connection.
 *
 * What is published while the connection is broken is lost; whoever listens is told. Whether it is broken is looked at now and then: a
 * connection that is half open says nothing by itself. NOTIFY takes a lock of the whole database when it commits: some thousands
 * of messages in a second, then Redis is the better bus.
 */
import { ClosedError } from "../../../base/errors.js";
import { nodeBuiltin } from "../../../base/node.js";
import { fullJitter } from "../../../resilience/backoff.js";
import type { Bus, BusListener } from "../../bus.js";
import { Listeners } from "../../redis/bus/listeners.js";
import { isPglite, type PgPool } from "../database.js";
import { interruptible } from "../interrupt.js";
import { importPg, type OwnPool } from "../open.js";
import { busOptions, type PostgresBusOptions } from "../options.js";
import { type BusConnection, pgliteConnection, poolConnection } from "./connection.js";
import { channelName } from "./names.js";
import { busAway, Outbox } from "./outbox.js";
import { Assembly, payloadsOf } from "./payload.js";

interface Channel {
  readonly listeners: Listeners;
  readonly assembly: Assembly;
  /** The connection that listens to it. */
  heardOn: BusConnection | undefined;
}

const PAUSE_MS_MAX = 1_000;
const NOTIFY = `SELECT pg_notify(e.name, e.payload)
FROM unnest($1::text::text[], $2::text::text[]) AS e(name, payload)`;

/**
 * A bus over LISTEN and NOTIFY of PostgreSQL, or of PGlite; for texts of any length.
 *
 * @throws InvalidOptionError for an option that is unknown, wrong, or in conflict with another one
 * @example const bus = new PostgresBus({ client: new Pool({ connectionString }) });
 */
export class PostgresBus implements Bus {
  readonly name = "postgres";
  readonly textBytesMax = Number.POSITIVE_INFINITY;
  readonly #options: ReturnType<typeof busOptions.bind>;
  readonly #sender = nodeBuiltin("node:crypto", "PostgresBus").randomBytes(8).toString("hex");
  readonly #outbox = new Outbox();
  /** By the name in PostgreSQL. */
  readonly #channels = new Map<string, Channel>();
  readonly #closing = new AbortController();
  #texts = 0;
  /** Since it last listened to everything. */
  #attempts = 0;
  #connection: BusConnection | undefined;
  #ownPool: Promise<OwnPool> | undefined;
  /** Begun when somebody first listens or publishes. */
  #running: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: PostgresBusOptions) {
    this.#options = busOptions.bind(options, "new PostgresBus");
  }

  async publish(channel: string, text: string): Promise<void> {
    if (this.#isClosed) throw new ClosedError("publish");
    this.#begin();
    await this.#outbox.publish(channelName(channel), payloadsOf(this.#sender, ++this.#texts, text));
  }

  subscribe(channel: string, listener: BusListener): () => void {
    if (this.#isClosed) throw new ClosedError("subscribe");
    const name = channelName(channel);
    const known = this.#channels.get(name);
    const own = known ?? { listeners: new Listeners(), assembly: new Assembly(), heardOn: undefined };
    const remove = own.listeners.add(listener);
    this.#channels.set(name, own);
    if (this.#connection !== undefined) this.#join(this.#connection, name, own, known === undefined);
    this.#begin();
    return () => {
      if (remove() && own.listeners.size === 0) this.#leave(name, own);
    };
  }

  /** Nobody is told anything any more. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #close(): Promise<void> {
    this.#closing.abort(new ClosedError("close"));
    for (const { listeners } of this.#channels.values()) listeners.clear();
    this.#outbox.shut(new ClosedError("publish"));
    await this.#running;
    const pool = await this.#ownPool?.catch(() => undefined);
    await pool?.end();
  }

  #begin(): void {
    this.#running ??= this.#run();
  }

  /** Connections, one after the other, until it is closed. */
  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        this.#attempts++;
        const connection = await this.#connect();
        await this.#useUntilEnd(connection).finally(() => connection.destroy());
      } catch (error) {
        if (this.#isClosed) return;
        this.#lost(error);
        // An abort ends the pause as well.
        await this.#pause(fullJitter(this.#attempts, { capMs: PAUSE_MS_MAX })).catch(() => undefined);
      }
    }
  }

  #lost(error: unknown): void {
    this.#connection = undefined;
    this.#outbox.shut(busAway(String(error), error));
    for (const { listeners, assembly } of this.#channels.values()) {
      assembly.clear();
      listeners.connected(false, false);
    }
  }

  async #connect(): Promise<BusConnection> {
    const { client, connectTimeout } = this.#options;
    if (client !== undefined && isPglite(client)) return pgliteConnection(client);
    const making = this.#pool().then(poolConnection);
    // One that comes too late is nobody's.
    return this.#within(connectTimeout, "connection", making, (late) => {
      late.then(
        (connection) => connection.destroy(),
        () => undefined,
      );
    });
  }

  async #pool(): Promise<PgPool> {
    const { client, url, connectTimeout } = this.#options;
    if (client !== undefined) return client as PgPool;
    this.#ownPool ??= importPg().then(({ Pool }) => {
      const pool = new Pool({
        connectionString: url,
        max: 1,
        connectionTimeoutMillis: connectTimeout,
        keepAlive: true,
      });
      pool.on("error", () => undefined);
      return pool;
    });
    return this.#ownPool;
  }

  /** Rejects when the connection is of no use any more, or the bus is closed. */
  async #useUntilEnd(connection: BusConnection): Promise<never> {
    const ended = new Promise<never>((_, reject) => connection.onEnd(reject));
    return Promise.race([ended, this.#use(connection)]);
  }

  async #use(connection: BusConnection): Promise<never> {
    connection.onNotification((name, payload) => {
      if (this.#connection === connection) this.#heard(name, payload);
    });
    this.#connection = connection;
    // One by one: a channel that comes meanwhile is in the list as well.
    for (const [name, channel] of this.#channels) await this.#listen(connection, name, channel);
    this.#attempts = 0;
    this.#outbox.open((names, payloads) =>
      this.#answer(connection, connection.query(NOTIFY, [textList(names), textList(payloads)])),
    );
    for (;;) {
      await this.#pause(this.#options.ping);
      await this.#answer(connection, connection.query("SELECT 1", []));
    }
  }

  #heard(name: string, payload: string): void {
    const channel = this.#channels.get(name);
    const text = channel?.assembly.take(payload);
    if (text !== undefined) channel?.listeners.message(text);
  }

  async #listen(connection: BusConnection, name: string, channel: Channel): Promise<void> {
    await this.#answer(connection, connection.listen(name));
    channel.heardOn = connection;
    if (this.#connection === connection) channel.listeners.connected(true, false);
  }

  /** A listener that comes while there is a connection. Where LISTEN is under way for others, its answer is told to this one too. */
  #join(connection: BusConnection, name: string, channel: Channel, isNew: boolean): void {
    if (isNew) this.#listen(connection, name, channel).catch(() => connection.destroy());
    else if (channel.heardOn === connection)
      queueMicrotask(() => {
        if (this.#connection === connection) channel.listeners.connected(true, false);
      });
  }

  #leave(name: string, channel: Channel): void {
    if (this.#channels.get(name) !== channel) return;
    this.#channels.delete(name);
    const connection = this.#connection;
    // Where it fails the connection has broken, and the next one does not listen to it.
    if (connection !== undefined) this.#answer(connection, connection.unlisten(name)).catch(() => undefined);
  }

  /** An answer of a connection that is taken for broken where none comes in time. */
  async #answer<T>(connection: BusConnection, answer: Promise<T>): Promise<T> {
    try {
      return await this.#within(this.#options.pingTimeout, "answer", answer, ignored);
    } catch (error) {
      if ((error as { severity?: unknown }).severity !== "ERROR") connection.destroy();
      throw error;
    }
  }

  /** Rejects after a time, and when the bus is closed. */
  async #within<T>(
    ms: number,
    what: string,
    promise: Promise<T>,
    late: (promise: Promise<T>) => void,
  ): Promise<T> {
    const { clock } = this.#options;
    const limit = new AbortController();
    const timer = clock.setTimer(() => limit.abort(busAway(`no ${what} within ${ms} ms`)), ms);
    const end = () => limit.abort(this.#closing.signal.reason);
    this.#closing.signal.addEventListener("abort", end);
    if (this.#isClosed) end();
    try {
      return await interruptible(promise, limit.signal, late);
    } finally {
      clock.clearTimer(timer);
      this.#closing.signal.removeEventListener("abort", end);
    }
  }

  #pause(ms: number): Promise<void> {
    const { clock } = this.#options;
    let timer: object = {};
    const passed = new Promise<void>((resolve) => {
      timer = clock.setTimer(resolve, ms);
    });
    return interruptible(passed, this.#closing.signal, () => clock.clearTimer(timer));
  }
}

function textList(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(",")}}`;
}

function ignored(answer: Promise<unknown>): void {
  answer.catch(() => undefined);
}
