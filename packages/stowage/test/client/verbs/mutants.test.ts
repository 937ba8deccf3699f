/** The scenes fail on clients that break a promise: one edit of the sources each. */
import { describe, expect, it } from "vitest";
import { broken, type Edit } from "../support/mutants.js";

type Suites = typeof import("./scenes.js");

function edit(file: string, find: string | RegExp, replace: string): Edit {
  return { file, find, replace };
}

const mutants: readonly [name: string, scene: string, edit: Edit][] = [
  [
    "takes a stored null for a miss",
    "getMany gives what is there, asks once for what is named twice, and in one request",
    edit("verbs/read.ts", "if (values[at] !== undefined) found.set", "if (values[at] != null) found.set"),
  ],
  [
    "sends as many as there are at one time",
    "many keys take no more than their share of what may be pending",
    edit("verbs/many.ts", "maxPending >> 1", "maxPending * 100"),
  ],
  [
    "gives the first page for all",
    "scan and keys go through all pages",
    edit("verbs/walk.ts", "cursor = body.cursor;", "cursor = null;"),
  ],
  [
    "does not encode prefixes",
    "scan and keys go through all pages",
    edit("verbs/walk.ts", "encodeURIComponent(prefix)", "prefix"),
  ],
  [
    "lists what is no JSON",
    "values that are no JSON are left out of a scan",
    edit("verbs/walk.ts", "if (error === undefined) yield", "yield"),
  ],
  [
    "forgets the client's ttl",
    "set sends its options, and the client's ttl where it has none",
    edit(
      "verbs/write.ts",
      "{ ttl = options.ttl, grace, tags }: BoundWrite",
      "{ ttl, grace, tags }: BoundWrite",
    ),
  ],
  [
    "drops tags",
    "set sends its options, and the client's ttl where it has none",
    edit("wire/operations.ts", "tags !== undefined && tags.length > 0", "false"),
  ],
  [
    "stores undefined",
    "what cannot be stored is refused, and nothing is sent",
    edit("wire/operations.ts", "if (value === undefined) throw new InvalidValueError(where, key);", ""),
  ],
  [
    "takes any option",
    "wrong arguments reject, and nothing is sent",
    edit("../base/options.ts", "  checkNames(options, names, where);\n  const given", "  const given"),
  ],
  [
    "takes any key",
    "wrong arguments reject, and nothing is sent",
    edit("wire/operations.ts", 'typeof key !== "string"', "false"),
  ],
  [
    "throws instead of rejecting",
    "wrong arguments reject, and nothing is sent",
    edit("verbs/read.ts", "    return Promise.reject(error);", "    throw error;"),
  ],
  [
    "compares nothing",
    "compareAndSet stores what nobody has written meanwhile",
    edit("verbs/write.ts", "{ ...partsOf(state, write), ...condition }", "partsOf(state, write)"),
  ],
  [
    "repeats counters",
    "compareAndSet and counters are sent once",
    edit("wire/operations.ts", "return write(op, key, tail, false);", "return write(op, key, tail, true);"),
  ],
  [
    "subtracts by adding",
    "counters begin where they are told, and refuse what is no number",
    edit("wire/operations.ts", /"op":"\$\{op\}"/, '"op":"incr"'),
  ],
  [
    "passes over faults of operations",
    "counters begin where they are told, and refuse what is no number",
    edit("verbs/operate.ts", "if (result.error === undefined) return result;", "return result;"),
  ],
  [
    "leaves results of a batch without their faults",
    "batch tells of each operation what its verb would",
    edit(
      "verbs/batch.ts",
      "return read(await change(state, operation, call));",
      "return read(await ask(state, operation, call));",
    ),
  ],
  [
    "sends a batch in order as any other",
    "batch in order is one request to one server, whatever it is allowed to hold",
    edit("verbs/batch.ts", "if (inOrder) return", "if (!inOrder) return"),
  ],
  [
    "asks any server where one is named",
    "local names one server, whatever the key",
    edit(
      "verbs/operate.ts",
      "cluster.nodeOf(operation.key, call.local).operate",
      "cluster.nodeOf(operation.key).operate",
    ),
  ],
  [
    "asks all servers where one is named",
    "local names one server, whatever the key",
    edit("verbs/request.ts", "everyNode(state.cluster, ask, call.local)", "everyNode(state.cluster, ask)"),
  ],
  [
    "invalidates keys everywhere",
    "invalidation sends keys to their servers, prefixes and tags to all",
    edit("verbs/invalidate.ts", "places.map((place) => keys[place])", "[]"),
  ],
  [
    "invalidates tags on one server",
    "invalidation sends keys to their servers, prefixes and tags to all",
    edit("verbs/invalidate.ts", "? cluster.nodes :", "? cluster.nodes.slice(0, 1) :"),
  ],
  [
    "says that all is well",
    "a server that is away fails its own keys, and health says which",
    edit("verbs/whole.ts", "healthy: false", "healthy: true"),
  ],
  [
    "adds rates up",
    "keys go to several servers, and verbs over many put the parts together",
    edit("verbs/whole.ts", "hits / (hits + misses)", "hits / misses"),
  ],
  [
    "does not hand signals on",
    "a call that was given up rejects with the reason",
    edit("verbs/call-options.ts", "{ signal, timeoutMs: timeout }", "{ timeoutMs: timeout }"),
  ],
  [
    "has one time for all calls",
    "a call has its own time",
    edit("verbs/call-options.ts", "{ signal, timeoutMs: timeout }", "{ signal }"),
  ],
  [
    "leaves servers open",
    "it is disposed of with its block",
    edit("verbs/inspect.ts", "state.cluster.close();", ""),
  ],
];

describe("the scenes find a client that", () => {
  for (const [name, scene, change] of mutants)
    it(name, async () => {
      const { scenes } = await broken<Suites>(new URL("./scenes.ts", import.meta.url), change);
      await expect(within(scenes[scene])).rejects.toThrow();
    });
});

/** One that hangs has failed as well. */
function within(scene: () => Promise<void>): Promise<void> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error("it hangs")), 3_000));
  return Promise.race([scene(), late]);
}
