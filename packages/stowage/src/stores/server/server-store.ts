/**
 * A Stowage server, or several, as a store: the second tier of those who have no Redis, and want none.
 *
 * Leases are not those of the server: whose key was deleted, those are refused their fill, but keep others waiting until then.
 * They stand in the entries (values.ts), are taken by compareAndSet, and their token is the entry's version. Reads are never
 * shared with one that left before they were called: what a tier reads after it heard of a change has to be newer than that.
 */
import {
  ClosedError,
  InvalidOptionError,
  KeyTooLargeError,
  NonNumericValueError,
  ValueTooLargeError,
} from "../../base/errors.js";
import type { Client } from "../../client/client.js";
import { ServerRefusedError } from "../../client/errors.js";
import type { ClientState } from "../../client/state.js";
import { inWindows } from "../../client/verbs/many.js";
import { change } from "../../client/verbs/operate.js";
import { deleteOperation, setOperation } from "../../client/wire/operations.js";
import { wholeNumberIn } from "../numbers.js";
import type {
  CounterOptions,
  LeaseRequest,
  ScanPage,
  Store,
  StoreAbilities,
  StoreCall,
  StoreEntry,
  StoreLease,
} from "../store.js";
import { isHalf, keyOf, nameOf, scannedOf } from "./names.js";
import { type ServerStoreOptions, serverStoreOptions } from "./options.js";
import { scanPage } from "./scanning.js";
import { isSame, leased, leaseLeftMs, type Stored, storedIn, textOf } from "./values.js";

interface Found extends Stored {
  readonly version: string;
  /** Milliseconds left; null: it stays. */
  readonly ttl: number | null;
}

/** What the server takes, with room for what a batch says beside it. */
const NAME_BYTES_MAX = 32_768;
const CLEAR_PAGE = 500;
/** When the lease is over, and the version that its entry has. */
const TOKEN = /^(\d{1,16})\.(\d{1,16})$/;

/**
 * @throws InvalidOptionError for an option that is unknown or wrong, or where there is no client
 * @example
 * const client = new Client({ url: "http://127.0.0.1:4000" });
 * const store = new ServerStore({ client, prefix: "l2:" });
 */
export class ServerStore implements Required<Store> {
  readonly abilities: StoreAbilities;
  readonly #client: Client;
  readonly #state: ClientState;
  readonly #prefix: string;
  #isClosed = false;

  constructor(options: ServerStoreOptions) {
    const { client, prefix, maxValueSize } = serverStoreOptions.bind(options, "new ServerStore");
    if (client === undefined)
      throw new InvalidOptionError({
        where: "new ServerStore",
        option: "client",
        received: client,
        expected: serverStoreOptions.specs.client.type.text,
      });
    this.#client = client;
    this.#state = (client as unknown as { readonly state: ClientState }).state;
    this.#prefix = prefix;
    this.abilities = Object.freeze({
      name: "server",
      shared: true,
      persistent: true,
      leases: true,
      counters: true,
      scans: true,
      keyBytesMax: NAME_BYTES_MAX - Buffer.byteLength(prefix),
      valueBytesMax: maxValueSize,
    });
  }

