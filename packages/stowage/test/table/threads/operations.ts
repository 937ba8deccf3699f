/**
 * The operations that threads do in the tests of histories: drawn at random, done on a table, answered as the register of
 * register.ts answers.
 *
 * Two kinds of values. `text`: the number as decimal text, so that incr works on all of them. `stamped`: bytes of a given
 * length that show any damage (values.ts); the number of the write is the value, and nothing counts. `list`: stamped values one
 * behind the other, which append makes longer.
 */
import type { SharedTable } from "stowage/table";
import type { Random } from "../support/random.js";
import { stamped, stampOf } from "../support/values.js";
import { appended, type RegisterCall, type RegisterResult } from "./register.js";

export interface Style {
  readonly kind: "text" | "stamped" | "list";
  /** Lengths that values may have; not for `text`. */
  readonly bytes?: readonly number[];
}

export function keyName(key: number): string {
  return `key:${key}`;
}

/** Does the call on the table. Damaged values and values of other keys throw. */
export function perform(table: SharedTable, key: number, call: RegisterCall, style: Style): RegisterResult {
  const name = keyName(key);
  switch (call.verb) {
    case "get": {
      const entry = table.getEntry(name);
      return entry === undefined
        ? { value: null }
        : { value: decoded(key, entry.value, style), version: entry.version };
    }
    case "has":
      return { done: table.has(name) };
    case "take": {
      const value = table.take(name);
      return { value: value === undefined ? null : decoded(key, value, style) };
    }
    case "delete":
      return { done: table.delete(name) };
    case "deleteIf":
      return { done: table.deleteIf(name, call.expected) };
    case "set":
      return { version: table.set(name, encoded(key, call.value, style)) };
    case "add":
      return { version: table.add(name, encoded(key, call.value, style)) };
    case "replace":
      return { version: table.replace(name, encoded(key, call.value, style)) };
    case "cas":
      return { version: table.compareAndSet(name, call.expected, encoded(key, call.value, style)) };
    case "incr":
      return { value: table.incr(name, call.amount) };
    case "expire":
      return { done: table.expire(name, call.value) };
    case "append":
      table.append(name, encoded(key, call.value, style));
      return {};
  }
}

function encoded(key: number, value: number, { kind, bytes = [100] }: Style): Uint8Array | string {
  return kind === "text" ? String(value) : stamped(key, value, bytes[value % bytes.length]);
}

function decoded(key: number, value: Uint8Array, { kind }: Style): number {
  if (kind === "text") return decodedText(value);
  if (kind === "list") return decodedList(key, value);
  const stamp = stampOf(value);
  if (stamp.key !== key) throw new Error(`a read of key ${key} gave the value of key ${stamp.key}`);
  return stamp.write;
}

/** Each value of a list tells its own length. */
function decodedList(key: number, value: Uint8Array): number {
  let list: number | null = null;
  for (let at = 0; at < value.length; ) {
    const length = new DataView(value.buffer, value.byteOffset).getUint32(at, true);
    list = appended(list, decoded(key, value.subarray(at, at + length), { kind: "stamped" }));
    at += Math.max(1, length);
  }
  return list ?? 0;
}

function decodedText(value: Uint8Array): number {
  const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString("latin1");
  if (!/^\d+$/.test(text)) throw new Error(`torn value: ${JSON.stringify(text)} is not what anybody wrote`);
  return Number(text);
}

const verbsOf = {
  text: [
    "get",
    "get",
    "get",
    "set",
    "set",
    "cas",
    "cas",
    "delete",
    "incr",
    "incr",
    "add",
    "replace",
    "take",
    "has",
    "deleteIf",
  ],
  list: ["get", "get", "set", "append", "append", "append", "delete", "cas"],
  stamped: [
    "get",
    "get",
    "get",
    "get",
    "set",
    "set",
    "set",
    "cas",
    "delete",
    "add",
    "replace",
    "take",
    "deleteIf",
  ],
} as const;

/** Draws calls for one thread. Versions to compare with are those that the thread saw last. */
export class Caller {
  readonly #versions = new Map<number, number>();
  #writes = 0;

  constructor(
    readonly random: Random,
    readonly style: Style,
    /** Set apart, so that no two threads write the same value. */
    readonly firstValue: number,
  ) {}

  draw(key: number): RegisterCall {
    const verb = this.random.pick<Exclude<RegisterCall["verb"], "expire">>(verbsOf[this.style.kind]);
    const value = this.firstValue + ++this.#writes;
    const expected = this.#versions.get(key) ?? 0;
    if (verb === "incr") return { verb, amount: this.random.between(1, 3) };
    if (verb === "cas") return { verb, expected, value };
    if (verb === "deleteIf") return { verb, expected };
    if (verb === "set" || verb === "add" || verb === "replace" || verb === "append") return { verb, value };
    return { verb };
  }

  saw(key: number, { version, value }: RegisterResult): void {
    if (version !== undefined && version !== 0) this.#versions.set(key, version);
    else if (value === null) this.#versions.delete(key);
  }
}
