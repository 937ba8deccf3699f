/**
 * The names of channels in PostgreSQL, which cuts them after 63 bytes: short plain ones as they are, others by a hash. Both begin so
 * that they meet neither each other nor those of other programs.
 */
import { nodeBuiltin } from "../../../base/node.js";

const PLAIN = /^[\w:.-]{1,48}$/;
const HASH_DIGITS = 48;

export function channelName(channel: string): string {
  if (PLAIN.test(channel)) return `stowage:${channel}`;
  // As UTF-16: halves of surrogate pairs stay apart.
  const hash = nodeBuiltin("node:crypto").createHash("sha256").update(channel, "utf16le").digest("hex");
  return `stowage#${hash.slice(0, HASH_DIGITS)}`;
}
