/** Puts the parts of a client together. */
import type { Loading } from "./loading/loading.js";
import { createNode } from "./nodes/create-node.js";
import { createObserver, type Observer } from "./observe/observer.js";
import { type BoundClientOptions, serversOf } from "./options.js";
import type { ClusterParts } from "./routing/cluster.js";
import type { Cluster } from "./routing/types.js";
import type { ClientState } from "./state.js";
import type { CreateTransport } from "./transport/transport.js";
import type { ClientEvent } from "./types.js";

/** No read was sent after now. */
const NEVER = -1;

/** What differs between Node and the web. */
export interface Platform {
  /** Where the options name no transport. */
  readonly transport: CreateTransport;
  /** A browser has six connections to a server, and no more. */
  readonly hasManyConnections: boolean;
  /** All of it at once, or what several servers need when there are several. */
  readonly createCluster: (parts: ClusterParts) => Cluster;
}

export function createState(options: BoundClientOptions, platform: Platform): ClientState {
  const { clock, random, ttl, fetch } = options;
  const observer = createObserver({ onEvent: options.onEvent });
  const onEvent = observer.isWatched ? (event: ClientEvent) => observer.emit(event) : undefined;
  const onFault = (error: unknown): void => observer.emit({ type: "fault", error });
  const cluster = clusterOf(options, platform, onEvent, (headers) => observer.inject(headers));
  const near = options.near?.create({ cluster, clock, random, onError: onFault, onEvent }) ?? null;
  const createLoading = async (): Promise<Loading> => {
    const { Loading, loadDefaults, WAITS_MAX, WAITS_MAX_WEB } = await import("./loading/loading.js");
    const defaults = loadDefaults.bind(fetch, "new Client", "fetch.");
    const waitsMax = platform.hasManyConnections ? WAITS_MAX : WAITS_MAX_WEB;
    return new Loading({ cluster, near, clock, random, ttlMs: ttl, fetch: defaults, onFault }, waitsMax);
  };
  return {
    options,
    cluster,
    near,
    onFault,
    faults: () => observer.faults,
    createLoading,
    loadingComes: undefined,
    loading: null,
    isClosed: false,
  };
}

function clusterOf(
  options: BoundClientOptions,
  { transport, createCluster }: Platform,
  onEvent: ((event: ClientEvent) => void) | undefined,
  inject: Observer["inject"],
): Cluster {
  const { batch, breaker, clock, connections, healthEvery, maxPending, random, retries, timeout } = options;
  const shared = {
    transport: options.transport ?? transport,
    token: options.token ?? undefined,
    timeoutMs: timeout,
    retries,
    breaker: breaker === false ? null : { failures: breaker.failures, cooldownMs: breaker.cooldown },
    batch:
      batch === false
        ? null
        : { ...batch, shareReadsMs: batch.shareReads === false ? NEVER : batch.shareReads },
    connections,
    maxPending,
    healthEveryMs: healthEvery,
    clock,
    random,
    onEvent,
    inject,
  };
  return createCluster({
    servers: serversOf(options),
    createNode: ({ url }) => createNode({ url, ...shared }),
    router: options.router,
    clock,
    onEvent,
    drainMs: timeout,
  });
}
