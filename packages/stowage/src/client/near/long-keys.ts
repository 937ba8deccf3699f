/**
 * Keys that are longer than the server's feed tells: it says how they begin, and how long they are. All entries of which
 * that is true are dropped together; to find them, each of them is tagged with just that.
 */
import { utf8Length } from "../wire/utf8-length.js";

/** The server's feed keeps so many bytes of a key (KEY_BYTES_KEPT in packages/server/src/feed/event.ts; a test compares). */
export const KEY_BYTES_TOLD = 48;
/** A beginning that is shorter than what is told, less a character that was cut in two, is from a server of another kind. */
const START_BYTES_MIN = KEY_BYTES_TOLD - 3;

/** What the feed calls a long key; undefined: it tells the key whole. */
export function labelOf(key: string): string | undefined {
  if (key.length * 3 <= KEY_BYTES_TOLD) return undefined;
  const length = utf8Length(key);
  return length <= KEY_BYTES_TOLD ? undefined : label(key, length);
}

/** The label of those that an event means; undefined: it says too little, any key may be meant. */
export function labelTold(start: string, length: number): string | undefined {
  return utf8Length(start) < START_BYTES_MIN ? undefined : label(start, length);
}

/** The whole characters that fit into what is told, behind the length. */
function label(text: string, length: number): string {
  let end = 0;
  for (let bytes = 0; end < text.length; ) {
    const point = text.codePointAt(end) as number;
    bytes += bytesOf(point);
    if (bytes > KEY_BYTES_TOLD) break;
    end += point > 0xffff ? 2 : 1;
  }
  return `${length} ${text.slice(0, end)}`;
}

function bytesOf(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
