/**
 * A store in Redis or Valkey: one server, what Sentinels watch over, or a Cluster.
 *
 * Every entry is one string, which a plain GET reads (envelope.ts). Reads and writes are plain commands: MGET on one server,
 * a pipeline to each server of a Cluster. Only what has to be looked at and changed in one step is a script: leases, counters, and
 * deletions, which have to tell a value from a lease over nothing. No command touches more than a thousand keys at a time, so that others
 * are not kept waiting.
 */
import { createHash, randomBytes } from "node:crypto";
import { ClosedError, NonNumericValueError, ValueTooLargeError } from "../../base/errors.js";
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
import { asciiOf } from "./arguments.js";
import { Commands } from "./commands.js";
import { headOf, isLeaseOnly, LEASE_BYTES, opened, sealed, TOKEN_CHARACTERS } from "./envelope.js";
import { codeOf } from "./errors.js";
import { type FoundKey, Keys } from "./keys.js";
import { type RedisStoreOptions, storeOptions } from "./options.js";
import { Scanning } from "./scanning.js";
import * as scripts from "./scripts.js";
import { slotOf } from "./slot.js";
import type { RedisReply, RedisRequest } from "./types.js";

/** Keys of one command at most: some hundred microseconds of the server's time. */
const BATCH = 1_000;
const TOKEN_BYTES = (TOKEN_CHARACTERS * 3) / 4;

/**
 * A store in Redis or Valkey, over a client of ioredis, iovalkey or node-redis, or over a URL.
 *
 * @throws InvalidOptionError for an option that is unknown, wrong, or in conflict with another one
 * @example
 * const store = new RedisStore({ url: "redis://localhost:6379", prefix: "app:" });
 * const clustered = new RedisStore({ url: ["redis://a:6379", "redis://b:6379"] });
 * const own = new RedisStore({ client: new Redis() });
 */
export class RedisStore implements Required<Store> {
  readonly abilities: StoreAbilities;
  readonly #commands: Commands;
  readonly #prefix: string;
  /** Known once there is a client. */
  #reach: Reach | undefined;

  constructor(options: RedisStoreOptions) {
    const { prefix, maxValueSize, ...connect } = storeOptions.bind(options, "new RedisStore");
    this.#commands = new Commands(connect);
    this.#prefix = prefix;
    this.abilities = Object.freeze({
      name: "redis",
      shared: true,
      persistent: true,
      leases: true,
      counters: true,
      scans: true,
      keyBytesMax: Number.POSITIVE_INFINITY,
      valueBytesMax: maxValueSize,
    });
  }

  getMany(keys: readonly string[], call: StoreCall): Promise<readonly (Uint8Array | undefined)[]> {
    return keys.length === 1 ? this.#getOne(keys[0], call) : this.#getAll(keys, call);
  }

