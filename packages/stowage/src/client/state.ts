/** What a client is made of. Verbs are functions over it. */
import type { Loading } from "./loading/loading.js";
import type { Near } from "./near/types.js";
import type { BoundClientOptions } from "./options.js";
import type { Cluster } from "./routing/types.js";

export interface ClientState {
  readonly options: BoundClientOptions;
  readonly cluster: Cluster;
  readonly near: Near | null;
  /** Told of what no caller hears of. */
  readonly onFault: (error: unknown) => void;
  /** How often it was told, and how often those who watch failed. */
  readonly faults: () => number;
  readonly createLoading: () => Promise<Loading>;
  loadingComes: Promise<Loading> | undefined;
  /** null: nothing has been loaded yet. */
  loading: Loading | null;
  isClosed: boolean;
}
