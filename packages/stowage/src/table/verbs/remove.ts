/** delete, deleteIf, take. */
import { release } from "../directory/account.js";
import { find } from "../directory/find.js";
import { unlink } from "../directory/slots.js";
import { isExpiredAt, isGoneAt } from "../log/gone.js";
import { wordAt, wordsOf } from "../log/items.js";
import { C_WATCHERS, I_VERSION } from "../memory/layout.js";
import { CHANGE_DELETE, type TableState } from "../state.js";
import { lockKey, unlock, unlockUnchanged } from "../threads/locks.js";
import { note } from "../threads/notes.js";
import { DELETES, EXPIRATIONS, INVALIDATIONS } from "../threads/stats.js";
import type { Key } from "../types.js";
import { checkVersion } from "./drafting.js";
import { probe, unchanged } from "./probe.js";
import { getEntry } from "./read.js";

const ANY = -1;

/** Removes the entry; whether there was one. */
export function remove(t: TableState, key: Key): boolean {
  t.key.take(key, "delete");
  // A key that is absent needs no lock, unless a load of it has to be told.
  for (let failures = 0; t.control[C_WATCHERS] === 0; failures++) {
    const location = probe(t, failures);
    if (location === 0) return false;
    if (unchanged(t)) break;
  }
  return removeCurrent(t, ANY);
}

/** Removes the entry if it is of this version. */
export function removeIf(t: TableState, key: Key, version: number): boolean {
  checkVersion(version, "deleteIf");
  t.key.take(key, "deleteIf");
  return version !== 0 && removeCurrent(t, version);
}

/** Removes the entry and gives its value. */
export function take(t: TableState, key: Key): Buffer | undefined {
  for (;;) {
    const entry = getEntry(t, key);
    if (entry === undefined && (t.control[C_WATCHERS] === 0 || noteAbsent(t))) return undefined;
    if (entry !== undefined && removeCurrent(t, entry.version)) return entry.value;
  }
}

/** Notes a removal of the current key if it is absent still: a load of it has to be told. */
export function noteAbsent(t: TableState): boolean {
  const bucket = lockKey(t, t.key.h1);
  const location = find(t, bucket, t.key);
  const absent = location === 0 || isGoneAt(t, location);
  if (absent) note(t, t.key, CHANGE_DELETE);
  unlockUnchanged(t, bucket);
  return absent;
}

/** Removes the current key's entry if it is of this version, or of ANY; an absent key is noted all the same. */
function removeCurrent(t: TableState, version: number): boolean {
  const { key } = t;
  const bucket = lockKey(t, key.h1);
  const old = find(t, bucket, key);
  const live = old !== 0 && !isGoneAt(t, old);
  const wanted = version === ANY || (live && wordsOf(t, old)[wordAt(old) + I_VERSION] === version);
  if (old === 0 || !wanted) {
    if (wanted) note(t, key, CHANGE_DELETE);
    unlockUnchanged(t, bucket);
    return false;
  }
  t.own[live ? DELETES : isExpiredAt(t, old) ? EXPIRATIONS : INVALIDATIONS]++;
  unlink(t, bucket, old);
  release(t);
  note(t, key, CHANGE_DELETE);
  unlock(t, bucket);
  return live;
}
