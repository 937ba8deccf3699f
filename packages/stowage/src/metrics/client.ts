/** What is told of clients: of this process's side alone, from `inspect()`. What the servers count they tell themselves. */
import type { Client } from "../client/index.js";
import type { ClientStats, NodeStats } from "../client/types.js";
import { has } from "./cache.js";
import { counter, each, gauge, type Kind, type Metric, type Reading } from "./types.js";

type AnyClient = Client;

/** Servers that have figures of their own; those of all others are told as one. */
const NODES_MAX = 100;
const OTHERS = "other";

const states = ["closed", "half-open", "open"] as const;

export const clientMetrics: readonly Metric<ClientStats>[] = [
  counter(
    "client.requests",
    "{request}",
    "Attempts at requests, by server.",
    ({ nodes }) => perNode(nodes, ({ requests }) => requests),
    { labels: ["node"] },
  ),
  counter(
    "client.operations",
    "{operation}",
    "Operations sent, by server; a request may have many.",
    ({ nodes }) => perNode(nodes, ({ operations }) => operations),
    { labels: ["node"] },
  ),
  counter(
    "client.failures",
    "{request}",
    "Attempts that failed, by server.",
    ({ nodes }) => perNode(nodes, ({ failures }) => failures),
    { labels: ["node"] },
  ),
  gauge(
    "client.pending",
    "{operation}",
    "Operations that wait or are under way, by server.",
    ({ nodes }) => perNode(nodes, ({ pending }) => pending),
    { labels: ["node"] },
  ),
  gauge(
    "client.breakers",
    "{server}",
    "Servers by the state of their circuit breaker; closed ones are used.",
    ({ nodes }) => countedStates(nodes),
    { labels: ["state"] },
  ),
  counter(
    "client.loads",
    "{load}",
    "Loaders called, by outcome.",
    ({ loading }) => each("outcome", { ok: loading.loads - loading.failed, failed: loading.failed }),
    { labels: ["outcome"] },
  ),
  counter(
    "client.loads.overtaken",
    "{load}",
    "Loads whose value came too late to be stored.",
    ({ loading }) => loading.overtaken,
  ),
  counter(
    "client.stale",
    "{read}",
    "Old values given instead of a wait or an error.",
    ({ loading }) => loading.stale,
  ),
  counter(
    "client.uncached",
    "{load}",
    "Values that loaders gave without the servers, which were not to be had.",
    ({ loading }) => loading.withoutCache,
  ),
  counter(
    "client.deduplicated",
    "{read}",
    "Reads that were spared since the same one was under way.",
    ({ deduplicated }) => deduplicated,
  ),
  counter("client.faults", "{fault}", "What went wrong where no caller heard of it.", ({ faults }) => faults),
  counter(
    "client.near.hits",
    "{read}",
    "Reads that the near cache answered.",
    ({ near }) => near?.hits ?? null,
  ),
  counter("client.near.misses", "{read}", "Reads that it did not.", ({ near }) => near?.misses ?? null),
  gauge("client.near.entries", "{entry}", "Entries of the near cache.", ({ near }) => near?.size ?? null),
  counter(
    "client.near.overtaken",
    "{read}",
    "Fills refused since an invalidation overtook them.",
    ({ near }) => near?.overtaken ?? null,
  ),
  counter(
    "client.near.invalidations",
    "{entry}",
    "Entries that went since they were changed.",
    ({ near }) => near?.invalidations ?? null,
  ),
  counter(
    "client.near.resets",
    "{reset}",
    "Times that everything of a server went, since changes may have been missed.",
    ({ near }) => near?.resets ?? null,
  ),
  gauge(
    "client.near.coherent",
    "1",
    "1 while the changes of all servers are heard, else 0.",
    ({ near }) => near && Number(near.coherent),
  ),
  gauge(
    "client.near.lag",
    "s",
    "Time since the moment up to which all changes are known, once that was known.",
    ({ near }) => (near !== null && Number.isFinite(near.lagMs) ? near.lagMs / 1_000 : null),
  ),
];

export const clientKind: Kind<AnyClient, ClientStats> = {
  label: "client",
  is: (source) => ["inspect", "health", "nodes", "remember"].every((member) => has(source, member)),
  ownName: () => undefined,
  figures: (client) => client.inspect(),
  metrics: clientMetrics,
};

function perNode(nodes: readonly NodeStats[], of: (node: NodeStats) => number): Reading[] {
  const readings = nodes.slice(0, NODES_MAX).map((node) => ({ value: of(node), labels: { node: node.url } }));
  const others = nodes.slice(NODES_MAX);
  if (others.length === 0) return readings;
  const value = others.reduce((sum, node) => sum + of(node), 0);
  return [...readings, { value, labels: { node: OTHERS } }];
}

/** All states each time, so that a first server that opens shows as a change. */
function countedStates(nodes: readonly NodeStats[]): Reading[] {
  return states.map((state) => ({
    value: nodes.filter((node) => node.state === state).length,
    labels: { state },
  }));
}
