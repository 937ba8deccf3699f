/**
 * keys, values, entries, stream: walking over the cache, lazily, while all threads go on using it.
 *
 * The table's walk gives the keys; each is looked at when it is given, so what comes out is what is there at that moment.
 */
import { ClosedError, UnsupportedError } from "../../../base/errors.js";
import { type Stream, streamOver } from "../../../cache/actions/iterate.js";
import { type Verb, verbIndex } from "../../../cache/services/stats.js";
import type { EntryView, StreamQuery } from "../../../cache/types.js";
import { glance, LIVE, look, trailerOf, valueIn } from "../entry.js";
import type { SharedState } from "../state.js";
import { textOf } from "../wtf8.js";

export function* keys<V>(s: SharedState<V>): Generator<string, void, undefined> {
  s.stats.calls[verbIndex.keys]++;
  for (const key of walk(s, "keys", glance)) yield key;
}

export function* values<V>(s: SharedState<V>): Generator<V, void, undefined> {
  s.stats.calls[verbIndex.values]++;
  for (const key of walk(s, "values")) yield valueIn(s, key);
}

export function* entries<V>(s: SharedState<V>): Generator<[string, V], void, undefined> {
  s.stats.calls[verbIndex.entries]++;
  for (const key of walk(s, "entries")) yield [key, valueIn(s, key)];
}

export function stream<V, R>(s: SharedState<V>, query?: StreamQuery<string, V, R>): Stream<R> {
  return streamOver<string, V, R>(query, {
    counted: () => void s.stats.calls[verbIndex.stream]++,
    *views(expired) {
      if (expired) {
        const right = "the table shows expired entries to nobody";
        throw new UnsupportedError("stream", 'the option "expired"', right);
      }
      for (const key of walk(s, "stream")) yield viewOf(s, key);
    },
  });
}

/** The keys of live entries; each stands in `s.reading` when it is given, without its value if it was only glanced at. */
export function* walk<V>(
  s: SharedState<V>,
  verb: Verb = "clear",
  by: (s: SharedState<V>, key: string, where: string, counts: false) => number = look,
): Generator<string, void, undefined> {
  checkOpen(s, verb);
  for (const bytes of s.table.keys()) {
    const key = textOf(bytes);
    if (by(s, key, verb, false) !== LIVE) continue;
    yield key;
    checkOpen(s, verb);
  }
}

/** The entry that was looked at. */
export function viewOf<V>(s: SharedState<V>, key: string): EntryView<string, V> {
  const { ttl, keepMs, isLive } = s.reading;
  const { tags } = trailerOf(s);
  const expiresAt = ttl === Number.POSITIVE_INFINITY ? null : Math.round(s.time.clock.wall() + ttl - keepMs);
  return { key, value: valueIn(s, key), expiresAt, expired: !isLive, tags, weight: 1 };
}

function checkOpen<V>(s: SharedState<V>, verb: Verb): void {
  if (s.closed) throw new ClosedError(verb);
}
