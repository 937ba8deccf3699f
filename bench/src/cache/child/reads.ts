/** Rows that read: hits, misses, and hits on entries with a TTL. */
import { ensure } from "../../harness/checks.js";
import { type Context, fill, openWithRoom } from "./context.js";
import { type KeyForm, makeKey, makeKeys, makeValues, readyFor } from "./data.js";
import { probeTtl, rowTtlMs } from "./probes.js";
import { timed, type Workload } from "./timed.js";

export interface ReadOptions {
  entries: "small" | "large";
  form?: KeyForm;
  /** A key string made for each request instead of a long-lived one. */
  fresh?: boolean;
  ttl?: boolean;
  /** Asks for keys that were never set. */
  miss?: boolean;
}

export function reading(options: ReadOptions) {
  return timed((context) => buildRead(context, options));
}

async function buildRead(context: Context, options: ReadOptions): Promise<Workload | undefined> {
  const { entries: size, form = "user", fresh = false, ttl = false, miss = false } = options;
  const entries = context.settings[size];
  const cache = openWithRoom(context.contender, entries, ttl ? { ttlMs: rowTtlMs } : {});
  if (cache === undefined) return undefined;
  const keys = makeKeys(form, entries);
  const values = makeValues(entries);
  await fill(cache, keys, values);

  const firstAsked = miss ? entries : 0;
  const sequence = sequenceOver(context, size);
  const wrap = sequence.length - 1;
  const longLived = fresh ? [] : makeKeys(form, entries, firstAsked);
  const asked = readyFor((i) => {
    const item = sequence[i & wrap];
    return fresh ? makeKey(form, firstAsked + item) : longLived[item];
  });
  return {
    op: (i) => cache.get(asked.of(i)),
    prepare: asked.prepare,
    async: cache.async,
    finds: miss ? "none" : "all",
    turns: ttl,
    async check() {
      for (let i = 0; i < entries; i += Math.ceil(entries / 1000)) {
        ensure((await cache.get(keys[i])) === values[i], `${keys[i]} reads back as what was set`);
      }
      if (ttl) await probeTtl(context.contender);
    },
  };
}

/** The requests for 1 M entries are those over the universe, folded where the entries are fewer. */
function sequenceOver({ settings, sequence }: Context, size: "small" | "large"): Uint32Array {
  if (size === "small") return sequence("small");
  const requests = sequence("universe");
  return settings.large < settings.universe ? requests.map((item) => item % settings.large) : requests;
}