  async setMany(entries: readonly StoreEntry[], call: StoreCall): Promise<void> {
    for (const { bytes } of entries) this.#checkLength("setMany", bytes);
    if (entries.length === 1) {
      await this.#commands.send(this.#setting(entries[0]), call);
      return;
    }
    this.#begin("setMany", call);
    const latest = new Map(entries.map((entry) => [entry.key, entry]));
    const requests = Array.from(latest.values(), (entry) => this.#setting(entry));
    for (const part of parts(requests)) thrown(await this.#commands.sendAll(part, call));
  }

  async deleteMany(keys: readonly string[], call: StoreCall): Promise<number> {
    const { isCluster } = this.#reach ?? (await this.#findReach("deleteMany", call));
    this.#begin("deleteMany", call);
    const names = keys.map((key) => this.#prefix + key);
    return this.#remove(names, isCluster, call);
  }

  async expire(key: string, ttlMs: number | null, call: StoreCall): Promise<boolean> {
    return (await this.#script(scripts.EXPIRE, key, [timeOf(ttlMs)], call)) === 1;
  }

  async ttl(key: string, call: StoreCall): Promise<number | null | undefined> {
    const leftMs = (await this.#script(scripts.TTL, key, [], call)) as number;
    if (leftMs === -2) return undefined;
    return leftMs === -1 ? null : leftMs;
  }

  async clear(prefix: string, call: StoreCall): Promise<number> {
    const { isCluster, scanning } = this.#reach ?? (await this.#findReach("clear", call));
    const remove = (found: readonly FoundKey[]) =>
      this.#remove(
        found.map(({ sent }) => sent),
        isCluster,
        call,
      );
    return scanning.removeAll(prefix, remove, call);
  }

  async lease(key: string, { ttlMs, seen }: LeaseRequest, call: StoreCall): Promise<StoreLease> {
    const name = this.#prefix + key;
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const known = seen === undefined ? ["0", ""] : ["1", createHash("sha1").update(seen).digest("hex")];
    const reply = (await this.#script(
      scripts.LEASE,
      key,
      [token, Math.ceil(ttlMs), ...known, headOf(name)],
      call,
    )) as RedisReply[];
    if (reply[0] === 0) return { kind: "changed", bytes: valueIn(name, reply[1]) ?? new Uint8Array() };
    // What stands is what was seen, so it does not have to come again.
    const bytes = reply.at(-1) === 1 ? seen?.slice() : undefined;
    return reply[0] === 1
      ? { kind: "held", leftMs: reply[1] as number, bytes }
      : { kind: "granted", token, bytes };
  }

  async fill({ key, bytes, ttlMs }: StoreEntry, token: string, call: StoreCall): Promise<boolean> {
    this.#checkLength("fill", bytes);
    return (
      (await this.#script(
        scripts.FILL,
        key,
        [token, sealed(this.#prefix + key, bytes), timeOf(ttlMs)],
        call,
      )) === 1
    );
  }

  async release(key: string, token: string, call: StoreCall): Promise<boolean> {
    return (await this.#script(scripts.RELEASE, key, [token], call)) === 1;
  }

  async incr(
    key: string,
    amount: number,
    { initial, ttlMs, atLeast }: CounterOptions,
    call: StoreCall,
  ): Promise<number> {
    const args = [amount, initial, timeOf(ttlMs), `${atLeast ?? ""}`];
    const [isNumber, text] = (await this.#script(scripts.INCR, key, args, call)) as RedisReply[];
    if (isNumber === 1) return Number(asciiOf(text));
    throw new NonNumericValueError("incr", key, asciiOf(text), "a whole number");
  }

  /** A page has about as many keys as `limit` says, sometimes some more: Redis decides. */
  async scan(
    prefix: string,
    { cursor, limit }: { readonly cursor?: string; readonly limit: number },
    call: StoreCall,
  ): Promise<ScanPage> {
    const { scanning } = this.#reach ?? (await this.#findReach("scan", call));
    const page = await scanning.page(prefix, cursor, limit, call);
    const ours = page.found.filter(({ key }) => key !== undefined);
    const areValues = await this.#areValues(ours, call);
    return {
      keys: ours.filter((_, index) => areValues[index]).map(({ key }) => key as string),
      cursor: page.cursor,
    };
  }

  /** What is under way rejects with ClosedError, at once. */
  close(): Promise<void> {
    return this.#commands.close();
  }

  #begin(verb: string, { signal }: StoreCall): void {
    if (this.#commands.isClosed) throw new ClosedError(verb);
    signal.throwIfAborted();
  }

  async #findReach(verb: string, call: StoreCall): Promise<Reach> {
    this.#begin(verb, call);
    const client = await this.#commands.client();
    const keys = new Keys(this.#prefix, client.keyPrefix);
    this.#reach = { isCluster: client.isCluster, scanning: new Scanning(this.#commands, keys) };
    return this.#reach;
  }

  #checkLength(verb: string, bytes: Uint8Array): void {
    const { valueBytesMax } = this.abilities;
    if (bytes.length > valueBytesMax) throw new ValueTooLargeError(verb, bytes.length, valueBytesMax);
  }

  #script(lua: string, key: string, args: readonly (string | number | Buffer)[], call: StoreCall) {
    return this.#commands.script(lua, [this.#prefix + key], args, call);
  }

  /** The usual call: nothing in it that waits but the command itself. */
  #getOne(key: string, call: StoreCall): Promise<readonly (Uint8Array | undefined)[]> {
    const name = this.#prefix + key;
    return this.#commands
      .send({ key: name, args: ["get", name] }, call)
      .then((reply) => [valueIn(name, reply)], noValue);
  }

  async #getAll(keys: readonly string[], call: StoreCall) {
    const { isCluster } = this.#reach ?? (await this.#findReach("getMany", call));
    const names = keys.map((key) => this.#prefix + key);
    const replies = await (isCluster ? this.#getEach(names, call) : this.#getTogether(names, call));
    return replies.map((reply, index) => valueIn(names[index], reply));
  }

  async #getTogether(names: readonly string[], call: StoreCall): Promise<RedisReply[]> {
    const replies: RedisReply[] = [];
    for (const part of parts(names)) {
      const found = await this.#commands.send({ key: part[0], args: ["MGET", ...part] }, call);
      replies.push(...(found as RedisReply[]));
    }
    return replies;
  }

  async #getEach(names: readonly string[], call: StoreCall): Promise<RedisReply[]> {
    const replies: RedisReply[] = [];
    for (const part of parts(names)) {
      const requests = part.map((name): RedisRequest => ({ key: name, args: ["GET", name] }));
      const found = await this.#commands.sendAll(requests, call);
      replies.push(...thrown(found.map((reply) => (codeOf(reply) === "WRONGTYPE" ? null : reply))));
    }
    return replies;
  }

  #setting({ key, bytes, ttlMs }: StoreEntry): RedisRequest {
    const name = this.#prefix + key;
    const args = ["SET", name, sealed(name, bytes)];
    return { key: name, args: ttlMs === null ? args : [...args, "PX", ttlMs] };
  }

  /** In a Cluster, keys of one slot at a time, all slots at once. */
  async #remove(names: readonly (string | Buffer)[], isCluster: boolean, call: StoreCall): Promise<number> {
    let count = 0;
    for (const part of parts(names)) {
      const groups = isCluster ? bySlot(part) : [part];
      const calls = groups.map((keys) => ({ lua: scripts.REMOVE, keys, args: [] }));
      const replies = thrown(await this.#commands.scripts(calls, call));
      count += replies.reduce<number>((sum, reply) => sum + (reply as number), 0);
    }
    return count;
  }

  /** Not leases over nothing, nor what has another type. */
  async #areValues(found: readonly FoundKey[], call: StoreCall): Promise<boolean[]> {
    const lengths = await this.#askEach("STRLEN", found, call);
    const suspects = found.filter((_, index) => lengths[index] === LEASE_BYTES);
    const values = await this.#askEach("GET", suspects, call);
    const leases = new Set(suspects.filter((_, index) => isLeaseOnly(values[index])));
    return found.map((one, index) => typeof lengths[index] === "number" && !leases.has(one));
  }

