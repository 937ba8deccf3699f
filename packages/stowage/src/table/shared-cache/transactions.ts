/** Transactions on keys that threads share: versions tell of others' writes, and one commit applies all. */
import { InvalidArgumentError } from "../../base/errors.js";
import type { Change, Original, TransactionHost } from "../../cache/services/transacting.js";
import type { SetOptions } from "../../cache/types.js";
import { COMMIT_KEYS_MAX, type CommitStep, commit } from "../commit.js";
import { hashTags } from "../tags.js";
import { type Encoded, encode, LIVE, look, trailerOf, valueIn } from "./entry.js";
import { SharedLocks } from "./locks.js";
import type { SharedState } from "./state.js";
import { type SharedStoring, storingOf } from "./storing.js";
import { NO_TRAILER, type Trailer } from "./trailer.js";

interface Seen<V> extends Original<V> {
  /** 0: it was not there. */
  readonly version: number;
  /** The tags' sequence before it was looked at. */
  readonly tagsAt: number;
  readonly trailer: Trailer;
}

/** A write, ready to be applied: what can be wrong with a value is found out when it is given. */
interface Ready {
  readonly encoded: Encoded;
  readonly storing: SharedStoring;
}

export class SharedTransactions<V> implements TransactionHost<string, V, Seen<V>, Ready> {
  readonly #state: SharedState<V>;
  readonly locks: SharedLocks<V>;

  constructor(state: SharedState<V>) {
    this.#state = state;
    this.locks = new SharedLocks(state);
  }

  get closed(): boolean {
    return this.#state.closed;
  }

  look(key: string): Seen<V> {
    const s = this.#state;
    const tagsAt = s.t.tags.sequence;
    const found = look(s, key, "transaction", false);
    // One that is only kept for fetch to fall back on is not there; its version still has to be the same at the end.
    const version = s.reading.version;
    if (found !== LIVE) return { value: undefined, version, tagsAt, trailer: NO_TRAILER };
    const trailer = trailerOf(s);
    return { value: valueIn(s, key), version, tagsAt, trailer };
  }

  letGo(): void {}

  storing(key: string, value: V, options: SetOptions | undefined, where: string): Ready {
    const storing = storingOf(this.#state, key, value, options, where);
    return { storing, encoded: encode(this.#state, key, value, storing) };
  }

  storingInPlace(key: string, value: V, original: Seen<V>, how: Ready | null, where: string): Ready {
    if (how !== null) return { ...how, encoded: encode(this.#state, key, value, how.storing) };
    if (original.value === undefined) return this.storing(key, value, undefined, where);
    const storing = { ...original.trailer, ttlMs: 0 };
    return { storing, encoded: encode(this.#state, key, value, original.trailer) };
  }

  apply(changes: readonly Change<string, V, Seen<V>, Ready>[]): boolean {
    const s = this.#state;
    if (changes.length > COMMIT_KEYS_MAX) {
      const right = `at most ${COMMIT_KEYS_MAX} keys`;
      throw new InvalidArgumentError("transaction", "keys", changes.length, right);
    }
    const invalidated = (): boolean => changes.some((change) => this.#isInvalidated(change));
    if (!commit(s.t, changes.map(stepOf), () => !invalidated())) return false;
    for (const { key, value, original, change } of changes) {
      if (change === "none") continue;
      s.ownWrites++;
      s.outcomes.written(key);
      if (change === "delete") {
        if (original.value !== undefined) s.stats.deletes++;
      } else s.stats.writes++;
      if (s.removals.wanted && original.value !== undefined)
        s.removals.note(key, original.value, value === undefined ? "deleted" : "replaced");
    }
    s.removals.flush();
    return true;
  }

  /** Whether a tag that the transaction gives was invalidated since it began. Tags of what it read, the commit looks at. */
  #isInvalidated({ original, change, how }: Change<string, V, Seen<V>, Ready>): boolean {
    if (change !== "store" || how === null || how.storing.tags.length === 0) return false;
    return this.#state.t.tags.invalidatedSince(hashTags(how.storing.tags, "transaction"), original.tagsAt);
  }
}

function stepOf<V>({ key, original, change, how }: Change<string, V, Seen<V>, Ready>): CommitStep {
  const { version, tagsAt } = original;
  if (change === "none" || change === "delete")
    return { key, version, change: change === "none" ? "check" : "delete" };
  const { encoded, storing } = how as Ready;
  return {
    key,
    version,
    change: change === "store" ? "store" : "keep",
    value: encoded.bytes,
    flags: encoded.flags,
    ttlMs: storing.ttlMs === 0 ? 0 : storing.ttlMs + storing.keepMs,
    tags: storing.tags,
    tagSequence: tagsAt,
  };
}