  async getMany(keys: readonly string[], call: StoreCall): Promise<readonly (Uint8Array | undefined)[]> {
    this.#begin("getMany", call, keys);
    const found = await inWindows(this.#state, keys, (key) => this.#find(key, call));
    return found.map((entry) => entry?.bytes);
  }

  async setMany(entries: readonly StoreEntry[], call: StoreCall): Promise<void> {
    this.#begin("setMany", call);
    for (const { key, bytes } of entries) this.#checkLengths("setMany", key, bytes);
    await inWindows(this.#state, entries, ({ key, bytes, ttlMs }) => {
      const operation = setOperation("setMany", this.#name(key), textOf(bytes), { ttl: ttlMs });
      return change(this.#state, operation, { signal: call.signal });
    });
  }

  async deleteMany(keys: readonly string[], call: StoreCall): Promise<number> {
    this.#begin("deleteMany", call, keys);
    const gone = await inWindows(this.#state, [...new Set(keys)], (key) => this.#delete(key, call));
    return gone.filter((isGone) => isGone).length;
  }

  async expire(key: string, ttlMs: number | null, call: StoreCall): Promise<boolean> {
    this.#begin("expire", call, [key]);
    if ((await this.#find(key, call))?.bytes === undefined) return false;
    const { signal } = call;
    if (ttlMs === null) return this.#client.persist(this.#name(key), { signal });
    return this.#client.expire(this.#name(key), ttlMs, { signal });
  }

  async ttl(key: string, call: StoreCall): Promise<number | null | undefined> {
    this.#begin("ttl", call, [key]);
    const found = await this.#find(key, call);
    return found?.bytes && found.ttl;
  }

  /** A walk over all that begins so, values included: it is for small caches, and for the end. */
  async clear(prefix: string, call: StoreCall): Promise<number> {
    this.#begin("clear", call);
    let count = 0;
    let cursor: string | undefined;
    do {
      const page = await scanPage(
        this.#state,
        scannedOf(this.#prefix, prefix),
        { cursor, limit: CLEAR_PAGE },
        call,
      );
      count += await this.#deleteNames(page.names, page.leases, prefix, call);
      ({ cursor } = page);
    } while (cursor !== undefined);
    if (isHalf(prefix)) return count;
    // What came meanwhile, and what a walk does not show.
    const left = await this.#client.invalidate({ prefix: this.#name(prefix) }, { signal: call.signal });
    return count + left.prefix;
  }

  async lease(key: string, { ttlMs, seen }: LeaseRequest, call: StoreCall): Promise<StoreLease> {
    this.#begin("lease", call, [key]);
    // Where nothing was seen, there is most often nothing: one way instead of two.
    let token = seen === undefined ? await this.#grant(key, ttlMs, undefined, call) : undefined;
    if (token !== undefined) return { kind: "granted", token, bytes: undefined };
    for (;;) {
      const found = await this.#find(key, call);
      const bytes = found?.bytes;
      if (bytes !== undefined && !isSame(bytes, seen)) return { kind: "changed", bytes };
      const leftMs = found === undefined ? 0 : leaseLeftMs(found, this.#wallMs);
      if (leftMs > 0) return { kind: "held", leftMs, bytes };
      token = await this.#grant(key, ttlMs, found, call);
      if (token !== undefined) return { kind: "granted", token, bytes };
    }
  }

  async fill({ key, bytes, ttlMs }: StoreEntry, token: string, call: StoreCall): Promise<boolean> {
    this.#begin("fill", call);
    this.#checkLengths("fill", key, bytes);
    const version = this.#versionIn(token);
    return (
      version !== undefined && (await this.#replace(key, version, textOf(bytes), ttlMs, call)) !== undefined
    );
  }

  async release(key: string, token: string, call: StoreCall): Promise<boolean> {
    this.#begin("release", call, [key]);
    const version = this.#versionIn(token);
    if (version === undefined) return false;
    const found = await this.#find(key, call);
    return found?.version === version && this.#giveBack(key, found, call);
  }

  async incr(key: string, amount: number, options: CounterOptions, call: StoreCall): Promise<number> {
    this.#begin("incr", call, [key]);
    const { initial, ttlMs, atLeast } = options;
    if (atLeast !== undefined) return this.#raise(key, amount, { initial, ttlMs, atLeast }, call);
    const counting = { default: initial, ttl: ttlMs, signal: call.signal };
    for (;;) {
      try {
        return await this.#client.incr(this.#name(key), amount, counting);
      } catch (error) {
        // A lease stands beside the number, or in its place: counting ends it.
        if (!(error instanceof NonNumericValueError) || !(await this.#endLease(key, call))) throw error;
      }
    }
  }

  async scan(
    prefix: string,
    { cursor, limit }: { readonly cursor?: string; readonly limit: number },
    call: StoreCall,
  ): Promise<ScanPage> {
    this.#begin("scan", call);
    const page = await scanPage(this.#state, scannedOf(this.#prefix, prefix), { cursor, limit }, call);
    const names = page.names.filter((name) => !page.leases.has(name));
    const keys = names.map((name) => keyOf(this.#prefix, name)).filter((key) => key.startsWith(prefix));
    return { keys, cursor: page.cursor };
  }

  /** The client is the user's, and stays open. */
  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #begin(verb: string, { signal }: StoreCall, keys: readonly string[] = []): void {
    if (this.#isClosed) throw new ClosedError(verb);
    signal.throwIfAborted();
    for (const key of keys) this.#checkLengths(verb, key);
  }

  #checkLengths(verb: string, key: string, bytes?: Uint8Array): void {
    const { keyBytesMax, valueBytesMax } = this.abilities;
    const length = Buffer.byteLength(nameOf("", key));
    if (length > keyBytesMax) throw new KeyTooLargeError(verb, length, keyBytesMax);
    if (bytes !== undefined && bytes.length > valueBytesMax)
      throw new ValueTooLargeError(verb, bytes.length, valueBytesMax);
  }

  #name(key: string): string {
    return nameOf(this.#prefix, key);
  }

  async #find(key: string, { signal }: StoreCall): Promise<Found | undefined> {
    try {
      const entry = await this.#client.entry(this.#name(key), { signal });
      return entry && { ...storedIn(entry.value), version: entry.version, ttl: entry.ttl };
    } catch (error) {
      // Bytes that somebody else stored under our prefix.
      if (!(error instanceof ServerRefusedError) || error.serverCode !== "not_json") throw error;
      return { ...storedIn(null), version: "0", ttl: null };
    }
  }

  /** Both leave in one batch, in this order. */
  async #delete(key: string, call: StoreCall): Promise<boolean> {
    const [found, isGone] = await Promise.all([
      this.#find(key, call),
      this.#client.delete(this.#name(key), { signal: call.signal }),
    ]);
    return isGone && found?.bytes !== undefined;
  }

  async #deleteNames(
    names: readonly string[],
    leases: ReadonlySet<string>,
    prefix: string,
    { signal }: StoreCall,
  ): Promise<number> {
    const going = names.filter((name) => keyOf(this.#prefix, name).startsWith(prefix));
    const values = going.filter((name) => !leases.has(name));
    const [count] = await Promise.all([
      this.#client.deleteMany(values, { signal }),
      this.#client.deleteMany(
        going.filter((name) => leases.has(name)),
        { signal },
      ),
    ]);
    return count;
  }

  /** The token; undefined: somebody was faster, or there is something where nothing was found. */
  async #grant(
    key: string,
    ttlMs: number,
    found: Found | undefined,
    call: StoreCall,
  ): Promise<string | undefined> {
    const dueMs = Math.round(this.#wallMs + ttlMs);
    const value = leased([dueMs, ttlMs], found?.bytes);
    const livesMs = found?.bytes === undefined ? ttlMs : found.ttl;
    const version = await this.#replace(key, found?.version ?? null, value, livesMs, call);
    return version && `${dueMs}.${version}`;
  }

  #replace(
    key: string,
    version: string | null,
    value: unknown,
    ttlMs: number | null,
    { signal }: StoreCall,
  ): Promise<string | undefined> {
    const ttl = ttlMs === null ? null : Math.max(1, Math.ceil(ttlMs));
    return this.#client.compareAndSet(this.#name(key), value, { version, ttl, signal });
  }

  /** False: somebody has written meanwhile. */
  async #giveBack(key: string, { bytes, version, ttl }: Found, call: StoreCall): Promise<boolean> {
    if (bytes !== undefined)
      return (await this.#replace(key, version, textOf(bytes), ttl, call)) !== undefined;
    const operation = deleteOperation("release", this.#name(key), version);
    return (await change(this.#state, operation, { signal: call.signal })).deleted === true;
  }

  /** The server has no counter that only rises: it is read, and written unless somebody else has. */
  async #raise(
    key: string,
    amount: number,
    { initial, ttlMs, atLeast }: Required<CounterOptions>,
    call: StoreCall,
  ): Promise<number> {
    for (;;) {
      const found = await this.#find(key, call);
      const before = found?.bytes === undefined ? initial : wholeNumberIn(key, found.bytes);
      const sum = Math.max(before + amount, atLeast);
      const livesMs = found?.bytes === undefined ? ttlMs : found.ttl;
      if ((await this.#replace(key, found?.version ?? null, sum, livesMs, call)) !== undefined) return sum;
    }
  }

  /** False: there is no lease; what is there is what it looks like. */
  async #endLease(key: string, call: StoreCall): Promise<boolean> {
    const found = await this.#find(key, call);
    if (found === undefined) return true;
    if (found.lease === undefined) return false;
    if (found.bytes === undefined) await this.#giveBack(key, found, call);
    else await this.#replace(key, found.version, wholeNumberIn(key, found.bytes), found.ttl, call);
    return true;
  }

  /** Undefined: it is none, or its time is over. */
  #versionIn(token: string): string | undefined {
    const [, dueMs, version] = TOKEN.exec(token) ?? [];
    return version !== undefined && Number(dueMs) > this.#wallMs ? version : undefined;
  }

  get #wallMs(): number {
    return this.#state.options.clock.wall();
  }
}
