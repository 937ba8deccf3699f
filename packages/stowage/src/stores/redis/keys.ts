/**
 * Keys as they stand in Redis: what the library puts before each by itself, the store's prefix, the caller's key, as UTF-8 (see
 * arguments.ts). The library's part is written by it where it knows an argument to be a key, and nowhere else: in patterns and in what
 * a scan gives it is ours to add and to take off.
 */
import { toBytes, toText } from "./arguments.js";
import type { RedisArgument } from "./types.js";

/** One key that a scan has found. */
export interface FoundKey {
  /** For commands: the library puts its own part before it. */
  readonly sent: Buffer;
  /** As the caller knows it; undefined: no text, so that it is nobody's who came by way of here. */
  readonly key: string | undefined;
}

const HALF_AT_END = /[\ud800-\udbff]$/;

export class Keys {
  readonly #prefix: string;
  readonly #added: Buffer;
  readonly #ownBytes: number;

  /** @param added by the library: its keyPrefix */
  constructor(prefix: string, added: string) {
    this.#prefix = prefix;
    this.#added = toBytes(added);
    this.#ownBytes = toBytes(prefix).length;
  }

  /** For MATCH: everything that begins so, and perhaps a little more, which `found` leaves out. */
  pattern(prefix: string): RedisArgument {
    // The first half of a pair is written otherwise when the second one follows.
    const whole = (this.#prefix + prefix).replace(HALF_AT_END, "");
    return Buffer.concat([this.#added, toBytes(whole)].map(escaped).concat(Buffer.from("*")));
  }

  /** Undefined: it does not begin so. */
  found(bytes: Uint8Array, prefix: string): FoundKey | undefined {
    const sent = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(this.#added.length);
    const text = toText(sent);
    const whole = this.#prefix + prefix;
    if (text === undefined) {
      const begins = sent.subarray(0, this.#ownBytes + toBytes(prefix).length).equals(toBytes(whole));
      return begins ? { sent, key: undefined } : undefined;
    }
    return text.startsWith(whole) ? { sent, key: text.slice(this.#prefix.length) } : undefined;
  }
}

const SPECIAL: ReadonlySet<number> = /* @__PURE__ */ new Set(
  [..."\\*?[]^-"].map((each) => each.charCodeAt(0)),
);
const BACKSLASH = 0x5c;

/** Signs that mean something in a pattern of Redis mean themselves. */
function escaped(bytes: Buffer): Buffer {
  return Buffer.from([...bytes].flatMap((byte) => (SPECIAL.has(byte) ? [BACKSLASH, byte] : [byte])));
}
