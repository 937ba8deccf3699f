/** What of a server's changes is asked for: path and query of GET /v1/changes. */
import { utf8Length } from "../wire/utf8-length.js";
import { KEY_BYTES_TOLD } from "./long-keys.js";

/** What the server takes. */
const HEARTBEAT_MS_MIN = 100;
const HEARTBEAT_MS_MAX = 15_000;
/** So many in the bound: one may be lost, and another late, before it is exceeded. */
const HEARTBEATS = 4;

export function heartbeatMsOf(maxStalenessMs: number): number {
  return Math.min(HEARTBEAT_MS_MAX, Math.max(HEARTBEAT_MS_MIN, Math.floor(maxStalenessMs / HEARTBEATS)));
}

/** Changes of other keys than those that are kept are left out, as far as one prefix can say so. */
export function pathOf(heartbeatMs: number, prefixes: readonly string[] | null): string {
  const common = prefixes === null ? "" : commonStart(prefixes);
  const prefix = common === "" ? "" : `&prefix=${encodeURIComponent(common)}`;
  return `/v1/changes?heartbeat=${heartbeatMs}ms${prefix}`;
}

/** What all begin with, in whole characters, and no longer than the server tells keys apart by. */
function commonStart(texts: readonly string[]): string {
  const characters = [...(texts[0] as string)];
  let common = "";
  for (const character of characters) {
    const longer = common + character;
    if (utf8Length(longer) > KEY_BYTES_TOLD || !texts.every((text) => text.startsWith(longer))) break;
    common = longer;
  }
  return common;
}
