/** What a client knows of itself, and its end. */
import type { LoadingCounts } from "../loading/types.js";
import type { ClientState } from "../state.js";
import type { ClientStats, NodeStats } from "../types.js";

export function nodes({ cluster }: ClientState): readonly NodeStats[] {
  return cluster.nodes.map((node) => {
    const { shared: _shared, ...stats } = node.stats();
    return stats;
  });
}

const nothingLoaded: LoadingCounts = { loads: 0, failed: 0, overtaken: 0, stale: 0, withoutCache: 0 };

export function inspect(state: ClientState): ClientStats {
  const { cluster, near, loading } = state;
  return {
    nodes: nodes(state),
    near: near === null ? null : near.stats(),
    deduplicated: cluster.nodes.reduce((sum, node) => sum + node.stats().shared, 0),
    faults: state.faults(),
    loading: { ...(loading?.counts ?? nothingLoaded) },
  };
}

/** Near and loading first: they would take the end of their requests for failures. */
export function close(state: ClientState): void {
  if (state.isClosed) return;
  state.isClosed = true;
  state.near?.close();
  state.loading?.close();
  state.cluster.close();
}
