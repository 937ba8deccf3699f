/** Tells the feed and the leases of a change: one plain load as long as nobody listens. */
import type { KeyBuffer } from "../memory/key-buffer.js";
import { C_WATCHERS } from "../memory/layout.js";
import { CHANGE_DELETE, CHANGE_SET, type TableState } from "../state.js";

/** Called under the bucket's lock, after the change. */
export function note(t: TableState, key: KeyBuffer, kind: number): void {
  if (t.control[C_WATCHERS] !== 0) tell(t, key, kind);
}

/** The same of an entry that is to leave sooner: copies of it are, too. A load of it is not overtaken. */
export function noteSooner(t: TableState, key: KeyBuffer): void {
  if (t.control[C_WATCHERS] !== 0) t.ring?.note(CHANGE_SET, key.h1, key.h2(), key.words, 0, key.length);
}

function tell(t: TableState, key: KeyBuffer, kind: number): void {
  const h2 = key.h2();
  // What expired or was evicted may be loaded again: only writes and removals overtake a load.
  if (kind === CHANGE_SET || kind === CHANGE_DELETE) t.leases.note(key.h1, h2);
  t.ring?.note(kind, key.h1, h2, key.words, 0, key.length);
}
