/** The store and the buses with one mistake each, and the scene that has to find it. */
import type { Edit } from "../../../../../scripts/build/edited.js";

export interface Mutant {
  readonly name: string;
  readonly scene: string;
  readonly edit: Edit;
}

type Change = readonly [name: string, scene: string, find: string, replace: string];

function of(file: string, changes: readonly Change[]): Mutant[] {
  return changes.map(([name, scene, find, replace]) => ({
    name,
    scene,
    edit: { file: `stores/redis/${file}.ts`, find, replace },
  }));
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are texts of programs
export const mutants: readonly Mutant[] = [
  ...of("scripts", [
    ["grants what is held", "leases", "if left > 0 then return {1, left, isSeen} end", ""],
    ["grants over another value", "leases", " or redis.sha1hex(value) ~= ARGV[4] then", " then"],
    ["loses the old value at a lease", "leases", "head .. old, 'KEEPTTL')", "head, 'KEEPTTL')"],
    ["loses the lifetime at a lease", "leases", "head .. old, 'KEEPTTL')", "head .. old)"],
    [
      "keeps leases for ever",
      "nothing is left",
      "redis.call('SET', KEYS[1], head, 'PX', ARGV[2])",
      "redis.call('SET', KEYS[1], head)",
    ],
    [
      "fills with any token",
      "leases",
      "if not isHeldBy(read(KEYS[1]), ARGV[1]) then return 0 end",
      "if leftMs(read(KEYS[1])) <= 0 then return 0 end",
    ],
    [
      "fills without a lifetime",
      "leases",
      "else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end\nreturn 1",
      "else redis.call('SET', KEYS[1], ARGV[2]) end\nreturn 1",
    ],
    [
      "deletes the old value at a release",
      "leases",
      "else redis.call('SET', KEYS[1], old, 'KEEPTTL') end\nreturn 1",
      "else redis.call('DEL', KEYS[1]) end\nreturn 1",
    ],
    [
      "loses the lifetime at a release",
      "leases",
      "else redis.call('SET', KEYS[1], old, 'KEEPTTL') end\nreturn 1",
      "else redis.call('SET', KEYS[1], old) end\nreturn 1",
    ],
    ["counts leases that it deletes", "leases", "and not isLease then count", "then count"],
    [
      "leaves leases at a delete",
      "the end of a lease",
      "if redis.call('UNLINK', key) == 1 and not isLease then",
      "if not isLease and redis.call('UNLINK', key) == 1 then",
    ],
    ["gives leases a lifetime", "leases", "and bare(read(KEYS[1])) == '' then return 0 end", "then end"],
    ["does not let stay", "expiry", "redis.call('PERSIST', KEYS[1])", "local nothing"],
    ["tells the lifetime of leases", "leases", "== 'L' then return -2 end", "== 'L' then end"],
    ["begins counters at 0", "counters", "base = tonumber(ARGV[2])", "base = 0"],
    [
      "loses the lifetime of counters",
      "counters",
      "redis.call('SET', KEYS[1], sum, 'KEEPTTL')",
      "redis.call('SET', KEYS[1], sum)",
    ],
    [
      "gives new counters no lifetime",
      "counters",
      "else redis.call('SET', KEYS[1], sum, 'PX', ARGV[3]) end",
      "else redis.call('SET', KEYS[1], sum) end",
    ],
    ["does not raise counters", "counters", "number = math.max(number, tonumber(ARGV[4]))", ""],
    ["rounds counters", "counters", "'%.0f'", "'%.14g'"],
    [
      "counts on from what is no number",
      "strangers",
      "else return {0, digits} end\nif",
      "else base = 0 end\nif",
    ],
    [
      "takes strangers' texts for values at a lease",
      "strangers",
      "elseif not string.match(old, '^-?%d+$') then old = '' end",
      "end",
    ],
  ]),
  ...of("envelope", [
    [
      "takes the value of another key",
      "strangers",
      "return found === hashOf(key);",
      "return found !== undefined;",
    ],
    [
      "takes strangers' texts for values",
      "strangers",
      "return isDigit(reply[reply[start] === MINUS ? start + 1 : start]) ?",
      "return true ?",
    ],
  ]),
  ...of("keys", [
    ["takes prefixes for patterns", "clear", "(SPECIAL.has(byte) ? [BACKSLASH, byte] : [byte])", "[byte]"],
    ["takes along what begins otherwise", "halves", "text.startsWith(whole) ?", "text !== whole ?"],
    ["looks for half a pair as it is", "halves", '.replace(HALF_AT_END, "")', ""],
  ]),
  ...of("scanning", [
    ["clears one page", "clear", "} while (place !== START);", "} while (place === undefined);"],
    ["scans one page", "scan", "if (next === START) at++;", "at++;"],
  ]),
  ...of("redis-store", [
    ["stores for ever", "expiry", 'ttlMs === null ? args : [...args, "PX", ttlMs]', "args"],
    [
      "takes values that are too long",
      "limits",
      'for (const { bytes } of entries) this.#checkLength("setMany", bytes);',
      "",
    ],
    [
      "does not give the old value with a lease",
      "leases",
      "reply.at(-1) === 1 ? seen?.slice() : undefined",
      "undefined",
    ],
    [
      "has one token",
      "leases",
      'randomBytes(TOKEN_BYTES).toString("base64url")',
      '"a".repeat((TOKEN_BYTES * 4) / 3)',
    ],
    [
      "shows leases in scans",
      "scan",
      "ours.filter((_, index) => areValues[index])",
      "ours.filter((_, index) => areValues[index] !== undefined)",
    ],
    [
      "has no prefix for scripts",
      "hostile keys",
      "this.#commands.script(lua, [this.#prefix + key], args, call)",
      "this.#commands.script(lua, [key], args, call)",
    ],
  ]),
  ...of("commands", [
    [
      "gives up where a script was forgotten",
      "forgetful",
      "if (forgotten.length === 0) return replies;",
      "if (forgotten.length >= 0) return replies;",
    ],
    [
      "begins what has been aborted",
      "abort",
      "if (signal?.aborted) return Promise.reject(signal.reason);",
      "",
    ],
    [
      "goes on after its close",
      "close",
      "if (this.isClosed) return Promise.reject(new ClosedError(where));",
      "",
    ],
  ]),
  ...of("arguments", [
    [
      "writes all halves of pairs alike",
      "hostile keys",
      "isWellFormed(value) ? value : encode(value)",
      "value",
    ],
  ]),
  ...of("bus/link", [
    [
      "connects once",
      "bus: connection",
      "      this.#use.lost();\n",
      "      this.#use.lost();\n      return;\n",
    ],
    ["does not tell that it broke", "bus: connection", "      this.#use.lost();\n", ""],
  ]),
  ...of("bus/listeners", [
    ["tells the same twice", "bus: connection", "told.isConnected === isConnected || !this", "!this"],
    ["tells who has stopped", "bus: channels", "() => this.#all.delete(own)", "() => this.#all.has(own)"],
  ]),
  ...of("bus/redis-bus", [
    [
      "leaves with the first who stops",
      "bus: channels",
      "if (remove() && listeners.size === 0)",
      "if (remove())",
    ],
    [
      "listens to one channel",
      "bus: channels",
      "this.#channels.set(channel, listeners);",
      "if (this.#channels.size === 0) this.#channels.set(channel, listeners);",
    ],
  ]),
  ...of("bus/stream-channel", [
    [
      "begins at the end after a cut",
      "stream bus: connection",
      "this.#lastId === undefined ? undefined : await this.#missed(connection, this.#lastId)",
      "undefined",
    ],
    [
      "does not say that it replays",
      "stream bus: connection",
      "connected(true, missed !== undefined)",
      "connected(true, false)",
    ],
    ["reads everything that there is", "a newcomer to a stream", "entry?.id ??", '(entry && "0-0") ??'],
    ["reads the same again", "stream bus: delivery", "this.#lastId = id;", ""],
  ]),
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are texts of programs
