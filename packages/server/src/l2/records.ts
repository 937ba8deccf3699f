/**
 * Entries in Redis: the scripts as functions, each under the guard's deadline and breaker. What tags make invalid is not judged
 * here; every answer says which tags an entry has, and as of which epoch.
 */
import { StoreUnavailableError, TableFullError } from "stowage";
import type { RedisCommands, RedisReply } from "stowage/stores/redis";
import type { StoreGuard } from "stowage/tiered";
import { scripts } from "./scripts.js";

/** What decides whether tags have made an entry invalid. */
export interface Marked {
  readonly tags: readonly string[];
  readonly epoch: number;
}

/** An entry as it lies in Redis. */
export interface Found extends Marked {
  /** With what stands behind the value (stored/layout.ts). Empty where it was not asked for. */
  readonly bytes: Buffer;
  readonly flags: number;
  readonly version: number;
  /** Milliseconds until it is gone, the grace included; Infinity: it stays. */
  readonly leftMs: number;
  readonly graceMs: number;
}

/** What is to be stored. */
export interface Draft {
  readonly bytes: Buffer;
  readonly flags: number;
  /** Its life, the grace included; null: for ever. */
  readonly ttlMs: number | null;
  readonly graceMs: number;
  readonly tags: readonly string[];
}

export interface Written {
  readonly version: number;
  /** What was there before; undefined: nothing. */
  readonly before: Marked | undefined;
}

export type Leased =
  | { readonly kind: "granted" }
  | { readonly kind: "held"; readonly leftMs: number }
  | ({ readonly kind: "nothing" } & Marked)
  /** Something else is there than was known; undefined: nothing is. */
  | { readonly kind: "changed"; readonly found: Found | undefined };

export interface Filled extends Written {
  /** Of when the lease was granted: the entry has it. */
  readonly epoch: number;
}

export type LiveVerb = "touch" | "persist" | "expire";

/** Done, or not there; or it has tags, which have to be looked at first. */
export type Lived = boolean | ({ readonly version: number } & Marked);

const PAGE = 500;

type ScriptCall = Parameters<RedisCommands["scripts"]>[0][number];

export class Records {
  readonly #redis: RedisCommands;
  readonly #guard: StoreGuard;
  readonly #prefix: string;

  readonly #failed: () => void;

  /**
   * @param name what keys begin with
   * @param failed told of each call that had no answer
   */
  constructor(redis: RedisCommands, guard: StoreGuard, name: string, failed: () => void) {
    this.#redis = redis;
    this.#guard = guard;
    this.#prefix = `${name}:k:`;
    this.#failed = failed;
  }

