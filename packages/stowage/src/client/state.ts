/** What a client is made of. Verbs are functions over it. */
import type { Loading } from "./loading/loading.js";
import type { Near } from "./near/types.js";
import type { Node } from "./nodes/types.js";
import type { BoundClientOptions } from "./options.js";
import type { Cluster } from "./routing/types.js";

/** As much of it as verbs of single keys stand on: the core has no more (core/). */
export interface KeyState {
  readonly options: Pick<BoundClientOptions, "maxPending" | "ttl">;
  readonly cluster: Pick<Cluster, "ready"> & {
    nodeOf(key: string, local?: string): Pick<Node, "operate" | "url">;
  };
  readonly near: Near | null;
  /** null: nothing has been loaded yet. */
  readonly loading: Pick<Loading, "written" | "writtenAll"> | null;
  readonly isClosed: boolean;
}

export interface ClientState extends KeyState {
  readonly options: BoundClientOptions;
  readonly cluster: Cluster;
  /** Told of what no caller hears of. */
  readonly onFault: (error: unknown) => void;
  /** How often it was told, and how often those who watch failed. */
  readonly faults: () => number;
  readonly createLoading: () => Promise<Loading>;
  loadingComes: Promise<Loading> | undefined;
  loading: Loading | null;
  isClosed: boolean;
}
