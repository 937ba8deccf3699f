/**
 * Changes of the table as server-sent events (HTML 9.2), a character a byte.
 *
 *     id: 123456789012     event: set     data: {"key":"user:1"}
 *
 * The id is the change's number in the table's feed. Those begin at a random place each time a server starts, so one of an
 * earlier life is never taken for one of this; whoever resumes from it is told `reset`.
 */
import type { Change } from "stowage/table";
import { utf8Bytes } from "stowage-http1";

/** The table's feed keeps so many bytes of a key, or of a tag. */
export const KEY_BYTES_KEPT = 48;

const US_PER_MS = 1_000;

/** Everything may have changed; what comes next comes after this place. */
export function resetEvent(position: number): string {
  return `id: ${position}\nevent: reset\ndata: {}\n\n`;
}

/** No event (there are no data): moves the place from which a client resumes, and shows that the connection lives. */
export function placeEvent(position: number): string {
  return `id: ${position}\n\n`;
}

/** Every change that was made before `atMs`, of the server's clock, has been sent before this event. */
export function aliveEvent(position: number, atMs: number): string {
  return `id: ${position}\nevent: alive\ndata: {"at":${Math.floor(atMs * US_PER_MS) / US_PER_MS}}\n\n`;
}

/** @param named whether the reader may learn the names of tags, which are not bound to the keys that it reaches */
export function changeEvent(change: Change, named: boolean): string {
  return `id: ${change.sequence}\nevent: ${change.kind}\ndata: ${dataOf(change, named)}\n\n`;
}

function dataOf(change: Change, named: boolean): string {
  if (change.kind === "clear" || (change.kind === "tag" && !named)) return "{}";
  const name = change.kind === "tag" ? "tag" : "key";
  const { key, keyLength, truncated } = change;
  const data = truncated
    ? { [`${name}Start`]: startOf(key), [`${name}Length`]: keyLength }
    : { [name]: key.toString("utf8") };
  return utf8Bytes(JSON.stringify(data));
}

/** Without the character that the cut may have gone through. */
function startOf(key: Buffer): string {
  let end = key.length;
  let at = end - 1;
  while (at > 0 && at > end - 4 && (key[at] & 0xc0) === 0x80) at--;
  const lead = key[at];
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (at + length > end) end = at;
  return key.toString("utf8", 0, end);
}
