/**
 * Reading an entry in order to write it anew: its value, and all that the new item shall carry on. The new one is linked
 * only if the entry is still of the version that was read (put.ts, CONTINUE and RETIME); else one begins again.
 */
import { deadlineOf, isGone, tagsOf, ttlGivenOf } from "../log/gone.js";
import { wordAt, wordsOf } from "../log/items.js";
import { readBytes, valueStartOf } from "../log/jumbo.js";
import {
  FLAGS_MASK,
  I_EXTRA,
  I_INFO,
  I_VALUE_LENGTH,
  I_VERSION,
  JUMBO,
  KIND_MASK,
  TAGGED,
  TIMED,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { isPlausible, memoryFor, probe, unchanged } from "./probe.js";
import { counterValue, type Stored } from "./values.js";

export interface OldEntry {
  /** Where it was read; it may be somewhere else by now, and another one there. */
  readonly location: number;
  readonly version: number;
  /** Bytes of one's own, or a counter's value. */
  readonly value: Uint8Array | number | bigint;
}

/** The current key's entry; the draft carries on its flags, deadline and tags. Undefined: there is none. */
export function readForRewrite(t: TableState): OldEntry | undefined {
  for (let failures = 0; ; failures++) {
    const location = probe(t, failures);
    if (location === 0) return undefined;
    const words = wordsOf(t, location);
    const at = wordAt(location);
    const info = words[at + I_INFO];
    const gone = isGone(t, location, info);
    const value = gone ? 0 : storedValue(t, location, info);
    const version = words[at + I_VERSION];
    if (!gone) draftFrom(t, location, info);
    if (!unchanged(t) || value === undefined) continue;
    return gone ? undefined : { location, version, value };
  }
}

function storedValue(
  t: TableState,
  location: number,
  info: number,
): (Stored & (Uint8Array | number | bigint)) | undefined {
  if ((info & KIND_MASK) !== 0) return counterValue(t, location);
  const length = wordsOf(t, location)[wordAt(location) + I_VALUE_LENGTH];
  const start = valueStartOf(t, location);
  if (start < 0 || length < 0 || length > t.valueBytesMax) return undefined;
  if ((info & JUMBO) === 0 && !isPlausible(t, location, start, length)) return undefined;
  const value = memoryFor(t, length);
  return readBytes(t, location, start, value, 0, length) ? value : undefined;
}

function draftFrom(t: TableState, location: number, info: number): void {
  const { draft } = t;
  draft.plain(wordsOf(t, location)[wordAt(location) + I_EXTRA] & FLAGS_MASK);
  if ((info & TIMED) !== 0) {
    draft.deadline = deadlineOf(t, location, info);
    draft.ttl = ttlGivenOf(t, location, info);
  }
  const found = (info & TAGGED) === 0 ? undefined : tagsOf(t, location, info);
  if (found === undefined) return;
  draft.tags = found.tags;
  draft.tagCount = found.tags.length / 2;
  draft.tagSequence = found.sequence;
}