  async #askEach(command: string, found: readonly FoundKey[], call: StoreCall): Promise<RedisReply[]> {
    const requests = found.map(({ sent }): RedisRequest => ({ key: sent, args: [command, sent] }));
    const replies = await this.#commands.sendAll(requests, call);
    return thrown(replies.map((reply) => (codeOf(reply) === "WRONGTYPE" ? null : reply)));
  }
}

/** What is known of where the keys are. */
interface Reach {
  readonly isCluster: boolean;
  readonly scanning: Scanning;
}

/** What has another type is somebody else's: not there, as MGET has it. */
function noValue(error: unknown): [undefined] {
  if (codeOf(error) !== "WRONGTYPE") throw error;
  return [undefined];
}

function valueIn(name: string, reply: RedisReply): Uint8Array | undefined {
  return reply instanceof Uint8Array ? opened(name, reply) : undefined;
}

/** For a script: milliseconds, or nothing for ever. */
function timeOf(ttlMs: number | null): string {
  return ttlMs === null ? "" : `${ttlMs}`;
}

function* parts<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += BATCH) yield list.slice(at, at + BATCH);
}

function bySlot(names: readonly (string | Buffer)[]): (string | Buffer)[][] {
  const groups = new Map<number, (string | Buffer)[]>();
  for (const name of names) {
    const slot = slotOf(name);
    const group = groups.get(slot);
    if (group === undefined) groups.set(slot, [name]);
    else group.push(name);
  }
  return [...groups.values()];
}

function thrown(replies: readonly (RedisReply | Error)[]): RedisReply[] {
  const error = replies.find((reply) => reply instanceof Error);
  if (error !== undefined) throw error;
  return replies as RedisReply[];
}
