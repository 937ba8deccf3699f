/**
 * keys, values, entries, stream: walking over the cache.
 *
 * Walks are lazy and may run while the cache is used, also by whoever walks: an entry that is there, under the same key,
 * from the first step to the last is given exactly once; one that comes or goes meanwhile, at most once while it stays.
 * Nothing is copied and nothing is held up. Walking is no reading: neither recency nor statistics change.
 */
import { ClosedError } from "../../base/errors.js";
import { nextTurn } from "../../base/next-turn.js";
import { liveSlots } from "../core/lookup.js";
import { viewOf } from "../core/view.js";
import { streamOptions } from "../options.js";
import { type Verb, verbIndex } from "../services/stats.js";
import type { State } from "../state.js";
import type { EntryView, StreamQuery } from "../types.js";

export function* keys<K, V>(s: State<K, V>): Generator<K, void, undefined> {
  for (const slot of walk(s, "keys")) yield s.entries.key(slot);
}

export function* values<K, V>(s: State<K, V>): Generator<V, void, undefined> {
  for (const slot of walk(s, "values")) yield s.entries.value(slot);
}

export function* entries<K, V>(s: State<K, V>): Generator<[K, V], void, undefined> {
  for (const slot of walk(s, "entries")) yield [s.entries.key(slot), s.entries.value(slot)];
}

/** A query that runs anew each time it is iterated. */
export interface Stream<R> extends Iterable<R>, AsyncIterable<R> {}

export function stream<K, V, R = EntryView<K, V>>(s: State<K, V>, query?: StreamQuery<K, V, R>): Stream<R> {
  return streamOver<K, V, R>(query, {
    counted: () => void s.stats.calls[verbIndex.stream]++,
    *views(expired) {
      for (const slot of expired ? occupiedSlots(s) : walk(s, "stream")) yield viewOf(s, slot);
    },
  });
}

/** What a query goes over. */
export interface Streamed<K, V> {
  /** Called once the query was found to be right. */
  counted(): void;
  views(expired: boolean): Iterable<EntryView<K, V>>;
}

export function streamOver<K, V, R>(
  query: StreamQuery<K, V, R> | undefined,
  source: Streamed<K, V>,
): Stream<R> {
  const { where, select, expired, buffer } = streamOptions.bind(query, "stream");
  source.counted();
  /** Undefined stands for an entry that was looked at and left out, so that the asynchronous reader can count it. */
  function* looked(): Generator<{ readonly row: R } | undefined, void, undefined> {
    for (const view of source.views(expired)) {
      if (where !== null && !where(view)) yield undefined;
      else yield { row: (select === null ? view : select(view)) as R };
    }
  }
  return {
    *[Symbol.iterator]() {
      for (const found of looked()) if (found !== undefined) yield found.row;
    },
    async *[Symbol.asyncIterator]() {
      let count = 0;
      for (const found of looked()) {
        if (found !== undefined) yield found.row;
        if (++count % buffer === 0) await nextTurn();
      }
    },
  };
}

function* walk<K, V>(s: State<K, V>, verb: Verb): Generator<number, void, undefined> {
  checkOpen(s, verb);
  if (verb !== "stream") s.stats.calls[verbIndex[verb]]++;
  for (const slot of liveSlots(s)) {
    yield slot;
    checkOpen(s, verb);
  }
}

function* occupiedSlots<K, V>(s: State<K, V>): Generator<number, void, undefined> {
  checkOpen(s, "stream");
  for (let slot = 0, end = s.entries.top; slot < end && slot < s.entries.top; slot++) {
    if (s.entries.isFree(slot)) continue;
    yield slot;
    checkOpen(s, "stream");
  }
}

function checkOpen<K, V>(s: State<K, V>, verb: Verb): void {
  if (s.closed) throw new ClosedError(verb);
}
