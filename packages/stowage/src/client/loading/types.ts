/** What loading (fetch, remember) needs of the client around it. */
import type { Clock } from "../../base/clock.js";
import type { Near } from "../near/types.js";
import type { Cluster } from "../routing/types.js";

export interface LoadingHost {
  readonly cluster: Cluster;
  readonly near: Near | null;
  readonly clock: Clock;
  /** A fault of the cache that no caller sees, since he got his value from the loader. */
  readonly onFault: (error: unknown) => void;
}