  async read(keys: readonly string[], withValue = true): Promise<(Found | undefined)[]> {
    const calls = keys.map((key) => ({
      lua: scripts.read,
      keys: [this.#prefix + key],
      args: [flag(withValue)],
    }));
    const replies = await this.#all("read", calls);
    return replies.map(foundIn);
  }

  /** @param ifVersion that has to be there; 0: nothing may be. Undefined: it was not stored. */
  async put(key: string, draft: Draft, epoch: number, ifVersion?: number): Promise<Written | undefined> {
    const { bytes, flags, ttlMs, graceMs, tags } = draft;
    const condition = ifVersion === undefined ? "" : `${ifVersion}`;
    const reply = await this.#run("put", key, [
      bytes,
      flags,
      timeText(ttlMs),
      `${graceMs}`,
      tagText(tags),
      `${epoch}`,
      condition,
    ]);
    return writtenIn(reply);
  }

  /** What there was; undefined: nothing that is of that version. */
  async remove(key: string, ifVersion?: number): Promise<Marked | undefined> {
    const [was, m, e] = await this.#run("remove", key, [ifVersion === undefined ? "" : `${ifVersion}`]);
    return textOf(was) === "1" ? markedIn(m, e) : undefined;
  }

  /** As many at a time as there are keys. */
  async removeAll(keys: readonly string[]): Promise<(Marked | undefined)[]> {
    const calls = keys.map((key) => ({ lua: scripts.remove, keys: [this.#prefix + key], args: [""] }));
    const replies = await this.#all("remove", calls);
    return replies.map((reply) => {
      const [was, m, e] = reply as RedisReply[];
      return textOf(was) === "1" ? markedIn(m, e) : undefined;
    });
  }

  /**
   * Adds a whole number to one. Undefined: what is there is none, or has tags, or the sum is beyond 64 bits.
   *
   * @param first the sum, where nothing is there
   */
  async add(
    key: string,
    amount: string,
    first: string,
    ttlMs: number | null,
    epoch: number,
  ): Promise<string | undefined> {
    const [sum] = await this.#run("add", key, [amount, first, timeText(ttlMs), `${epoch}`]);
    return sum === undefined ? undefined : textOf(sum);
  }

  /** @param checked the version whose tags were found valid */
  async live(key: string, verb: LiveVerb, ttlMs: number | null, checked?: number): Promise<Lived> {
    const [kind, n, m, e] = await this.#run("live", key, [verb, timeText(ttlMs), `${checked ?? ""}`]);
    if (textOf(kind) !== "tags") return textOf(kind) === "1";
    return { version: Number(textOf(n)), ...markedIn(m, e) };
  }

  async lease(
    key: string,
    token: string,
    {
      ttlMs,
      known,
      overNothing,
      epoch,
    }: { ttlMs: number; known: number; overNothing: boolean; epoch: number },
  ): Promise<Leased> {
    const args = [token, timeText(ttlMs), `${known}`, flag(overNothing), `${epoch}`];
    const [kind, first, second] = await this.#run("lease", key, args);
    const name = textOf(kind);
    if (name === "held") return { kind: "held", leftMs: Number(textOf(first)) };
    if (name === "nothing") return { kind: "nothing", ...markedIn(first, second) };
    return name === "granted" ? { kind: "granted" } : { kind: "changed", found: foundIn(first ?? null) };
  }

  /** Undefined: the lease is over. */
  async fill(
    key: string,
    token: string,
    { bytes, flags, ttlMs, graceMs, tags }: Draft,
  ): Promise<Filled | undefined> {
    const reply = await this.#run("fill", key, [
      token,
      bytes,
      flags,
      timeText(ttlMs),
      `${graceMs}`,
      tagText(tags),
    ]);
    const written = writtenIn(reply);
    return written && { ...written, epoch: Number(textOf(reply[4])) };
  }

  async release(key: string, token: string): Promise<boolean> {
    const [done] = await this.#run("release", key, [token]);
    return textOf(done) === "1";
  }

  /** The epoch at which the lease was granted; undefined: it is over. */
  async foundNothing(key: string, token: string, forMs: number | undefined, tags: readonly string[]) {
    const [done, epoch] = await this.#run("foundNothing", key, [
      token,
      timeText(forMs ?? null),
      tagText(tags),
    ]);
    return textOf(done) === "1" ? Number(textOf(epoch)) : undefined;
  }

  /** How many servers of Redis have entries: each is scanned by itself. */
  async masters(): Promise<readonly string[]> {
    const masters = await this.#ask("scan", ({ signal }) => this.#redis.masters({ signal }));
    return masters.map(({ address }) => address);
  }

  /** A part of the keys of one server that begin so; some of them may have gone. @param cursor "0": the first part */
  async scan(master: string, prefix: string, cursor: string): Promise<{ keys: string[]; cursor: string }> {
    const [next, found] = await this.#ask("scan", async ({ signal }) => {
      const masters = await this.#redis.masters({ signal });
      const node = masters.find(({ address }) => address === master);
      // Another one has its keys: they are found there, or by whoever begins again.
      if (node === undefined) return ["0", []] as const;
      const pattern = `${literal(this.#prefix + prefix)}*`;
      return node.send({
        key: undefined,
        args: ["SCAN", cursor, "MATCH", pattern, "COUNT", PAGE],
      }) as Promise<RedisReply[]>;
    });
    const keys = (found as RedisReply[]).map((key) => textOf(key).slice(this.#prefix.length));
    return { keys, cursor: textOf(next) };
  }

  /** One that failed is all that failed: to the breaker too. */
  #all(verb: string, calls: readonly ScriptCall[]): Promise<RedisReply[]> {
    return this.#ask(verb, async ({ signal }) => (await this.#redis.scripts(calls, { signal })).map(checked));
  }

  async #ask<T>(verb: string, ask: (call: { readonly signal: AbortSignal }) => Promise<T>): Promise<T> {
    try {
      return await this.#guard.run(verb, ask);
    } catch (error) {
      if (error instanceof StoreUnavailableError) this.#failed();
      throw error;
    }
  }

  async #run(verb: string, key: string, args: readonly (string | number | Buffer)[]): Promise<RedisReply[]> {
    const keys = [this.#prefix + key];
    const ask = ({ signal }: { signal: AbortSignal }) =>
      this.#redis.script(scriptOf(verb), keys, args, { signal });
    return (await this.#ask(verb, (call) => ask(call).catch(full))) as RedisReply[];
  }
}

function scriptOf(verb: string): string {
  return scripts[verb as keyof typeof scripts];
}

/** Redis without memory has answered: it is there, and reads go on. */
function full(error: unknown): never {
  const cause = (error as { cause?: unknown }).cause ?? error;
  if (cause instanceof Error && /\bOOM\b/.test(cause.message))
    throw new TableFullError("Redis has no memory left");
  throw error;
}

function checked(reply: RedisReply | Error): RedisReply {
  if (reply instanceof Error) throw reply;
  return reply;
}

function foundIn(reply: RedisReply): Found | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [v, f, n, left, g, m, e] = reply;
  const leftText = textOf(left);
  return {
    bytes: bytesOf(v),
    flags: Number(textOf(f)),
    version: Number(textOf(n)),
    leftMs: leftText === "" ? Number.POSITIVE_INFINITY : Number(leftText),
    graceMs: Number(textOf(g)),
    ...markedIn(m, e),
  };
}

function writtenIn([n, was, m, e]: readonly RedisReply[]): Written | undefined {
  const version = Number(textOf(n));
  if (version === 0) return undefined;
  return { version, before: textOf(was) === "1" ? markedIn(m, e) : undefined };
}

function markedIn(m: RedisReply, e: RedisReply): Marked {
  const tags = textOf(m);
  return { tags: tags === "" ? [] : JSON.parse(tags), epoch: Number(textOf(e)) };
}

function bytesOf(reply: RedisReply): Buffer {
  const bytes = reply as Uint8Array;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textOf(reply: RedisReply | string): string {
  return reply instanceof Uint8Array ? bytesOf(reply).toString("utf8") : String(reply);
}

function flag(value: boolean): string {
  return value ? "1" : "0";
}

/** Whole milliseconds, as Redis counts them; never shorter than was asked for. */
function timeText(ms: number | null): string {
  return ms === null ? "" : `${Math.max(1, Math.ceil(ms))}`;
}

function tagText(tags: readonly string[]): string {
  return tags.length === 0 ? "" : JSON.stringify(tags);
}

/** A pattern that matches this text and no other. */
function literal(text: string): string {
  return text.replace(/[\\*?[\]]/g, "\\$&");
}
